"""The command as the build calls it, on sources of its own; and the C that it writes, by the compiler."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from support import CONTRACT, LABELS, PROBLEMS, QUERIES, ROOT, WORDS, changed
import database
import emit
import sources
from refusals import Refusals

HANDLER = """\
#include "handlers.h"
#include "http/reply.h"
#include "statements.h"

/* A statement_find_plan in a comment counts as little as it does harm. */
struct reply delete_plan(struct exchange *exchange)
{
	(void)exchange;
	return (struct reply){.status = statement_drop_plan.piece_count};
}
"""


class Folder(unittest.TestCase):
    """A folder of sources, and one for what is made of them."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.output = self.folder / "generated"
        self.put("openapi.yaml", CONTRACT)
        self.put("sql/queries/plans.sql", QUERIES)
        self.put("sql/migrations/0001_plan.sql", "CREATE TABLE plan (id uuid); -- 方案\n")
        self.put("sql/seed/01_2021.sql", "SELECT '\\d ??/ \"x\"';\n")

    def put(self, path, text):
        path = self.folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def generate(self, what, *options):
        command = [sys.executable, str(ROOT / "tools" / "generate" / "generate.py"), what, "--source", str(self.folder), "--output",
                   str(self.output), *options]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def compile(self, name):
        command = ["cc", "-std=gnu17", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-fsyntax-only",
                   "-I", str(ROOT / "src"), "-I", str(self.output), str(self.output / name)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stderr


class Contract(Folder):
    def setUp(self):
        super().setUp()
        self.put("src/http/problems.def", PROBLEMS)
        self.put("src/http/words.def", WORDS)
        self.put("sql/labels.sql", LABELS)

    def test_everything_is_written_and_compiles(self):
        result = self.generate("contract")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        files = sorted(path.name for path in self.output.iterdir())
        self.assertEqual(files, ["constants.c", "constants.h", "contract_json.c", "handlers.h", "openapi.json", "operations.c", "statements.c", "statements.h"])
        for name in files:
            if name.endswith(".c"):
                self.assertEqual(self.compile(name), "")

    def test_the_tables(self):
        self.generate("contract")
        text = (self.output / "operations.c").read_text()
        operation = text[text.index('.id = "start_review_plan"') :].split("},")[0]
        for line in [
            '.action = "start_review"', ".method = METHOD_POST", '.path = "/v1/plans/{plan_id}/start_review"',
            ".kind = OPERATION_CHANGE",
            ".access = ROLE_REVIEWER", ".parameter_count = 3", ".success = 200", ".if_match = true", ".idempotent = true",
            ".statement = &statement_start_review_plan", ".keep = &statement_keep_get_plan", ".refusal = &statement_refuse_plan",
        ]:
            self.assertIn("\t\t" + line + ",\n", operation)
        self.assertIn('{.name = "sort", .place = PLACE_QUERY, .default_text = "title"', text)

    def test_the_same_again_touches_nothing(self):
        self.generate("contract")
        before = {path.name: path.stat().st_mtime_ns for path in self.output.iterdir()}
        self.generate("contract")
        self.assertEqual({path.name: path.stat().st_mtime_ns for path in self.output.iterdir()}, before)

    def test_an_operation_without_a_statement_has_a_handler(self):
        self.put("sql/queries/plans.sql", changed(QUERIES, ("-- name: delete_plan", "-- helper: drop_plan")))
        self.put("src/resources/plans.c", HANDLER)
        result = self.generate("contract")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn(".handler = delete_plan", (self.output / "operations.c").read_text())
        self.assertEqual(self.link(HANDLER), "")
        self.assertIn("undefined reference to `delete_plan'", self.link(""))
        self.assertIn("no previous prototype for ‘read_plan’", self.link(HANDLER + HANDLER.replace("delete_plan", "read_plan")))

    def link(self, handlers):
        """What the compiler and the linker say of the generated tables and these handlers together."""
        self.put("plans.c", handlers)
        flag = "-Werror=missing-prototypes"
        self.assertIn(flag, (ROOT / "CMakeLists.txt").read_text())
        command = ["cc", "-std=gnu17", flag, "-I", str(ROOT / "src"), "-I", str(self.output), "-shared", "-fPIC", "-Wl,-z,defs",
                   "-o", str(self.folder / "linked"), *map(str, [self.output / "operations.c", self.output / "statements.c", self.folder / "plans.c"])]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"LC_ALL": "C.UTF-8"}).stderr

    def test_all_that_is_wrong_is_named_and_nothing_written(self):
        self.put("openapi.yaml", changed(CONTRACT, ("方案 · A plan", "A plan"), ("[reviewer]", "[]")))
        self.put("sql/queries/plans.sql", QUERIES + "\n-- name: get_plam\nSELECT 1;\n")
        result = self.generate("contract")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(len(result.stderr.splitlines()), 4)
        self.assertFalse(self.output.exists())

    def test_what_is_not_yaml(self):
        self.put("openapi.yaml", "paths: [")
        result = self.generate("contract")
        self.assertEqual((result.returncode, result.stderr), (1, "openapi.yaml:2: did not find expected node content\n"))


class Database(Folder):
    def names(self, what):
        """Those of the files in a list of database.c, in its order."""
        text = (self.output / "database.c").read_text()
        return re.findall(r'^\t\{"([^"]+)",', re.search(rf"{what}_list\[\] = \{{\n(.*?)\n\}};", text, re.DOTALL)[1], re.MULTILINE)

    def refused(self):
        refusals = Refusals()
        database.source(self.folder / "sql", refusals)
        return refusals.lines

    def test_migrations_and_seeds(self):
        self.put("sql/migrations/0003_more.sql", "SELECT 1;\n")
        result = self.generate("database")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        text = (self.output / "database.c").read_text()
        digest = hashlib.sha256("CREATE TABLE plan (id uuid); -- 方案\n".encode()).hexdigest()
        self.assertIn('{1, "0001_plan.sql",\n\t"CREATE TABLE plan (id uuid); -- 方案\\n",\n\t"' + digest + '"}', text)
        self.assertLess(text.index("0001_plan"), text.index("0003_more"))
        self.assertIn("migration_count = 2;", text)
        self.assertIn("tables_version = 3;", text)
        self.assertIn('{"2021",\n\t"SELECT \'\\\\d ?\\?/ \\"x\\"\';\\n"}', text)
        self.assertEqual(self.compile("database.c"), "")

    def test_none_at_all(self):
        shutil.rmtree(self.folder / "sql")
        self.assertEqual(self.generate("database").returncode, 0)
        self.assertEqual(self.compile("database.c"), "")

    def test_tables_by_their_numbers_and_logic_by_what_it_uses(self):
        self.put("sql/tables/020_plan.sql", "CREATE TABLE plan (id uuid);\n")
        self.put("sql/tables/010_role.sql", "SELECT 1;\n")
        self.put("sql/labels.sql", "CREATE TABLE label (code text);\n")
        self.put("sql/logic/awards.sql", "CREATE VIEW award_body AS SELECT rate(1) FROM plan_body;\n")
        self.put("sql/logic/plans.sql", "CREATE VIEW plan_body AS SELECT l.code FROM plan JOIN label l ON true;\n")
        self.put("sql/logic/reports/rates.sql", "CREATE FUNCTION rate(n integer) RETURNS integer RETURN n;\n")
        # What is quoted or a comment is not looked at while it is made.
        self.put("sql/logic/bulk.sql", "-- FROM award_body\nCREATE FUNCTION bulk() RETURNS text LANGUAGE sql AS $$ SELECT FROM award_body $$;\nSELECT ' FROM award_body';\n")
        self.assertEqual(self.generate("database").stderr, "")
        self.assertEqual(self.names("tables"), ["tables/010_role.sql", "tables/020_plan.sql"])
        self.assertEqual(self.names("logic"), ["logic/bulk.sql", "logic/reports/rates.sql", "labels.sql", "logic/plans.sql", "logic/awards.sql"])
        self.assertEqual(self.compile("database.c"), "")

    def test_the_logic_has_the_name_of_what_it_is_made_of(self):
        def name():
            self.generate("database")
            return re.search(r'logic_schema\[\] = "(logic_[0-9a-f]{12})";', (self.output / "database.c").read_text())[1]
        self.put("sql/logic/plans.sql", "CREATE VIEW plan_body AS SELECT 1;\n")
        first = name()
        self.assertEqual(name(), first)
        self.put("sql/seed/01_2021.sql", "SELECT 2;\n")
        self.put("sql/tables/020_plan.sql", "SELECT 2;\n")
        self.assertEqual(name(), first)
        names = {first}
        for path in "sql/logic/plans.sql", "sql/labels.sql", "sql/migrations/0002_more.sql":
            self.put(path, "SELECT 2;\n")
            names.add(name())
        self.assertEqual(len(names), 4)

    def test_one_name_is_one_thing_made_once(self):
        self.put("sql/tables/020_plan.sql", "CREATE TABLE plan (id uuid);\n")
        self.put("sql/logic/plans.sql", "CREATE FUNCTION plan(code text) RETURNS text RETURN code;\n")
        self.assertEqual(self.refused(), ["logic/plans.sql: plan is made in tables/020_plan.sql already"])
        self.put("sql/logic/plans.sql", "CREATE OR REPLACE VIEW plan_body AS SELECT 1;\n")
        self.assertEqual(self.refused(), ["logic/plans.sql: plan_body is replaced; change it where it is made"])

    def test_files_that_use_each_other(self):
        self.put("sql/logic/awards.sql", "CREATE VIEW award_body AS SELECT FROM plan_body;\n")
        self.put("sql/logic/plans.sql", "CREATE VIEW plan_body AS SELECT FROM award_body;\n")
        self.assertEqual(self.refused(), ["logic/awards.sql: it and others use each other: logic/awards.sql, logic/plans.sql"])

    def test_each_refusal(self):
        cases = [
            ("sql/migrations/2_plan.sql", "", "a migration is named NNNN_words.sql"),
            ("sql/migrations/0001_plans.sql", "", "its number is another migration's"),
            ("sql/migrations/0002_a.sql", b"\xff", "not UTF-8"),
            ("sql/migrations/0002_a.sql", "\ufeffSELECT 1;", "a NUL or a byte order mark"),
            ("sql/logic/plans.sql", "\\i other.sql\n", "a psql command"),
            ("sql/tables/020_plan.sql", "SELECT 1;\ncommit;\n", "may not begin or end one"),
            ("sql/seed/Demo.sql", "", "a seed is named"),
            ("sql/seed/02_2021.sql", "", "a seed is named"),
        ]
        for path, text, message in cases:
            with self.subTest(message):
                self.put(path, text)
                lines = self.refused()
                (self.folder / path).unlink()
                self.assertEqual(len(lines), 1, lines)
                self.assertIn(message, lines[0])
                self.assertIn(Path(path).name, lines[0])


class Sources(Folder):
    def test_statements_that_c_names(self):
        self.put("src/resources/plans.c", HANDLER)
        self.put("src/server/a.c", "struct reply other(struct exchange *exchange)\n{\n\tuse(statement_identify);\n}\n")
        self.assertEqual(sources.statements_used(self.folder), {"drop_plan", "find_plan", "identify"})


class Literals(unittest.TestCase):
    def test_strings(self):
        self.assertEqual(emit.string(None), "NULL")
        self.assertEqual(emit.string(""), '""')
        self.assertEqual(emit.string('a"\\\t科\x01\u20281'), '"a\\"\\\\\\t科\\001\\342\\200\\2501"')
        self.assertEqual(emit.string("a\nb"), '"a\\n"\n\t"b"')
        self.assertEqual(emit.string("what??!"), '"what?\\?!"')

    def test_fields_leave_zeros_out(self):
        self.assertEqual(emit.fields([("a", "NULL"), ("b", "0"), ("c", "false"), ("d", "1"), ("e", '""')]), '{.d = 1, .e = ""}')


class Suite(unittest.TestCase):
    def test_what_is_taken_and_what_is_left_out(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "tests" / "draft7").mkdir(parents=True)
            (folder / "tests" / "draft7" / "type.json").write_text(
                '[{"description": "taken", "schema": {"type": "string"},'
                '  "tests": [{"description": "a", "data": "é", "valid": true}]},'
                ' {"description": "not", "schema": {"multipleOf": 2},'
                '  "tests": [{"description": "b", "data": 1, "valid": false}]}]'
            )
            program = str(ROOT / "tools" / "generate" / "schema_suite.py")
            command = [sys.executable, program, "--suite", name, "--output", str(folder / "cases.c")]
            self.assertEqual(subprocess.run(command, check=False).returncode, 0)
            text = (folder / "cases.c").read_text()
        self.assertIn('{.name = "type: taken: a", .schema = &rules_type, .json = "\\"é\\"", .is_valid = true}', text)
        self.assertIn("suite_case_count = 1;", text)
        self.assertIn("type: not: the keyword multipleOf is not enforced", text)
        self.assertIn('"enum: not in draft7"', text)


if __name__ == "__main__":
    unittest.main()
