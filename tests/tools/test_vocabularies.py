"""Every enumeration of the contract says where its words are."""

import unittest

from support import CONTRACT, changed, document, read
from refusals import Refusals
from contract import Contract
import vocabularies


def refusals_of(title):
    refusals = Refusals()
    text = changed(CONTRACT, ("title: { type: string, minLength: 1, maxLength: 100 }", f"title: {title}"))
    vocabularies.check(Contract(document(text), refusals), refusals)
    return refusals.lines


class Vocabularies(unittest.TestCase):
    def test_a_parameter_s_own_words_need_none(self):
        refusals = Refusals()
        vocabularies.check(read()[0], refusals)
        self.assertEqual(refusals.lines, [])

    def test_an_enumeration_that_says_its_vocabulary_is_taken(self):
        self.assertEqual(refusals_of("{ type: string, x-vocabulary: title, enum: [a, b] }"), [])

    def test_what_is_refused(self):
        for title, said in [
            ("{ type: string, enum: [a, b] }", "an enumeration needs x-vocabulary"),
            ("{ type: array, maxItems: 2, items: { type: string, enum: [a, b] } }", "an enumeration needs x-vocabulary"),
            ("{ type: string, enum: [a, b], x-vocabulary: A-B }", "is the name of a vocabulary"),
            ("{ type: string, enum: [a, b], x-vocabulary: [title] }", "is the name of a vocabulary"),
            ("{ type: integer, x-vocabulary: title }", "is for codes"),
        ]:
            with self.subTest(title):
                lines = refusals_of(title)
                self.assertEqual(len(lines), 1, lines)
                self.assertIn(said, lines[0])


if __name__ == "__main__":
    unittest.main()
