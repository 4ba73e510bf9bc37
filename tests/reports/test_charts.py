"""The pictures of reports: well-formed, with every number in sight and in words, and nothing over anything else."""

import itertools
import unicodedata
import unittest
import xml.etree.ElementTree as ElementTree

import harness
from harness import CAMPAIGNS, GENERATED, caller, for_each
from test_matrix import DIMENSIONS

SVG = "{http://www.w3.org/2000/svg}"


def width(text):
    """In em, as most fonts have it: full for 字, a little more than half for others."""
    return sum(1 if unicodedata.east_asian_width(character) in "WF" else 0.58 for character in text)


class Picture:
    def __init__(self, document):
        self.root = ElementTree.fromstring(document)
        self.left, self.top, self.width, self.height = map(float, self.root.get("viewBox").split())
        self.texts = [self._box(element) for element in self.root.iter(SVG + "text")]

    def _box(self, element):
        text = "".join(element.itertext()) if not list(element) else element[0].tail
        size, x, y = (float(element.get(name)) for name in ("font-size", "x", "y"))
        long = width(text) * size
        left = x - {"middle": long / 2, "end": long}.get(element.get("text-anchor"), 0)
        return left, y - size * 0.88, left + long, y + size * 0.12, text

    def words(self, id):
        return "".join(next(element for element in self.root.iter() if element.get("id") == id).itertext())

    def outside(self):
        return [box[4] for box in self.texts
                if box[0] < self.left or box[1] < self.top or box[2] > self.width or box[3] > self.height]

    def overlapping(self):
        ordered = sorted(self.texts, key=lambda box: box[1])
        for index, one in enumerate(ordered):
            for other in itertools.takewhile(lambda box: box[1] < one[3], ordered[index + 1:]):
                if one[0] < other[2] and other[0] < one[2]:
                    yield one[4], other[4]


class ChartTest(harness.ReportTest):
    def picture(self, who, path):
        who.connection.request("GET", path, headers={**who.headers, "Accept": "image/svg+xml"})
        response = who.connection.getresponse()
        document = response.read()
        self.assertEqual((response.status, response.getheader("Content-Type")), (200, "image/svg+xml"), document)
        picture = Picture(document)
        self.assertEqual(picture.outside(), [])
        self.assertEqual(list(picture.overlapping()), [])
        self.assertEqual(picture.root.get("role"), "img")
        self.assertEqual(picture.root.get("aria-labelledby"), "title description")
        self.assertFalse(list(picture.root.iter(SVG + "script")) + list(picture.root.iter(SVG + "image")))
        return picture

    @for_each([{"campaign": c, "pair": p} for c in CAMPAIGNS for p in itertools.permutations(DIMENSIONS, 2)])
    def test_matrix(self, campaign, pair):
        path = f"/v1/campaigns/{campaign}/reports/matrix?rows={pair[0]}&columns={pair[1]}"
        who = caller("administrator")
        answer, picture = self.answer(who, path), self.picture(who, path)
        self.assertEqual(picture.words("title"), f"活动分布：{answer['rows']['name']} × {answer['columns']['name']}")
        shown = [box[4] for box in picture.texts]
        for row in answer["cells"]:
            numbers = [figure["count"] for figure in row["cells"]] + [row["total"]["count"]]
            said = [f"{key['name']} {count}" for key, count in zip(answer["columns"]["keys"], numbers)] + [f"合计 {numbers[-1]}"]
            self.assertIn(f"{row['name']}：{'，'.join(said)}。", picture.words("description"))
            at = next(i for i, text in enumerate(shown) if text == row["name"] and shown[i + 1:i + 1 + len(numbers)] == [str(n) for n in numbers])
            self.assertEqual(shown[at + 1:at + 1 + len(numbers)], [str(number) for number in numbers])

    @for_each([{"campaign": c, "username": u} for c in CAMPAIGNS for u in ("administrator", "city")])
    def test_compliance(self, campaign, username):
        path = f"/v1/campaigns/{campaign}/reports/compliance"
        who = caller(username)
        answer, picture = self.answer(who, path), self.picture(who, path)
        self.assertEqual(picture.words("title"), "报送情况")
        shown = [box[4] for box in picture.texts]
        for part in [answer["total"], *answer["by_organization_kind"]]:
            for kind in part["obligations"]:
                rates = [kind[name]["rate"] for name in ("completeness", "timeliness")]
                numbers = [str(kind["expected"]["count"]), *(str(figure["count"]) for figure in kind["verdicts"].values())]
                numbers += ["—" if rate is None else f"{rate * 100:.1f}%" for rate in rates]
                self.assertTrue(any(shown[i:i + len(numbers)] == numbers for i in range(len(shown))), numbers)
                self.assertIn(f"应报 {numbers[0]}，按时 {numbers[1]}，", picture.words("description"))

    def test_other_formats_are_named(self):
        status, answer = caller("reviewer").get(f"/v1/campaigns/{GENERATED}/reports/matrix?format=ics")
        self.assertEqual((status, answer["code"]), (406, "not_acceptable"))
        self.assertIn("image/svg+xml", str(answer))


if __name__ == "__main__":
    unittest.main()
