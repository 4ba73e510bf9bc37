"""The rules that every operation of the contract keeps to."""

import re

import formats
from sources import listed

ROLES = tuple(name for _, _, name in listed("src/http/roles.def"))
WORDS = ("public", "authenticated")
NAME = re.compile(r"[a-z][a-z0-9_]*$")
GIVEN = {  # what src/server and src/operation bind besides an operation's own fields
    "caller", "session", "own_organizations", "version", "action", "body", "patch", "new_id", "request_id", "after", "operation",
    "success", "answer_location", "idempotency_key", "request_digest",
}
LIST_PARAMETERS = ("limit", "cursor")
VALUES_ROOM = 96  # of struct values; constants.c has the compiler compare it
VALUES_MAXIMUM = VALUES_ROOM - 32  # less what is given and what a handler adds
TOPICS_MAXIMUM = 64  # as many bits as .topics of an operation has


def check(contract, refusals):
    """Every rule, for every operation."""
    for operation in contract.operations:
        for rule in RULES:
            for message in rule(operation):
                refusals.add(operation.where, message)
    if len({table for operation in contract.operations for table in operation.topics or ()}) > TOPICS_MAXIMUM:
        refusals.add(contract.document.name, f"x-cache names more than {TOPICS_MAXIMUM} tables")
    for node in contract.document.mappings(contract.document.root):
        if node.get("x-vocabulary") == "role" and "enum" in node and tuple(node["enum"]) != ROLES:
            refusals.add(contract.document.where(node), f"the roles are {', '.join(ROLES)}: src/http/roles.def")


def _summary(operation):
    if " · " not in operation.node.get("summary", ""):
        yield "it needs a summary, 中文 · English"


def _success(operation):
    if operation.success not in ("200", "201", "204"):
        yield "it answers exactly one of 200, 201 and 204"


def _access(operation):
    if not operation.access:
        yield "it needs x-access, a list of roles, or [public], or [authenticated]"
    for word in operation.access:
        if word not in ROLES + WORDS:
            yield f"x-access has no word {word}"
    if len(operation.access) > 1 and set(operation.access) & set(WORDS):
        yield "public and authenticated stand alone in x-access"
    if "security" in operation.node and not (operation.is_tokenless and operation.is_public):
        yield "security is the whole contract's; of one operation it is [], and that one is public"


def _cache(operation):
    tables = operation.node.get("x-cache")
    if tables is None:
        return
    if not (operation.is_public and operation.method == "get" and "json" in operation.formats):
        yield "x-cache is for a GET that anyone may ask, and that answers in JSON"
    if not isinstance(tables, list) or not all(isinstance(table, str) and NAME.match(table) for table in tables):
        yield "x-cache is a list of the tables that the answer rests on"


def _names(operation):
    """Parameters and fields share one space of names: what a statement binds."""
    names = [p.name for p in operation.parameters if p.place != "header"]
    names += operation.body.property_names() if operation.body else []
    for name in sorted(set(names)):
        if names.count(name) > 1:
            yield f"{name} is there twice among its parameters and fields"
        if not NAME.match(name):
            yield f"{name} is not snake_case"
        if name in GIVEN or name.startswith("after_") or (name == "limit" and operation.kind != "list"):
            yield f"{name} is a reserved name"
    if len(names) > VALUES_MAXIMUM:
        yield f"it has more than {VALUES_MAXIMUM} parameters and fields"


def _path(operation):
    declared = [p for p in operation.parameters if p.place == "path"]
    for name in operation.path_names:
        if name not in [p.name for p in declared]:
            yield f"{{{name}}} is not declared"
    for parameter in declared:
        if parameter.name not in operation.path_names or not parameter.required:
            yield f"{parameter.name} must be in the path, and required"


def _list(operation):
    for name in LIST_PARAMETERS:
        if operation.kind == "list" and not operation.parameter("query", name):
            yield f"a list takes {name}"


def _body(operation):
    if operation.media and operation.method in ("get", "delete"):
        yield f"{operation.method.upper()} takes no body"
    if ("application/merge-patch+json" in operation.media) != (operation.method == "patch"):
        yield "a PATCH takes a merge patch, and nothing else does"
    if operation.method == "patch" and operation.body and any(required for _, _, required in operation.body.properties):
        yield "a merge patch requires no fields"
    if ("multipart/form-data" in operation.media) != bool(operation.receiver):
        yield "multipart/form-data has an x-receiver, which reads it as it comes, and nothing else has one"
    if "multipart/form-data" in operation.media and len(operation.path_names) != 1:
        yield "an upload is attached to the one thing that its path names"
    limit = operation.node.get("x-body-limit")
    if limit is not None and (not isinstance(limit, int) or limit < 1 or not operation.media):
        yield "x-body-limit is a number of bytes, for an operation with a body"


def _if_match(operation):
    header = operation.parameter("header", "If-Match")
    # What has no id of its own, such as the links to a document, has no version.
    deletes_one_thing = operation.method == "delete" and operation.path.endswith("}")
    changes_one_thing = operation.method == "patch" or deletes_one_thing or (operation.is_action and not operation.is_safe)
    if changes_one_thing and not (header and header.required):
        yield "it changes one thing: If-Match is required"


def _idempotency_key(operation):
    takes_it = operation.method == "post" and not operation.is_safe
    if takes_it and not operation.idempotent and not operation.node.get("x-no-idempotency"):
        yield "a POST takes Idempotency-Key"
    if operation.idempotent and not takes_it:
        yield "Idempotency-Key is for a POST that changes something"


def _answers(operation):
    """What the operation's shape alone makes possible, it says."""
    needed = set()
    if not operation.is_public:
        needed.add("401")
    if set(operation.access) & set(ROLES):
        needed.add("403")
    if operation.path_names:
        needed.add("404")
    if operation.if_match:
        needed |= {"412", "428"}
    if operation.media:
        needed.add("422")
    if operation.idempotent:
        needed.add("409")
    for status in sorted(needed - operation.responses.keys()):
        yield f"it can answer {status}, and does not say so"


RULES = (_summary, _success, _access, _cache, _names, _path, _list, _body, _if_match, _idempotency_key, _answers, formats.check)
