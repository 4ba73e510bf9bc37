#!/usr/bin/python3
"""The JSON Schema Test Suite → a C table, to try src/contract/schema.c on.

    schema_suite.py --suite DIR --output FILE

Takes every group of the files below whose schema the generator would take, and
lists the others with the reason. Strings are left as they are, as the suite has it.
"""

import argparse
import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # a build writes nothing into its sources

import emit
from documents import Document
from refusals import Refusals
from schemas import Reader, Tables

DRAFTS = ("draft2020-12", "draft2019-09", "draft7")  # the newest that is there; these files mean the same in all
FILES = (
    "type", "properties", "required", "additionalProperties", "items", "enum", "const", "minLength", "maxLength",
    "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "uniqueItems",
    "minProperties", "maxProperties", "optional/format/date", "optional/format/date-time", "optional/format/uuid",
)


class Suite:
    """The cases that are taken, as rows of C, and the names of the groups that are not."""

    def __init__(self):
        self.schemas = Tables()
        self.cases = []
        self.left_out = []

    def read(self, file, group):
        name = f"{file}: {group['description']}"
        refusals = Refusals()
        schema = group["schema"]
        if isinstance(schema, dict):
            schema = {keyword: value for keyword, value in schema.items() if keyword != "$schema"}
        rules = Reader(Document(name, schema), refusals, as_written=True).read(schema, name, file)
        if refusals.lines:
            self.left_out.append(" ".join(refusals.lines[0].split()))
            return
        symbol = self.schemas.symbol(rules)
        for test in group["tests"]:
            self.cases.append(
                emit.fields([
                    ("name", emit.string(f"{name}: {test['description']}")),
                    ("schema", symbol),
                    ("json", emit.string(json.dumps(test["data"], ensure_ascii=False))),
                    ("is_valid", emit.boolean(test["valid"])),
                ])
            )

    def source(self):
        left_out = [emit.string(line) for line in self.left_out]
        return "".join([
            emit.BANNER,
            '#include "schema_suite.h"\n\n',
            *self.schemas.text,
            emit.array("const struct suite_case suite_cases[]", self.cases),
            f"const size_t suite_case_count = {len(self.cases)};\n\n",
            emit.array("const char *const suite_left_out[]", [*left_out, "NULL"]),
        ])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    draft = next((path for name in DRAFTS if (path := arguments.suite / "tests" / name).is_dir()), None)
    if draft is None:
        print(f"{arguments.suite} has none of {', '.join(DRAFTS)}", file=sys.stderr)
        return 1
    suite = Suite()
    for file in FILES:
        path = draft / f"{file}.json"
        if not path.exists():
            suite.left_out.append(f"{file}: not in {draft.name}")
            continue
        for group in json.loads(path.read_text()):
            suite.read(file, group)
    emit.write(arguments.output, suite.source())
    return 0


if __name__ == "__main__":
    sys.exit(main())
