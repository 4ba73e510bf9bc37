"""Operations, statements and handlers: each has its counterpart, and every parameter a value."""

import unittest

from support import CONTRACT, QUERIES, bound, changed

BINDS_DIGEST = ("-- name: create_plan\n", "-- name: create_plan\n-- binds: digest\n")
BY_VERSION = "WHERE id = :plan_id AND version = :version RETURNING"
ASCENDING = " ORDER BY p.title, p.id                                  --? sort=title\n"
DESCENDING = " ORDER BY p.title DESC, p.id DESC                        --? sort=-title\n"


class Binding(unittest.TestCase):
    def setUp(self):
        self.contract, self.binding, self.lines = bound()

    def test_the_small_contract_is_whole(self):
        self.assertEqual(self.lines, [])

    def test_work(self):
        work = self.binding.work
        self.assertEqual(work["list_plans"].count, "count_list_plans")
        self.assertEqual(work["create_plan"].keep, "keep_get_plan")
        self.assertEqual(work["start_review_plan"].keep, "keep_get_plan")
        self.assertEqual(work["start_review_plan"].refusal, "refuse_plan")
        self.assertEqual(work["delete_plan"].refusal, "refuse_plan")
        self.assertIsNone(work["create_plan"].refusal, "a create has no plan_id to ask by")
        self.assertIsNone(work["get_plan"].keep)

    def test_what_is_made(self):
        names = [name for statement in self.binding.statements for name in statement.names]
        self.assertEqual(names[-2:], ["count_list_plans", "keep_get_plan"])

    def test_a_handler_alone_or_with_a_statement(self):
        sql = changed(QUERIES, ("name: delete_plan", "helper: drop_plan"), ("name: get_plan", "handler: get_plan"))
        _, binding, lines = bound(sql, used=["drop_plan"])
        self.assertEqual(lines, [])
        self.assertEqual((binding.work["delete_plan"].handler, binding.work["delete_plan"].statement), ("delete_plan", None))
        self.assertEqual((binding.work["get_plan"].handler, binding.work["get_plan"].statement), ("get_plan", "get_plan"))
        self.assertEqual((binding.work["create_plan"].handler, binding.work["create_plan"].statement), (None, "create_plan"))

    def test_what_a_handler_binds(self):
        sql = changed(QUERIES, BINDS_DIGEST, ("-- name: create_plan", "-- handler: create_plan"), (":title) RETURNING", ":digest) RETURNING"))
        self.assertEqual(bound(sql)[2], [])

    def test_an_answer_that_only_says_that_it_was_done(self):
        answer = "'200': { content: { application/json: { schema: { $ref: '#/components/schemas/plan' } } } }"
        start = CONTRACT.index("start_review_plan")
        text = CONTRACT[:start] + changed(CONTRACT[start:], (answer, "'204': { description: d }"))
        _, binding, lines = bound(text=text)
        self.assertEqual(lines, [])
        self.assertEqual(binding.work["start_review_plan"].keep, "keep_nothing")


# (what is said, (old, new) in the statements)
REFUSALS = [
    ("there is no operation read_plan", ("-- name: get_plan\n", "-- name: read_plan\n")),
    ("there is no operation read_plan", ("-- name: get_plan\n", "-- handler: read_plan\n")),
    ("get_plan is there twice: plans.sql:12", ("-- name: create_plan", "-- name: get_plan, create_plan")),
    ("nothing binds :plan", (BY_VERSION, BY_VERSION.replace(":plan_id", ":plan"))),
    ("nothing binds :version", (":title) RETURNING", ":version) RETURNING")),
    ("nothing binds :new_id", ("SET status = :action", "SET status = :new_id")),
    ("nothing binds :body", ("SET status = :action", "SET status = :body")),
    ("nothing binds :patch", (":title) RETURNING", ":patch) RETURNING")),
    ("nothing binds :limit", ("SET status = :action", "SET status = :limit")),
    ("nothing binds :after_id", ("SET status = :action", "SET status = :after_id")),
    ("nothing sets state, a condition", ("--? status", "--? state")),
    ("sort is never id", ("after, sort=title", "after, sort=id")),
    ("sort=-title has no ORDER BY", (DESCENDING, "")),
    ("a list has its ORDER BY", (DESCENDING, ""), (ASCENDING, "")),
    ("a list ends in LIMIT :limit", (" LIMIT :limit", " LIMIT 20")),
    (":after_title continues from title, which is not selected", ("SELECT p.summary, p.title, p.id", "SELECT p.summary, p.id")),
    ("a line with :after_… ends in --? after", ("--? after, ", "--? ")),
    ("it continues from 9 columns, and a cursor has 8",
     ("> (:after_title, :after_id) ", f"> ({', '.join([':after_title'] * 8)}, :after_id) ")),
    ("a reading selects body", ("SELECT body, version", "SELECT version")),
    ("it must compare :version", (BY_VERSION, "WHERE id = :plan_id RETURNING")),
    ("nothing uses the helper other", ("-- helper: refuse_plan", "-- helper: other\nSELECT 1\n\n-- helper: refuse_plan")),
    ("nothing uses the helper refuse_plam", ("-- helper: refuse_plan", "-- helper: refuse_plam")),
    ("refuse_plan needs reason, which it cannot bind",
     ("FROM plan WHERE id = :plan_id", "FROM plan WHERE x = :reason AND id = :plan_id")),
    ("-- binds: is for a statement that C runs", ("-- name: create_plan\n", "-- name: create_plan\n-- binds: title\n")),
    ("-- binds: digest, which the statement has not", BINDS_DIGEST),
    ("keep_get_plan is made by the generator",
     ("-- helper: refuse_plan", "-- helper: keep_get_plan\nSELECT 1\n\n-- helper: refuse_plan")),
]


class Refusing(unittest.TestCase):
    def test_each_refusal(self):
        for message, *changes in REFUSALS:
            with self.subTest(message):
                _, _, lines = bound(changed(QUERIES, *changes))
                self.assertTrue(any(message in line for line in lines), lines)

    def test_a_sort_needs_a_default(self):
        _, _, lines = bound(text=changed(CONTRACT, (", default: title", "")))
        self.assertEqual(len(lines), 1)
        self.assertIn("plans.sql:1: list_plans: without a default for sort", lines[0])

    def test_an_answer_needs_a_reading(self):
        start = CONTRACT.index("start_review_plan")
        text = CONTRACT[:start] + changed(CONTRACT[start:], ("schemas/plan'", "schemas/page'"))
        _, _, lines = bound(text=text)
        self.assertEqual(len(lines), 1)
        self.assertIn("start_review_plan: no reading above it answers in the shape of its 200", lines[0])


if __name__ == "__main__":
    unittest.main()
