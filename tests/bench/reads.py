"""Reads: one thing by its id, a page, and what anyone may read; beside the limits, and what a user would pick instead."""

import json
import sys
from dataclasses import dataclass, field

import load
from house import OPERATIONS, STATEMENTS, numbered, prepared, psql, rows, same, sql_of
from load import CORES
from results import figure, table

ONE = 100  # as many of each are there for all who may read such (tests/generate.sql)
PAGE = 50
FASTIFY = {1: "Fastify", 2: "Fastify × 2"}
BARE, PIPELINED, POSTGREST, NGINX, SCIDAY = "bare", "bare, pipelined", "PostgREST's way", "nginx", "sciday"


@dataclass
class Read:
    """Of an operation with so much given; `by` is the parameter that is the id, and `ids` a format of the ids there are."""

    what: str
    operation: str
    given: dict = field(default_factory=dict)
    by: str = None
    ids: str = None
    bare: str = None  # the bare row or rows, by :n
    is_public: bool = False
    headers: dict = field(default_factory=dict)

    @property
    def is_list(self):
        return OPERATIONS[self.operation].kind == "list"

    def path(self, number=1):
        """As a client asks for it."""
        operation = OPERATIONS[self.operation]
        values = self.given | ({self.by: self.ids % number} if self.by else {})
        query = "&".join(f"{one.name}={values[one.name]}" for one in operation.parameters if one.place == "query" and one.name in values)
        return operation.path.format(**values) + (f"?{query}" if query else "")

    def choice(self):
        """As the statement is given it: a list is asked for one row more, and a parameter that takes several has an array."""
        lists = {one.name for one in OPERATIONS[self.operation].parameters if "array" in one.schema.types}
        more = {name: [value] if name in lists else value for name, value in self.given.items()}
        if self.is_list:
            sort = next((one.default for one in OPERATIONS[self.operation].parameters if one.name == "sort"), None)
            more |= {"limit": int(self.given.get("limit", 20)) + 1} | ({"sort": sort} if sort else {})
        return more

    def statement(self, number=None):
        """The SQL that the service sends, of one number or of :n."""
        id_of = f"('{self.ids.split('%')[0]}' || lpad(:n::text, 12, '0'))::uuid" if self.by and number is None else None
        choice = self.choice() | ({self.by: self.ids % number} if self.by and number is not None else {})
        if id_of is None:
            return sql_of(self.operation, choice)
        plain = sql_of(self.operation, choice | {self.by: "this id"})
        return plain.replace("'this id'", id_of)


def columns(installation, name, among=None):
    """Those of a table that are not derived, and in the answer."""
    found = psql(installation.superuser_url, f"""
        SELECT a.attname FROM pg_attribute a
         WHERE a.attrelid = 'public.{name}'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum""").split()
    return [column for column in found if among is None or column in among]


def reads_of(installation, caller):
    """Those by an id and the pages, with the bare rows of their answers."""
    campaign = installation.name
    found = []
    for what, operation, kind in (("an activity", "get_activity", "activity"), ("a plan", "get_plan", "plan"),
                                  ("a summary report", "get_summary_report", "report"), ("an obligation", "get_obligation", "obligation plan")):
        relation = operation.removeprefix("get_")
        ids = numbered(campaign, kind)
        bare = f"SELECT {', '.join(columns(installation, relation))} FROM {relation} WHERE id = ('{ids.split('%')[0]}' || lpad(:n::text, 12, '0'))::uuid"
        found.append(Read(what, operation, {}, f"{relation}_id", ids, bare))
    for what, operation, given in ((f"{PAGE} activities, submitted", "list_activities", {"status": "submitted"}),
                                   (f"{PAGE} obligations, plans", "list_obligations", {"kind": "plan"})):
        page = Read(what, operation, {"campaign_code": campaign, "limit": PAGE} | given)
        items = caller.get(page.path())["items"]
        relation = {"list_activities": "activity", "list_obligations": "obligation"}[operation]
        ids = ",".join(item["id"] for item in items)
        page.bare = f"SELECT {', '.join(columns(installation, relation, items[0]))} FROM {relation} WHERE id = ANY ('{{{ids}}}')"
        found.append(page)
    return found


def public_reads_of(installation):
    given = {"campaign_code": installation.name}
    return [Read(what, operation, {name: value for name, value in {**given, **more}.items()}, is_public=True, headers={"Accept-Encoding": "gzip"})
            for what, operation, more in (
                ("the campaign", "get_campaign", {}), ("its phases", "list_phases", {}), ("its modules", "list_modules", {}),
                ("the programme", "list_activities", {"kind": "programme"}), ("organizations", "list_organizations", {}),
                ("the headline", "get_headline", {}), ("the contract", "get_openapi", {}), ("the labels", "get_labels", {}))]


# ---- Checking -------------------------------------------------------------------------------


def check(installation, caller, read):
    """An answer is what its statement says for this caller, and has of the bare row what both have."""
    for number in (1, ONE) if read.by else (1,):
        answer = caller.get(read.path(number))
        if OPERATIONS[read.operation].id not in STATEMENTS:
            continue  # it rests on no row
        said = installation.as_service(caller, read.statement(number)) if caller.headers else anonymous(installation, read.statement(number))
        mine = answer["items"] if read.is_list else [answer]
        theirs = [json.loads(text) if isinstance(text := next(iter(row.values())), str) else text for row in said][:len(mine) if read.is_list else None]
        same(mine, theirs, read.path(number))
        if read.bare:
            compare(mine, rows(installation.superuser_url, read.bare.replace(":n", f"'{number}'")), read.path(number))


def anonymous(installation, statement):
    nobody = dict.fromkeys(("caller", "session", "submitter", "reviewer", "observer", "administrator", "request_id"), "")
    return [json.loads(line) for line in psql(installation.superuser_url, f"""
        BEGIN; SET LOCAL ROLE sciday_service; {sql_of("identify", nobody)} \\g /dev/null
        SELECT row_to_json(r) FROM ({statement}) r""").splitlines()]


def compare(items, bare, where):
    by_id = {row["id"]: row for row in bare}
    for item in items:
        row = by_id[item["id"]]
        for name in item.keys() & row.keys():
            if isinstance(row[name], (str, int, bool)) and not name.endswith("_at") and item[name] != row[name]:
                sys.exit(f"{where}: {name} is {item[name]!r}, in the database {row[name]!r}")


# ---- Measuring ------------------------------------------------------------------------------


class Reads:
    """All of them, with whoever else answers; one round at a time."""

    def __init__(self, installation, caller, connections, seconds, folder, is_quick):
        self.installation, self.caller, self.connections, self.seconds, self.folder = installation, caller, connections, seconds, folder
        self.anyone = installation.caller()
        self.private = reads_of(installation, caller)
        self.public = public_reads_of(installation)
        if is_quick:
            self.private = [self.private[0], self.private[4]]
            self.public = [self.public[3], self.public[6]]
        for read in self.private:
            check(installation, caller, read)
        for read in self.public:
            check(installation, self.anyone, read)
        self.nginx = load.Nginx(folder)
        load.install_fastify()
        operations = [{"path": self._fastify_path(read), "values": self._bound(read), "is_list": read.is_list,
                       **prepared(read.operation, read.choice() | ({read.by: ""} if read.by else {}))} for read in self.private]
        identify = prepared("identify", {})
        self.fastify = {processes: load.Fastify(installation, operations, identify, processes) for processes in FASTIFY}
        for read in self.private:
            self._check_fastify(read)

    @staticmethod
    def _fastify_path(read):
        path = OPERATIONS[read.operation].path
        return path.replace(f"{{{read.by}}}", f":{read.by}") if read.by else path.format(**read.given)

    @staticmethod
    def _bound(read):
        """The values of its parameters, as text: what takes several has an array's."""
        return {name: "{" + ",".join(value) + "}" if isinstance(value, list) else str(value) for name, value in read.choice().items()}

    def _check_fastify(self, read):
        for fastify in self.fastify.values():
            other = type(self.caller)(fastify.url)
            other.headers = self.caller.headers
            mine, theirs = self.caller.get(read.path()), other.get(read.path())
            if (mine != theirs) if not read.is_list else (mine["items"] != theirs["items"][:PAGE]):
                sys.exit(f"Fastify answers {read.path()} otherwise")

    def round(self, results):
        for read in self.private:
            self._round_private(results, read)
        for read in self.public:
            self._round_public(results, read)

    def _measure(self, results, what, who, url, connections, requests):
        said = load.wrk(url, requests, connections, self.seconds)
        if said["failed"]:
            sys.exit(f"{who} did not answer {said['failed']} of {said['answers']} requests for {what} at {connections} connections")
        results.add(what, self.installation.name, connections, who, **{name: said[name] for name in ("rate", "p50", "p99")})

    def _round_private(self, results, read):
        identify = sql_of("identify", self.installation.identity(self.caller))
        numbers = f"\\set n random(1, {ONE})\n" if read.by else ""
        postgrest = f"""WITH pgrst_source AS ({read.statement().replace(';', '')})
            SELECT null::bigint AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, coalesce(json_agg(_postgrest_t), '[]') AS body,
                   nullif(current_setting('response.headers', true), '') AS response_headers, nullif(current_setting('response.status', true), '') AS response_status
              FROM (SELECT * FROM pgrst_source) _postgrest_t"""
        for clients in {min(n, CORES) for n in self.connections}:
            for who, statement, units in ((BARE, read.bare, 1), (PIPELINED, read.bare, load.PIPELINED), (POSTGREST, postgrest, 1)):
                rate = load.pgbench(self.installation.service_url, [identify, statement], clients, self.seconds, units, numbers)
                for connections in self.connections:
                    if min(connections, CORES) == clients:
                        results.add(read.what, self.installation.name, connections, who, rate=rate)
        requests = load.requests_file(self.folder / "requests", [("GET", read.path(n), self.caller.headers, None) for n in (range(1, ONE + 1) if read.by else [1])])
        for connections in self.connections:
            self._measure(results, read.what, SCIDAY, self.installation.url, connections, requests)
            for processes, who in FASTIFY.items():
                self._measure(results, read.what, who, self.fastify[processes].url, connections, requests)

    def _round_public(self, results, read):
        """The answer, and that it is not modified; of the campaign and the contract alone, since all have one way."""
        _, body, headers, _ = self.anyone.ask("GET", read.path(), headers=read.headers, wanted=200)
        path = self.nginx.serve(read.operation, body)
        works = [(read.what, {}, {})]
        if read.operation in ("get_campaign", "get_openapi"):
            works.append((f"{read.what}: 304", {"If-None-Match": headers["ETag"]}, {"If-None-Match": self.nginx.etag(path)}))
        for what, mine, theirs in works:
            for who, url, target, more in ((SCIDAY, self.installation.url, read.path(), mine), (NGINX, self.nginx.url, path, theirs)):
                requests = load.requests_file(self.folder / "requests", [("GET", target, read.headers | more, None)])
                for connections in self.connections:
                    self._measure(results, what, who, url, connections, requests)

    def stop(self):
        self.nginx.stop()
        for fastify in self.fastify.values():
            fastify.stop()

    # ---- Telling ----------------------------------------------------------------------------

    def judge(self, results):
        size = self.installation.name
        for read in self.private:
            work, of, wanted = ("one thing by its id", "the bare row", 0.5) if read.by else (f"a page of {PAGE}", "the same rows plain", 0.8)
            for connections in {16, 64} & set(self.connections):
                key = (read.what, size, connections, SCIDAY)
                results.at_least(f"{work}, of {of}", f"{read.what}, {connections} connections", wanted, results.ratio(key, limits(read)))
                results.at_least(f"{work}, of Fastify", f"{read.what}, {connections} connections", 3, results.ratio(key, [(FASTIFY[1], None)]))
        public = dict.fromkeys(key[0] for key in results.rounds if key[3] == NGINX)
        for what in public:
            for connections in self.connections:
                results.at_least("public reads, and a 304, of nginx", f"{what}, {connections} connections", 0.8,
                                 results.ratio((what, size, connections, SCIDAY), [(NGINX, None)]))
        for what in [*(read.what for read in self.private), *public] if 256 in self.connections else ():
            key = (what, size, 256, SCIDAY)
            results.at_most("p99 of p50 at 256 connections", what, 4, results.median(key, "p99") / results.median(key, "p50"), "×")

    def tables(self, results):
        size = self.installation.name
        others = (BARE, PIPELINED, POSTGREST, *FASTIFY.values())
        head = ["a second", "connections", "sciday", "p50, ms", "p99, ms", *others, "of the bare row", "of Fastify"]
        lines = []
        for read in self.private:
            for connections in self.connections:
                key = (read.what, size, connections, SCIDAY)
                lines.append([read.what, connections, spread(results, key), figure(results.median(key, "p50")), figure(results.median(key, "p99")),
                              *(figure(results.median(key[:3] + (who,))) for who in others),
                              ratio(results.ratio(key, limits(read))), ratio(results.ratio(key, [(FASTIFY[1], None)]))])
        yield table(head, lines)
        head = ["a second", "connections", "sciday", "p50, ms", "p99, ms", NGINX, "of nginx"]
        lines = []
        for what in dict.fromkeys(key[0] for key in results.rounds if key[3] == NGINX):
            for connections in self.connections:
                key = (what, size, connections, SCIDAY)
                lines.append([what, connections, spread(results, key), figure(results.median(key, "p50")), figure(results.median(key, "p99")),
                              figure(results.median(key[:3] + (NGINX,))), ratio(results.ratio(key, [(NGINX, None)]))])
        yield table(head, lines)


def limits(read):
    """Of one thing the better of two; fifty at once are a pipeline of their own."""
    return [(BARE, None), (PIPELINED, None)] if read.by else [(BARE, None)]


def spread(results, key):
    values = [one["rate"] for one in results.rounds[key]]
    return f"{figure(results.median(key))} ({figure(min(values))} to {figure(max(values))})"


def ratio(found):
    return f"{found[0]:.2f} ({found[1]:.2f} to {found[2]:.2f})" if found else ""
