"""What the generators know of the C in src/: the lists that it shares with them, and the statements that it names."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

LIST_ENTRY = re.compile(r"^[A-Z_]+\((.*)\)$", re.MULTILINE)
STATEMENT = re.compile(r"\bstatement_([a-z]\w*)")


def listed(path):
    """The arguments of each line of a .def file of this tree: ["CSV", "csv", "text/csv"] of FORMAT(CSV, "csv", "text/csv")."""
    return [[part.strip('"') for part in entry.split(", ")] for entry in LIST_ENTRY.findall((ROOT / path).read_text())]


def statements_used(folder):
    """The names of statements that any C file mentions."""
    return {name for path in sorted((folder / "src").rglob("*.c")) for name in STATEMENT.findall(path.read_text())}


def statements_of_commands(folder):
    """The names of those that the operator's commands (src/*.c) run, as the owner."""
    return {name for path in sorted((folder / "src").glob("*.c")) for name in STATEMENT.findall(path.read_text())}
