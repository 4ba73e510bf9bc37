#!/usr/bin/python3
"""Every text of what answers anyone from memory is run as the service does it for nobody in particular, and the tables that
it locked are what it reads: its x-cache names those and no other. TAP, a line for each operation and each table.
"""

import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
ROOT, URL = Path(sys.argv[1]), sys.argv[2]
sys.path.insert(0, str(ROOT / "tools" / "generate"))

# pylint: disable=wrong-import-position
import texts
from generate import bound_contract
from refusals import Refusals

# What those alone read who are somebody, or act: the actions and roles of nobody are none, whatever is in it.
OF_CALLERS = {"transition"}
# What is written with a row of another table alone, which tells of it.
OF_OTHERS = {"activity_text", "activity_listed", "activity_state"}
GIVEN = {"campaign_code": "2021", "limit": "20", "kind": "{programme}"}
OF_ROWS = {
    "organization_id": "SELECT id FROM organization WHERE code = 'jiangsu'",
    "phase_id": "SELECT id FROM phase WHERE campaign_code = '2021' AND ordinal = 1",
    "module_id": "SELECT id FROM module WHERE campaign_code = '2021' AND ordinal = 1",
}
# A draft's rows are hidden by what is known of the campaigns since the unit began: those of these tables rest on it.
UNDER_CAMPAIGNS = "SELECT DISTINCT polrelid::regclass FROM pg_policy WHERE polname = 'hidden_with_its_campaign';"
LOCKED = """SELECT 'locked ' || c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
 WHERE l.pid = pg_backend_pid() AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"""


def ask(script):
    done = subprocess.run(["psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1", f"--dbname={URL}"],
                          input=script, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stdout.splitlines()


def read_by(statement, values):
    """The tables that the statement reads, in all its texts."""
    parts = ["SET ROLE sciday_service; SET sciday.hidden_campaigns = '{}';"]
    for choice in texts.choices(statement):
        def place(name, given=choice):
            value = given.get(name) or values.get(name)
            return "NULL" if value is None else f"'{value}'"
        parts.append(f"BEGIN;\n{texts.text(statement, choice, place)};\n{LOCKED};\nCOMMIT;")
    return {line.removeprefix("locked ") for line in ask("\n".join(parts)) if line.startswith("locked ")}


def main():
    refusals = Refusals()
    contract, bound = bound_contract(ROOT, refusals)
    if refusals.lines:
        sys.exit("\n".join(refusals.lines))
    by_name = {name: statement for statement in bound.statements for name in statement.names}
    values = GIVEN | {name: ask(query + ";")[0] for name, query in OF_ROWS.items()}
    said, topics, under_campaigns = [], set(), set(ask(UNDER_CAMPAIGNS))
    for operation in contract.operations:
        if operation.topics is None:
            continue
        topics |= set(operation.topics)
        work = bound.work[operation.id]
        read = set().union(*(read_by(by_name[name], values) for name in (work.statement, work.count) if name))
        if operation.parent:  # whose being there is all that is asked of it
            read.add(operation.parent.resource)
        if read & under_campaigns:
            read.add("campaign")
        read -= (OF_CALLERS | OF_OTHERS) - set(operation.topics)
        said.append((read == set(operation.topics), f"{operation.id} reads {', '.join(sorted(read)) or 'nothing'}"))
    telling = set(ask("""SELECT DISTINCT tgrelid::regclass FROM pg_trigger JOIN pg_proc p ON p.oid = tgfoid
                          WHERE p.prosrc LIKE '%sciday_public%';"""))
    said.append((telling == topics, f"those that tell are {', '.join(sorted(telling))}"))
    for number, (good, what) in enumerate(said, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {what}")
    print(f"1..{len(said)}")
    return 0 if all(good for good, _ in said) else 1


sys.exit(main())
