"""What people read: every problem and finding of src/http/problems.def, the words of words.def, and those of sql/labels.sql.

    CONSTRAINT [table__]field__rule           rule is a FINDING: what has __ in its name becomes an error at its field
    CONSTRAINT name EXCLUDE, refuse('name')   a PROBLEM
    refuse_field(pointer, 'name')             a FINDING
    x-vocabulary: name, enum: [code, …]       labels.sql has the vocabulary, and in it each of the codes
    a state, an action                        words.def has it too, as it stands in the detail of a refusal

A constraint that no request can break has no __ in its name.
"""

import re

from vocabularies import OWN

ENTRY = re.compile(r"^(PROBLEM|FINDING|WORD)\((\w+)(?:, (\w+))?", re.MULTILINE)
LABEL = re.compile(r"\('(\w+)', '(\w+)', \d+, '[^\n]")
COPIED = re.compile(r"SELECT '(\w+)', l\.code.*?l\.vocabulary IN \(([^)]*)\)", re.DOTALL)
COMMENT = re.compile(r"--[^\n]*")
NAMED = (  # what SQL names, and what that must be
    (re.compile(r"\b\w*?__(?:\w+__)?(\w+)"), "findings"),
    (re.compile(r"\bCONSTRAINT ((?:(?!__)\w)+) EXCLUDE"), "problems"),
    (re.compile(r"\brefuse\('(\w+)'"), "problems"),
    (re.compile(r"\brefuse_field\([^,()]+, '(\w+)'"), "findings"),
)


class Wording:
    """What has words."""

    def __init__(self, source):
        entries = ENTRY.findall((source / "src/http/problems.def").read_text() + (source / "src/http/words.def").read_text())
        self.problems = {name for kind, name, _ in entries if kind == "PROBLEM"}
        self.findings = {name for kind, name, _ in entries if kind == "FINDING"}
        self.words = {(param, code) for kind, param, code in entries if kind == "WORD"}
        self.labels = {}  # vocabulary → its codes
        labels = (source / "sql/labels.sql").read_text()
        for vocabulary, code in LABEL.findall(labels):
            self.labels.setdefault(vocabulary, []).append(code)
        for vocabulary, others in COPIED.findall(labels):
            self.labels[vocabulary] = [code for other in re.findall(r"\w+", others) for code in self.labels[other]]


def check(contract, source, wording, refusals):
    for path in sorted((source / "sql").rglob("*.sql")):
        _check_names(str(path.relative_to(source)), path.read_text(), wording, refusals)
    _check_labels(contract, wording, refusals)
    _check_words(contract, wording, refusals)


def _check_names(name, sql, wording, refusals):
    for number, line in enumerate(sql.split("\n"), 1):
        line = COMMENT.sub("", line)
        for pattern, kind in NAMED:
            for match in pattern.finditer(line):
                if match[1] not in getattr(wording, kind):
                    refusals.add(f"{name}:{number}", f"{match[0]}: {match[1]} is none of the {kind} of src/http/problems.def")


def _check_labels(contract, wording, refusals):
    document = contract.document
    for node in document.mappings(document.root):
        vocabulary = node.get("x-vocabulary")
        if not isinstance(vocabulary, str) or vocabulary in OWN:
            continue
        if vocabulary not in wording.labels:
            refusals.add(document.where(node), f"sql/labels.sql has no vocabulary {vocabulary}")
            continue
        for code in node.get("enum", []):
            if code not in wording.labels[vocabulary]:
                refusals.add(document.where(node), f"sql/labels.sql has no words for {vocabulary} {code}")


def _check_words(contract, wording, refusals):
    """The states of what has actions, and of whatever goes from one to another; and the actions."""
    schemas = (contract.document.lookup("#/components/schemas") or {}).values()
    members = [schema.get("properties", {}) for schema in schemas]
    states = [each["status"] for each in members if {"status", "allowed_actions"} <= each.keys()]
    states += [each["from_status"] for each in members if "from_status" in each]
    vocabularies = {contract.document.resolve(state).get("x-vocabulary") for state in states}
    actions = wording.labels.get("action", [])
    said = [("current_status", code) for name in vocabularies for code in wording.labels.get(name, [])]
    for param, code in sorted({*said, *(("allowed_actions", code) for code in actions)} - wording.words):
        refusals.add("src/http/words.def", f"it has no WORD({param}, {code}, …)")
    for operation in contract.operations:
        if operation.is_action and operation.if_match and operation.verb not in actions:
            refusals.add(operation.where, f"sql/labels.sql has no words for the action {operation.verb}")
