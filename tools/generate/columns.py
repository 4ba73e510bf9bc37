"""The columns of an answer's rows: what its JSON schema says, flat. There is no other definition of a column.

    organization: { id, code, name }     organization.id, organization.code, organization.name
    figure                               its count; that leads to the rows is for programs
    rate                                 its numerator, denominator and rate
    [text, …]                            one column, joined
    [{ name, … }, …]                     one column: the names, joined; without names, what each has, joined
    { … } of any fields                  one column, as JSON

An answer's tables are its `items`, and what is marked `x-rows: true`: an array of rows, or an object, the only row.
`x-rows: [obligations, organizations]` makes a table for each of these members of the row, beside what else is in the
row; of a member that is an array each item is a row.

A heading is the property's own `title: 中文 · English`. Else it is the Chinese half of its description up to the first
punctuation mark (or its schema's title or description, or its name), and of a field inside a field that of the outer
one before it; and in English the path in words. Ids and addresses are for programs.
"""

import re
from dataclasses import dataclass

import emit

SCALARS = {"integer": "COLUMN_INTEGER", "number": "COLUMN_NUMBER", "boolean": "COLUMN_BOOLEAN", "string": "COLUMN_TEXT"}
STRINGS = {"uuid": "COLUMN_ID", "date": "COLUMN_DATE", "date-time": "COLUMN_INSTANT"}
FOR_PROGRAMS = {"href", "uid"}
CHINESE = re.compile("[\u4e00-\u9fff]")
HALF = re.compile(r"[，；。：（(,;]")


@dataclass(frozen=True)
class Column:
    path: str  # "organization.code"; "" is the value itself
    kind: str
    vocabulary: str = None
    zh: str = ""
    en: str = ""
    parts: tuple = ()  # what each item of an array says


@dataclass(frozen=True)
class Table:
    rows: str  # the member of the answer that they are
    zh: str
    en: str
    columns: tuple
    each: str = None  # the member of a row whose items are the rows


class Reader:
    """Reads the tables of one document's answers; what has no column goes to `refusals`."""

    def __init__(self, document, refusals):
        self.document = document
        self.refusals = refusals

    def tables(self, schema, where):
        """The tables of an answer."""
        found = []
        for name, node in self._members(schema or {}).items():
            target, _ = self._target(node)
            marked = node.get("x-rows") or (name == "items" and target.get("type") == "array")
            if not marked:
                continue
            zh, en = self._heading(name, node, "", "")
            row = target.get("items", {}) if target.get("type") == "array" else target
            if isinstance(marked, list):
                found += [self._part(name, zh, en, row, member, marked, f"{where}: {name}") for member in marked]
            else:
                found.append(Table(name, zh, en, tuple(self._row(self._fields(row, "", "", "", f"{where}: {name}"), where))))
        return found

    def _part(self, name, zh, en, row, member, members, where):
        """The table of one member of a row, beside what is not such a member."""
        inner = self._members(row).get(member, {})
        target, _ = self._target(inner)
        is_array = target.get("type") == "array"
        columns = [column for column in self._fields(row, "", "", "", where) if column.path.split(".")[0] not in members]
        columns += self._fields(target["items"] if is_array else target, member, "", "", where)
        member_zh, member_en = self._heading(member, inner, "", "")
        return Table(name, zh + member_zh, f"{en}: {member_en}", tuple(self._row(columns, where)), member if is_array else None)

    def _members(self, node):
        """The properties of an answer, those of its allOf too; a later one says more."""
        node = self.document.resolve(node)
        members = dict(node.get("properties", {}))
        for part in node.get("allOf", []):
            members |= self._members(part)
        return members

    def _row(self, columns, where):
        paths = [column.path for column in columns]
        for path in sorted({path for path in paths if paths.count(path) > 1}):
            self.refusals.add(where, f"{path} is there twice")
        return columns

    def _fields(self, node, path, zh, en, where):
        node, _ = self._target(node)
        columns = []
        for part in node.get("allOf", []):
            columns += self._fields(part, path, zh, en, where)
        for name, inner in node.get("properties", {}).items():
            inner_zh, inner_en = self._heading(name, inner, zh, en)
            columns += self._value(inner, f"{path}.{name}" if path else name, inner_zh, inner_en, where)
        return columns

    def _value(self, node, path, zh, en, where):
        target, name = self._target(node)
        if name == "figure":
            return [Column(f"{path}.count", "COLUMN_INTEGER", None, zh, en)]
        if name == "rate":
            return [
                Column(f"{path}.numerator", "COLUMN_INTEGER", None, zh + "分子", en + " numerator"),
                Column(f"{path}.denominator", "COLUMN_INTEGER", None, zh + "分母", en + " denominator"),
                Column(f"{path}.rate", "COLUMN_RATE", None, zh, en),
            ]
        if "properties" in target or "allOf" in target:
            return self._fields(target, path, zh, en, where)
        kinds = [target["type"]] if isinstance(target.get("type"), str) else target.get("type", ["object"])
        kinds = [kind for kind in kinds if kind != "null"]
        if len(kinds) != 1:
            self.refusals.add(where, f"{path} is of several types, so it is no column")
            return []
        vocabulary = node.get("x-vocabulary") or target.get("x-vocabulary")
        if kinds == ["array"]:
            return [Column(path, "COLUMN_LIST", None, zh, en, self._parts(target.get("items", {}), vocabulary, f"{where}: {path}"))]
        if kinds == ["object"]:
            return [Column(path, "COLUMN_OBJECT", None, zh, en)]
        if path.rsplit(".", 1)[-1] in FOR_PROGRAMS:
            return [Column(path, "COLUMN_ID", None, zh, en)]
        kind = STRINGS.get(target.get("format"), "COLUMN_TEXT") if kinds == ["string"] else SCALARS[kinds[0]]
        return [Column(path, kind, vocabulary, zh, en)]

    def _parts(self, items, vocabulary, where):
        """What one item of an array says in its cell."""
        target, _ = self._target(items)
        if "properties" not in target and "allOf" not in target:
            parts = self._value(items, "", "", "", where)
            return tuple(Column(p.path, p.kind, p.vocabulary or vocabulary, p.zh, p.en, p.parts) for p in parts)
        parts = self._fields(target, "", "", "", where)
        names = [part for part in parts if part.path == "name"]
        return tuple(names or [part for part in parts if part.kind != "COLUMN_ID"])

    def _target(self, node):
        """What a node is in the end, without $ref and "or null", and the name of its schema if it has one."""
        name = None
        while isinstance(node, dict) and ("$ref" in node or "oneOf" in node or "anyOf" in node):
            if "$ref" in node:
                name = node["$ref"].rsplit("/", 1)[1]
                node = self.document.lookup(node["$ref"])
            else:
                branches = [branch for branch in node.get("oneOf", node.get("anyOf")) if branch != {"type": "null"}]
                node = branches[0] if branches else {}
        return node or {}, name

    def _heading(self, name, node, zh, en):
        """The property's heading in both languages, inside one with the headings zh and en."""
        if " · " in node.get("title", ""):
            return tuple(node["title"].split(" · ", 1))
        words = name.replace("_", " ")
        target, _ = self._target(node)
        halves = next((text for text in (node.get("description"), target.get("title"), target.get("description")) if " · " in (text or "")), words)
        own = HALF.split(halves.split(" · ")[0])[0]
        return own if own.startswith(zh) else zh + own, f"{en} {words}".strip()


def check(contract, refusals):
    """Every column that people see has a heading, and one of its own."""
    for operation in contract.operations:
        for table in operation.tables:
            seen = [column for column in table.columns if column.kind != "COLUMN_ID"]
            headings = [column.zh for column in seen]
            for column in seen:
                where = f"{operation.where}: {table.rows}: {column.path}"
                if not CHINESE.search(column.zh):
                    refusals.add(where, "a column needs a heading: title or description, 中文 · English")
                elif headings.count(column.zh) > 1:
                    refusals.add(where, f"another column has the heading {column.zh} too")


def source(operation):
    """The C of an operation's tables, and of what they point to."""
    out, tables = [], []
    for i, table in enumerate(operation.tables):
        name = f"{operation.id}_columns_{i}"
        out += _columns(name, table.columns)
        tables.append(emit.fields([
            ("rows", emit.string(table.rows)),
            ("zh", emit.string(table.zh)),
            ("en", emit.string(table.en[:1].upper() + table.en[1:])),
            ("columns", name),
            ("column_count", str(len(table.columns))),
            ("each", emit.string(table.each)),
        ]))
    if tables:
        out.append(emit.array(f"static const struct table {operation.id}_tables[]", tables))
    return out


def _columns(name, columns):
    out, rows = [], []
    for i, column in enumerate(columns):
        parts = f"{name}_{i}"
        if column.parts:
            out += _columns(parts, column.parts)
        rows.append(emit.fields([
            ("path", emit.string(column.path)),
            ("type", column.kind),
            ("vocabulary", emit.string(column.vocabulary)),
            ("zh", emit.string(column.zh)),
            ("en", emit.string(column.en[:1].upper() + column.en[1:])),
            ("parts", parts if column.parts else "NULL"),
            ("part_count", str(len(column.parts))),
        ]))
    out.append(emit.array(f"static const struct column {name}[]", rows))
    return out
