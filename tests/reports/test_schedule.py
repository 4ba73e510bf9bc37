"""The timeline, the roster, the deadlines and what waits for a review, of the seeded and the generated campaign, computed again
from the raw rows as domain.md says."""

import functools
import itertools
import zoneinfo
from datetime import datetime, timedelta, timezone

from harness import CAMPAIGNS, GENERATED, SEEDED, ReportTest, caller, for_each, has_role, is_within, query, rows, sees_work

LABELS = {"notice_receipt": "签收", "plan": "工作方案", "highlights": "特色亮点活动", "summary_report": "总结报告"}
UNFINISHED = ("draft", "returned")


def pages(who, path):
    """All items of a list, page after page."""
    items, cursor = [], ""
    while cursor is not None:
        status, answer = who.get(f"{path}{'&' if '?' in path else '?'}limit=100" + (f"&cursor={cursor}" if cursor else ""))
        assert status == 200, answer
        items += answer["items"]
        cursor = answer["next_cursor"]
    return items


def instant(at):
    return at and at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def submits_for(who, organization_id, raw):
    return who.role == "submitter" and raw.by_code[who.organization_code]["id"] == organization_id


def sees(who, row, raw):
    """A plan, an activity or a report."""
    if who.role is None:
        return bool(row.get("is_public"))
    if who.role == "submitter":
        return bool(row.get("is_public")) or submits_for(who, row["organization_id"], raw)
    return sees_work(who, row, raw)


class Zone:
    """Days in a campaign's time zone."""

    def __init__(self, raw):
        self.zone = zoneinfo.ZoneInfo(raw.campaign["time_zone"])

    def last_day(self, due_at):
        """On which what is due at this instant is in time."""
        return (due_at.astimezone(self.zone) - timedelta(microseconds=1)).date()

    def today(self):
        return datetime.now(self.zone).date()


def effective_due(raw, organization_id, kind, due_at):
    """With the extension given last that was not revoked."""
    given = [e for e in raw.extension
             if (e["organization_id"], e["kind"]) == (organization_id, kind) and e["revoked_at"] is None]
    return max(given, key=lambda e: (e["given_at"], e["id"]))["due_at"] if given else due_at


# ---- 日程 -----------------------------------------------------------------------------------


def deadlines_shown(who, raw):
    """(organization, kind, instant) of each deadline that the caller is shown."""
    c = raw.campaign
    due = [("notice_receipt", c["notice_receipt_due_at"]), ("plan", c["plan_due_at"]), ("highlights", c["highlight_due_at"]),
           ("summary_report", c["summary_due_at"])]
    own = [r["organization_id"] for r in raw.recipient if submits_for(who, r["organization_id"], raw)]
    for kind, due_at in due:
        if due_at is None:
            continue
        for organization_id in own:
            waived = any(o["organization_id"] == organization_id and o["kind"] == kind and o["activity_id"] is None and o["waived_at"]
                         for o in raw.obligation)
            if not waived:
                yield organization_id, kind, effective_due(raw, organization_id, kind, due_at)
        if not own:
            yield c["issuer_id"], kind, due_at


def timeline(who, raw):
    """Every entry that the caller is shown, in no order."""
    c, zone = raw.campaign, Zone(raw)
    for kind, day in (("campaign_start", c["starts_on"]), ("festival", c["festival_date"]), ("campaign_end", c["ends_on"])):
        if day:
            yield entry(raw, kind, c["title"], day, day, c["issuer_id"])
    for phase in raw.phase:
        yield entry(raw, "phase", phase["name"], phase["starts_on"], phase["ends_on"], c["issuer_id"])
    for organization_id, kind, due_at in deadlines_shown(who, raw):
        day = zone.last_day(due_at)
        yield entry(raw, "deadline", LABELS[kind], day, day, organization_id) | {"obligation_kind": kind, "at": instant(due_at)}
    for a in raw.activity:
        if not sees(who, a, raw):
            continue
        first, last = (a["postponed_starts_on"], a["postponed_ends_on"]) if a["postponed_starts_on"] else (a["starts_on"], a["ends_on"])
        if first:
            yield entry(raw, a["kind"], a["title"], first, last or first, a["organization_id"]) | {
                "uid": a["id"] + "@sciday", "status": a["status"], "execution": a["execution"], "execution_reason": a["execution_reason"],
                "location": a["location"], "href": "/v1/activities/" + a["id"]}


def entry(raw, kind, title, first, last, organization_id):
    return {"kind": kind, "title": title, "starts_on": str(first), "ends_on": str(last), "phase": raw.phase_of(first), "at": None,
            "obligation_kind": None, "status": None, "execution": None, "organization": {"id": organization_id}}


def in_order(entries):
    return sorted(entries, key=lambda e: (e["starts_on"], e["kind"], e["obligation_kind"] or "", e["title"], e["organization"]["id"], e.get("href", "")))


class Timeline(ReportTest):
    @for_each([{"campaign": c, "username": u} for c in CAMPAIGNS
               for u in (None, "administrator", "reviewer", "observer", "nation", "city", "nanjing", "author")])
    def test_each_entry(self, campaign, username):
        who, raw = caller(username), rows(campaign)
        found = pages(who, f"/v1/campaigns/{campaign}/reports/timeline")
        self.assertEqual([e["starts_on"] for e in found], sorted(e["starts_on"] for e in found))
        self.assertEqual(len({e["uid"] for e in found}), len(found))
        self.same(in_order(timeline(who, raw)), in_order(found))

    @for_each([{"campaign": c, "username": u} for c in CAMPAIGNS for u in (None, "city", "author")])
    def test_each_filter(self, campaign, username):
        who, raw = caller(username), rows(campaign)
        whole = list(timeline(who, raw))
        city = raw.by_code["generated-c1" if campaign == GENERATED else "320100"]["id"]
        middle = whole[len(whole) // 2]["starts_on"]
        filters = {
            "kind=phase,deadline": lambda e: e["kind"] in ("phase", "deadline"),
            "kind=highlight": lambda e: e["kind"] == "highlight",
            "phase=2": lambda e: e["phase"] == 2,
            f"within={city}": lambda e: is_within(raw.organizations[e["organization"]["id"]], city),
            f"organization_id={city}": lambda e: e["organization"]["id"] == city,
            f"starts_on_gte={middle}": lambda e: e["starts_on"] >= middle,
            f"starts_on_lte={middle}": lambda e: e["starts_on"] <= middle,
        }
        for one, other in itertools.combinations_with_replacement(filters, 2):
            asked = one if one == other else f"{one}&{other}"
            if one.split("=")[0] == other.split("=")[0] and one != other:
                continue
            found = pages(who, f"/v1/campaigns/{campaign}/reports/timeline?{asked}")
            self.same(in_order(e for e in whole if filters[one](e) and filters[other](e)), in_order(found))


# ---- 汇总表 ---------------------------------------------------------------------------------


def roster(who, raw, forwarding_id=None):
    """(rank, activity, row) of everything that the caller is shown."""
    replaced = {f["replaces_id"] for f in raw.forwarding}
    forwardings = {f["id"]: f for f in raw.forwarding}
    current = [i for i in raw.forwarding_item if i["forwarding_id"] not in replaced]
    submissions = {s["id"]: s for s in raw.submission}
    listed = current if forwarding_id is None else [i for i in raw.forwarding_item if i["forwarding_id"] == forwarding_id]
    for item in listed:
        if has_role(who, item, raw):
            f = forwardings[item["forwarding_id"]]
            yield (item["rank"], item["activity_id"], submissions[item["submission_id"]], item["content"], item["reason"], item["organization_name"],
                   {"id": f["id"], "document_number": f["document_number"], "forwarded_on": str(f["forwarded_on"])})
    if forwarding_id is None:
        out = {i["activity_id"] for i in current}
        for a in raw.activity:
            if a["status"] == "nominated" and a["id"] not in out and has_role(who, a, raw):
                last = max((s for s in raw.submission if s["subject_id"] == a["id"]), key=lambda s: s["number"])
                yield (a["nomination_rank"], a["id"], last, last["content"], a["nomination_reason"],
                       raw.organizations[a["organization_id"]]["name"], None)


FORM = ("host_name", "title", "modules", "module_other", "organizer_name", "starts_on", "ends_on", "time_note", "location", "is_online", "online_url",
        "audiences", "audience_other", "expected_participants", "scale_note", "contact", "mailing_address", "proposal")


def roster_rows(who, raw, forwarding_id=None):
    stamped = {d["submission_id"] for d in raw.submission_document if d["kind"] == "stamped_pdf"}
    for rank, activity_id, submission, content, reason, name, forwarding in sorted(roster(who, raw, forwarding_id), key=lambda r: r[:2]):
        day = content.get("starts_on")
        yield {"rank": rank, "activity_id": activity_id, "submission_id": submission["id"], "submitted_at": instant_ms(submission["submitted_at"]),
               "reason": reason, "status": "forwarded" if forwarding else "nominated", "forwarding": forwarding, "is_stamped": submission["id"] in stamped,
               "phase": raw.phase_of(datetime.fromisoformat(day).date() if day else None), "redacted": [],
               **{field: content.get(field) for field in FORM}}, name


def instant_ms(at):
    text = at.astimezone(timezone.utc)
    text = (text.replace(microsecond=text.microsecond // 1000 * 1000)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return text.replace(".000Z", "Z")


class Roster(ReportTest):
    @for_each([{"campaign": c, "username": u} for c in CAMPAIGNS for u in ("administrator", "reviewer", "observer", "nation", "city")])
    def test_each_row(self, campaign, username):
        who, raw = caller(username), rows(campaign)
        path = f"/v1/campaigns/{campaign}/reports/roster"
        for forwarding_id in (None, *(f["id"] for f in raw.forwarding)):
            computed = list(roster_rows(who, raw, forwarding_id))
            found = pages(who, path + (f"?forwarding_id={forwarding_id}" if forwarding_id else ""))
            self.same([row for row, _ in computed], found)
            self.assertEqual([name for _, name in computed], [row["organization"]["name"] for row in found])
        whole = [row for row, _ in roster_rows(who, raw)]
        for asked, kept in {
            "status=nominated": lambda r: r["status"] == "nominated",
            "status=forwarded&module=home": lambda r: r["status"] == "forwarded" and "home" in r["modules"],
            "phase=2": lambda r: r["phase"] == 2,
        }.items():
            self.same([r for r in whole if kept(r)], pages(who, f"{path}?{asked}"))

    def test_there_are_both(self):
        statuses = [row["status"] for row, _ in roster_rows(caller("reviewer"), rows(GENERATED))]
        self.assertGreater(statuses.count("nominated"), 5)
        self.assertGreater(statuses.count("forwarded"), 5)


# ---- 待办 -----------------------------------------------------------------------------------


class Standing:
    """What was handed in and not withdrawn."""

    def __init__(self, raw):
        withdrawn = {r["submission_id"] for r in raw.review if r["action"] == "withdraw"}
        self.first = {}
        for s in raw.submission:
            if s["id"] not in withdrawn:
                of = s["subject_id"]
                self.first[of] = min(s["submitted_at"], self.first.get(of, s["submitted_at"]))

    def received(self, o, raw):
        """(when it was received, how many highlights stand)"""
        if o["kind"] == "notice_receipt":
            return next((n["acknowledged_at"] for n in raw.notice_receipt if n["obligation_id"] == o["id"]), None), None
        if o["kind"] == "plan":
            return next((self.first.get(p["id"]) for p in raw.plan if p["organization_id"] == o["organization_id"]), None), None
        if o["kind"] == "summary_report":
            return next((self.first.get(r["id"]) for r in raw.summary_report if r["activity_id"] == o["activity_id"]), None), None
        times = sorted(self.first[a["id"]] for a in raw.activity if a["organization_id"] == o["organization_id"] and a["id"] in self.first)
        if o["required"] == 0:
            return o["created_at"], len(times)
        return times[o["required"] - 1] if len(times) >= o["required"] else None, len(times)


@functools.cache
def standing_in(campaign_code):
    return Standing(rows(campaign_code))


def verdict(o, received_at, effective_due_at, now):
    if o["waived_at"]:
        return "waived"
    if received_at is None:
        return "pending" if now < effective_due_at else "overdue"
    if received_at < o["due_at"]:
        return "on_time"
    return "extended_on_time" if received_at < effective_due_at else "late"


def work_of(o, who, raw):
    """The plan, the highlights or the report that fulfil it, as far as the caller sees them."""
    found = {"notice_receipt": [],
             "plan": [p for p in raw.plan if p["organization_id"] == o["organization_id"]],
             "highlights": [a for a in raw.activity if a["organization_id"] == o["organization_id"] and a["kind"] == "highlight"],
             "summary_report": [r for r in raw.summary_report if r["activity_id"] == o["activity_id"]]}[o["kind"]]
    return [row for row in found if sees(who, row, raw)]


def next_action(o, who, raw, works, done, errors):
    if done or raw.campaign["status"] != "open":
        return None
    if o["kind"] == "notice_receipt":
        return "acknowledge"
    if any(w["status"] == "returned" for w in works):
        return "correct"
    if o["activity_id"] and next(a for a in raw.activity if a["id"] == o["activity_id"])["execution"] == "cancelled":
        return None
    drafts = [w for w in works if w["status"] == "draft"]
    if any(not errors[w["id"]] for w in drafts):
        return "submit"
    if drafts:
        return "complete"
    return "create" if submits_for(who, o["organization_id"], raw) else "submit"


def deadline(o, who, raw, standing, errors):
    zone, now = Zone(raw), datetime.now(timezone.utc)
    received_at, submitted = standing.received(o, raw)
    effective = effective_due(raw, o["organization_id"], o["kind"], o["due_at"])
    judged = verdict(o, received_at, effective, now)
    works = work_of(o, who, raw)
    returned = [w for w in works if w["status"] == "returned"]
    done = judged == "waived" or {
        "notice_receipt": received_at is not None,
        "highlights": (submitted or 0) >= o["required"] and not returned,
    }.get(o["kind"], any(w["status"] not in UNFINISHED for w in works))
    dues = [w["correction_due_at"] for w in returned if w["correction_due_at"]] + ([effective] if received_at is None else [])
    next_due = min(dues) if dues and not done else None
    covered = {raw.phase_of(a["starts_on"]) for a in raw.activity
               if a["organization_id"] == o["organization_id"] and a["kind"] == "highlight" and a["status"] != "draft"}
    return {
        "id": o["id"], "kind": o["kind"], "required": o["required"], "submitted": submitted,
        "effective_due_at": instant(effective), "received_at": received_at and instant_ms(received_at), "verdict": judged,
        "is_done": done, "next_due_at": next_due and instant_ms(next_due),
        "days_left": (zone.last_day(next_due) - zone.today()).days if next_due else None,
        "next_action": next_action(o, who, raw, works, done, errors),
        "phases_missing": [{"ordinal": p["ordinal"], "name": p["name"]} for p in sorted(raw.phase, key=lambda p: p["ordinal"])
                           if o["kind"] == "highlights" and p["ordinal"] not in covered],
        "work": sorted(({"id": w["id"], "status": w["status"],
                         "correction_due_at": instant_ms(w["correction_due_at"]) if w["status"] == "returned" and w["correction_due_at"] else None}
                        for w in works), key=lambda w: w["id"]),
    }


class Deadlines(ReportTest):
    def check(self, who, raw, organization_ids, found, with_done=True):
        standing = standing_in(raw.campaign_code)
        works = {w["id"]: w for item in found for w in item["work"]}
        for work in works.values():
            if work["status"] in UNFINISHED:
                self.assertEqual(who.validate(work["href"]), (200, {"errors": work["errors"], "warnings": work["warnings"]}))
            else:
                self.assertEqual(work["errors"] + work["warnings"], [])
        errors = {work["id"]: work["errors"] for work in works.values()}
        computed = [deadline(o, who, raw, standing, errors) for o in raw.obligation if o["organization_id"] in organization_ids]
        if not with_done:
            computed = [item for item in computed if not item["is_done"]]
        due = [item["next_due_at"] or item["effective_due_at"] for item in found]
        self.assertEqual(due, sorted(due))
        for item in found:
            item["work"].sort(key=lambda w: w["id"])
        self.same(sorted(computed, key=lambda d: d["id"]), sorted(found, key=lambda d: d["id"]))

    def sample(self, raw):
        """Some of everything: who has an extension or a waiver, who has something returned or begun, and some more."""
        chosen = {}
        for name, of in {"extension": raw.extension, "waiver": [o for o in raw.obligation if o["waived_at"]],
                         "returned plan": [p for p in raw.plan if p["status"] == "returned"], "draft plan": [p for p in raw.plan if p["status"] == "draft"],
                         "returned highlight": [a for a in raw.activity if a["status"] == "returned"],
                         "draft highlight": [a for a in raw.activity if a["status"] == "draft"],
                         "returned report": [r for r in raw.summary_report if r["status"] == "returned"],
                         "recipient": raw.recipient}.items():
            for row in of[:6]:
                chosen[row["organization_id"]] = name
        return [organization_id for organization_id in chosen if organization_id != raw.campaign["issuer_id"]]

    @for_each([{"campaign": c, "username": u} for c in CAMPAIGNS for u in ("administrator", "reviewer", "observer", "city")])
    def test_each_organization(self, campaign, username):
        who, raw = caller(username), rows(campaign)
        for organization_id in self.sample(raw):
            path = f"/v1/campaigns/{campaign}/reports/deadlines?organization_id={organization_id}"
            if not has_role(who, raw.organizations[organization_id], raw):
                self.assertEqual(who.get(path)[0], 403)
                continue
            self.check(who, raw, [organization_id], pages(who, path + "&include_done=true"))
            self.check(who, raw, [organization_id], pages(who, path), with_done=False)

    @for_each([{"username": "author", "campaign": GENERATED}, {"username": "nanjing", "campaign": SEEDED}])
    def test_ones_own(self, username, campaign):
        who, raw = caller(username), rows(campaign)
        own = raw.by_code[who.organization_code]["id"]
        found = pages(who, "/v1/me/deadlines?include_done=true")
        self.assertEqual({item["campaign_code"] for item in found} - {c["code"] for c in query("SELECT code FROM campaign WHERE status = 'open'")}, set())
        self.check(who, raw, [own], [item for item in found if item["campaign_code"] == campaign])
        self.check(who, raw, [own], pages(who, f"/v1/campaigns/{campaign}/reports/deadlines?organization_id={own}"), with_done=False)


# ---- 待审 -----------------------------------------------------------------------------------


class Reviews(ReportTest):
    @for_each([{"username": u} for u in ("reviewer", "city", "observer", "administrator", "author")])
    def test_each_that_waits(self, username):
        who = caller(username)
        computed = []
        for raw in (rows(campaign) for campaign in CAMPAIGNS):
            for resource, of in (("plan", raw.plan), ("activity", raw.activity), ("summary_report", raw.summary_report)):
                computed += [{"resource": resource, "id": w["id"], "submitted_at": instant_ms(w["submitted_at"]), "status": w["status"]} for w in of
                             if w["status"] in ("submitted", "under_review") and who.role == "reviewer" and has_role(who, w, raw)]
        found = [item for item in pages(who, "/v1/me/reviews") if item["campaign_code"] in CAMPAIGNS]
        self.same(sorted(computed, key=lambda w: (w["submitted_at"], w["id"])), sorted(found, key=lambda w: (w["submitted_at"], w["id"])))
        self.assertEqual([w["submitted_at"] for w in found], sorted(w["submitted_at"] for w in found))
