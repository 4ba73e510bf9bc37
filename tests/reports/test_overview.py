"""The overview and the public headline, computed again from the rows and followed."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import harness
from harness import CAMPAIGNS, ReportTest, caller, for_each, rows
from test_compliance import VERDICTS, address, data, instant

CASES = [{"username": username, "campaign": campaign, "parameters": parameters}
         for campaign in CAMPAIGNS
         for username in ("reviewer", "observer", "administrator", "nation", "city")
         for parameters in ({}, {"within": "generated-c1"})]

EACH_CAMPAIGN = [{"campaign": campaign} for campaign in CAMPAIGNS]


class OverviewTest(ReportTest):
    @for_each(CASES)
    def test_every_number(self, username, campaign, parameters):
        who = caller(username)
        answer = self.answer(who, address(campaign, "overview", parameters))
        self.same(computed_overview(who, campaign, answer["within"]["id"], instant(answer["as_of"])), keyed(answer))

    @for_each(CASES)
    def test_every_figure_leads_to_what_it_counts(self, username, campaign, parameters):
        who = caller(username)
        self.followed(who, self.answer(who, address(campaign, "overview", parameters)))


def keyed(answer):
    """Lists as what they are lists of, so that their order does not matter."""
    answer = dict(answer)
    answer["deadlines"] = {d["kind"]: d for d in answer["deadlines"]}
    answer["obligations"] = {o["kind"]: o for o in answer["obligations"]}
    for name in ("plans", "summary_reports"):
        answer[name] = {"total": answer[name]["total"], "by_status": {s["status"]: s[name] for s in answer[name]["by_status"]}}
    activities = answer["activities"]
    answer["activities"] = {
        "total": activities["total"], "outside_phases": activities["outside_phases"],
        "by_status": {s["status"]: s["activities"] for s in activities["by_status"]},
        "by_kind": {s["kind"]: s["activities"] for s in activities["by_kind"]},
        "by_phase": {s["phase"]: s["activities"] for s in activities["by_phase"]}}
    answer["awards"] = {"total": answer["awards"]["total"], "by_category": {a["category"]: a["awards"] for a in answer["awards"]["by_category"]}}
    return answer


def computed_overview(who, campaign_code, within, now):
    all_rows = rows(campaign_code)
    campaign = all_rows.campaign
    owed = [o for o in data(campaign_code).owed if harness.sees_obligation(who, o.row, all_rows) and within in o.row["counted_ancestors"]]
    since = now.replace(microsecond=0) - timedelta(days=7)
    recent = [o for o in owed if o.received_at is not None and o.received_at >= since]
    today = now.astimezone(ZoneInfo(campaign["time_zone"])).date()

    def seen(table):
        return [row for row in getattr(all_rows, table) if within in row["ancestors"] and harness.sees_work(who, row, all_rows)]

    def number(those, **values):
        return sum(all(row[name] == value for name, value in values.items()) for row in those)

    plans, activities, reports = seen("plan"), seen("activity"), seen("summary_report")
    # A report is everyone's once it is accepted, as long as its activity is.
    public = {a["id"] for a in all_rows.activity if a["is_public"]}
    reports += [r for r in all_rows.summary_report if r not in reports and within in r["ancestors"] and r["status"] == "accepted" and r["activity_id"] in public]
    phases = [all_rows.phase_of(a["starts_on"]) for a in activities]
    awards = [a for a in all_rows.award if a["revoked_at"] is None and within in a["ancestors"]]
    replaced = {f["replaces_id"] for f in all_rows.forwarding}
    issuer_roles = harness.has_role(who, {"ancestors": [None, *campaign["ancestors"]]}, all_rows)
    current = [f for f in all_rows.forwarding if f["id"] not in replaced]
    items = [i for i in all_rows.forwarding_item if i["forwarding_id"] in {f["id"] for f in current}]
    visible = [i for i in items if harness.has_role(who, i, all_rows)]
    deadlines = {"notice_receipt": "notice_receipt_due", "plan": "plan_due", "highlights": "highlight_due", "summary_report": "summary_due"}
    return {
        "deadlines": {
            kind: {"days_left": (campaign[field + "_on"] - today).days,
                   "pending": sum(o.kind == kind and o.verdict(now) == "pending" for o in owed),
                   "overdue": sum(o.kind == kind and o.verdict(now) == "overdue" for o in owed)}
            for kind, field in deadlines.items() if campaign[field + "_on"]},
        "recipients": sum(within in r["ancestors"] and harness.has_role(who, r, all_rows) for r in all_rows.recipient),
        "obligations": {
            kind: {"total": sum(o.kind == kind for o in owed),
                   "verdicts": {v: sum(o.kind == kind and o.verdict(now) == v for o in owed) for v in VERDICTS}}
            for kind in deadlines},
        "plans": {"total": len(plans), "by_status": {s: number(plans, status=s) for s in ("draft", "submitted", "under_review", "returned", "accepted")}},
        "activities": {
            "total": len(activities), "outside_phases": phases.count(None),
            "by_status": {s: number(activities, status=s)
                          for s in ("draft", "submitted", "under_review", "returned", "accepted", "nominated", "published")},
            "by_kind": {k: number(activities, kind=k) for k in ("highlight", "programme", "event")},
            "by_phase": {p["ordinal"]: phases.count(p["ordinal"]) for p in all_rows.phase}},
        "summary_reports": {"total": len(reports), "by_status": {s: number(reports, status=s) for s in ("draft", "submitted", "under_review", "returned", "accepted")}},
        "forwarded": len({i["activity_id"] for i in visible if within in i["ancestors"]}),
        "forwardings": len(current) if issuer_roles else len({i["forwarding_id"] for i in visible}),
        "awards": {"total": len(awards), "by_category": {g["code"]: number(awards, category=g["code"]) for g in campaign["award_categories"]}},
        "last_seven_days": {"received": len(recent), "late": sum(o.verdict(now) == "late" for o in recent)},
    }


class HeadlineTest(ReportTest):
    @for_each(EACH_CAMPAIGN)
    def test_every_number(self, campaign):
        answer = self.answer(caller(None), f"/v1/campaigns/{campaign}/reports/headline")
        all_rows = rows(campaign)
        owed = data(campaign).owed
        plans = [o for o in owed if o.kind == "plan" and o.received_at is not None]
        taking_part = plans + [o for o in owed if o.kind == "highlights" and o.submitted]
        places = {a for o in taking_part for a in o.row["counted_ancestors"]}
        public = [a for a in all_rows.activity if a["is_public"]]
        highlights = [a for a in public if a["kind"] == "highlight"]
        self.same({
            "recipients": len(all_rows.recipient), "plans_received": len(plans),
            "organizations_taking_part": len({o.organization_id for o in taking_part}),
            "cities_taking_part": sum(o["kind"] == "city_association" and o["id"] in places for o in all_rows.organizations.values()),
            "highlights": len(highlights), "programme": sum(a["kind"] == "programme" for a in public), "events": sum(a["kind"] == "event" for a in public),
            "expected_participants": sum(a["expected_participants"] or 0 for a in highlights),
            "by_module": [{"module": m["code"], "name": m["name"], "activities": sum(m["code"] in a["modules"] for a in public)}
                          for m in sorted(all_rows.module, key=lambda m: m["ordinal"])],
            "by_phase": [{"phase": p["ordinal"], "name": p["name"],
                          "activities": sum(all_rows.phase_of(a["starts_on"]) == p["ordinal"] for a in public)}
                         for p in sorted(all_rows.phase, key=lambda p: p["ordinal"])],
        }, answer)

    @for_each(EACH_CAMPAIGN)
    def test_every_figure_leads_to_what_it_counts_for_everyone(self, campaign):
        for who in (caller(None), caller("administrator")):
            self.followed(who, self.answer(who, f"/v1/campaigns/{campaign}/reports/headline"))

    @for_each(EACH_CAMPAIGN)
    def test_it_has_no_names(self, campaign):
        answer = self.answer(caller(None), f"/v1/campaigns/{campaign}/reports/headline")
        text = harness.json.dumps(answer, ensure_ascii=False)
        those = {r["organization_id"] for r in rows(campaign).recipient}
        self.assertEqual([o["name"] for key, o in rows(campaign).organizations.items() if key in those and o["name"] in text], [])
