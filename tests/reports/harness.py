"""What the tests of the reports stand on: callers of the service, the raw rows behind its answers, and who sees which.

A test of a report computes it again, slowly and obviously, from `Rows` as domain.md says, and compares. It runs in
`./dev test reports`, which gives the service, the accounts and the database by SCIDAY_URL, SCIDAY_ACCOUNTS and
SCIDAY_OWNER_URL; the accounts beyond those of the other tests are in `CALLERS`.
"""

import functools
import http.client
import json
import os
import subprocess
import unittest
import urllib.parse
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import walk

SEEDED = "2021"
GENERATED = "generated"
CAMPAIGNS = (SEEDED, GENERATED)

# username: (role, the organization's code), as dev makes them.
CALLERS = {
    "administrator": ("administrator", "jiangsu"),
    "reviewer": ("reviewer", "jiangsu"),
    "observer": ("observer", "jiangsu"),
    "nation": ("observer", "cast"),
    "city": ("reviewer", "generated-c1"),
    "author": ("submitter", "generated-c2"),
    "nanjing": ("submitter", "320100"),
}


# ---- Asking ---------------------------------------------------------------------------------


class Caller:
    """Someone who asks the service; without a username, the public. A password is only said of who is not in CALLERS."""

    def __init__(self, username=None, password=None):
        self.username = username
        self.role, self.organization_code = CALLERS.get(username, (None, None))
        self.headers = {}
        address = urllib.parse.urlsplit(os.environ["SCIDAY_URL"])
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        if username:
            self.headers["Authorization"] = "Bearer " + self._sign_in(password or self._password())

    def _password(self):
        with open(os.environ["SCIDAY_ACCOUNTS"], encoding="utf-8") as file:
            return next(a["password"] for a in json.load(file) if a["username"] == self.username)

    def _sign_in(self, password):
        form = urllib.parse.urlencode({"grant_type": "password", "username": self.username, "password": password})
        status, answer = self._ask("POST", "/v1/auth/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
        assert status == 200, answer
        return answer["access_token"]

    def _ask(self, method, path, body=None, headers=None):
        headers = {**self.headers, **(headers or {})}
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        except ConnectionError:  # it was idle for too long, while something was computed
            self.connection.close()
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        return response.status, json.loads(response.read() or b"null")

    def get(self, path):
        """(status, answer)"""
        return self._ask("GET", path)

    def post(self, path, body=None, version=None):
        """The same, of a change; of something that has this version, which is what an ETag begins with."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        return self._ask("POST", path, json.dumps(body) if body is not None else None, headers | ({"If-Match": f'"{version}-"'} if version else {}))

    def validate(self, path):
        """The same, of what submitting it would find."""
        return self._ask("POST", path + "/validate")


@functools.cache
def caller(username):
    return Caller(username)


# ---- The raw rows ---------------------------------------------------------------------------


def owner_sql(sql):
    """What psql prints as the owner."""
    return subprocess.run(
        ["psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1",
         f"--dbname={os.environ['SCIDAY_OWNER_URL']}", f"--command={sql}"],
        check=True, capture_output=True, text=True).stdout


def query(sql):
    """The rows of a query, as the owner sees them: dicts, with instants, dates and arrays as Python has them."""
    text = owner_sql(f"SET TimeZone = 'UTC'; SELECT row_to_json(r) FROM ({sql}) r")
    return [{name: _value(name, value) for name, value in json.loads(line).items()} for line in text.splitlines() if line]


def _value(name, value):
    if isinstance(value, str) and name.endswith("_at"):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and (name.endswith("_on") or name.endswith("_date")):
        return date.fromisoformat(value)
    return value


class Rows:
    """Every row of one campaign, by table; `organization` and `campaign` as they are.

    Built when first asked for. What a caller may not read is not left out: `seen` and its like say who sees a row.
    """

    TABLES = ("phase", "module", "recipient", "obligation", "extension", "plan", "activity", "summary_report", "submission",
              "review", "forwarding", "award")

    def __init__(self, campaign_code):
        self.campaign_code = campaign_code
        self.campaign = query(f"SELECT * FROM campaign WHERE code = '{campaign_code}'")[0]
        self.organizations = {row["id"]: row for row in query("SELECT * FROM organization")}
        self.by_code = {row["code"]: row for row in self.organizations.values()}

    def __getattr__(self, table):
        if table == "notice_receipt":
            rows = query(f"SELECT n.* FROM notice_receipt n JOIN obligation o ON o.id = n.obligation_id WHERE o.campaign_code = '{self.campaign_code}'")
        elif table == "forwarding_item":
            rows = query(f"SELECT i.* FROM forwarding_item i JOIN forwarding f ON f.id = i.forwarding_id WHERE f.campaign_code = '{self.campaign_code}'")
        elif table == "submission_document":
            rows = query(
                "SELECT s.submission_id, d.id, d.kind, d.status, d.owner_digest"
                "  FROM submission_document s JOIN document d ON d.id = s.document_id"
                f"  JOIN submission n ON n.id = s.submission_id WHERE n.campaign_code = '{self.campaign_code}'")
        elif table == "document":
            rows = query(
                f"SELECT d.* FROM document d JOIN subject_life l ON l.id = d.subject_id WHERE l.campaign_code = '{self.campaign_code}'")
        elif table in self.TABLES:
            rows = query(f"SELECT * FROM {table} WHERE campaign_code = '{self.campaign_code}'")
        else:
            raise AttributeError(table)
        setattr(self, table, rows)
        return rows

    def phase_of(self, day):
        """The ordinal of the phase that the day is in, or None."""
        return next((p["ordinal"] for p in self.phase if day and p["starts_on"] <= day <= p["ends_on"]), None)


@functools.cache
def rows(campaign_code):
    return Rows(campaign_code)


# ---- Who sees what --------------------------------------------------------------------------


def has_role(who, row, all_rows):
    """Whether the caller's role counts at the row's organization: an administrator's there and below, others' strictly below."""
    ancestors = row["ancestors"] if who.role == "administrator" else row["ancestors"][1:]
    return who.role is not None and all_rows.by_code[who.organization_code]["id"] in ancestors


def sees_obligation(who, row, all_rows):
    return has_role(who, row, all_rows)


def sees_work(who, row, all_rows):
    """Of a plan, an activity or a summary report: its reviewers see it from its first submission on, a draft begun on
    behalf the reviewers too, its administrators always, everyone what is public."""
    if row.get("is_public"):
        return True
    if not has_role(who, row, all_rows):
        return False
    return who.role == "administrator" or row["submission_count"] > 0 or (who.role == "reviewer" and row["entered_by"] is not None)


def is_within(row, organization_id, field="ancestors"):
    return organization_id is None or organization_id in row[field]


# ---- Arithmetic -----------------------------------------------------------------------------


def rounded(value, digits):
    """Half away from zero, as numeric's round() has it; of a Fraction, so that nothing is lost before."""
    if value is None:
        return None
    quantum = Decimal(1).scaleb(-digits)
    exact = Fraction(value)
    scaled = abs(exact) * 10**digits
    whole = (scaled + Fraction(1, 2)).__floor__()
    return float((Decimal(whole) * quantum).quantize(quantum, ROUND_HALF_UP)) * (1 if exact >= 0 else -1)


def rate(numerator, denominator):
    return {"numerator": numerator, "denominator": denominator,
            "rate": rounded(Fraction(numerator, denominator), 4) if denominator else None}


def median(values):
    """The middle one, or the mean of the two in the middle; None of nothing."""
    ordered = sorted(Fraction(value) for value in values)
    if not ordered:
        return None
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def seconds(later, earlier):
    """Between two instants, exactly."""
    between = later - earlier
    return Fraction(between.days * 86400 * 10**6 + between.seconds * 10**6 + between.microseconds, 10**6)


# ---- Comparing ------------------------------------------------------------------------------


def for_each(cases):
    """A test once for each case: a dict of its arguments, by which a failure is named."""
    def decorate(test):
        @functools.wraps(test)
        def run(self):
            for case in cases:
                with self.subTest(**case):
                    test(self, **case)
        del run.__wrapped__  # unittest looks at how many arguments a test takes
        return run
    return decorate


class ReportTest(unittest.TestCase):
    """A test of a report: `self.same(computed, answered)` names every place where the two differ."""

    maxDiff = None

    def answer(self, who, path):
        status, answer = who.get(path)
        self.assertEqual(status, 200, answer)
        return answer

    def same(self, computed, answered):
        """Every member that was computed is what was answered; of a figure, an integer is its count."""
        lines = list(differences(computed, answered))
        self.assertFalse(lines, "\n" + "\n".join(lines[:40]))

    def followed(self, who, answer):
        """Every figure's list has as many items as it says, and there is one at all."""
        self.assertTrue(any(True for _ in walk.figures(answer)), "there is no figure")
        lines = walk.broken(who, answer)
        self.assertFalse(lines, "\n" + "\n".join(lines[:40]))


def differences(computed, answered, pointer=""):
    if isinstance(answered, dict) and answered.keys() == {"count", "href"} and not isinstance(computed, dict):
        answered = answered["count"]
    if isinstance(computed, dict) and isinstance(answered, dict):
        for name, value in computed.items():
            if name not in answered:
                yield f"{pointer}/{name}: computed {value!r}, but it is not there"
            else:
                yield from differences(value, answered[name], f"{pointer}/{name}")
    elif isinstance(computed, list) and isinstance(answered, list):
        if len(computed) != len(answered):
            yield f"{pointer}: computed {len(computed)} items, answered {len(answered)}"
        for index, (one, other) in enumerate(zip(computed, answered)):
            yield from differences(one, other, f"{pointer}/{index}")
    elif computed != answered:
        yield f"{pointer}: computed {computed!r}, answered {answered!r}"
