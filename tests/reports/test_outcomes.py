"""What the activities amounted to, added up again one activity and one report at a time."""

import unittest
from collections import defaultdict
from fractions import Fraction

import harness
from harness import CAMPAIGNS, GENERATED, caller, for_each, rows
from test_matrix import READERS, keys_of, official

KINDS = ["highlight", "programme", "event"]
BREAKDOWNS = ("module", "phase", "organization_kind")


class Work:
    """What a caller sees of a campaign within their organization: activities, each with its report or None."""

    def __init__(self, who, campaign_code, kinds):
        self.who, self.kinds, self.rows = who, kinds, rows(campaign_code)
        self.within = self.rows.by_code[who.organization_code]["id"]
        reports = {r["activity_id"]: r for r in self.rows.summary_report}
        self.pairs = [(a, self._seen(a, reports.get(a["id"]))) for a in self.rows.activity
                      if a["kind"] in kinds and harness.is_within(a, self.within) and harness.sees_work(who, a, self.rows)]

    def _seen(self, activity, report):
        if report and (report["status"] == "accepted" and activity["is_public"] or harness.sees_work(self.who, report, self.rows)):
            return report
        return None

    def owed(self):
        """Obligations for a report that were neither waived nor fulfilled by a submission that stands."""
        withdrawn = {r["submission_id"] for r in self.rows.review if r["action"] == "withdraw"}
        standing = {s["subject_id"] for s in self.rows.submission if s["id"] not in withdrawn}
        received = {r["activity_id"] for r in self.rows.summary_report if r["id"] in standing}
        return [o for o in self.rows.obligation
                if o["kind"] == "summary_report" and o["waived_at"] is None and o["activity_id"] not in received
                and self.within in o["counted_ancestors"] and harness.sees_obligation(self.who, o, self.rows)]


def is_planned(activity):
    return activity["status"] != "draft" and activity["execution"] != "cancelled"


def is_reported(report):
    return report is not None and report["status"] == "accepted"


def added(values):
    """Their sum; None where there is none."""
    values = [value for value in values if value is not None]
    return sum(values) if values else None


def actuals(activity, report):
    """The target and its actual figure, of each target that the report names."""
    named = {actual["target_id"]: actual["actual"] for actual in report["target_actuals"]}
    return [(target, named[target["id"]]) for target in activity["targets"] if target["id"] in named]


def outcome(pairs, owed):
    planned = [a for a, _ in pairs if is_planned(a)]
    reported = [(a, r) for a, r in pairs if is_reported(r)]
    came = {r["id"]: (sum(p["onsite"] for p in r["participants"]), sum(p["online"] for p in r["participants"])) for _, r in reported}
    attended = [sum(came[r["id"]]) for a, r in reported if a["expected_participants"] is not None]
    expected = [a["expected_participants"] for a, _ in reported]
    reached = [(t, n) for a, r in reported for t, n in actuals(a, r)]
    onsite, online = added(c[0] for c in came.values()), added(c[1] for c in came.values())
    return {
        "activities": len(planned),
        "cancelled": sum(a["status"] != "draft" and a["execution"] == "cancelled" for a, _ in pairs),
        "reports": {
            "accepted": len(reported),
            "in_review": sum(r is not None and r["status"] in ("submitted", "under_review", "returned") for _, r in pairs),
            "owed": owed},
        "participants": {
            "expected": added(a["expected_participants"] for a in planned),
            "onsite": onsite, "online": online, "total": onsite + online if reported else None,
            "attendance": {
                "actual": added(attended), "expected": added(expected),
                "ratio": harness.rounded(Fraction(added(attended), added(expected)), 4) if added(expected) else None}},
        "targets": {
            "planned": sum(len(a["targets"]) for a in planned),
            "reported": sum(n is not None for _, n in reached) if reported else None,
            "reached": sum(n is not None and n >= t["planned"] for t, n in reached) if reported else None},
        "media_items": added(len(r["media_coverage"]) for _, r in reported),
    }


def breakdown(work, dimension, owed):
    """By each key of the dimension, one activity in each that it has."""
    by_key, owed_by_key = defaultdict(list), defaultdict(int)
    for activity, report in work.pairs:
        for key in keys_of(dimension, activity, work.rows):
            by_key[key].append((activity, report))
    for obligation in owed:
        owed_by_key[obligation["organization_kind"]] += 1
    keys = official(dimension, work.within, work.kinds, [], set(by_key), work.rows)
    if dimension == "organization_kind":
        return [{"key": key, "outcome": outcome(by_key[key], owed_by_key[key] if "highlight" in work.kinds else None)} for key in keys]
    return [{"key": key, "outcome": outcome(by_key[key], None)} for key in keys]


def by_audience(work):
    sums = defaultdict(lambda: [0, 0])
    for _, report in work.pairs:
        for count in report["participants"] if is_reported(report) else ():
            sums[count["audience"] or "none"][0] += count["onsite"]
            sums[count["audience"] or "none"][1] += count["online"]
    keys = official("audience", work.within, work.kinds, [], set(sums), work.rows)
    return [{"key": key, "onsite": sums[key][0], "online": sums[key][1], "total": sum(sums[key])} if key in sums
            else {"key": key, "onsite": None, "online": None, "total": None} for key in keys]


def targets(work):
    by_name = defaultdict(lambda: {"planned": [], "all": 0, "reported": []})
    for activity, report in work.pairs:
        if not (is_planned(activity) or is_reported(report)):
            continue
        given = {target["id"]: actual for target, actual in actuals(activity, report)} if is_reported(report) else {}
        for target in activity["targets"]:
            sums = by_name[target["name"], target["unit"]]
            sums["all"] += 1
            if is_planned(activity):
                sums["planned"].append(target["planned"])
            if given.get(target["id"]) is not None:
                sums["reported"].append((target["planned"], given[target["id"]]))
    ordered = sorted(by_name.items(), key=lambda item: (-item[1]["all"], item[0]))
    return [{
        "name": name, "unit": unit, "activities": len(sums["planned"]), "planned": added(sums["planned"]),
        "reported": len(sums["reported"]), "planned_of_reported": added(p for p, _ in sums["reported"]),
        "actual": added(n for _, n in sums["reported"]),
        "reached": sum(n >= p for p, n in sums["reported"]) if sums["reported"] else None,
    } for (name, unit), sums in ordered]


def media(work):
    items = defaultdict(int)
    for _, report in work.pairs:
        for item in report["media_coverage"] if is_reported(report) else ():
            items[item["medium"]] += 1
    return [{"medium": medium, "items": count} for medium, count in sorted(items.items(), key=lambda item: (-item[1], item[0]))]


def compute(who, campaign_code, kinds):
    work = Work(who, campaign_code, kinds)
    owed = work.owed()
    several = [a for a, _ in work.pairs if is_planned(a) and len(a["modules"]) > 1]
    return {
        "total": outcome(work.pairs, len(owed) if "highlight" in kinds else None),
        **{f"by_{dimension}": breakdown(work, dimension, owed) for dimension in BREAKDOWNS},
        "counted_more_than_once": {
            "activities": len(several), "sum_of_totals": sum(max(len(a["modules"]), 1) for a, _ in work.pairs if is_planned(a))},
        "by_audience": by_audience(work), "targets": targets(work)[:100], "targets_left_out": max(len(targets(work)) - 100, 0),
        "media": media(work)[:100], "media_left_out": max(len(media(work)) - 100, 0),
    }


def organizations(who, campaign_code, kinds):
    """Every recipient, and whoever has an activity beyond its draft, in the official order."""
    work = Work(who, campaign_code, kinds)
    owed, pairs = defaultdict(int), defaultdict(list)
    for obligation in work.owed():
        owed[obligation["organization_id"]] += 1
    for activity, report in work.pairs:
        pairs[activity["organization_id"]].append((activity, report))
    listed = {id for id, those in pairs.items() if any(a["status"] != "draft" for a, _ in those)}
    listed |= {r["organization_id"] for r in work.rows.recipient if harness.has_role(who, r, work.rows) and work.within in r["ancestors"]}
    return [{"organization": {"id": o["id"]}, "organization_kind": o["kind"],
             "outcome": outcome(pairs[o["id"]], owed[o["id"]] if "highlight" in kinds else None)}
            for o in sorted((work.rows.organizations[id] for id in listed), key=lambda o: o["path_ordinal"])]


class OutcomesTest(harness.ReportTest):
    def all_pages(self, who, path):
        items, cursor = [], ""
        while cursor is not None:
            answer = self.answer(who, f"{path}&limit=100{'&cursor=' + cursor if cursor else ''}")
            items, cursor = items + answer["items"], answer["next_cursor"]
        return items

    @for_each([{"campaign": c, "username": u, "kinds": k} for c in CAMPAIGNS for u in READERS for k in (KINDS, ["highlight"], ["programme", "event"])])
    def test_added_up_again(self, campaign, username, kinds):
        who = caller(username)
        answer = self.answer(who, f"/v1/campaigns/{campaign}/reports/outcomes?kind={','.join(kinds)}")
        self.same(compute(who, campaign, kinds), answer)
        self.followed(who, answer)

    @for_each([{"campaign": c, "username": u} for c in CAMPAIGNS for u in READERS])
    def test_each_organization(self, campaign, username):
        who = caller(username)
        path = f"/v1/campaigns/{campaign}/reports/outcomes/organizations?kind={','.join(KINDS)}"
        self.same(organizations(who, campaign, KINDS), self.all_pages(who, path))

    def test_what_an_organization_has_is_followed(self):
        who = caller("city")
        items = self.all_pages(who, f"/v1/campaigns/{GENERATED}/reports/outcomes/organizations?kind=highlight")
        self.followed(who, items)

    def test_nothing_is_vacuous(self):
        """The generated campaign has what would not be noticed if it were missing."""
        total = compute(caller("administrator"), GENERATED, KINDS)
        for part in (total["total"]["cancelled"], total["total"]["reports"]["owed"], total["total"]["reports"]["in_review"],
                     total["total"]["targets"]["reached"], total["total"]["media_items"], total["counted_more_than_once"]["activities"]):
            self.assertGreater(part, 0)


if __name__ == "__main__":
    unittest.main()
