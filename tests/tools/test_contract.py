"""Reading the contract, and the rules that it keeps to."""

import unittest

from support import CONTRACT, changed, read
from documents import parse
from refusals import Refused

PLAN_BODY = "content: { application/json: { schema: { $ref: '#/components/schemas/plan_create' } } }"
MERGE_BODY = PLAN_BODY.replace("application/json", "application/merge-patch+json")
IF_MATCH = "- { $ref: '#/components/parameters/if_match' }"
IDEMPOTENCY_KEY = "- { $ref: '#/components/parameters/idempotency_key' }"
FIELDS = "".join(f"        field_{i}: {{ type: integer }}\n" for i in range(64))

# (what is said, (old, new)…)
REFUSALS = [
    ("it needs an operationId", ("operationId: get_plan\n", "operationId: getPlan\n")),
    ("it needs x-access", ("x-access: [reviewer]", "x-access: []")),
    ("x-access has no word boss", ("x-access: [reviewer]", "x-access: [boss]")),
    ("stand alone in x-access", ("x-access: [reviewer]", "x-access: [public, reviewer]")),
    ("security is the whole contract's", ("x-access: [reviewer]", "x-access: [reviewer]\n      security: []")),
    ("x-roles is not taken here", ("x-access: [reviewer]", "x-access: [reviewer]\n      x-roles: 1")),
    ("x-cache is for a GET that anyone may ask", ("x-access: [reviewer]", "x-access: [reviewer]\n      x-cache: []")),
    ("x-cache is a list of the tables", ("operationId: get_plan\n", "operationId: get_plan\n      x-cache: plan\n")),
    ("x-cache is a list of the tables", ("operationId: get_plan\n", "operationId: get_plan\n      x-cache: [1]\n")),
    ("responses is not a mapping",
     ("      responses:\n        '204': { description: d }\n", "      responses: []\n      x-answers:\n")),
    ("a parameter needs a description", ("in: path, required: true, description: d,", "in: path, required: true,")),
    ("a parameter in cookie is not taken", ("in: path, required: true", "in: cookie, required: true")),
    ("a parameter is a scalar", ("schema: { type: string, enum: [title", "schema: { type: [string, 'null'], enum: [title")),
    ("a parameter is a scalar", ("items: { type: string, enum", "items: { type: [string, 'null'], enum")),
    ("{plan_id} is not declared", ("name: plan_id, in: path", "name: plan, in: path")),
    ("must be in the path, and required", ("in: path, required: true", "in: path")),
    ("style: form, explode: false", ("explode: false", "explode: true")),
    ("its default 3 is not one of its values", ("default: title", "default: 3")),
    ("its default id is not one of its values", ("default: title", "default: id")),
    ("a list takes cursor", ("name: cursor", "name: page")),
    ("after_title is a reserved name", ("{ name: cursor", "{ name: after_title")),
    ("own_organizations is a reserved name", ("        title: {", "        own_organizations: {")),
    ("version is a reserved name", ("        title: {", "        version: {")),
    ("Title is not snake_case", ("        title: {", "        Title: {")),
    ("title is there twice among its parameters and fields", (IDEMPOTENCY_KEY + "\n      requestBody:",
     "- { name: title, in: query, description: d, schema: { type: integer } }\n      requestBody:")),
    ("title is required, but not among the properties", ("        title: {", "        name: {")),
    ("more than 64 parameters and fields", ("        title: {", FIELDS + "        title: {")),
    ("there is no #/components/schemas/plam", ("schemas/plan'", "schemas/plam'")),
    ("cannot be told apart", ("/v1/plans/{plan_id}:", "/v1/plans/{id}:"),
     ("/v1/plans/{plan_id}/start_review:", "/v1/plans/{x}:")),
    ("has this operationId too", ("operationId: get_plan\n", "operationId: delete_plan\n")),
    ("If-Match is required", (IF_MATCH, "")),
    ("If-Match is required", ("in: header, required: true", "in: header")),
    ("a POST takes Idempotency-Key", (IDEMPOTENCY_KEY, "")),
    ("Idempotency-Key is for a POST",
     ("        " + IF_MATCH + "\n      responses:", f"        {IDEMPOTENCY_KEY}\n      responses:")),
    ("it answers exactly one of", ("'204': { description: d }", "'202': { description: d }")),
    ("it answers exactly one of", ("'204': { description: d }", "'204': { description: d }\n        '200': { description: d }")),
    *((f"it can answer {status}", (f"        '{status}': {{ description: d }}\n", ""))
      for status in (401, 403, 404, 409, 412, 422, 428)),
    ("a 201 has one link", ("links: { get_plan", "x-links: { get_plan")),
    ("is not a GET of one thing", ("get_plan: { operationId: get_plan", "get_plan: { operationId: list_plans")),
    ("its link must give plan_id", ("parameters: { plan_id:", "parameters: { id:")),
    ("is not a value of the request", ("$response.body#/id", "$request.body#/nothing")),
    ("a body of application/xml is not taken", (PLAN_BODY, "content: { application/xml: { schema: {} } }")),
    ("the body has no media type", (PLAN_BODY, "content: {}")),
    ("a PATCH takes a merge patch, and nothing else does", (PLAN_BODY, MERGE_BODY)),
    ("a merge patch requires no fields",
     ("    post:\n      operationId: create_plan", "    patch:\n      operationId: create_plan"),
     (PLAN_BODY, MERGE_BODY)),
    ("x-body-limit is a number of bytes", ("x-access: [submitter]", "x-access: [submitter]\n      x-body-limit: 1 MB")),
    ("x-body-limit is a number of bytes", ("x-access: [reviewer]", "x-access: [reviewer]\n      x-body-limit: 1000")),
    ("an upload is attached to the one thing that its path names", ("application/json: { schema", "multipart/form-data: { x-receiver: document, schema")),
    ("multipart/form-data has an x-receiver", ("application/json: { schema", "multipart/form-data: { schema")),
    ("and nothing else has one", ("application/json: { schema", "application/json: { x-receiver: document, schema")),
    ("DELETE takes no body", ("operationId: delete_plan", f"operationId: delete_plan\n      requestBody: {{ {PLAN_BODY} }}")),
]


class Reading(unittest.TestCase):
    def setUp(self):
        self.contract, self.lines = read()

    def operation(self, name):
        return self.contract.operation(name)

    def test_the_small_contract_is_clean(self):
        self.assertEqual(self.lines, [])
        self.assertEqual(len(self.contract.operations), 5)

    def test_kinds(self):
        kinds = {operation.id: operation.kind for operation in self.contract.operations}
        self.assertEqual(kinds["list_plans"], "list")
        self.assertEqual(kinds["get_plan"], "read")
        self.assertEqual(kinds["create_plan"], "change")

    def test_a_safe_post_is_a_reading(self):
        text = changed(CONTRACT, ("start_review_plan\n", "start_review_plan\n      x-safe: true\n"))
        self.assertEqual(read(text)[0].operation("start_review_plan").kind, "read")

    def test_parameters_of_the_path_are_every_operations(self):
        self.assertTrue(self.operation("delete_plan").parameter("path", "plan_id"))

    def test_verbs(self):
        self.assertEqual(self.operation("start_review_plan").verb, "start_review")
        self.assertEqual(self.operation("start_review_plan").resource, "plan")
        self.assertEqual(self.operation("delete_plan").verb, "delete")

    def test_answers(self):
        self.assertIs(self.operation("create_plan").answer, self.operation("get_plan"))
        self.assertEqual(self.operation("create_plan").answer_values, [("plan_id", "new_id")])
        self.assertIs(self.operation("start_review_plan").answer, self.operation("get_plan"))
        self.assertEqual(self.operation("start_review_plan").answer_values, [("plan_id", "plan_id")])
        self.assertIsNone(self.operation("delete_plan").answer)

    def test_a_change_that_answers_in_another_shape_has_no_reading(self):
        start = CONTRACT.index("start_review_plan")
        text = CONTRACT[:start] + changed(CONTRACT[start:], ("schemas/plan'", "schemas/page'"))
        self.assertIsNone(read(text)[0].operation("start_review_plan").answer)

    def test_a_link_takes_values_of_the_request(self):
        text = changed(CONTRACT, ("$response.body#/id", "$request.body#/title"))
        self.assertEqual(read(text)[0].operation("create_plan").answer_values, [("plan_id", "title")])

    def test_parents(self):
        self.assertIsNone(self.operation("list_plans").parent)
        text = changed(CONTRACT, ("/v1/plans/{plan_id}/start_review:\n    post:", "/v1/plans/{plan_id}/reviews:\n    get:"))
        text = text.replace("schemas/plan' } } } }\n        '401'", "schemas/page' } } } }\n        '401'")
        contract, _ = read(text)
        reviews = contract.operation("start_review_plan")
        self.assertEqual(reviews.kind, "list")
        self.assertIs(reviews.parent, contract.operation("get_plan"))

    def test_what_adds_to_a_thing_without_changing_its_version_has_it_as_its_parent(self):
        contract, _ = read(changed(CONTRACT, ("        - { $ref: '#/components/parameters/if_match' }\n        - { $ref: '#/components/parameters/idempotency_key' }",
                                              "        - { $ref: '#/components/parameters/idempotency_key' }")))
        self.assertIs(contract.operation("start_review_plan").parent, contract.operation("get_plan"))
        self.assertIsNone(self.operation("start_review_plan").parent)


class Yaml(unittest.TestCase):
    def test_core_schema(self):
        self.assertEqual(
            parse("a.yaml", "{a: no, b: 12:30, c: 2021-05-30, d: true, e: 1.5, f: ~, g: -3, h: 1e3}"),
            {"a": "no", "b": "12:30", "c": "2021-05-30", "d": True, "e": 1.5, "f": None, "g": -3, "h": 1000.0},
        )

    def test_what_would_be_read_differently_elsewhere_is_refused(self):
        for text, message in [
            ("a: 1\na: 2", "a.yaml:2: the key a is there twice"),
            ("x:\n  200: {}", "a.yaml:2: the key 200 must be quoted"),
            ("code: 010", "a.yaml:1: 010 begins with 0: quote it"),
            ("a: [", "a.yaml:2: "),
        ]:
            with self.subTest(text), self.assertRaises(Refused) as caught:
                parse("a.yaml", text)
            self.assertIn(message, str(caught.exception))


class Refusing(unittest.TestCase):
    def assert_refused(self, message, *changes):
        _, lines = read(changed(CONTRACT, *changes))
        self.assertTrue(any(message in line for line in lines), f"{message!r} is not in {lines}")
        for line in lines:
            self.assertRegex(line, r"^openapi\.yaml(:\d+)?: ")

    def test_the_line_and_the_operation_are_named(self):
        _, lines = read(changed(CONTRACT, ("新建方案 · Create a plan", "Create")))
        self.assertEqual(lines, ["openapi.yaml:29: create_plan: it needs a summary, 中文 · English"])

    def test_each_refusal(self):
        for message, *changes in REFUSALS:
            with self.subTest(message):
                self.assert_refused(message, *changes)

    def test_bodies_of_two_shapes_are_refused(self):
        two = PLAN_BODY[:-2] + ", application/x-www-form-urlencoded: { schema: { type: object, additionalProperties: false } } }"
        self.assert_refused("the body's media types have different schemas", (PLAN_BODY, two))

    def test_as_many_kept_answers_as_there_are_bits(self):
        def tables(count):
            return ("operationId: get_plan\n", f"operationId: get_plan\n      x-cache: [{', '.join(f't{i}' for i in range(count))}]\n")
        self.assertEqual(read(changed(CONTRACT, tables(64)))[1], [])
        self.assert_refused("x-cache names more than 64 tables", tables(65))

    def test_the_roles_are_the_service_s(self):
        def role(codes):
            return ("title: { type: string, minLength: 1, maxLength: 100 }", f"title: {{ type: string, x-vocabulary: role, enum: {codes} }}")
        self.assertEqual(read(changed(CONTRACT, role("[submitter, reviewer, observer, administrator]")))[1], [])
        self.assert_refused("the roles are submitter, reviewer, observer, administrator", role("[submitter, boss]"))

    def test_a_sign_in_takes_no_key_where_it_says_so(self):
        _, lines = read(changed(CONTRACT, ("x-access: [submitter]", "x-access: [submitter]\n      x-no-idempotency: true")))
        self.assertEqual(lines, [])


if __name__ == "__main__":
    unittest.main()
