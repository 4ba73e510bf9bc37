"""What the C of src/ has: handlers, and the statements that it names."""

import re

HANDLER = re.compile(r"^struct reply ([a-z]\w*)\(struct exchange \*\w+\)\s*\{", re.MULTILINE)
STATEMENT = re.compile(r"\bstatement_([a-z]\w*)")
NOT_HANDLERS = {"operation_run", "operation_replay", "list_page", "table_list", "table_report"}


def handlers(folder):
    """Name → file of each operation's own function in src/resources."""
    return {
        name: path.name
        for path in sorted((folder / "src" / "resources").glob("*.c"))
        for name in HANDLER.findall(path.read_text())
        if name not in NOT_HANDLERS
    }


def statements_used(folder):
    """The names of statements that any C file mentions."""
    return {name for path in sorted((folder / "src").rglob("*.c")) for name in STATEMENT.findall(path.read_text())}


def statements_of_commands(folder):
    """The names of those that the operator's commands (src/*.c) run, as the owner."""
    return {name for path in sorted((folder / "src").glob("*.c")) for name in STATEMENT.findall(path.read_text())}
