"""Every name that becomes a problem, a finding or a word is one; what SQL bounds, the contract bounds alike."""

import shutil
import tempfile
import unittest
from pathlib import Path

from support import CONTRACT, LABELS, PROBLEMS, WORDS, changed, document
import bounds
import columns
import wording
from contract import Contract
from refusals import Refusals

TABLE = """\
CREATE TABLE plan (
	id uuid CONSTRAINT plan__id__unknown PRIMARY KEY,
	title text NOT NULL, -- its own
	status text NOT NULL CONSTRAINT status__not_allowed_value CHECK (status IN ('draft', 'accepted')),
	CONSTRAINT title__length CHECK (length(title) BETWEEN 1 AND 100),
	CONSTRAINT plans_overlap EXCLUDE USING gist (days WITH &&),
	CONSTRAINT an_invariant CHECK (status IS NOT NULL)
);
SELECT refuse('not_found'), refuse_field('/title', 'length');
RAISE EXCEPTION USING CONSTRAINT = field || '__unknown';
"""
PLAN = "properties: { id: { type: string, description: 标识 · Its id } } }"
STATES = "properties: { id: { type: string, description: 标识 · Its id }, allowed_actions: { type: array, items: { type: string }, description: 可做 · What next }, " \
    "status: { type: string, x-vocabulary: plan_status, enum: [draft, accepted], description: 状态 · State } } }"


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def refused(self, table=(), labels=(), words=(), contract=()):
        for path, text, changes in [
            ("sql/tables/010_plan.sql", TABLE, table), ("sql/labels.sql", LABELS, labels),
            ("src/http/words.def", WORDS, words), ("src/http/problems.def", PROBLEMS, ()),
        ]:
            path = self.folder / path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(changed(text, *changes))
        refusals = Refusals()
        read = Contract(document(changed(CONTRACT, (PLAN, STATES), *contract)), refusals)
        words = wording.Wording(self.folder)
        wording.check(read, self.folder, words, refusals)
        bounds.check(read, self.folder, words, refusals)
        columns.check(read, refusals)
        return refusals.lines

    def test_nothing_is_wrong(self):
        self.assertEqual(self.refused(), [])

    def test_names_in_sql(self):
        place = "sql/tables/010_plan.sql"
        for old, new, line in [
            ("title__length", "title__lenght", f"{place}:5: title__lenght: lenght is none of the findings of src/http/problems.def"),
            ("plan__id__unknown", "plan__id__gone", f"{place}:2: plan__id__gone: gone is none of the findings of src/http/problems.def"),
            ("'__unknown'", "'__gone'", f"{place}:10: __gone: gone is none of the findings of src/http/problems.def"),
            ("plans_overlap", "plans_meet", f"{place}:6: CONSTRAINT plans_meet EXCLUDE: plans_meet is none of the problems of src/http/problems.def"),
            ("'not_found'", "'gone'", f"{place}:9: refuse('gone': gone is none of the problems of src/http/problems.def"),
            ("'length')", "'not_found')",
             f"{place}:9: refuse_field('/title', 'not_found': not_found is none of the findings of src/http/problems.def"),
        ]:
            with self.subTest(new):
                self.assertEqual(self.refused(table=[(old, new)]), [line])
        self.assertEqual(self.refused(table=[("-- its own", "-- its__own")]), [])

    def test_codes_without_words(self):
        self.assertEqual(self.refused(contract=[("x-vocabulary: plan_status", "x-vocabulary: plan_state")]),
                         ["openapi.yaml:94: sql/labels.sql has no vocabulary plan_state"])
        self.assertEqual(self.refused(labels=[("'plan_status', 'accepted'", "'plan_status', 'agreed'")]),
                         ["openapi.yaml:94: sql/labels.sql has no words for plan_status accepted",
                          "src/http/words.def: it has no WORD(current_status, agreed, …)",
                          "sql/tables/010_plan.sql:4: status__not_allowed_value has accepted, for which plan_status of sql/labels.sql has no words"])

    def test_actions_without_words(self):
        self.assertEqual(self.refused(labels=[("'action', 'start_review'", "'action', 'start'")]),
                         ["src/http/words.def: it has no WORD(allowed_actions, start, …)",
                          "openapi.yaml:70: start_review_plan: sql/labels.sql has no words for the action start_review"])
        self.assertEqual(self.refused(words=[("WORD(current_status, draft", "WORD(kind, draft")]),
                         ["src/http/words.def: it has no WORD(current_status, draft, …)"])

    def test_a_vocabulary_that_has_the_codes_of_others(self):
        self.refused()
        self.assertEqual(wording.Wording(self.folder).labels["workflow_status"], ["draft", "accepted"])

    def test_bounds_that_differ(self):
        place = "sql/tables/010_plan.sql"
        self.assertEqual(self.refused(table=[("AND 100)", "AND 200)")]),
                         [f"{place}:5: title__length says 200, and openapi.yaml:100 maxLength 100"])
        self.assertEqual(self.refused(table=[("'draft', 'accepted'", "'draft'")]),
                         [f"{place}:4: status__not_allowed_value and openapi.yaml:94 differ in accepted"])
        self.assertEqual(self.refused(table=[("title__length CHECK (length(title) BETWEEN 1 AND 100",
                                              "title__not_allowed_value CHECK (media_type IN ('image/png', 'image/gif')")]),
                         [f"{place}:5: title__not_allowed_value: src/document/media_types.def has no image/gif"])
        pattern = ("length(title) BETWEEN 1 AND 100", "title ~ '^[a-z]+$'")
        title = "title: { type: string, minLength: 1, maxLength: 100 }"
        self.assertEqual(self.refused(table=[pattern], contract=[(title, "title: { type: string, pattern: '^(?!none$)[a-z]+$' }")]), [])
        self.assertEqual(self.refused(table=[pattern], contract=[(title, "title: { type: string, pattern: '^[a-z]*$' }")]),
                         [f"{place}:5: title__length says ^[a-z]+$, and openapi.yaml:100 pattern ^[a-z]*$"])

    def test_a_length_that_no_schema_says(self):
        self.assertEqual(self.refused(table=[("title__length CHECK (length(title)", "name__length CHECK (length(name)")]),
                         ["sql/tables/010_plan.sql:5: name__length is compared with nothing that the contract says: ELSEWHERE of bounds.py"])

    def test_a_column_has_a_heading_of_its_own(self):
        self.assertEqual(self.refused(contract=[("description: 状态 · State", "description: State")]),
                         ["openapi.yaml:6: list_plans: items: status: a column needs a heading: title or description, 中文 · English"])
        self.assertEqual(self.refused(contract=[("description: 状态 · State", "description: 标识 · State")]),
                         [f"openapi.yaml:6: list_plans: items: {name}: another column has the heading 标识 too" for name in ("id", "status")])


if __name__ == "__main__":
    unittest.main()
