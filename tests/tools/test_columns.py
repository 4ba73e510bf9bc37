"""The formats of an answer, and the columns that its schema makes."""

import textwrap
import unittest

from support import CONTRACT, ROOT, changed, document, read
from columns import Column, Reader
from contract import Contract
from documents import Document
from refusals import Refusals
import columns
import formats

SCHEMAS = """\
components:
  schemas:
    id: { type: string, format: uuid, title: 标识 · id }
    organization:
      title: 单位 · organization
      type: object
      properties:
        id: { $ref: '#/components/schemas/id' }
        code: { type: string, description: 代码 · Its code }
        name: { type: string, description: 单位名称，全称 · Its name }
    figure: { type: object, properties: { count: { type: integer }, href: { type: string } } }
    rate:
      type: object
      properties: { numerator: { type: integer }, denominator: { type: integer }, rate: { type: [number, 'null'] } }
"""


def columns_of(properties):
    """The columns of a row with these properties (YAML), and what is refused."""
    refusals = Refusals()
    text = SCHEMAS + "    row:\n      type: object\n      properties:\n" + textwrap.indent(textwrap.dedent(properties), " " * 8)
    schemas = document(text)
    answer = {"properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/row"}}}}
    tables = Reader(schemas, refusals).tables(answer, "here")
    return list(tables[0].columns), refusals.lines


class Columns(unittest.TestCase):
    def expect(self, properties, *expected):
        found, refused = columns_of(properties)
        self.assertEqual(refused, [])
        self.assertEqual(found, [Column(*column) for column in expected])

    def test_scalars(self):
        self.expect("title: { type: string, description: 名称 · Its title }", ("title", "COLUMN_TEXT", None, "名称", "title"))
        self.expect("n: { type: [integer, 'null'] }", ("n", "COLUMN_INTEGER", None, "n", "n"))
        self.expect("n: { type: number }", ("n", "COLUMN_NUMBER", None, "n", "n"))
        self.expect("is_late: { type: boolean }", ("is_late", "COLUMN_BOOLEAN", None, "is late", "is late"))
        self.expect("on: { type: string, format: date }", ("on", "COLUMN_DATE", None, "on", "on"))
        self.expect("at: { type: [string, 'null'], format: date-time }", ("at", "COLUMN_INSTANT", None, "at", "at"))
        self.expect("id: { $ref: '#/components/schemas/id' }", ("id", "COLUMN_ID", None, "标识", "id"))
        self.expect("status: { type: string, x-vocabulary: plan_status }", ("status", "COLUMN_TEXT", "plan_status", "status", "status"))

    def test_headings(self):
        self.expect("n: { type: integer, title: 人数 · people, description: 多少 · How many }", ("n", "COLUMN_INTEGER", None, "人数", "people"))
        self.expect("by: { type: object, description: 总结 · The report, properties: { n: { type: integer, title: 人数 · people } } }",
                    ("by.n", "COLUMN_INTEGER", None, "人数", "people"))
        self.expect("n: { type: integer, description: '人数，按最近一次报送（含线上）；可为空 · How many' }",
                    ("n", "COLUMN_INTEGER", None, "人数", "n"))

    def test_what_is_inside(self):
        self.expect(
            "by: { oneOf: [{ $ref: '#/components/schemas/organization' }, { type: 'null' }], description: 报送单位 · Whose it is }",
            ("by.id", "COLUMN_ID", None, "报送单位标识", "by id"),
            ("by.code", "COLUMN_TEXT", None, "报送单位代码", "by code"),
            ("by.name", "COLUMN_TEXT", None, "报送单位单位名称", "by name"),
        )
        # What begins with the outer heading says it already; without words of its own a property has its schema's.
        found, _ = columns_of("organization: { $ref: '#/components/schemas/organization' }")
        self.assertEqual([column.zh for column in found], ["单位标识", "单位代码", "单位名称"])

    def test_figures_and_rates(self):
        self.expect("received: { $ref: '#/components/schemas/figure', description: 已报 · Received }",
                    ("received.count", "COLUMN_INTEGER", None, "已报", "received"))
        self.expect("done: { $ref: '#/components/schemas/rate', description: 完成率 · Completeness }",
                    ("done.numerator", "COLUMN_INTEGER", None, "完成率分子", "done numerator"),
                    ("done.denominator", "COLUMN_INTEGER", None, "完成率分母", "done denominator"),
                    ("done.rate", "COLUMN_RATE", None, "完成率", "done"))

    def test_arrays(self):
        self.expect("codes: { type: array, items: { type: string, x-vocabulary: module } }",
                    ("codes", "COLUMN_LIST", None, "codes", "codes", (Column("", "COLUMN_TEXT", "module"),)))
        found, _ = columns_of("partners: { type: array, items: { $ref: '#/components/schemas/organization' } }")
        self.assertEqual([part.path for part in found[0].parts], ["name"])
        found, _ = columns_of("targets: { type: array, items: { type: object, properties: "
                              "{ id: { $ref: '#/components/schemas/id' }, unit: { type: string }, planned: { type: integer } } } }")
        self.assertEqual([part.path for part in found[0].parts], ["unit", "planned"])

    def test_addresses_are_for_programs(self):
        self.expect("href: { type: string, description: 地址 · Where }", ("href", "COLUMN_ID", None, "地址", "href"))

    def test_any_json(self):
        self.expect("before: { type: [object, 'null'] }", ("before", "COLUMN_OBJECT", None, "before", "before"))

    def test_what_is_no_column_is_refused(self):
        _, refused = columns_of("x: { type: [string, integer] }")
        self.assertEqual(refused, ["here: items: x is of several types, so it is no column"])

    def test_an_array_that_is_marked_is_a_table(self):
        schemas = document(SCHEMAS)
        answer = {"properties": {
            "rows": {"type": "array", "x-rows": True, "items": {"$ref": "#/components/schemas/organization"}},
            "total": {"x-rows": True, "$ref": "#/components/schemas/organization"},
            "notes": {"type": "array", "items": {"type": "string"}},
            "sums": {"type": "array", "x-rows": ["figures", "by"], "items": {"properties": {
                "kind": {"type": "string"},
                "by": {"$ref": "#/components/schemas/organization"},
                "figures": {"type": "array", "items": {"properties": {"n": {"type": "integer"}}}},
            }}},
        }}
        tables = Reader(schemas, Refusals()).tables(answer, "here")
        self.assertEqual([(table.rows, len(table.columns)) for table in tables],
                         [("rows", 3), ("total", 3), ("sums", 2), ("sums", 4)])
        self.assertEqual([column.path for column in tables[2].columns], ["kind", "figures.n"])
        self.assertEqual([table.each for table in tables], [None, None, "figures", None])


class OfTheContract(unittest.TestCase):
    """A field of an answer cannot be missing from its table."""

    def setUp(self):
        self.refusals = Refusals()
        self.contract = Contract(Document.read(ROOT, self.refusals), self.refusals)

    def leaves(self, node, path=(), each=()):
        """Every scalar and array of a row, found without columns.py; what a figure links to is no field of a table. The
        arrays of `each` are told by their items."""
        node = self.contract.document.resolve(node)
        if path and path[0] in each and len(path) == 1 and node.get("type") == "array":
            node = self.contract.document.resolve(node["items"])
        branches = [branch for branch in node.get("oneOf", node.get("anyOf", [])) if branch != {"type": "null"}]
        if branches:
            yield from self.leaves(branches[0], path, each)
            return
        for part in node.get("allOf", []):
            yield from self.leaves(part, path, each)
        for name, inner in node.get("properties", {}).items():
            if not (name == "href" and set(node["properties"]) == {"count", "href"}):
                yield from self.leaves(inner, (*path, name), each)
        if path and "properties" not in node and "allOf" not in node:
            yield ".".join(path)

    def test_each_field_has_a_column_and_each_column_a_heading(self):
        checked = 0
        for operation in self.contract.operations:
            for rows in {table.rows for table in operation.tables}:
                with self.subTest(operation.id, rows=rows):
                    tables = [table for table in operation.tables if table.rows == rows]
                    node = self.members(self.contract.content(operation, "200"))[rows]
                    row = self.contract.document.resolve(node).get("items", node)
                    each = {table.each for table in tables}
                    columns = {column.path: column.zh for table in tables for column in table.columns}
                    self.assertEqual(sorted(self.leaves(row, each=each)), sorted(columns))
                    self.assertEqual([path for path in columns if columns[path].isascii()], [], "these have no Chinese heading")
                    checked += 1
        self.assertGreater(checked, 20)

    def members(self, node):
        node = self.contract.document.resolve(node)
        members = dict(node.get("properties", {}))
        for part in node.get("allOf", []):
            members |= self.members(part)
        return members


class Formats(unittest.TestCase):
    def test_what_is_refused(self):
        csv = "            text/csv: { x-weight: 30, schema: { type: string } }\n"
        cases = [
            ("a list answers in text/csv", (csv, "")),
            ("it takes format", ("        - { $ref: '#/components/parameters/format' }\n", "")),
            ("format is one of", ("enum: [json, csv, xlsx, ics", "enum: [json, csv, ics")),
            ("a table takes headings", ("{ name: headings", "{ name: heading")),
            ("a table takes bom", ("{ name: bom", "{ name: mark")),
            ("a table is dear: csv needs x-weight", ("text/csv: { x-weight: 30, ", "text/csv: { ")),
            ("a document's bytes are what src/document/media_types.def says: application/json, application/octet-stream",
             ("schemas/plan' } } } }\n        '404'", "schemas/plan' } }, application/octet-stream: {} } }\n        '404'")),
            ("it takes no format", ("- { $ref: '#/components/parameters/plan_id' }\n    get:",
             "- { $ref: '#/components/parameters/plan_id' }\n      - { $ref: '#/components/parameters/format' }\n    get:")),
            ("its answer has no rows", ("items: { type: array, items: { $ref: '#/components/schemas/plan' } }",
             "items: { type: object, properties: { id: { type: string } } }"), ("items: { type: array }", "items: { type: object }")),
        ]
        for message, *changes in cases:
            with self.subTest(message):
                _, refused = read(changed(CONTRACT, *changes))
                self.assertTrue(any(message in line for line in refused), refused)

    def test_media_types(self):
        self.assertEqual(formats.of_media({}), ["json"])
        self.assertEqual(formats.of_media({"text/csv": {}, "application/json": {}}), ["json", "csv"])
        self.assertEqual(formats.of_media({"application/pdf": {}, "image/png": {}}), [])

    def test_the_tables_in_c(self):
        contract, refused = read()
        self.assertEqual(refused, [])
        text = "".join(columns.source(contract.operation("list_plans")))
        self.assertIn('{.path = "id", .type = COLUMN_TEXT, .zh = "标识", .en = "Id"}', text)
        self.assertIn('{.rows = "items", .zh = "items", .en = "Items", .columns = list_plans_columns_0, .column_count = 1}', text)


if __name__ == "__main__":
    unittest.main()
