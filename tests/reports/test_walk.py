"""The walker and the arithmetic that the tests of the reports trust."""

import unittest
from datetime import datetime, timedelta, timezone
from fractions import Fraction

import harness
import walk


class Lists:
    """A caller whose lists have as many items as their address says: /three has 3."""

    SIZES = {"/none": 0, "/three": 3, "/many": 1000}

    def __init__(self):
        self.asked = []

    def get(self, path):
        self.asked.append(path)
        size = self.SIZES.get(path.split("?")[0])
        if size is None:
            return 404, {"code": "not_found"}
        if "count=exact" in path:
            return 200, {"items": [], "total_count": size}
        start = int(path.split("cursor=")[1]) if "cursor=" in path else 0
        items = [{"id": number} for number in range(start, min(start + 2, size))]
        return 200, {"items": items, "next_cursor": str(start + 2) if start + 2 < size else None}


class WalkTest(unittest.TestCase):
    def test_every_figure_is_found(self):
        answer = {"a": {"count": 3, "href": "/three"}, "list": [{"b": {"count": 0, "href": "/none"}}], "not": {"count": 1}}
        self.assertEqual(list(walk.figures(answer)), [("/a", 3, "/three"), ("/list/0/b", 0, "/none")])

    def test_what_agrees_is_not_named(self):
        lists = Lists()
        self.assertEqual(walk.broken(lists, [{"count": 3, "href": "/three?x=1"}, {"count": 1000, "href": "/many"}]), [])
        self.assertIn("/three?x=1&limit=100&cursor=2", lists.asked)

    def test_another_number_is_named(self):
        self.assertEqual(walk.broken(Lists(), {"a": {"count": 4, "href": "/three"}}), ["/a: 4, but /three has 3"])

    def test_a_list_that_is_not_there_is_named(self):
        self.assertEqual(walk.broken(Lists(), {"a": {"count": 0, "href": "/lost"}}), ["/a: 0, but /lost has 404 not_found"])


class ArithmeticTest(unittest.TestCase):
    def test_rates(self):
        self.assertEqual(harness.rate(2, 3), {"numerator": 2, "denominator": 3, "rate": 0.6667})
        self.assertEqual(harness.rate(0, 0)["rate"], None)

    def test_halves_go_away_from_zero(self):
        self.assertEqual([harness.rounded(Fraction(n, 200), 2) for n in (1, 3, -1)], [0.01, 0.02, -0.01])

    def test_median(self):
        self.assertEqual([harness.median(v) for v in ([], [3, 1, 2], [1, 2])], [None, 2, Fraction(3, 2)])

    def test_seconds(self):
        noon = datetime(2021, 5, 12, 12, tzinfo=timezone.utc)
        self.assertEqual(harness.seconds(noon + timedelta(days=1, microseconds=1), noon), 86400 + Fraction(1, 10**6))

    def test_differences_are_named_where_they_are(self):
        found = list(harness.differences({"a": 1, "b": [{"c": 2}]}, {"a": {"count": 1, "href": "/"}, "b": [{"c": 3}], "more": 0}))
        self.assertEqual(found, ["/b/0/c: computed 2, answered 3"])
