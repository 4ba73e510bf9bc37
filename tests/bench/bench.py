#!/usr/bin/python3
"""Reads through the API, compared with pgbench on the same statements: one activity by its id, and a page of 50,
as the province's reviewer. `./dev bench` makes what this needs: a service and a database of their own.

    bench.py [quick]

The load generator, pgbench, the service and PostgreSQL share one machine, so what holds elsewhere is the ratio. Each
round measures everything once, one thing after another, and has ratios of its own: the median counts.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "generate"))

# pylint: disable=wrong-import-position
import texts
from generate import bound_contract
from refusals import Refusals

CORES = os.cpu_count()  # and so many connections for reads the service has
CONNECTIONS = (1, 16, 64)
PAGE = 50
ACTIVITIES = 20_000
OPERATIONS = {
    "one activity": ("get_activity", "/v1/activities/{activity_id}"),
    f"a page of {PAGE}": ("list_activities", f"/v1/campaigns/2021/activities?limit={PAGE}"),
}


def owner_sql(sql):
    """The one row of a query as the owner."""
    command = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--set=activities={ACTIVITIES}", "--no-align", "--tuples-only", "--field-separator=|",
               f"--dbname={os.environ['SCIDAY_OWNER_URL']}"]
    return subprocess.run(command, input=sql, capture_output=True, text=True, check=True).stdout.strip().split("|")


def sign_in(url):
    """An access token of the reviewer."""
    (account,) = [one for one in json.loads(Path(os.environ["SCIDAY_ACCOUNTS"]).read_text()) if one["role"] == "reviewer"]
    form = {"grant_type": "password", "username": account["username"], "password": account["password"]}
    with urllib.request.urlopen(f"{url}/v1/auth/token", urllib.parse.urlencode(form).encode()) as answer:
        return json.load(answer)["access_token"]


def values():
    """What the statements are asked with: the reviewer's identity, as the service's cache knows it, and an activity."""
    names = ["session", "caller", "submitter", "reviewer", "observer", "administrator", "activity_id"]
    row = owner_sql("""
        SELECT s.id, s.account_id, coalesce(c.submitter, '{}'), coalesce(c.reviewer, '{}'), coalesce(c.observer, '{}'),
               coalesce(c.administrator, '{}'), (SELECT a.id FROM activity a WHERE a.status = 'accepted' ORDER BY a.id LIMIT 1)
          FROM session s
         CROSS JOIN caller_scopes(s.id, s.account_id) c
         ORDER BY s.created_at DESC LIMIT 1""")
    return dict(zip(names, row)) | {"request_id": "bench", "campaign_code": "2021", "limit": str(PAGE + 1)}


def pgbench_script(operation_id):
    """The unit that the service sends for this operation: identity and statement, under one Sync."""
    contract, bound = bound_contract(ROOT, Refusals())
    (operation,) = [one for one in contract.operations if one.id == operation_id]
    defaults = {one.name: one.default for one in operation.parameters if one.default is not None}
    statements = {name: one for one in bound.statements for name in one.names}
    unit = [texts.text(statements[name], defaults, lambda parameter: f":{parameter}") for name in ("identify", operation_id)]
    return "\\startpipeline\n" + "".join(f"{text};\n" for text in unit) + "\\endpipeline\n"


def pgbench(script, given, clients, seconds):
    """Transactions a second."""
    command = ["pgbench", "--no-vacuum", "--protocol=prepared", f"--client={clients}", f"--jobs={clients}", f"--time={seconds}",
               f"--file={script}", *(f"--define={name}={value}" for name, value in given.items()), os.environ["SCIDAY_DATABASE_URL"]]
    (path,) = owner_sql("SELECT replace(current_setting('search_path'), ' ', '')")
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"PGOPTIONS": f"-c search_path={path}"})
    if done.returncode != 0 or "error:" in done.stderr:
        sys.exit(done.stderr)
    return float(re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)[1])


def wrk(url, token, connections, seconds):
    """Requests a second; answers in all; those that are not 2xx, or never came."""
    command = ["wrk", "--threads=1", f"--connections={connections}", f"--duration={seconds}s", f"--header=Authorization: Bearer {token}", url]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    lost = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", out)
    return (float(re.search(r"Requests/sec:\s*([\d.]+)", out)[1]), int(re.search(r"(\d+) requests in", out)[1]),
            int(bad[1] if bad else 0) + sum(map(int, lost.groups() if lost else ())))


def memory():
    """The service's resident memory now and at its highest, in MB."""
    status = Path(f"/proc/{os.environ['SCIDAY_PID']}/status").read_text()
    return [int(re.search(rf"^{name}:\s*(\d+) kB", status, re.MULTILINE)[1]) / 1024 for name in ("VmRSS", "VmHWM")]


def main(rounds, seconds):
    print(f"Loading 300 organizations and {ACTIVITIES:,} activities; then {rounds} rounds.", file=sys.stderr)
    owner_sql((Path(__file__).parent / "load.sql").read_text())
    url = os.environ["SCIDAY_URL"]
    token = sign_in(url)
    given = values()
    at_rest, _ = memory()
    measured = {(what, connections): [] for what in OPERATIONS for connections in CONNECTIONS}
    answers = refused = 0
    with tempfile.TemporaryDirectory() as folder:
        scripts = {what: Path(folder) / operation_id for what, (operation_id, _) in OPERATIONS.items()}
        for what, (operation_id, _) in OPERATIONS.items():
            scripts[what].write_text(pgbench_script(operation_id))
        for _ in range(rounds):
            for what, (_, path) in OPERATIONS.items():
                direct = {clients: pgbench(scripts[what], given, clients, seconds) for clients in {min(n, CORES) for n in CONNECTIONS}}
                for connections in CONNECTIONS:
                    rate, all_answers, not_good = wrk(url + path.format(**given), token, connections, seconds)
                    measured[what, connections].append((rate, direct[min(connections, CORES)]))
                    answers, refused = answers + all_answers, refused + not_good
    print(f"{'':<14}{'connections':>12}{'requests/s':>12}{'pgbench/s':>12}   ratio (least to most)")
    for (what, connections), pairs in measured.items():
        ratios = [rate / direct for rate, direct in pairs]
        print(f"{what:<14}{connections:>12}{statistics.median(rate for rate, _ in pairs):>12,.0f}"
              f"{statistics.median(direct for _, direct in pairs):>12,.0f}   {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    print(f"pgbench has as many connections, at most {CORES}. {refused} of {answers:,} answers were not 2xx.")
    print(f"The service's memory: {at_rest:.0f} MB before, {memory()[1]:.0f} MB at most.")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(2, 1) if sys.argv[1:] == ["quick"] else main(5, 2))
