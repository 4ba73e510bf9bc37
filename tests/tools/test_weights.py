"""x-weight: where it may stand, what it may be, and what becomes of it."""

import unittest

from support import CONTRACT, bound, changed, document
from refusals import Refusals
from contract import Contract
import tables
import weights

CSV = "            text/csv: { x-weight: 30, schema"
SORT = "{ name: sort, in: query,"


def refusals_of(*changes):
    refusals = Refusals()
    weights.check(Contract(document(changed(CONTRACT, *changes)), refusals), refusals)
    return refusals.lines


class Weights(unittest.TestCase):
    def test_only_tables_need_one(self):
        self.assertEqual(refusals_of((CSV, CSV)), [])

    def test_what_is_taken(self):
        for change in [
            (CSV, CSV.replace("30", "100")),
            (SORT, SORT.replace("in:", "x-weight: 2, in:")),
            ("operationId: list_plans\n", "operationId: list_plans\n      x-weight: 1000\n"),
            ("{ name: format,", "{ x-weight: 10, name: format,"),
        ]:
            with self.subTest(change):
                self.assertEqual(refusals_of(change), [])

    def test_what_is_no_weight(self):
        for weight in ("1", "0", "-3", "1001", "2.5", "dear", "'20'", "true", "~", "[10]"):
            with self.subTest(weight):
                lines = refusals_of((CSV, CSV.replace("30", weight)))
                self.assertEqual(lines, ["openapi.yaml:26: x-weight is a whole number from 2 to 1000: 1 is what everything else weighs"])

    def test_where_none_is_read(self):
        for change in [
            ("'204': { description: d }", "'204': { x-weight: 5, description: d }"),
            ("'401': { description: d }", "'401': { x-weight: 5, description: d, content: { text/csv: { x-weight: 5 } } }"),
            ("{ name: plan_id,", "{ x-weight: 5, name: plan_id,"),
            ("{ name: If-Match,", "{ x-weight: 5, name: If-Match,"),
            ("schema: { $ref: '#/components/schemas/plan_create' }", "schema: { $ref: '#/components/schemas/plan_create' }, x-weight: 5"),
            ("plans: { type: object,", "plans: { x-weight: 5, type: object,"),
            (CSV, CSV.replace("text/csv", "application/octet-stream")),
        ]:
            with self.subTest(change):
                lines = refusals_of(change)
                self.assertTrue(lines)
                for line in lines:
                    self.assertRegex(line, r"openapi.yaml:\d+: x-weight is of an operation, a format that it succeeds in, or a parameter")

    def test_what_is_made_of_it(self):
        text = changed(CONTRACT, (SORT, SORT.replace("in:", "x-weight: 2, in:")),
                       ("operationId: get_plan\n", "operationId: get_plan\n      x-weight: 7\n"))
        contract, binding, _ = bound(text=text)
        source = tables.operations(contract, binding)
        self.assertIn(".format_weights = {[FORMAT_CSV] = 30, [FORMAT_XLSX] = 50},", source)
        self.assertEqual(source.count("format_weights"), 1)
        self.assertRegex(source, r'"sort".*\.weight = 2}')
        self.assertRegex(source, r'(?s)\.id = "get_plan",(?:(?!\.id =).)*\.weight = 7,')


if __name__ == "__main__":
    unittest.main()
