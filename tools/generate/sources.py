"""Which statements the C of src/ names."""

import re

STATEMENT = re.compile(r"\bstatement_([a-z]\w*)")


def statements_used(folder):
    """The names of statements that any C file mentions."""
    return {name for path in sorted((folder / "src").rglob("*.c")) for name in STATEMENT.findall(path.read_text())}


def statements_of_commands(folder):
    """The names of those that the operator's commands (src/*.c) run, as the owner."""
    return {name for path in sorted((folder / "src").glob("*.c")) for name in STATEMENT.findall(path.read_text())}
