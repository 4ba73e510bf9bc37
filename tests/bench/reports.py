#!/usr/bin/python3
"""Every report of a generated campaign through the API, side by side with its statement in psql, as the issuer's observer.

    reports.py [nation]

1,000 organizations and 100,000 activities; with "nation", 40,000 and 1,000,000 as well. `./dev bench reports` makes what
this needs: a service and a database of their own. Both are warm, and one question is asked at a time: the median of
several answers counts. A report that takes more than the service's ten seconds is a problem, and shown as its status.
"""

import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "generate"))

# pylint: disable=wrong-import-position
import texts
from generate import bound_contract
from refusals import Refusals

REPORTS = "/v1/campaigns/{campaign_code}/reports/"
# campaign, organizations, activities; the campaign is also its issuer's code.
PROVINCE = ("province", 1000, 100_000)
NATION = ("nation", 40_000, 1_000_000)
ROUNDS = 7


def owner_sql(*arguments, sql=None, url=os.environ["SCIDAY_OWNER_URL"]):
    """What psql prints as the owner."""
    command = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--no-align", "--tuples-only", "--field-separator=|",
               f"--dbname={url}", *arguments]
    return subprocess.run(command, input=sql, capture_output=sql is not None, text=True, check=True).stdout


def generate(campaign, organizations, activities):
    """The campaign, and the seeded observer made its issuer's too. Seconds that it took."""
    started = time.monotonic()
    owner_sql(f"--set=campaign={campaign}", f"--set=issuer={campaign}", f"--set=organizations={organizations}", f"--set=activities={activities}",
              f"--file={ROOT / 'tests' / 'generate.sql'}", url=os.environ["SCIDAY_SUPERUSER_URL"])
    owner_sql(sql=f"""
        INSERT INTO membership (account_id, organization_id, role)
        SELECT a.id, o.id, 'observer' FROM account a, organization o WHERE a.username = 'observer' AND o.code = '{campaign}';
        SET client_min_messages = error;
        VACUUM ANALYZE;""")
    return time.monotonic() - started


def recount():
    """Seconds that a count from scratch takes, which must find nothing."""
    started = time.monotonic()
    subprocess.run([os.environ["SCIDAY_BINARY"], "recount"], check=True, stderr=subprocess.DEVNULL)
    return time.monotonic() - started


class Observer:
    """Who asks, on one connection."""

    def __init__(self):
        address = urllib.parse.urlsplit(os.environ["SCIDAY_URL"])
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        (account,) = [one for one in json.loads(Path(os.environ["SCIDAY_ACCOUNTS"]).read_text()) if one["role"] == "observer"]
        form = {"grant_type": "password", "username": account["username"], "password": account["password"]}
        self.connection.request("POST", "/v1/auth/token", urllib.parse.urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})
        self.headers = {"Authorization": "Bearer " + json.loads(self.connection.getresponse().read())["access_token"]}

    def get(self, path):
        """Milliseconds, status, bytes."""
        started = time.monotonic()
        try:
            self.connection.request("GET", path, headers=self.headers)
            answer = self.connection.getresponse()
        except ConnectionError:  # it was idle for too long, while psql was asked
            self.connection.close()
            return self.get(path)
        body = answer.read()
        return (time.monotonic() - started) * 1000, answer.status, len(body)


def literal(value):
    """A value as the service sends it, in SQL; a list of the contract's is an array."""
    if value is None:
        return "NULL"
    if isinstance(value, list):
        value = "{" + ",".join(value) + "}"
    if isinstance(value, bool):
        value = str(value).lower()
    return "'" + str(value).replace("'", "''") + "'"


def statement_times(statement, given):
    """Milliseconds of each round of the statement as the service's role, with its identity set, in one session."""
    order = []
    sql = texts.text(statement, given, lambda name: f"${order.index(name) + 1 if name in order else order.append(name) or len(order)}")
    arguments = f"({', '.join(literal(given.get(name)) for name in order)})" if order else ""
    scopes = "(SELECT array_agg(m.organization_id)::text FROM membership m JOIN account a ON a.id = m.account_id WHERE a.username = 'observer')"
    script = f"""
        SET jit = off; SET max_parallel_workers_per_gather = 0; SET plan_cache_mode = force_generic_plan;
        SELECT {scopes} AS scopes \\gset
        BEGIN; SET LOCAL ROLE sciday_service;
        SELECT identify('00000000-0000-0000-0000-000000000000', '', '', '', :'scopes', '', '') \\g /dev/null
        PREPARE report AS {sql};
        EXECUTE report {arguments} \\g /dev/null
        \\timing on
        """ + f"EXECUTE report {arguments} \\g /dev/null\n" * ROUNDS
    return [float(ms) for ms in re.findall(r"^Time: ([\d.]+) ms", owner_sql(sql=script), re.MULTILINE)]


def measure(observer, contract, bound, given):
    """A line for each report."""
    statements = {name: one for one in bound.statements for name in one.names}
    print(f"{'':<32}{'API, ms':>10}{'least':>9}{'most':>9}{'psql, ms':>10}{'status':>8}{'bytes':>10}")
    for operation in contract.operations:
        if not operation.path.startswith(REPORTS):
            continue
        parameters = [one for one in operation.parameters if one.place == "query"]
        query = urllib.parse.urlencode({one.name: given[one.name] for one in parameters if one.name in given and (one.required or one.name == "within")})
        path = operation.path.format(**given) + ("?" + query if query else "")
        observer.get(path)
        answers = [observer.get(path) for _ in range(ROUNDS)]
        times = [answer[0] for answer in answers]
        bound_values = {one.name: one.default for one in parameters if one.default is not None}
        bound_values |= {one.name: given[one.name] for one in operation.parameters if one.name in given and (one.required or one.name == "within")}
        bound_values |= {"limit": 21} if operation.kind == "list" else {}
        name = bound.work[operation.id].statement
        in_sql = f"{statistics.median(statement_times(statements[name], bound_values)):,.1f}" if name and answers[-1][1] == 200 else "-"
        print(f"{operation.id:<32}{statistics.median(times):>10,.1f}{min(times):>9,.1f}{max(times):>9,.1f}{in_sql:>10}{answers[-1][1]:>8}{answers[-1][2]:>10,}",
              flush=True)


def main(with_nation):
    contract, bound = bound_contract(ROOT, Refusals())
    for campaign, organizations, activities in [PROVINCE, NATION][: 1 + with_nation]:
        print(f"\n{organizations:,} organizations, {activities:,} activities: ", end="", flush=True)
        took = generate(campaign, organizations, activities)
        print(f"made in {took:,.0f} s, counted from scratch in {recount():,.0f} s", flush=True)
        within = owner_sql(sql=f"SELECT o.id FROM organization o WHERE o.code = '{campaign}'").strip()
        someone = owner_sql(sql=f"SELECT r.organization_id FROM recipient r WHERE r.campaign_code = '{campaign}' ORDER BY r.id LIMIT 1").strip()
        measure(Observer(), contract, bound, {"campaign_code": campaign, "within": within, "organization_id": someone})


if __name__ == "__main__":
    main(sys.argv[1:] == ["nation"])
