"""The contract's pieces: one document, in which everything has one home and every reference leads somewhere."""

import tempfile
import unittest
from pathlib import Path

import support  # noqa: F401
from documents import Document
from refusals import Refusals

HEAD = """\
paths:
  /v1/plans/{plan_id}: { $ref: 'openapi/plans.yaml#/paths/~1v1~1plans~1{plan_id}' }
components:
  securitySchemes:
    bearer: { type: http, scheme: bearer }
"""
PLANS = """\
paths:
  /v1/plans/{plan_id}:
    get:
      parameters:
        - { $ref: '#/components/parameters/plan_id' }
      responses:
        '404': { $ref: 'common.yaml#/components/responses/not_found' }
components:
  parameters:
    plan_id: { name: plan_id, in: path }
"""
COMMON = """\
components:
  responses:
    not_found: { description: not found }
"""


class Pieces(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "openapi").mkdir()
        self.refusals = Refusals()

    def read(self, head=HEAD, **pieces):
        (self.folder / "openapi.yaml").write_text(head)
        for name, text in {"plans": PLANS, "common": COMMON, **pieces}.items():
            (self.folder / "openapi" / f"{name}.yaml").write_text(text)
        return Document.read(self.folder, self.refusals)

    def test_they_are_one_document(self):
        document = self.read()
        get = document.root["paths"]["/v1/plans/{plan_id}"]["get"]
        self.assertEqual(self.refusals.lines, [])
        self.assertEqual(list(document.dangling()), [])
        self.assertEqual(document.resolve(get["parameters"][0])["name"], "plan_id")
        self.assertEqual(get["responses"]["404"], {"$ref": "#/components/responses/not_found"})
        self.assertEqual(sorted(document.root["components"]), ["parameters", "responses", "securitySchemes"])

    def test_a_place_is_told_by_its_file(self):
        document = self.read()
        self.assertEqual(document.where(document.root["paths"]["/v1/plans/{plan_id}"]["get"]), "openapi/plans.yaml:4")

    def test_a_reference_to_another_s_component_names_its_file(self):
        for wrong in ("#/components/responses/not_found", "other.yaml#/components/responses/not_found"):
            document = self.read(plans=PLANS.replace("common.yaml#/components/responses/not_found", wrong),
                                 labels="components: {}\n")
            self.assertEqual(len(list(document.dangling())), 1)

    def test_a_path_leads_to_itself_and_a_piece_s_path_from_the_head(self):
        self.read(HEAD.replace("plans~1{plan_id}", "plans~1{id}"))
        self.assertIn("openapi.yaml:2: openapi/plans.yaml#/paths/~1v1~1plans~1{id} is not /v1/plans/{plan_id}", self.refusals.lines)
        self.assertIn("openapi/plans.yaml:3: nothing leads to /v1/plans/{plan_id}", self.refusals.lines)

    def test_two_components_of_one_name(self):
        self.read(common=COMMON + "  parameters:\n    plan_id: { name: plan_id, in: query }\n",)
        self.assertEqual(len(self.refusals.lines), 1)
        self.assertRegex(self.refusals.lines[0], "there are two parameters plan_id")

    def test_a_file_that_is_not_there_and_one_that_nobody_names(self):
        self.read(HEAD.replace("openapi/plans.yaml", "openapi/plan.yaml"))
        self.assertIn("openapi/plan.yaml: there is no such file", self.refusals.lines)
        self.assertIn("openapi/plans.yaml: openapi.yaml does not lead here", self.refusals.lines)


if __name__ == "__main__":
    unittest.main()
