"""Compliance: every figure computed again from the rows as domain.md words it, and followed to what it counts."""

import functools
import unittest
from collections import defaultdict
from datetime import timedelta
from zoneinfo import ZoneInfo

import harness
from harness import CAMPAIGNS, GENERATED, SEEDED, ReportTest, caller, for_each, median, rate, rounded, rows, seconds

KINDS = ("notice_receipt", "plan", "highlights", "summary_report")
VERDICTS = ("on_time", "extended_on_time", "late", "pending", "overdue", "waived")
RECEIVED = ("on_time", "extended_on_time", "late")
SUBTREES = 100  # beyond so many, those with one organization are left out


class Owed:
    """One obligation and what has become of it, from the rows alone."""

    def __init__(self, row, data):
        self.row = row
        self.kind, self.organization_id = row["kind"], row["organization_id"]
        self.original_due = row["due_at"]
        self.due = self._extended(data) or row["due_at"]
        self.submitted, self.received_at, self.accepted = getattr(self, "_" + self.kind)(data)
        self.is_accepted = self.received_at is not None and self.accepted >= row["required"]

    def _extended(self, data):
        given = [e for e in data.extensions[self.organization_id, self.kind] if e["revoked_at"] is None]
        return max(given, key=lambda e: (e["given_at"], e["id"]))["due_at"] if given else None

    def _notice_receipt(self, data):
        received = data.receipts.get(self.row["id"])
        return None, received, 1 if received else 0

    def _plan(self, data):
        plan = data.plans.get(self.organization_id)
        submissions = data.standing.get(plan["id"], []) if plan else []
        return None, min(submissions, default=None), 1 if plan and plan["status"] == "accepted" else 0

    def _highlights(self, data):
        first = sorted(min(data.standing[a["id"]]) for a in data.highlights[self.organization_id] if data.standing.get(a["id"]))
        required = self.row["required"]
        received = self.row["created_at"] if required == 0 else first[required - 1] if len(first) >= required else None
        return len(first), received, sum(a["status"] in ("accepted", "nominated") for a in data.highlights[self.organization_id])

    def _summary_report(self, data):
        report = data.reports.get(self.row["activity_id"])
        submissions = data.standing.get(report["id"], []) if report else []
        return None, min(submissions, default=None), 1 if report and report["status"] == "accepted" else 0

    def verdict(self, now):
        return "waived" if self.row["waived_at"] else self._judge(now, self.due)

    def original_verdict(self, now):
        return self._judge(now, self.original_due)

    def _judge(self, now, due):
        if self.received_at is None:
            return "pending" if now < due else "overdue"
        if self.received_at < self.original_due:
            return "on_time"
        return "extended_on_time" if self.received_at < due else "late"

    def days_late(self, now):
        return seconds(self.received_at, self.due) / 86400 if self.verdict(now) == "late" else None


class Data:
    """The rows of a campaign, by what they belong to."""

    def __init__(self, campaign_code):
        self.rows = rows(campaign_code)
        self.plans = {p["organization_id"]: p for p in self.rows.plan}
        self.reports = {r["activity_id"]: r for r in self.rows.summary_report}
        self.receipts = {n["obligation_id"]: n["acknowledged_at"] for n in self.rows.notice_receipt}
        self.highlights, self.extensions = defaultdict(list), defaultdict(list)
        for activity in self.rows.activity:
            if activity["kind"] == "highlight":
                self.highlights[activity["organization_id"]].append(activity)
        for extension in self.rows.extension:
            self.extensions[extension["organization_id"], extension["kind"]].append(extension)
        withdrawn = {r["submission_id"] for r in self.rows.review if r["action"] == "withdraw"}
        self.standing, self.latest = defaultdict(list), {}
        for submission in sorted(self.rows.submission, key=lambda s: s["number"]):
            subject = submission["subject_id"]
            if submission["id"] not in withdrawn:
                self.standing[subject].append(submission["submitted_at"])
            self.latest[subject] = submission
        self.decisions, self.documents = defaultdict(list), defaultdict(list)
        for review in self.rows.review:
            if review["action"] in ("return", "accept"):
                self.decisions[review["submission_id"]].append(review["reviewed_at"])
        for document in self.rows.document:
            if document["status"] != "quarantined":
                self.documents[document["subject_id"]].append(document)
        self.owed = [Owed(row, self) for row in self.rows.obligation]
        self.phase_count = len(self.rows.phase)

    def work(self, kinds=KINDS):
        """What was handed in for obligations of these kinds: (kind, row)."""
        found = {"plan": self.plans.values(), "highlights": [a for those in self.highlights.values() for a in those],
                 "summary_report": [r for r in self.reports.values() if r["kind"] == "highlight"]}
        return [(kind, row) for kind in kinds for row in found.get(kind, ()) if row["status"] != "draft"]

    def is_documented(self, row):
        """With a stamped copy of the content as it was handed in, and all that the campaign requires."""
        documents = self.documents[row["id"]]
        stamped = any(d["kind"] == "stamped_pdf" and d["owner_digest"] == self.latest[row["id"]]["digest"] for d in documents)
        return stamped and set(self.rows.campaign["required_documents"]) <= {d["kind"] for d in documents}


@functools.cache
def data(campaign_code):
    return Data(campaign_code)


@functools.cache
def work_by_organization(campaign_code):
    found = defaultdict(list)
    for kind, row in data(campaign_code).work():
        found[row["organization_id"]].append((kind, row))
    return found


class Computed:
    """What a caller is to be answered, for a subtree and, it may be, only some kinds."""

    def __init__(self, who, campaign_code, within, now, kinds=None, organization_kinds=None):
        self.who, self.data, self.now = who, data(campaign_code), now
        self.rows, self.within, self.kinds = self.data.rows, within, kinds or KINDS
        self.organization_kinds = organization_kinds
        self.work = work_by_organization(campaign_code)
        self.owed = [
            o for o in self.data.owed
            if harness.sees_obligation(who, o.row, self.rows) and within in o.row["counted_ancestors"] and o.kind in self.kinds
            and (not organization_kinds or o.row["organization_kind"] in organization_kinds)]

    # ---- Organizations ----

    def progress(self, organization_id):
        handed_in = [(kind, row) for kind, row in self.work[organization_id] if kind in self.kinds]
        phases = {self.rows.phase_of(row["starts_on"]) for kind, row in handed_in if kind == "highlights"} - {None}
        documented = [self.data.is_documented(row) for kind, row in handed_in if kind in ("plan", "highlights")]
        returned = [row for _, row in handed_in if row["status"] == "returned"]
        return {"phases_covered": len(phases), "documents_complete": all(documented) if documented else None,
                "returned_open": len(returned), "corrections_overdue": sum(self.is_overdue(row) for row in returned)}

    def is_overdue(self, row):
        return row["correction_due_at"] is not None and row["correction_due_at"] <= self.now

    def buckets(self, organization_id, owed):
        progress = self.progress(organization_id)
        verdicts = [o.verdict(self.now) for o in owed]
        expected = [o for o, v in zip(owed, verdicts) if v != "waived"]
        received = [o for o in expected if o.received_at is not None]
        found = {
            "complete": expected and len(received) == len(expected),
            "incomplete": len(received) < len(expected),
            "nothing_received": expected and not received,
            "all_waived": not expected,
            "all_accepted": expected and all(o.is_accepted for o in expected),
            "late": "late" in verdicts,
            "overdue": "overdue" in verdicts,
            "surplus": any(o.kind == "highlights" and o.submitted > o.row["required"] for o in expected),
            "phases_short": any(o.kind == "highlights" for o in expected) and progress["phases_covered"] < self.data.phase_count,
            "documents_incomplete": progress["documents_complete"] is False,
            "returned_open": progress["returned_open"] > 0,
            "correction_overdue": progress["corrections_overdue"] > 0,
        }
        return [bucket for bucket, is_so in found.items() if is_so], list(found)

    def by_organization(self, owed):
        found = defaultdict(list)
        for each in owed:
            found[each.organization_id].append(each)
        return found

    def organizations(self, owed):
        those = self.by_organization(owed)
        counts = {"all": len(those)}
        _, names = self.buckets(None, [])
        counts.update(dict.fromkeys(names, 0))
        for organization_id, theirs in those.items():
            for bucket in self.buckets(organization_id, theirs)[0]:
                counts[bucket] += 1
        return counts

    # ---- One kind of obligations ----

    def entry(self, kind, owed, is_in_group):
        owed = [o for o in owed if o.kind == kind]
        verdicts = {verdict: sum(o.verdict(self.now) == verdict for o in owed) for verdict in VERDICTS}
        expected = [o for o in owed if o.verdict(self.now) != "waived"]
        received = sum(verdicts[v] for v in RECEIVED)
        on_time = verdicts["on_time"] + verdicts["extended_on_time"]
        accepted = sum(o.is_accepted for o in expected)
        late = [o.days_late(self.now) for o in owed if o.days_late(self.now) is not None]
        entry = {
            "kind": kind, "expected": len(expected), "received": received, "accepted": accepted, "received_on_time": on_time,
            "verdicts": verdicts, "completeness": rate(received, len(expected)), "effective_completeness": rate(accepted, len(expected)),
            "timeliness": rate(on_time, len(expected)),
            "days_late": {"median": rounded(median(late), 2), "most": rounded(max(late, default=None), 2)},
            "highlights": None, "returned": None, "corrections_overdue": None, "review_hours": None,
        }
        if kind == "highlights":
            entry["highlights"] = {"required": sum(o.row["required"] for o in expected), "submitted": sum(o.submitted for o in expected),
                                   "surplus": sum(max(o.submitted - o.row["required"], 0) for o in expected)}
        if kind != "notice_receipt":
            returned = [row for row in self.returned[kind] if is_in_group(row)]
            entry["returned"] = len(returned)
            entry["corrections_overdue"] = sum(self.is_overdue(row) for row in returned)
            entry["review_hours"] = self.review_hours(kind, is_in_group)
        return entry

    @functools.cached_property
    def returned(self):
        """What has come back of each kind of work and the caller sees."""
        found = defaultdict(list)
        for those in self.work.values():
            for kind, row in those:
                if row["status"] == "returned" and harness.sees_work(self.who, row, self.rows):
                    found[kind].append(row)
        return found

    @functools.cached_property
    def reviewed(self):
        """The submissions of each resource that were decided on and the caller sees, and after how many hours."""
        found = defaultdict(list)
        for s in self.rows.submission:
            if s["id"] in self.data.decisions and harness.has_role(self.who, s, self.rows):
                found[s["resource"]].append((s, seconds(min(self.data.decisions[s["id"]]), s["submitted_at"]) / 3600))
        return found

    def review_hours(self, kind, is_in_group):
        hours = [after for s, after in self.reviewed["activity" if kind == "highlights" else kind] if is_in_group(s)]
        return {"reviewed": len(hours), "median": rounded(median(hours), 2), "most": rounded(max(hours, default=None), 2)}

    # ---- Groups ----

    def is_asked(self, row):
        """Whether work is of an organization that was asked about, by where and what it is now."""
        kind = self.rows.organizations[row["organization_id"]]["kind"]
        return self.within in row["ancestors"] and (not self.organization_kinds or kind in self.organization_kinds)

    def sum(self, owed, is_in_group):
        return {"organizations": self.organizations(owed),
                "obligations": [self.entry(kind, owed, is_in_group) for kind in KINDS if kind in self.kinds]}

    def total(self):
        return self.sum(self.owed, self.is_asked)

    def by_organization_kind(self):
        kinds = {o.row["organization_kind"] for o in self.owed}
        return {kind: self.sum([o for o in self.owed if o.row["organization_kind"] == kind],
                               lambda row, kind=kind: self.is_asked(row) and self.rows.organizations[row["organization_id"]]["kind"] == kind)
                for kind in kinds}

    def branch(self, ancestors):
        """What is directly below `within` on the way there; of itself, itself."""
        return ancestors[max(ancestors.index(self.within) - 1, 0)]

    def by_subtree(self):
        found = defaultdict(list)
        for each in self.owed:
            found[self.branch(each.row["counted_ancestors"])].append(each)
        if len(found) > SUBTREES:
            found = {key: owed for key, owed in found.items() if len(self.by_organization(owed)) > 1}
        return {key: self.sum(owed, lambda row, key=key: self.is_asked(row) and self.branch(row["ancestors"]) == key)
                for key, owed in found.items()}

    # ---- The list of organizations ----

    def row(self, organization_id, owed):
        summary = [o for o in owed if o.kind == "summary_report"]
        verdicts = [o.verdict(self.now) for o in summary]
        return {
            "organization_kind": owed[0].row["organization_kind"],
            **{kind: self.single(next((o for o in owed if o.kind == kind), None)) for kind in KINDS[:3]},
            "summary_reports": {
                "expected": len(summary) - verdicts.count("waived"), "received": sum(v in RECEIVED for v in verdicts),
                "accepted": sum(o.is_accepted and v != "waived" for o, v in zip(summary, verdicts)),
                "late": verdicts.count("late"), "overdue": verdicts.count("overdue"), "waived": verdicts.count("waived")} if summary else None,
            **self.progress(organization_id), "phase_count": self.data.phase_count, "buckets": self.buckets(organization_id, owed)[0],
        }

    def single(self, owed):
        if owed is None:
            return None
        single = {
            "obligation_id": owed.row["id"], "verdict": owed.verdict(self.now), "original_verdict": owed.original_verdict(self.now),
            "due_on": self.last_day(owed.due), "received_at": owed.received_at, "days_late": rounded(owed.days_late(self.now), 2),
            "is_accepted": owed.is_accepted,
        }
        if owed.kind == "highlights":
            single.update(required=owed.row["required"], submitted=owed.submitted, accepted=owed.accepted,
                          surplus=max(owed.submitted - owed.row["required"], 0))
        return single

    def last_day(self, due):
        """The last local date that is in time: a deadline is the instant after it."""
        return (due.astimezone(ZoneInfo(self.rows.campaign["time_zone"])) - timedelta(microseconds=1)).date().isoformat()


def instant(text):
    return harness.datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


# Who asks, about what: the whole of what is theirs, one city, some kinds of obligations, some kinds of organizations.
CASES = [
    {"username": username, "campaign": campaign, "parameters": parameters}
    for campaign in CAMPAIGNS
    for username, those in {
        "reviewer": ({}, {"within": "generated-c1"}, {"kind": "highlights,plan"}, {"organization_kind": "society,city_association"}),
        "observer": ({},),
        "administrator": ({"within": "generated-c1"}, {"within": "jiangsu", "kind": "summary_report"}),
        "nation": ({}, {"within": "jiangsu"}),
        "city": ({}, {"kind": "plan", "organization_kind": "district_association"}),
    }.items()
    for parameters in those
]
# A figure for each bucket, verdict and kind of each group: some thousands, of which each of these looks at those of so many
# groups of one sort. Who sees little looks at all.
FOLLOWED = [{**case, "groups": 100 if case["username"] == "city" else 1} for case in CASES]


def address(campaign, report, parameters):
    parameters = dict(parameters)
    if "within" in parameters:
        parameters["within"] = rows(campaign).by_code[parameters["within"]]["id"]
    return f"/v1/campaigns/{campaign}/reports/{report}" + ("?" + "&".join(f"{k}={v}" for k, v in parameters.items()) if parameters else "")


class ComplianceTest(ReportTest):
    def computed(self, who, campaign, answer, parameters):
        return Computed(who, campaign, answer["within"]["id"], instant(answer["as_of"]),
                        *(tuple(parameters[name].split(",")) if name in parameters else None for name in ("kind", "organization_kind")))

    @for_each(CASES)
    def test_every_sum(self, username, campaign, parameters):
        who = caller(username)
        answer = self.answer(who, address(campaign, "compliance", parameters))
        computed = self.computed(who, campaign, answer, parameters)
        kinds, subtrees = computed.by_organization_kind(), computed.by_subtree()
        self.same({"total": computed.total(), "by_organization_kind": kinds, "by_subtree": subtrees}, {
            "total": answer["total"],
            "by_organization_kind": {group["organization_kind"]: group for group in answer["by_organization_kind"]},
            "by_subtree": {group["organization"]["id"]: group for group in answer["by_subtree"]},
        })
        self.assertEqual((len(kinds), len(subtrees)), (len(answer["by_organization_kind"]), len(answer["by_subtree"])))

    @for_each(CASES)
    def test_every_organization(self, username, campaign, parameters):
        who = caller(username)
        answer = self.answer(who, address(campaign, "compliance", parameters))
        computed = self.computed(who, campaign, answer, parameters)
        items = self.items(who, address(campaign, "compliance/organizations", parameters))
        for item in items:
            for kind in KINDS[:3]:
                if item[kind]:
                    item[kind]["received_at"] = instant(item[kind]["received_at"])
        listed = {item["organization"]["id"]: item for item in items}
        owed = computed.by_organization(computed.owed)
        self.same({key: computed.row(key, theirs) for key, theirs in owed.items()}, listed)
        self.assertEqual(set(owed), set(listed))
        order = [computed.rows.organizations[item["organization"]["id"]]["path_ordinal"] for item in items]
        self.assertEqual(order, sorted(order))

    def items(self, who, path):
        items, cursor = [], None
        while True:
            page = self.answer(who, harness.walk.with_query(path, limit=100, **({"cursor": cursor} if cursor else {})))
            items, cursor = items + page["items"], page["next_cursor"]
            if cursor is None:
                return items

    def test_every_verdict_together_is_every_obligation(self):
        answer = self.answer(caller("reviewer"), f"/v1/campaigns/{GENERATED}/reports/compliance")
        for entry in answer["total"]["obligations"]:
            verdicts = {name: figure["count"] for name, figure in entry["verdicts"].items()}
            listed = harness.walk.total(caller("reviewer"), entry["expected"]["href"].split("&verdict=")[0])
            self.assertEqual(sum(verdicts.values()), listed)
            self.assertLessEqual(entry["completeness"]["rate"], 1)

    @for_each(FOLLOWED)
    def test_every_figure_leads_to_what_it_counts(self, username, campaign, parameters, groups):
        who = caller(username)
        answer = self.answer(who, address(campaign, "compliance", parameters))
        for name in ("by_organization_kind", "by_subtree"):
            answer[name] = answer[name][:groups]
        self.followed(who, answer)

    def test_every_subtree_has_a_report_of_its_own(self):
        who = caller("reviewer")
        answer = self.answer(who, f"/v1/campaigns/{GENERATED}/reports/compliance")
        for group in answer["by_subtree"][:3]:
            of_its_own = self.answer(who, group["href"])
            self.same(harness_numbers({k: group[k] for k in ("organizations", "obligations")}), of_its_own["total"])

    def test_an_organization_s_figures(self):
        who = caller("reviewer")
        page = self.answer(who, f"/v1/campaigns/{GENERATED}/reports/compliance/organizations?limit=10")
        self.followed(who, page)


def harness_numbers(answer):
    """An answer with each figure as its number alone."""
    if isinstance(answer, dict):
        if answer.keys() == {"count", "href"}:
            return answer["count"]
        return {name: harness_numbers(value) for name, value in answer.items()}
    return [harness_numbers(value) for value in answer] if isinstance(answer, list) else answer


if __name__ == "__main__":
    unittest.main()
