"""The contract → operations.c, handlers.h and contract_json.c."""

import json

import columns
import emit
from contract import MEDIA
from rules import WORDS
from schemas import Tables

CHUNK = 100  # characters of JSON in one C literal


def operations(contract, binding):
    """operations.c."""
    schemas = Tables()
    index = {operation.id: i for i, operation in enumerate(contract.operations)}
    topics = sorted({table for operation in contract.operations for table in operation.topics or ()})
    arrays, rows = [], []
    for operation in contract.operations:
        arrays += _parameters(operation, schemas) + _answer_values(operation) + columns.source(operation)
        rows.append(_operation(operation, binding.work[operation.id], schemas, index, topics))
    return "".join([
        emit.BANNER,
        '#include "constants.h"\n#include "contract/contract.h"\n#include "export/column.h"\n#include "handlers.h"\n#include "statements.h"\n\n',
        *schemas.text,
        "\n",
        *arrays,
        "\n",
        emit.array("const struct operation contract_operations[]", rows),
        f"const size_t contract_operation_count = {len(rows)};\n",
        *(f"const struct operation *const operation_{name} = &contract_operations[{i}];\n" for name, i in index.items()),
        emit.array("const struct path contract_paths[]", _paths(contract.operations)),
        "const size_t contract_path_count = sizeof contract_paths / sizeof *contract_paths;\n",
        emit.array("const char *const contract_topics[]", [*map(emit.string, topics), "NULL"]),
        f"const size_t contract_topic_count = {len(topics)};\n",
    ])


def _paths(operations):
    """Those of fewer parameters first: /v1/users/batch before /v1/users/{user_id}."""
    methods = {}
    for i, operation in enumerate(operations):
        methods.setdefault(operation.path, {})[operation.method] = i
    rows = []
    for pattern, indexes in sorted(methods.items(), key=lambda item: item[0].count("{")):
        names = [name for method in indexes for name in (["GET", "HEAD"] if method == "get" else [method.upper()])]
        found = {f"METHOD_{method.upper()}": i for method, i in indexes.items()}
        if "get" in indexes:
            found["METHOD_HEAD"] = indexes["get"]
        rows.append(
            emit.fields([
                ("pattern", emit.string(pattern)),
                ("segments", str(pattern.count("/"))),
                ("allow", emit.string(", ".join([*names, "OPTIONS"]))),
                ("operations", "{" + ", ".join(f"[{method}] = &contract_operations[{i}]" for method, i in found.items()) + "}"),
            ])
        )
    return rows


def _parameters(operation, schemas):
    if not operation.parameters:
        return []
    rows = [
        emit.fields([
            ("name", emit.string(parameter.name)),
            ("place", "PLACE_" + parameter.place.upper()),
            ("required", emit.boolean(parameter.required)),
            ("default_text", emit.string(_default(parameter.default))),
            ("schema", schemas.symbol(parameter.schema)),
            ("weight", str(parameter.node.get("x-weight", 0))),
        ])
        for parameter in operation.parameters
    ]
    return [emit.array(f"static const struct parameter {operation.id}_parameters[]", rows)]


def _default(value):
    """A default as a client would send it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(map(_default, value))
    return json.dumps(value)


def _answer_values(operation):
    if not operation.answer_values:
        return []
    rows = [f"{{{emit.string(name)}, {emit.string(source)}}}" for name, source in operation.answer_values]
    return [emit.array(f"static const struct answer_value {operation.id}_answer[]", rows)]


def _operation(operation, work, schemas, index, topics):
    def another(other):
        return f"&contract_operations[{index[other.id]}]" if other else "NULL"

    def statement(name):
        return f"&statement_{name}" if name else "NULL"

    pairs = [
        ("id", emit.string(operation.id)),
        ("action", emit.string(operation.verb)),
        ("method", "METHOD_" + operation.method.upper()),
        ("path", emit.string(operation.path)),
        ("kind", "OPERATION_" + operation.kind.upper()),
        ("weight", str(operation.node.get("x-weight", 0))),
        ("format_weights", _format_weights(operation)),
        ("access", " | ".join(_access(word) for word in operation.access)),
        ("is_kept", emit.boolean(operation.topics is not None)),
        ("topics", str(sum(1 << topics.index(table) for table in operation.topics or ()))),
        ("tokenless", emit.boolean(operation.is_tokenless)),
        ("parameters", f"{operation.id}_parameters" if operation.parameters else "NULL"),
        ("parameter_count", str(len(operation.parameters))),
        ("media", " | ".join(MEDIA[media] for media in operation.media) or "0"),
        ("body_required", emit.boolean(operation.body_required)),
        ("body", schemas.symbol(operation.body)),
        ("body_limit", str(operation.node.get("x-body-limit", 0))),
        ("success", operation.success or "0"),
        ("formats", " | ".join(f"1 << FORMAT_{name.upper()}" for name in operation.formats) or "0"),
        ("title_zh", emit.string(operation.title[0])),
        ("title_en", emit.string(operation.title[1])),
        ("tables", f"{operation.id}_tables" if operation.tables else "NULL"),
        ("table_count", str(len(operation.tables))),
        ("if_match", emit.boolean(operation.if_match)),
        ("idempotent", emit.boolean(operation.idempotent)),
        ("handler", work.handler or "NULL"),
        ("receiver", f"&{work.receiver}" if work.receiver else "NULL"),
        ("statement", statement(work.statement)),
        ("count", statement(work.count)),
        ("answer", another(operation.answer)),
        ("answer_values", f"{operation.id}_answer" if operation.answer_values else "NULL"),
        ("answer_value_count", str(len(operation.answer_values))),
        ("keep", statement(work.keep)),
        ("parent", another(operation.parent)),
        ("refusal", statement(work.refusal)),
    ]
    return "{\n" + "".join(f"\t\t.{name} = {value},\n" for name, value in pairs if value not in ("NULL", "0", "false")) + "\t}"


def _format_weights(operation):
    weights = operation.format_weights
    return "{" + ", ".join(f"[FORMAT_{name.upper()}] = {weight}" for name, weight in weights.items()) + "}" if weights else "0"


def _access(word):
    return ("ACCESS_" if word in WORDS else "ROLE_") + word.upper()


def handlers(binding):
    """handlers.h: the prototypes of the operations' own functions, and the receivers of their bodies."""
    names = sorted(work.handler for work in binding.work.values() if work.handler)
    prototypes = "".join(f"struct reply {name}(struct exchange *exchange);\n" for name in names)
    receivers = sorted({work.receiver for work in binding.work.values() if work.receiver})
    externs = "".join(f"extern const struct receiver {name};\n" for name in receivers)
    return (
        f"{emit.BANNER}#ifndef SCIDAY_HANDLERS_H\n#define SCIDAY_HANDLERS_H\n\n"
        f'#include "http/exchange.h"\n\nstruct receiver;\n\n{prototypes}{externs}\n#endif\n'
    )


def contract_json(contract):
    """The text of openapi.json."""
    return json.dumps(contract.document.root, ensure_ascii=False, separators=(",", ":"))


def contract_json_source(text):
    """contract_json.c."""
    chunks = [text[i : i + CHUNK] for i in range(0, len(text), CHUNK)]
    literals = "\n".join("\t" + emit.string(chunk) for chunk in chunks)
    return (
        f'{emit.BANNER}#include "contract/contract.h"\n\n'
        f"const unsigned char contract_json[] =\n{literals};\nconst size_t contract_json_length = sizeof contract_json - 1;\n"
    )
