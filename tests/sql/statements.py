#!/usr/bin/python3
"""Prepares every text of every statement on a migrated database, and plans it: what does not parse, names
what is not there, or needs a privilege that its role has not, fails. TAP, a line for each statement.

SCIDAY_DATABASE_URL is the service's; SCIDAY_OWNER_URL is for what the operator's commands run.
"""

import os
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "generate"))

# pylint: disable=wrong-import-position
import sources
import texts
from generate import bound_contract
from refusals import Refusals

STATEMENT, TEXT = "-- statement ", "-- text "  # on stderr, before the errors of each
# As the service's sessions are: the newest logic, and the tables.
FIND_LOGIC = """SELECT set_config('search_path', nspname || ', public', false) FROM pg_namespace WHERE nspname LIKE 'logic\\_%'
 ORDER BY oid DESC LIMIT 1;"""
SHOWN = 3  # lines of the first error: the message, and the place in the text


def all_statements():
    """Name → statement, those that the generator makes too."""
    refusals = Refusals()
    _, bound = bound_contract(ROOT, refusals)
    if refusals.lines:
        sys.exit("\n".join(refusals.lines))
    return {name: statement for statement in bound.statements for name in statement.names}


def script(name, statement):
    """For psql: each text prepared, and planned without being executed. (EXPLAIN checks privileges, and a
    generic plan keeps every condition, though NULL is all that is given.)"""
    out = [f"\\warn '{STATEMENT}{name}'"]
    for number, choice in enumerate(texts.choices(statement), 1):
        sql, parameters = texts.numbered(statement, choice)
        given = ", ".join(key if value is None else f"{key}={value}" for key, value in choice.items())
        arguments = f"({', '.join(['NULL'] * parameters)})" if parameters else ""
        out += [f"\\warn '{TEXT}{given}'", f"PREPARE {name}_{number} AS", f"{sql};", f"EXPLAIN EXECUTE {name}_{number} {arguments};"]
    return "\n".join(out)


def run(url, statements):
    """What psql says of each statement: (name, [what it says of each text])."""
    commands = [FIND_LOGIC, "SET plan_cache_mode = force_generic_plan;", *(script(name, statements[name]) for name in sorted(statements))]
    done = subprocess.run(["psql", "--no-psqlrc", "--quiet", f"--dbname={url}"], input="\n".join(commands) + "\n",
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    before, *said = done.stderr.split(STATEMENT)
    if before or done.returncode != 0:
        sys.exit(before or done.stderr)
    return [(one.split("\n", 1)[0], one.split(TEXT)[1:]) for one in said]


def report(said):
    """TAP; whether all is well."""
    good = True
    for number, (name, of_texts) in enumerate(said, 1):
        failed = [lines for text in of_texts if len(lines := text.splitlines()) > 1]
        print(f"{'not ok' if failed else 'ok'} {number} - {name}, {len(of_texts)} text{'s' * (len(of_texts) > 1)}")
        if failed:
            given, *errors = failed[0]
            print(f"# {len(failed)} fail; with {given or 'nothing given'}:", *errors[:SHOWN], sep="\n#   ")
        good = good and not failed
    print(f"1..{len(said)}")
    return good


def main():
    statements = all_statements()
    operators = sources.statements_of_commands(ROOT)
    said = run(os.environ["SCIDAY_DATABASE_URL"], {name: of for name, of in statements.items() if name not in operators})
    said += run(os.environ["SCIDAY_OWNER_URL"], {name: of for name, of in statements.items() if name in operators})
    return 0 if report(said) else 1


if __name__ == "__main__":
    sys.exit(main())
