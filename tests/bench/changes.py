"""Changes at one connection: highlights are submitted, accepted and returned, so that the same may be submitted in the next round,
and others patched, since a stamped copy is good for what it was stamped on. Beside them the rows that each of them wrote, whatever
they are, written by pgbench into tables with the same columns and indexes, but without row security, triggers and foreign keys.
"""

import json
import statistics
import sys

import load
from house import psql, rows
from reads import SCIDAY, spread
from results import Results, figure, table

SAME = "the same rows"
STEPS = ("patch", "submit", "accept", "return")

# Drafts that may be submitted as they are, of as many organizations.
POOL = """
    SELECT DISTINCT ON (o.path_ordinal) a.id, o.code AS organization
      FROM activity a
      JOIN organization o ON o.id = a.organization_id
     WHERE a.campaign_code = '{0}' AND a.kind = 'highlight' AND a.status = 'draft' AND a.starts_on IS NOT NULL AND a.expected_participants IS NOT NULL
       AND (SELECT count(*) FROM document d
             WHERE d.subject_id = a.id AND (d.kind = 'word_copy' OR d.owner_digest = content_digest(activity_content(a)))) = 2
     ORDER BY o.path_ordinal, a.id
     LIMIT {1}"""

# Tables as they are, in a schema of their own; what was unique need not be.
BARE = """
    CREATE SCHEMA bare;
    DO $$
    DECLARE
    	name text;
    	definition text;
    BEGIN
    	FOR name IN SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace LOOP
    		EXECUTE format('CREATE TABLE bare.%1$I (LIKE public.%1$I INCLUDING GENERATED INCLUDING DEFAULTS INCLUDING STORAGE)', name);
    		FOR definition IN SELECT i.indexdef FROM pg_indexes i WHERE i.schemaname = 'public' AND i.tablename = name LOOP
    			EXECUTE replace(replace(replace(definition, 'CREATE UNIQUE INDEX', 'CREATE INDEX'), ' ON public.', ' ON bare.'), ' ON ONLY public.', ' ON bare.');
    		END LOOP;
    	END LOOP;
    END
    $$;"""
COLUMNS = """
    SELECT c.relname AS name, array_agg(quote_ident(a.attname) ORDER BY a.attnum) AS columns
      FROM pg_class c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
     GROUP BY c.relname"""


class Changes:
    """In one installation, as the authors of so many highlights and as many more, and a reviewer above them."""

    def __init__(self, installation, reviewer, many, seconds):
        self.installation, self.seconds = installation, seconds
        pool = rows(installation.superuser_url, POOL.format(installation.name, 2 * many))
        if len(pool) < 2 * many:
            sys.exit(f"{installation.name} has {len(pool)} highlights that may be submitted, not {2 * many}")
        for one in pool:
            one["author"] = installation.caller(one["organization"], installation.command("user", "password", one["organization"]))
        self.changed = {step: pool[many:] if step == "patch" else pool[:many] for step in STEPS}
        self.reviewer = reviewer
        psql(installation.superuser_url, BARE)
        self.columns = {one["name"]: one["columns"] for one in rows(installation.superuser_url, COLUMNS)}
        self.number, self.written = 0, {}  # step: statements that write the rows that it wrote
        psql(installation.superuser_url, "ANALYZE")
        self.round(Results())  # which counts for nothing: each connection of the service's plans its statements once

    def requests(self, step, number):
        """Of each, as it is now."""
        versions = {row["id"]: row["version"] for row in rows(
            self.installation.superuser_url, f"SELECT a.id, a.version FROM activity a WHERE a.id = ANY ('{ids(self.changed[step])}')")}
        for one in self.changed[step]:
            who = one["author"] if step in ("patch", "submit") else self.reviewer
            headers = who.headers | {"If-Match": f'"{versions[one["id"]]}-"', "Content-Type": "application/json"}
            method, path = ("PATCH", f"/v1/activities/{one['id']}") if step == "patch" else ("POST", f"/v1/activities/{one['id']}/{step}")
            body = {"patch": {"time_note": f"第{number}次改到下午2时"}, "return": {"comment": "请补充实施举措"}}.get(step)
            if step == "patch":
                headers["Content-Type"] = "application/merge-patch+json"
            elif body is None:
                del headers["Content-Type"]
            yield method, path, headers, json.dumps(body, ensure_ascii=False) if body else None

    def rows_written(self, step):
        """Statements that write again what the last change of the first of them wrote, wherever it was."""
        url = self.installation.superuser_url
        (transaction,) = psql(url, f"SELECT xmin FROM activity WHERE id = '{self.changed[step][0]['id']}'").split()
        written = rows(url, "\nUNION ALL ".join(
            f"SELECT '{name}' AS name, ARRAY[{', '.join(f'{column}::text' for column in columns)}] AS values FROM public.{name} WHERE xmin::text = '{transaction}'"
            for name, columns in self.columns.items()))
        return [f"INSERT INTO bare.{one['name']} ({', '.join(self.columns[one['name']])}) VALUES ({', '.join(map(quoted, one['values']))})" for one in written]

    def round(self, results):
        self.number += 1
        for step in STEPS:
            times = load.each_once(self.installation.url, self.requests(step, self.number))
            results.add(step, self.installation.name, 1, SCIDAY, rate=1000 * len(times) / sum(times), p50=statistics.median(times), p99=max(times))
            if step not in self.written:
                self.written[step] = self.rows_written(step)
                self.check(step)
        for step in STEPS:
            rate = load.pgbench(self.installation.superuser_url, self.written[step], 1, self.seconds)
            results.add(step, self.installation.name, 1, SAME, rate=rate)

    def check(self, step):
        """What the service answers afterwards is what the database has."""
        status = {"submit": "submitted", "accept": "accepted", "return": "returned"}.get(step)
        if not status:
            return  # a draft is not the reviewer's to see
        for row in rows(self.installation.superuser_url, f"SELECT a.id, a.status, a.version FROM activity a WHERE a.id = ANY ('{ids(self.changed[step])}')"):
            answer = self.reviewer.get(f"/v1/activities/{row['id']}")
            if row["status"] != status or any(answer[name] != value for name, value in row.items()):
                sys.exit(f"after {step} it is {row}, and the service says {answer}")

    def stop(self):
        psql(self.installation.superuser_url, "SET client_min_messages = error; DROP SCHEMA bare CASCADE")

    def judge(self, results):
        for step in STEPS:
            key = (step, self.installation.name, 1, SCIDAY)
            results.at_most("submit, accept, patch", f"{step}, {self.installation.name}", 2.5, results.median(key, "p50"), "ms")
            results.at_least("submit, accept, patch, of the same rows written", f"{step}, {self.installation.name}", 0.8, results.ratio(key, [(SAME, None)]))

    def tables(self, results):
        lines = []
        for step in STEPS:
            key = (step, self.installation.name, 1, SCIDAY)
            ratio = results.ratio(key, [(SAME, None)])
            lines.append([f"{step}, {self.installation.name}", spread(results, key), figure(results.median(key, "p50")), figure(results.median(key, "p99")),
                          len(self.written[step]), figure(results.median(key[:3] + (SAME,))), f"{ratio[0]:.2f} ({ratio[1]:.2f} to {ratio[2]:.2f})"])
        yield table(["changes a second", "sciday", "p50, ms", "most, ms", "rows written", f"{SAME}, pgbench", "of them"], lines)


def ids(things):
    return "{" + ",".join(one["id"] for one in things) + "}"


def quoted(value):
    """In SQL, and without a colon, after which pgbench would see a variable."""
    if value is None:
        return "NULL"
    return "E'" + value.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a") + "'"


def judge_growth(results, small, large):
    """The same at the large size as at the small."""
    for step in STEPS:
        less, more = (results.median((step, size, 1, SCIDAY), "p50") for size in (small, large))
        results.at_most("the same at the large size as at the small", f"{step}, {large} of {small}", 1.25, more / less, "×")
