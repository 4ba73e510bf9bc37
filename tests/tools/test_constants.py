"""What C shares with the contract and with SQL: operations, codes and bounds."""

import tempfile
import unittest
from pathlib import Path

from support import CONTRACT, LABELS, PROBLEMS, ROOT, WORDS, changed, document
import constants
from contract import Contract
from documents import Document
from refusals import Refusals
from wording import Wording

PASSWORD = "    password: { type: string, minLength: 10, maxLength: 128 }\n"


class Constants(unittest.TestCase):
    def setUp(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for path, text in ("sql/labels.sql", LABELS), ("src/http/problems.def", PROBLEMS), ("src/http/words.def", WORDS):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text)
            self.words = Wording(folder)
        self.contract = Contract(document(changed(CONTRACT, ("    plan_create:\n", PASSWORD + "    plan_create:\n"))), Refusals())

    def test_what_c_names(self):
        header = constants.header(self.contract, self.words)
        self.assertIn("extern const struct operation *const operation_get_plan;\n", header)
        self.assertIn("enum { PLAN_STATUS_draft, PLAN_STATUS_accepted };\nextern const char *const plan_status_codes[];\n", header)
        self.assertEqual([line for line in header.splitlines() if line.startswith("#define")],
                         ["#define SCIDAY_CONSTANTS_H", "#define PASSWORD_MINIMUM 10"])
        source = constants.source(self.contract, self.words)
        self.assertIn('const char *const plan_status_codes[] = {"draft", "accepted", NULL};\n', source)

    def test_every_bound_of_the_house_is_in_its_contract(self):
        house = Document.read(ROOT, Refusals())
        for place in [constants.CURSOR, *(place for _, place in constants.BOUNDS)]:
            self.assertIsInstance(house.lookup(place), int, place)


if __name__ == "__main__":
    unittest.main()
