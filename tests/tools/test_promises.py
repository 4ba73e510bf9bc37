"""That a change which breaks a client is found, and one that does not is not."""

import unittest

from support import document
from promises import Promises, broken

CONTRACT = """\
paths:
  /v1/plans/{plan_id}:
    get:
      operationId: get_plan
      x-access: [public, reviewer]
      parameters:
        - { name: plan_id, in: path, required: true, schema: { type: string } }
        - { name: view, in: query, schema: { type: string, enum: [short, long] } }
      responses:
        '200': { content: { application/json: { schema: { $ref: '#/components/schemas/plan' } } } }
    patch:
      operationId: patch_plan
      x-access: [submitter]
      requestBody:
        required: true
        content: { application/json: { schema: { type: object, properties: { title: { type: string, maxLength: 100 } } } } }
      responses:
        '200': { content: { application/json: { schema: { $ref: '#/components/schemas/plan' } } } }
components:
  schemas:
    plan:
      type: object
      required: [id]
      properties:
        id: { type: string }
        title: { type: string }
"""


def promises(text):
    return Promises(document(text))


def found(old, new):
    """What a contract breaks in which the one text stands instead of the other."""
    assert old in CONTRACT
    return broken(set(promises(CONTRACT).lines), promises(CONTRACT.replace(old, new)))


class Broken(unittest.TestCase):
    def test_the_same_contract_breaks_nothing(self):
        self.assertEqual(broken(set(promises(CONTRACT).lines), promises(CONTRACT)), [])

    def test_an_operation_that_is_gone(self):
        self.assertIn("no longer: + PATCH /v1/plans/{plan_id}: is patch_plan", found("    patch:\n", "    put:\n"))

    def test_a_role_that_is_let_in_no_more(self):
        self.assertEqual(found("[public, reviewer]", "[reviewer]"), ["no longer: + GET /v1/plans/{plan_id}: for public"])

    def test_a_member_of_an_answer_that_is_gone(self):
        self.assertEqual(found("        title: { type: string }\n", ""),
                         ["no longer: + answer plan: has title"])

    def test_a_member_that_may_be_missing_or_null(self):
        self.assertEqual(found("required: [id]", "required: []"), ["no longer: + answer plan: always has id"])
        self.assertEqual(found("id: { type: string }\n", "id: { type: [string, 'null'] }\n"),
                         ["new demand: ! answer plan id: may be null"])

    def test_a_value_or_parameter_that_is_refused_from_now_on(self):
        self.assertEqual(found("[short, long]", "[short]"), ['no longer: + GET /v1/plans/{plan_id} query view: may be "long"'])
        self.assertIn("no longer: + GET /v1/plans/{plan_id}: takes query view", found("name: view", "name: shape"))

    def test_what_is_required_from_now_on(self):
        self.assertEqual(found("in: query, schema", "in: query, required: true, schema"),
                         ["new demand: ! GET /v1/plans/{plan_id}: needs query view"])
        self.assertEqual(found("{ type: object, properties", "{ type: object, required: [title], properties"),
                         ["new demand: ! PATCH /v1/plans/{plan_id} body: needs title"])

    def test_another_limit(self):
        self.assertEqual(found("maxLength: 100", "maxLength: 50"),
                         ["new demand: ! PATCH /v1/plans/{plan_id} body title: maxLength 50"])

    def test_what_is_added_breaks_nothing(self):
        self.assertEqual(found("        title: { type: string }\n", "        title: { type: string }\n        text: { type: 'null' }\n"), [])
        self.assertEqual(found("[short, long]", "[short, long, whole]"), [])
        self.assertEqual(found("    patch:\n", "    delete: { operationId: delete_plan, responses: {} }\n    patch:\n"), [])


if __name__ == "__main__":
    unittest.main()
