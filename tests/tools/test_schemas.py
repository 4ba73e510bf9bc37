"""JSON Schema → tables: what is taken, how it looks in C, and what is refused."""

import unittest

import support  # noqa: F401
from documents import Document, parse
from refusals import Refusals
from schemas import Reader, Tables


def read(text, as_written=False):
    """The Schema of a YAML text (which is also the document for its references), and what is refused."""
    refusals = Refusals()
    root = parse("a.yaml", text)
    node = root.get("schema", root)
    return Reader(Document("a.yaml", root), refusals, as_written).read(node, "a.yaml", "it"), refusals.lines


def table(text):
    """The C of a schema that must be clean."""
    schema, lines = read(text)
    if lines:
        raise AssertionError(lines)
    tables = Tables()
    tables.symbol(schema)
    return "".join(tables.text)


class Taking(unittest.TestCase):
    def test_each_keyword(self):
        cases = [
            ("{type: integer, minimum: 1, maximum: 100}",
             ".types = SCHEMA_INTEGER, .has_minimum = true, .minimum = 1.0, .has_maximum = true, .maximum = 100.0"),
            ("{type: number, exclusiveMinimum: 0, exclusiveMaximum: 0.1}",
             ".has_exclusive_minimum = true, .exclusive_minimum = 0.0, .has_exclusive_maximum = true, .exclusive_maximum = 0.1"),
            ("{type: [string, 'null'], minLength: 1, maxLength: 0}",
             ".types = SCHEMA_NULL | SCHEMA_STRING, .minimum_length = 1, .has_maximum_length = true}"),
            ("{type: string, format: date-time}", ".format = STRING_DATE_TIME"),
            ("{type: string, pattern: '^\\d\"?$'}", '.pattern = "^\\\\d\\"?$"'),
            ("{type: string, maxLength: 9, x-verbatim: true}", ".verbatim = true"),
            ("{type: array, items: {type: boolean}, minItems: 1, maxItems: 2, uniqueItems: true}",
             ".minimum_items = 1, .has_maximum_items = true, .maximum_items = 2, .unique_items = true, .items = &rules_it_item"),
            ("{type: object, additionalProperties: false, minProperties: 1, maxProperties: 2}",
             ".minimum_properties = 1, .has_maximum_properties = true, .maximum_properties = 2, .closed = true"),
            ("{type: object, additionalProperties: true}", "{.types = SCHEMA_OBJECT}"),
            ("{type: object, additionalProperties: {type: integer}}", ".additional = &rules_it_value"),
            ("{type: string, description: d, title: t, default: d, examples: [e], deprecated: true, const: a}",
             "{.types = SCHEMA_STRING, .constants = rules_it_constants}"),
        ]
        for text, expected in cases:
            with self.subTest(text):
                self.assertIn(expected, table(text))

    def test_constants_are_json(self):
        constants = '{"\\"a\\\\\\"b\\"", "\\"科\\"", "1", "null", NULL}'
        self.assertIn(constants, table("{type: [string, integer, 'null'], enum: ['a\"b', 科, 1, null]}"))

    def test_properties(self):
        properties = "{a: {type: integer}, b: {type: integer}}"
        text = table(f"{{type: object, additionalProperties: false, required: [a], properties: {properties}}}")
        self.assertIn('{.name = "a", .schema = &rules_it_a, .required = true}', text)
        self.assertIn('{.name = "b", .schema = &rules_it_a},', text, "equal schemas share a table")
        self.assertLess(text.index("struct schema rules_it_a "), text.index("rules_it_properties[]"))

    def test_references_are_followed_and_give_the_name(self):
        text = table("{schema: {$ref: '#/code', description: d}, code: {type: string, pattern: a}}")
        self.assertIn("struct schema rules_code ", text)

    def test_something_or_null(self):
        schema, lines = read("{oneOf: [{type: string, enum: [a]}, {type: 'null'}]}")
        self.assertEqual(lines, [])
        self.assertEqual(schema.types, {"string", "null"})
        self.assertEqual(schema.constants, ('"a"', "null"))

    def test_as_written_needs_no_bounds_and_no_type(self):
        schema, lines = read("{properties: {a: {}}, required: [b]}", as_written=True)
        self.assertEqual(lines, [])
        self.assertEqual(len(schema.types), 7)
        self.assertEqual([(name, required) for name, _, required in schema.properties], [("a", False), ("b", True)])

    def test_names_are_of_c(self):
        self.assertIn("struct schema rules_____a ", table("{schema: {$ref: '#/科-技.a'}, 科-技.a: {type: integer}}"))


class Refusing(unittest.TestCase):
    def test_each_refusal(self):
        cases = [
            ("{type: integer, multipleOf: 2}", "the keyword multipleOf is not enforced"),
            ("{type: string, format: hostname}", "the format hostname is not enforced"),
            ("{type: text}", "there is no type text"),
            ("{schema: {$ref: '#/nothing'}}", "there is no #/nothing"),
            ("{schema: {$ref: '#/a', maxLength: 3}, a: {type: string, maxLength: 1}}", "maxLength beside $ref"),
            ("{schema: {$ref: '#/schema'}}", "#/schema refers to itself"),
            ("{schema: {type: array, maxItems: 1, items: {$ref: '#/schema'}}}", None),
            ("{oneOf: [{type: string, maxLength: 1}, {type: integer}]}", "oneOf is taken only as"),
            ("{allOf: [{type: integer}]}", "the keyword allOf is not enforced"),
            ("{type: string, minLength: 1.5, maxLength: 3}", "minLength must be a whole number"),
            ("{type: string, enum: [a], const: a}", "enum and const together"),
            ("{type: array, maxItems: 1, items: true}", "true is not taken as a schema"),
            ("{maxLength: 3}", "a schema says its type"),
            ("{type: string}", "a string needs maxLength"),
            ("{type: array, items: {type: integer}}", "an array needs items and maxItems"),
            ("{type: object}", "an object says additionalProperties"),
            ("{type: object, additionalProperties: false, required: [a]}", "a is required, but not among the properties"),
        ]
        for text, message in cases:
            with self.subTest(text):
                _, lines = read(text)
                self.assertTrue(any((message or "refers to itself") in line for line in lines), lines)

    def test_the_line_is_named(self):
        _, lines = read("type: object\nadditionalProperties: false\nproperties:\n  a:\n    type: text\n")
        self.assertEqual(lines, ["a.yaml:5: there is no type text"])


if __name__ == "__main__":
    unittest.main()
