"""openapi.yaml → the operations, and how they belong together. What each must say is in rules.py."""

import json
import re

import columns
import formats
from operation import Operation, Parameter
from schemas import Reader
from sources import listed

METHODS = ("get", "put", "post", "patch", "delete")
MEDIA = {name: f"MEDIA_{symbol}" for symbol, _, name in listed("src/contract/media.def")}
UNCHECKED_MEDIA = {"multipart/form-data", "text/csv"}  # no JSON: a receiver or a handler reads them
OPERATION_KEYS = {
    "operationId", "summary", "description", "tags", "externalDocs", "parameters", "requestBody", "responses",
    "deprecated", "security", "x-access", "x-safe", "x-no-idempotency", "x-body-limit", "x-weight",
    "x-cache",
}
PATH_KEYS = {"summary", "description", "parameters", *METHODS}


def takes(schema, value):
    """Whether a parameter's default is of its type, and in its enumeration."""
    if isinstance(value, list):
        return schema.items is not None and all(takes(schema.items, item) for item in value)
    types = {bool: {"boolean"}, int: {"integer", "number"}, float: {"number"}, str: {"string"}}[type(value)]
    return bool(schema.types & types) and (schema.constants is None or json.dumps(value, ensure_ascii=False) in schema.constants)


class Contract:
    """The whole of a document."""

    def __init__(self, document, refusals):
        self.refusals = refusals
        self.document = document
        self.reader = Reader(self.document, refusals)
        self.operations = []
        for node, reference in self.document.dangling():
            refusals.add(self.document.where(node), f"there is no {reference}")
        for path, item in self._mapping(self.document.root, "paths").items():
            self._read_path(path, item)
        self._check_names()
        for operation in self.operations:
            operation.kind = self._kind(operation)
        for operation in self.operations:
            self._find_answer(operation)
            self._find_parent(operation)
            self._find_tables(operation)

    def refuse(self, operation, message):
        self.refusals.add(operation.where, message)

    def content(self, operation, status):
        """The schema of an answer as it is written (perhaps a $ref), or None."""
        content = operation.responses.get(status, {}).get("content", {})
        return content.get("application/json", {}).get("schema")

    # Reading

    def _mapping(self, node, key):
        """The mapping under a key; an empty one where there is none, which is refused if something else is there."""
        value = node.get(key) if isinstance(node, dict) else None
        if not isinstance(value, dict):
            self.refusals.add(self.document.where(node), f"{key} is not a mapping")
            return {}
        return value

    def _read_path(self, path, item):
        if not isinstance(item, dict):
            self.refusals.add(self.document.name, f"{path} is not a mapping")
            return
        for key in sorted(item.keys() - PATH_KEYS):
            self.refusals.add(self.document.where(item, path), f"{key} is not taken here")
        for method in METHODS:
            if method in item:
                self._read_operation(path, method, self._mapping(item, method), item.get("parameters") or [])

    def _read_operation(self, path, method, node, shared):
        name = node.get("operationId")
        where = self.document.where(node, name or f"{method} {path}")
        if not isinstance(name, str) or not re.match(r"[a-z][a-z0-9_]*$", name):
            self.refusals.add(where, "it needs an operationId, a snake_case name")
            return
        for key in sorted(node.keys() - OPERATION_KEYS):
            self.refusals.add(where, f"{key} is not taken here")
        responses = {status: self.document.resolve(response) for status, response in self._mapping(node, "responses").items()}
        operation = Operation(name, where, path, method, node, responses)
        for parameter in [*shared, *(node.get("parameters") or [])]:
            self._read_parameter(operation, self.document.resolve(parameter))
        if "requestBody" in node:
            self._read_body(operation, self.document.resolve(node["requestBody"]))
        self.operations.append(operation)

    def _read_parameter(self, operation, node):
        name, place = node.get("name", ""), node.get("in")
        where = f"{operation.where}: {name}"
        if place not in ("path", "query", "header"):
            self.refusals.add(where, f"a parameter in {place} is not taken")
        if not node.get("description") or "schema" not in node:
            self.refusals.add(where, "a parameter needs a description and a schema")
            return
        schema = self.reader.read(node["schema"], where, name)
        if schema.types & {"object", "null"} or (schema.items and schema.items.types & {"object", "array", "null"}):
            self.refusals.add(where, "a parameter is a scalar or an array of scalars, and says which")
        if "array" in schema.types and (len(schema.types) > 1 or node.get("style") != "form" or node.get("explode") is not False):
            self.refusals.add(where, "an array is sent as a,b: style: form, explode: false")
        default = self.document.resolve(node["schema"]).get("default")
        if default is not None and not takes(schema, default):
            self.refusals.add(where, f"its default {default} is not one of its values")
        operation.parameters.append(Parameter(name, place, node.get("required", False), default, schema, node))

    def _read_body(self, operation, node):
        operation.body_required = node.get("required", False)
        checked = {}
        for media, content in (node.get("content") or {}).items():
            if media not in MEDIA:
                self.refuse(operation, f"a body of {media} is not taken")
                continue
            operation.media.append(media)
            operation.receiver = operation.receiver or content.get("x-receiver")
            if media not in UNCHECKED_MEDIA:
                checked[media] = self.reader.read(content.get("schema"), operation.where, operation.id)
        if not operation.media:
            self.refuse(operation, "the body has no media type")
        if len(set(checked.values())) > 1:
            self.refuse(operation, "the body's media types have different schemas")
        operation.body = next(iter(checked.values()), None)

    def _kind(self, operation):
        if operation.is_safe:
            return "read"
        if operation.method != "get":
            return "change"
        names = self._answer_names(self.content(operation, "200"))
        return "list" if {"items", "next_cursor"} <= names else "read"

    def _answer_names(self, node):
        node = self.document.resolve(node or {})
        names = set(node.get("properties", {}))
        return names.union(*(self._answer_names(part) for part in node.get("allOf", [])))

    # What belongs together

    def _check_names(self):
        names, shapes = {}, {}
        for operation in self.operations:
            if operation.id in names:
                self.refuse(operation, f"{names[operation.id].where} has this operationId too")
            names[operation.id] = operation
            shape = re.sub(r"\{[^}]*\}", "{}", operation.path)
            if shapes.setdefault(shape, operation.path) != operation.path:
                self.refuse(operation, f"{operation.path} and {shapes[shape]} cannot be told apart")

    def operation(self, name):
        return next((operation for operation in self.operations if operation.id == name), None)

    def _reading(self, path):
        return next((o for o in self.operations if (o.path, o.method, o.kind) == (path, "get", "read")), None)

    def _find_parent(self, operation):
        if operation.method == "delete":
            operation.parent = self._reading(operation.path)
            return
        adds_to_it = operation.kind == "change" and not operation.if_match
        if operation.kind != "list" and not adds_to_it:
            return
        segments = operation.path.split("/")[:-1]
        while segments and not operation.parent:
            if segments[-1].startswith("{"):
                operation.parent = self._reading("/".join(segments))
            segments.pop()

    def _find_tables(self, operation):
        if "json" not in operation.formats or not formats.TABULAR & set(operation.formats):
            return
        operation.tables = columns.Reader(self.document, self.refusals).tables(self.content(operation, "200"), operation.where)
        if not operation.tables:
            self.refuse(operation, "its answer has no rows: no items, and nothing that is marked x-rows")

    def _find_answer(self, operation):
        if operation.kind != "change" or operation.success == "204":
            return
        if operation.success == "201":
            self._follow_link(operation)
            return
        shape = self.content(operation, "200")
        segments = operation.path.split("/")
        while segments and shape:
            reading = self._reading("/".join(segments))
            if reading:
                # A change that answers in another shape shapes its answer itself.
                operation.answer = reading if self.content(reading, "200") == shape else None
                break
            segments.pop()
        if operation.answer:
            operation.answer_values = [(name, name) for name in operation.answer.path_names]

    def _follow_link(self, operation):
        links = [self.document.resolve(link) for link in operation.responses["201"].get("links", {}).values()]
        if len(links) != 1:
            self.refuse(operation, "a 201 has one link, to the reading of what was made")
            return
        reading = self.operation(links[0].get("operationId"))
        if reading is None or reading.kind != "read":
            self.refuse(operation, f"its link {links[0].get('operationId')} is not a GET of one thing")
            return
        values = links[0].get("parameters", {})
        if sorted(values) != sorted(reading.path_names):
            self.refuse(operation, f"its link must give {', '.join(reading.path_names)}")
        operation.answer = reading
        operation.answer_values = [(name, self._link_source(operation, values[name])) for name in sorted(values)]

    def _link_source(self, operation, expression):
        """The value of this exchange that a runtime expression (OpenAPI, section 4.8.20.4) names."""
        if expression == "$response.body#/id":
            return "new_id"
        match = re.match(r"\$request\.(?:path\.|query\.|body#/)([a-z0-9_]+)$", str(expression))
        if not match or not operation.binds(match[1]):
            self.refuse(operation, f"its link's {expression} is not a value of the request, nor $response.body#/id")
            return ""
        return match[1]
