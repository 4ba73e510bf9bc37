"""JSON Schema (draft 2020-12) → the tables of src/contract/schema.h.

Only what schema.c enforces is taken; every other keyword is refused, so that
the contract never promises a check that nobody makes.
"""

import json
from dataclasses import dataclass

import emit

TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
FORMATS = ("date", "date-time", "uuid", "email", "uri")
ANNOTATIONS = {
    "$comment", "title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly",
    "x-vocabulary",
}
BOUNDS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusive_minimum",
    "exclusiveMaximum": "exclusive_maximum",
}
SIZES = {
    "minLength": "minimum_length",
    "maxLength": "maximum_length",
    "minItems": "minimum_items",
    "maxItems": "maximum_items",
    "minProperties": "minimum_properties",
    "maxProperties": "maximum_properties",
}
KEYWORDS = {
    *BOUNDS, *SIZES, *ANNOTATIONS, "$ref", "type", "format", "enum", "const", "pattern", "uniqueItems", "items",
    "properties", "required", "additionalProperties", "oneOf", "anyOf", "x-verbatim",
}


@dataclass(frozen=True)
class Schema:
    """One struct schema: its rules as (C field, C value), and the schemas it points to."""

    types: frozenset
    rules: tuple = ()  # (field, C value) pairs
    constants: tuple = None  # JSON texts
    items: "Schema" = None
    properties: tuple = ()  # (name, Schema, required)
    closed: bool = False
    additional: "Schema" = None
    hint: str = ""  # what to call it in C

    def __eq__(self, other):
        return isinstance(other, Schema) and self.key() == other.key()

    def __hash__(self):
        return hash(self.key())

    def key(self):
        """All but the hint: two schemas with the same key are one table."""
        return (
            self.types, self.rules, self.constants, self.items, self.properties, self.closed, self.additional
        )

    def property_names(self):
        return [name for name, _, _ in self.properties]


ANY = Schema(frozenset(TYPES), hint="any")


class Reader:
    """Reads the schemas of one document; what it cannot take goes to `refusals`.

    A contract's schemas bound everything a client may send, and have their
    strings normalized unless x-verbatim. `as_written` leaves both aside.
    """

    def __init__(self, document, refusals, as_written=False):
        self.document = document
        self.refusals = refusals
        self.as_written = as_written

    def read(self, node, where, hint, within=()):
        """The Schema of a node. `within` are the references being read, to refuse a recursion."""
        if not isinstance(node, dict):
            return self._refuse(where, f"{json.dumps(node)} is not taken as a schema")
        if getattr(node, "line", 0):
            where = self.document.where(node, *where.split(": ")[1:])
        if "$ref" in node:
            return self._reference(node, where, within)
        for keyword in node:
            if keyword not in KEYWORDS:
                self._refuse(where, f"the keyword {keyword} is not enforced, so it is not taken")
        if "oneOf" in node or "anyOf" in node:
            return self._nullable(node, where, hint, within)
        if not self.as_written:
            self._check_bounds(node, where)
        return Schema(
            types=self._types(node, where),
            rules=tuple(self._rules(node, where)),
            constants=self._constants(node, where),
            items=self.read(node["items"], where, hint + "_item", within) if "items" in node else None,
            properties=self._properties(node, where, hint, within),
            closed=node.get("additionalProperties") is False,
            additional=self._additional(node, where, hint, within),
            hint=hint,
        )

    def _refuse(self, where, message):
        self.refusals.add(where, message)
        return ANY

    def _reference(self, node, where, within):
        reference = node["$ref"]
        for keyword in node.keys() - ANNOTATIONS - {"$ref"}:
            self._refuse(where, f"{keyword} beside $ref is not taken")
        if reference in within:
            return self._refuse(where, f"{reference} refers to itself")
        target = self.document.lookup(reference)
        if target is None:
            return self._refuse(where, f"there is no {reference}")
        return self.read(target, where, reference.rsplit("/", 1)[1], (*within, reference))

    def _nullable(self, node, where, hint, within):
        """oneOf or anyOf is taken in one shape: something, or null."""
        keyword = "oneOf" if "oneOf" in node else "anyOf"
        branches = [branch for branch in node[keyword] if branch != {"type": "null"}]
        if node.keys() - ANNOTATIONS - {keyword} or len(branches) != 1 or len(node[keyword]) != 2:
            return self._refuse(where, f"{keyword} is taken only as [something, {{type: 'null'}}]")
        schema = self.read(branches[0], where, hint, within)
        constants = schema.constants + ("null",) if schema.constants else None
        return Schema(
            schema.types | {"null"}, schema.rules, constants, schema.items, schema.properties, schema.closed,
            schema.additional, schema.hint + "_or_null",
        )

    def _check_bounds(self, node, where):
        types = self._types(node, where)
        if "type" not in node:
            self._refuse(where, "a schema says its type")
        elif "string" in types and not node.keys() & {"maxLength", "enum", "const", "format", "pattern"}:
            self._refuse(where, "a string needs maxLength, unless enum, const, format or pattern bounds it")
        elif "array" in types and not {"items", "maxItems"} <= node.keys():
            self._refuse(where, "an array needs items and maxItems")
        elif "object" in types and "additionalProperties" not in node:
            self._refuse(where, "an object says additionalProperties, false unless any field is welcome")

    def _types(self, node, where):
        types = node.get("type", list(TYPES))
        types = [types] if isinstance(types, str) else types
        for name in types:
            if name not in TYPES:
                self._refuse(where, f"there is no type {name}")
        return frozenset(types)

    def _rules(self, node, where):
        if "format" in node:
            if node["format"] not in FORMATS:
                self._refuse(where, f"the format {node['format']} is not enforced, so it is not taken")
            yield "format", "STRING_" + node["format"].upper().replace("-", "_")
        for keyword, field in BOUNDS.items():
            if keyword in node:
                yield "has_" + field, "true"
                yield field, emit.number(node[keyword])
        for keyword, field in SIZES.items():
            if keyword not in node:
                continue
            if node[keyword] != int(node[keyword]) or node[keyword] < 0:
                self._refuse(where, f"{keyword} must be a whole number")
            if keyword.startswith("max"):
                yield "has_" + field, "true"
            yield field, str(int(node[keyword]))
        if "pattern" in node:
            yield "pattern", emit.string(node["pattern"])
        if node.get("uniqueItems"):
            yield "unique_items", "true"
        if self.as_written or node.get("x-verbatim"):
            yield "verbatim", "true"

    def _constants(self, node, where):
        if "enum" in node and "const" in node:
            self._refuse(where, "enum and const together are not taken")
        if "const" in node:
            return (json.dumps(node["const"], ensure_ascii=False),)
        if "enum" in node:
            return tuple(json.dumps(value, ensure_ascii=False) for value in node["enum"])
        return None

    def _properties(self, node, where, hint, within):
        required = node.get("required", [])
        properties = [
            (name, self.read(schema, where, f"{hint}_{name}", within), name in required)
            for name, schema in node.get("properties", {}).items()
        ]
        for name in required:
            if name in node.get("properties", {}):
                continue
            if node.get("additionalProperties") is False:
                self._refuse(where, f"{name} is required, but not among the properties")
            properties.append((name, self._additional(node, where, hint, within) or ANY, True))
        return tuple(properties)

    def _additional(self, node, where, hint, within):
        additional = node.get("additionalProperties")
        if additional in (None, True, False):
            return None
        return self.read(additional, where, hint + "_value", within)


class Tables:
    """The C of all schemas: equal ones share a table, and a table follows those that it points to."""

    def __init__(self):
        self.symbols = {}
        self.names = set()
        self.text = []

    def symbol(self, schema):
        """ "&rules_id", making its table at the first use; NULL of None."""
        if schema is None:
            return "NULL"
        if schema not in self.symbols:
            self.symbols[schema] = self._write(schema)
        return "&" + self.symbols[schema]

    def _write(self, schema):
        items, additional = self.symbol(schema.items), self.symbol(schema.additional)
        properties = [
            emit.fields([("name", emit.string(name)), ("schema", self.symbol(inner)), ("required", emit.boolean(required))])
            for name, inner, required in schema.properties
        ]
        symbol = self._name(schema.hint)
        if schema.constants is not None:
            constants = ", ".join([*map(emit.string, schema.constants), "NULL"])
            self.text.append(f"static const char *const {symbol}_constants[] = {{{constants}}};\n")
        if properties:
            self.text.append(emit.array(f"static const struct schema_property {symbol}_properties[]", properties))
        names = [name for name in TYPES if name in schema.types]
        types = "SCHEMA_ANY" if len(names) == len(TYPES) else " | ".join("SCHEMA_" + name.upper() for name in names)
        table = emit.fields([
            ("types", types),
            *schema.rules,
            ("constants", f"{symbol}_constants" if schema.constants is not None else "NULL"),
            ("items", items),
            ("properties", f"{symbol}_properties" if properties else "NULL"),
            ("property_count", str(len(properties))),
            ("closed", emit.boolean(schema.closed)),
            ("additional", additional),
        ])
        self.text.append(f"static const struct schema {symbol} = {table};\n")
        return symbol

    def _name(self, hint):
        base = "rules_" + "".join(c if c.isascii() and c.isalnum() else "_" for c in hint)
        name, number = base, 1
        while name in self.names:
            number += 1
            name = f"{base}_{number}"
        self.names.add(name)
        return name
