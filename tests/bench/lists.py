"""Every report; every list by each of its filters and sorts, alone and in pairs, by rarest and commonest values, first page and
deepest; and every exact count. One question at a time, for a page's cost and not a machine's is what is asked for.
"""

import base64
import itertools
import json
import re
import statistics
import sys
import time
import urllib.parse

from house import CONTRACT, OPERATIONS, numbered, psql, rows, same, sql_of
from results import figure, table

FORMS = {"limit", "cursor", "count", "format", "headings", "bom", "sort"}  # how, and not which
PAGE = 50
ROUNDS = 5
PATIENCE = 60  # seconds for the pages of one list; what is not asked is told
REPORTS = re.compile(r"/reports/|^/v1/me/")
GOALS = {5000: 10, 100_000: 100, 1_000_000: 300}  # ms of a report, by activities


class Asking:
    """Lists and reports of one installation, by a reviewer, or by an administrator where only those may, and by somebody who owes what is due."""

    def __init__(self, installation, reviewer, is_thorough):
        self.installation, self.reviewer, self.is_thorough = installation, reviewer, is_thorough
        self.administrator = installation.caller("administrator", installation.add("administrator", "administrator"))
        campaign = installation.name
        (self.someone,) = rows(installation.superuser_url, f"SELECT o.id, o.code FROM organization o WHERE o.id = (SELECT organization_id FROM activity"
                               f" WHERE id = '{numbered(campaign, 'activity', 1)}')")
        self.submitter = installation.caller(self.someone["code"], installation.command("user", "password", self.someone["code"]))
        ids = {"activity_id": "activity", "plan_id": "plan", "summary_report_id": "report", "forwarding_id": "forwarding"}
        self.places = {"campaign_code": campaign, "organization_id": self.someone["id"], **{name: numbered(campaign, kind, 1) for name, kind in ids.items()}}
        self.unasked = []
        self.times = {"reports": {}, "pages": {}, "counts": {}}  # what was asked: ms

    def candidates(self, operation, parameter):
        """Values of a filter: all of an enumeration, or some that are rare and some that are common."""
        schema = parameter.schema.items or parameter.schema
        if schema.constants:
            return [json.loads(value) for value in schema.constants]
        if "boolean" in schema.types:
            return ["true", "false"]
        campaign = self.installation.name
        city, today = numbered(campaign, "city", 1), psql(self.installation.superuser_url, "SELECT now()::date").strip()
        (day,) = psql(self.installation.superuser_url, "SELECT now()::date - 20").split()
        return {
            "within": [city, numbered(campaign, "issuer", 0)], "organization_id": [self.someone["id"]], "city": [city, "none"], "code": [self.someone["code"]],
            "q": ["讲", "第77", "科学家精神"], "module": ["unity", "none"], "audience": ["science_workers", "none"], "phase": ["1", "none"],
            "starts_on_gte": [day, "2000-01-01"], "starts_on_lte": [day, "2000-01-01"], "received_at_gte": [f"{day}T00:00:00Z"],
            "batch_id": [numbered(campaign, "extension", 1)], "forwarding_id": [numbered(campaign, "forwarding", 1)], "category": ["excellent"],
            "resource": ["activity", "plan"], "resource_id": [numbered(campaign, "activity", 1)], "operation_id": ["accept_activity"], "request": ["none"],
            "changed_by": [numbered(campaign, "account", 0)], "changed_at_gte": [f"{day}T00:00:00Z"], "changed_at_lt": [f"{today}T00:00:00Z"],
            "campaign_code": [campaign],
        }.get(parameter.name) or sys.exit(f"lists.py has no value for {parameter.name} of {operation.id}")

    def caller(self, operation):
        if operation.id == "list_my_deadlines":
            return self.submitter
        return self.administrator if "administrator" in operation.access and "reviewer" not in operation.access else self.reviewer

    def get(self, operation, given):
        """Status, answer, ms. A 503 is an answer too, after as many seconds as the service gives it."""
        path = operation.path.format(**self.places) + (f"?{urllib.parse.urlencode(given)}" if given else "")
        status, body, _, took = self.caller(operation).ask("GET", path)
        if status not in (200, 400, 422, 503):
            sys.exit(f"GET {path}: {status} {body.decode()}")
        return status, json.loads(body), took

    def ask(self, kind, operation, given):
        """The answer of a list; how long it took is kept. None where these together are refused."""
        status, answer, took = self.get(operation, given)
        if status in (400, 422):
            return None
        asked = "&".join(f"{name}={'the last page' if name == 'cursor' else value}" for name, value in given.items())
        self.times[kind][f"{operation.id} {asked}".strip()] = took
        return answer if status == 200 else None

    def round(self, _):
        """Once is enough: every question is another."""
        if self.times["reports"]:
            return
        for operation in CONTRACT.operations:
            if operation.method != "get":
                continue
            if REPORTS.search(operation.path) and operation.content.get("application/json") is not None:
                self.report(operation)
            if operation.kind == "list" and set(re.findall(r"{(\w+)}", operation.path)) <= self.places.keys():
                self.list(operation)

    def report(self, operation):
        """Several times: the first is not counted."""
        required = {one.name: self.places[one.name] for one in operation.parameters if one.place == "query" and one.required}
        times = [self.get(operation, required)[2] for _ in range(ROUNDS + 1)]
        self.times["reports"][operation.id] = times[1:]

    def list(self, operation):
        filters = {one.name: self.candidates(operation, one) for one in operation.parameters if one.place == "query" and one.name not in FORMS}
        required = {one.name: self.places[one.name] for one in operation.parameters if one.place == "query" and one.required}
        sorts = next((self.candidates(operation, one) for one in operation.parameters if one.name == "sort"), [None])
        filters = {name: values for name, values in filters.items() if name not in required}
        self.check(operation, required)
        chosen = {name: self.rarest_and_commonest(operation, required, name, values) for name, values in filters.items()}
        self.ask("counts", operation, required | {"count": "exact", "limit": 1})
        until, choices = time.monotonic() + PATIENCE, list(self.choices(chosen))
        for number, given in enumerate(choices):
            if time.monotonic() > until:
                self.unasked.append(f"{operation.id}, {self.installation.name}: {len(choices) - number} of {len(choices)} choices of filters were not asked, for it is slow")
                break
            for sort in sorts:
                asked = required | given | {"limit": PAGE} | ({"sort": sort} if sort else {})
                page = self.ask("pages", operation, asked)
                if deepest := self.deepest(operation, asked, sorts, page):
                    self.ask("pages", operation, asked | {"cursor": deepest})

    def rarest_and_commonest(self, operation, required, name, values):
        counts = {}
        for value in values:
            answer = self.ask("counts", operation, required | {name: value, "count": "exact", "limit": 1})
            if answer:
                counts[value] = answer["total_count"]
        ordered = sorted(counts, key=counts.get)
        ordered = [value for value in ordered if counts[value]] or ordered
        return list(dict.fromkeys(ordered[:1] + ordered[-1:]))

    def choices(self, chosen):
        """None, each alone, and, if it is to be thorough, each two: the rarest with the rarest, the commonest with the commonest."""
        yield {}
        for name, values in chosen.items():
            for value in values:
                yield {name: value}
        for (one, ones), (other, others) in itertools.combinations(chosen.items(), 2) if self.is_thorough else ():
            for first, second in dict.fromkeys([(ones[0], others[0]), (ones[-1], others[-1])] if ones and others else []):
                yield {one: first, other: second}

    def deepest(self, operation, asked, sorts, page):
        """The cursor of the last page: where the reversed order's first page ends, by the digest of this order. Without a
        reversed one, of the second page."""
        mine = cursor_of(page)
        sort = asked.get("sort")
        reversed_sort = sort and (sort[1:] if sort.startswith("-") else "-" + sort)
        if not mine or reversed_sort not in sorts:
            return mine and encode(mine)
        theirs = cursor_of(self.get(operation, asked | {"sort": reversed_sort})[1])
        return encode([mine[0], *theirs[1:]]) if theirs else encode(mine)

    def check(self, operation, required):
        """The first page is what its statement says, unless it takes too long to be one."""
        caller = self.caller(operation)
        status, answer, _ = self.get(operation, required | {"limit": PAGE})
        if status == 503:
            return
        sort = next((one.default for one in operation.parameters if one.name == "sort"), None)
        given = self.places | required | {"limit": PAGE + 1, "caller": self.installation.identity(caller)["caller"]} | ({"sort": sort} if sort else {})
        named = re.findall(r"{(\w+)}", operation.path) + list(required) + ["limit", "sort", "caller"]
        said = self.installation.as_service(caller, sql_of(operation.id, {name: value for name, value in given.items() if name in named}))
        theirs = [json.loads(text) if isinstance(text := next(iter(row.values())), str) else text for row in said][:PAGE]
        same(answer["items"], theirs, operation.id)

    def stop(self):
        pass

    def judge(self, results):
        size = self.installation.name
        results.notes += self.unasked
        wanted = GOALS.get(self.installation.activities)
        for name, times in self.times["reports"].items():
            results.add(f"report {name}", size, 1, "sciday", p50=statistics.median(times), p99=max(times))
            if wanted:
                results.at_most(f"every report, {size}", name, wanted, statistics.median(times), "ms")
        for kind, what, bound in (("pages", "every filter and sort of every list", 20), ("counts", "exact counts", 50)):
            times = sorted(self.times[kind].values())
            measured = statistics.quantiles(times, n=100)[98] if kind == "pages" else times[-1]
            results.add(kind, size, 1, "sciday", p50=statistics.median(times), p99=measured)
            results.at_most(f"{what}, {size}", "p99" if kind == "pages" else "the slowest", bound, measured, "ms")

    def tables(self, _):
        size = self.installation.name
        yield table([f"reports, {size}", "ms", "least", "most"], [[name, *map(figure, (statistics.median(times), min(times), max(times)))]
                                                                  for name, times in self.times["reports"].items()])
        for kind in ("pages", "counts"):
            times = self.times[kind]
            slowest = sorted(times, key=times.get, reverse=True)[:10]
            yield table([f"the slowest of {len(times):,} {kind}, {size}; their median is {figure(statistics.median(times.values()))} ms", "ms"],
                        [[f"`{name}`", figure(times[name])] for name in slowest])


def cursor_of(page):
    """The parts of the next page's cursor (src/http/page.h), or None."""
    cursor = page and page.get("next_cursor")
    return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))) if cursor else None


def encode(parts):
    return base64.urlsafe_b64encode(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).decode().rstrip("=")
