"""Reading named statements, and the tables made of them."""

import unittest

import support  # noqa: F401
import derived
import queries
import statements
from refusals import Refusals


def parse(sql):
    """The statements of a file, and what is refused."""
    refusals = Refusals()
    return queries.parse("a.sql", sql, refusals), refusals.lines


def one(sql):
    """The one statement of this text, which must be clean."""
    found, lines = parse("-- name: it\n" + sql)
    if lines or len(found) != 1:
        raise AssertionError(lines)
    return found[0]


def text(statement):
    """The SQL with every optional line in, parameters as <name>."""
    parameters = statement.parameters
    return "".join(
        piece + (f"<{parameters[parameter]}>" if parameter >= 0 else "") for piece, parameter, _ in statements.pieces(statement)
    )


class Parameters(unittest.TestCase):
    def test_each_place(self):
        cases = [
            ("SELECT :a, :b::text, :a", ["a", "b"]),
            ("SELECT x::text", []),
            ("SELECT ':a', 'it''s :b', E'\\' :c', \":d\"", []),
            ("SELECT $$ :a $$, $tag$ :b $$ :c $tag$, $1", []),
            ("SELECT 1 -- :a\n", []),
            ("SELECT 1 /* :a /* nested */ :b */ + :c", ["c"]),
            ("SELECT x[1:2], x[2:], x[a:b], x[:n]", ["n"]),
            ("SELECT f(a := 1, b => :b)", ["b"]),
            ("SELECT '科' || :a", ["a"]),
            ("SELECT ARRAY[:a,:b]", ["a", "b"]),
            ("SELECT (:a)::int, -:b", ["a", "b"]),
        ]
        for sql, expected in cases:
            with self.subTest(sql):
                self.assertEqual(one(sql).parameters, expected)

    def test_the_text_stays_but_for_comments(self):
        self.assertEqual(text(one("SELECT ':a', /* x */ :b -- y\n  FROM t\n\n WHERE $$a\nb$$ = x\n")),
                         "SELECT ':a',  <b>\n  FROM t\n WHERE $$a\nb$$ = x")


class ForSeveral(unittest.TestCase):
    """A file that is for several is as good as one for each of them."""

    FILE = "-- for: plan, activity\n\n-- name: withdraw_{subject}, accept_{subject}\nUPDATE {subject} w\n   SET a = :{subject}_id\n" \
        "   AND w.kind = 'k' --= activity, not plan\n   AND w.x = :x     --? x  --= plan, activity\n"

    def test_each_is_made(self):
        found, lines = parse(self.FILE)
        self.assertEqual(lines, [])
        self.assertEqual([(each.names, text(each)) for each in found], [
            (["withdraw_plan", "accept_plan"], "UPDATE plan w\n   SET a = <plan_id>\n   AND w.x = <x>"),
            (["withdraw_activity", "accept_activity"],
             "UPDATE activity w\n   SET a = <activity_id>\n   AND w.kind = 'k'\n   AND w.x = <x>")])
        self.assertEqual([each.conditions for each in found], [[("x", None)]] * 2)

    def test_a_line_keeps_its_number(self):
        self.assertEqual([line.number for line in parse(self.FILE)[0][0].lines], [4, 5, 7])

    def test_a_line_for_what_the_file_is_not_for(self):
        self.assertEqual(parse(self.FILE.replace("--= activity,", "--= activity, report,"))[1], ["a.sql:6: the file is not for report"])
        self.assertEqual(parse("-- name: it\nSELECT 1 --= plan\n")[1], ["a.sql:2: the file is not for plan"])

    def test_each_is_named_by_its_alternatives(self):
        joined = self.FILE.replace("for: plan, activity", "for: plan, activity, report")
        self.assertEqual(parse(joined)[1], [f"a.sql:{line}: no line of these is for report: one must be, or say --= …, not report"
                                            for line in (6, 7)])
        head, group = "-- for: plan, activity\n\n-- name: get_{subject}\nSELECT 1\n", "  FROM a --= plan\n  FROM b --= activity\n"
        self.assertEqual(parse(head + group + " WHERE c --= activity, plan\n")[1], [])
        self.assertEqual(parse(head + group + " WHERE c --= activity\n")[1],
                         ["a.sql:7: no line of these is for plan: one must be, or say --= …, not plan"])


class Lines(unittest.TestCase):
    LIST = "SELECT x\n  FROM t\n WHERE true\n   AND x = :x   --? x\n   AND y IN (:y, :x)  --? y, sort=-y\n ORDER BY x\n"

    def test_pieces(self):
        self.assertEqual(
            statements.pieces(one(self.LIST)),
            [
                ("SELECT x\n  FROM t\n WHERE true\n", -1, -1),
                ("   AND x = ", 0, 0), ("\n", -1, 0),
                ("   AND y IN (", 1, 1), (", ", 0, 1), (")\n", -1, 1),
                (" ORDER BY x", -1, -1),
            ],
        )

    def test_conditions(self):
        self.assertEqual(one(self.LIST).conditions, [("x", None), ("y", None), ("sort", "-y")])

    def test_a_marker_in_quotes_is_text(self):
        self.assertEqual(one("SELECT '--? x'").conditions, [])

    def test_a_literal_may_span_lines_where_it_is_always_there(self):
        self.assertEqual(one("SELECT 'a\nb', :c").parameters, ["c"])

    def test_c(self):
        source = statements.source([one(self.LIST)])
        self.assertIn('static const char *const it_parameters[] = {"x", "y"};', source)
        self.assertIn('it_line_1[] = {{.name = "y"}, {.name = "sort", .equals = "-y"}};', source)
        self.assertIn(".piece_count = 7", source)
        self.assertIn(".line_count = 2", source)
        self.assertIn("const struct statement *const statement_list[] = {\n\t&statement_it,\n};", source)


class Columns(unittest.TestCase):
    def test_names(self):
        cases = [
            ("SELECT body, version FROM x", ["body", "version"]),
            ("SELECT a.body, (SELECT b FROM c) AS version, count(*) FROM x", ["body", "version", "count"]),
            ("WITH x AS (SELECT a FROM b) SELECT x.c::text, d::text AS e FROM x", ["c", "e"]),
            ("SELECT NULL AS params", ["params"]),
            ("SELECT :a AS b, 'x, y' AS c", ["b", "c"]),
            ("SELECT ARRAY[a, b] AS c, a IS DISTINCT FROM b AS d FROM x", ["c", "d"]),
            ("DELETE FROM x RETURNING id", []),
        ]
        for sql, expected in cases:
            with self.subTest(sql):
                self.assertEqual(one(sql).columns, expected)


class Headers(unittest.TestCase):
    def test_names_helpers_and_binds(self):
        found, lines = parse(
            "-- What a plan's author and reviewer do.\n\n-- name: withdraw_plan, accept_plan\n-- binds: a, b\nSELECT :a, :b\n\n"
            "-- helper: refuse_plan\nSELECT 1\n\n-- handler: get_plan\nSELECT 2\n"
        )
        self.assertEqual(lines, [])
        self.assertEqual([s.names for s in found], [["withdraw_plan", "accept_plan"], ["refuse_plan"], ["get_plan"]])
        self.assertEqual([s.kind for s in found], ["name", "helper", "handler"])
        self.assertEqual(found[0].binds, ["a", "b"])
        self.assertEqual(found[0].where, "a.sql:3: withdraw_plan")
        source = statements.source(found)
        self.assertIn(".name = \"accept_plan\", .parameters = withdraw_plan_parameters", source)
        self.assertIn("extern const struct statement statement_accept_plan;", statements.header(found))

    def test_no_statements_at_all(self):
        self.assertEqual(parse(""), ([], []))
        self.assertIn("statement_list[] = {NULL};", statements.source([]))


class Made(unittest.TestCase):
    LIST = (
        "SELECT x, id FROM (SELECT * FROM t ORDER BY id LIMIT 3) t\n WHERE true\n   AND x = :x --? x\n"
        "   AND id > :after_id --? after\n ORDER BY id\n LIMIT :limit\n"
    )

    def test_count(self):
        count = derived.count(one(self.LIST), "count_it")
        self.assertEqual(
            text(count),
            "SELECT count(*) AS total_count FROM (\nSELECT x, id FROM (SELECT * FROM t ORDER BY id LIMIT 3) t\n WHERE true\n"
            "   AND x = <x>\n) AS listed",
        )
        self.assertEqual(count.parameters, ["x"])

    def test_count_of_what_is_chosen_first(self):
        chosen = "SELECT t.x, t.id FROM (\n SELECT id FROM t\n  ORDER BY id LIMIT :limit\n) c\n JOIN t ON t.id = c.id\n ORDER BY t.id\n LIMIT :limit\n"
        count = derived.count(one(chosen), "count_it")
        self.assertEqual(
            text(count),
            "SELECT count(*) AS total_count FROM (\nSELECT t.x, t.id FROM (\n SELECT id FROM t\n) c\n JOIN t ON t.id = c.id\n) AS listed",
        )

    def test_keep(self):
        keep = derived.keep(one("SELECT body, version FROM plan_body WHERE id = :plan_id"), "keep_it")
        before = "WITH answer AS (\nSELECT body, version FROM plan_body WHERE id = <plan_id>\n)\nUPDATE idempotency_key k\n"
        self.assertEqual(text(keep)[: len(before)], before)
        self.assertIn("version = answer.version", text(keep))
        self.assertEqual(keep.parameters, ["plan_id", "success", "answer_location", "caller", "idempotency_key"])
        self.assertIn("version = NULL", text(derived.keep(one("SELECT body FROM me"), "keep_it")))

    def test_keep_nothing(self):
        self.assertEqual(derived.keep_nothing("keep_nothing").parameters, ["success", "caller", "idempotency_key"])


class Refusing(unittest.TestCase):
    def test_each_refusal(self):
        cases = [
            ("SELECT 1\n-- name: a\nSELECT 1", "a.sql:1: SQL before the first"),
            ("-- name: a\n", "a.sql:1: a: no SQL"),
            ("-- name: a, B\nSELECT 1", "a.sql:1: 'B' is not a name"),
            ("-- helper: a, b\nSELECT 1", "a.sql:1: a helper has one name"),
            ("-- name: a\nSELECT 1;", "a.sql:2: a statement is one statement"),
            ("-- name: a\nSELECT 'x", "a.sql:2: a quote does not end"),
            ("-- name: a\nSELECT /* x", "a.sql:2: a comment does not end"),
            ("-- name: a\nSELECT (1", "parentheses do not match"),
            ("-- name: a\nSELECT 1 --? x y", "a.sql:2: 'x y' is not a condition"),
            ("-- name: a\nSELECT 1\n AND x = 'a\nb' --? x", "a.sql:4: an optional line must be one whole line"),
            ("-- name: a\nSELECT 1\n AND (x --? x\n )", "a.sql:3: an optional line must close the parentheses"),
            ("-- name: a\nSELECT 1\n" + " AND x --? x\n" * 65, "a.sql:1: a: more than 64 optional lines"),
        ]
        for sql, message in cases:
            with self.subTest(sql):
                _, lines = parse(sql)
                self.assertTrue(any(message in line for line in lines), lines)


if __name__ == "__main__":
    unittest.main()
