"""The tree that these generators are of, and which statements its C names."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

STATEMENT = re.compile(r"\bstatement_([a-z]\w*)")


def statements_used(folder):
    """The names of statements that any C file mentions."""
    return {name for path in sorted((folder / "src").rglob("*.c")) for name in STATEMENT.findall(path.read_text())}


def statements_of_commands(folder):
    """The names of those that the operator's commands (src/*.c) run, as the owner."""
    return {name for path in sorted((folder / "src").glob("*.c")) for name in STATEMENT.findall(path.read_text())}
