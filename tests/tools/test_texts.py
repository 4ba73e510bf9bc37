"""The texts that a statement has, and which of them are worth preparing."""

import unittest

import support  # noqa: F401
import queries
import texts
from refusals import Refusals

LIST = """-- name: it
SELECT x
  FROM t
 WHERE true
   AND x = :x             --? x
   AND y IN (:y, :x)      --? y
   AND z > :after_z       --? after, sort=z
   AND z < :after_z       --? after, sort=-z
 ORDER BY z               --? sort=z
 ORDER BY z DESC          --? sort=-z
 LIMIT :limit
"""


def one(sql):
    (statement,) = queries.parse("a.sql", sql, Refusals())
    return statement


def joined(statement, choice):
    return " ".join(texts.text(statement, choice, lambda name: f"<{name}>").split())


class Text(unittest.TestCase):
    def test_lines_are_there_when_all_of_their_conditions_hold(self):
        statement = one(LIST)
        cases = [
            ({}, "SELECT x FROM t WHERE true LIMIT <limit>"),
            ({"x": None}, "SELECT x FROM t WHERE true AND x = <x> LIMIT <limit>"),
            ({"after": None}, "SELECT x FROM t WHERE true LIMIT <limit>"),
            ({"sort": "z"}, "SELECT x FROM t WHERE true ORDER BY z LIMIT <limit>"),
            ({"after": None, "sort": "-z"}, "SELECT x FROM t WHERE true AND z < <after_z> ORDER BY z DESC LIMIT <limit>"),
        ]
        for choice, expected in cases:
            with self.subTest(choice):
                self.assertEqual(joined(statement, choice), expected)

    def test_numbers_follow_the_first_appearance(self):
        sql, count = texts.numbered(one(LIST), {"y": None})
        self.assertEqual((" ".join(sql.split()), count), ("SELECT x FROM t WHERE true AND y IN ($1, $2) LIMIT $3", 3))


class Choices(unittest.TestCase):
    def test_nothing_each_line_each_two_and_all(self):
        after = {"after": None}
        z, minus_z = {"sort": "z"}, {"sort": "-z"}
        x, y = {"x": None}, {"y": None}
        self.assertEqual(texts.choices(one(LIST)), [
            {}, x, y, after | z, after | minus_z, z, minus_z,
            x | y, x | after | z, x | after | minus_z, x | z, x | minus_z,
            y | after | z, y | after | minus_z, y | z, y | minus_z,
            x | y | after | z, x | y | after | minus_z,
        ])

    def test_a_statement_without_optional_lines_has_one(self):
        self.assertEqual(texts.choices(one("-- name: it\nSELECT :a")), [{}])

    def test_a_certain_value_is_also_any_and_a_line_that_cannot_be_is_not_chosen(self):
        statement = one("-- name: it\nSELECT 1\n , :a --? a\n , 2 --? a=b\n , 3 --? a=c, a=d")
        self.assertEqual(texts.choices(statement), [{}, {"a": None}, {"a": "b"}])


if __name__ == "__main__":
    unittest.main()
