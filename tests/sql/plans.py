"""Reads lists of sql/queries, as the service would and as several callers, and says in TAP which examine more rows than a page
needs; plans those that walk, and says which scan a large table from end to end; and does every change and every reading by an id,
and says which examine more rows than what they are about has.

    plans.py SOURCE URL FEWER [slowest [NAME]]

Planned is each order of a list, without filters, with each filter alone, with each pair and with all, first page and later
page, as prepared statements with a generic plan, which is the service's way. With "slowest" it runs them as well, all or
those of one list, for people who see much and little, and says which take longest.
"""

import itertools
import json
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(sys.argv[1]) / "tools" / "generate"))
import queries  # noqa: E402

LARGE = 50000  # rows
BOUND = 300  # rows and entries of indexes, triggers and nested statements included, of what is about one thing
RUNS = sys.argv[4:5] == ["slowest"]
ONLY = sys.argv[5:]


def numbered(letter, number):
    """The id that plans/*.sql give to the row of this number."""
    return f"00000000-0000-7000-{letter}000-{number:012}"


NATION, PROVINCE, CITY, DISTRICT = numbered("a", 0), numbered("b", 7), numbered("c", 7), numbered("d", 307)

SCOPES = {  # submitter, reviewer, observer, administrator
    "anyone": ("", "", "", ""),
    "a submitter": (DISTRICT, "", "", ""),
    "a reviewer of a city": ("", CITY, "", ""),
    "an administrator of a province": ("", "", "", PROVINCE),
    "an observer of the nation": ("", "", NATION, ""),
    "an administrator of the nation": ("", "", "", NATION),
}

VALUES = {
    "campaign_code": "large",
    "organization_id": DISTRICT,
    "own_organizations": "{" + DISTRICT + "}",
    "within": CITY,
    "q": "学会",
    "kind": "{society,district_association}",
    "organization_kind": "{society}",
    "code": "d500",
    "is_active": "true",
    "role": "{submitter}",
    "status": "{open}",
    "verdict": "{overdue}",
    "limit": "21",
    "after_id": numbered("d", 50000),
    "after_username": "person5",
    "after_code": "d5",
    "after_path_ordinal": "000001.n 000007.p7 000007.c7",
    "after_starts_on": "2021-05-20",
    "after_due_at": "2021-05-12T16:00:00Z",
    "after_ordinal": "1",
    "plan_id": numbered("f", 77),
    "activity_id": numbered("9", 77),
    "summary_report_id": numbered("8", 77),
    "execution": "{postponed}",
    "module": "unity",
    "audience": "science_workers",
    "phase": "1",
    "starts_on_gte": "2021-05-20",
    "starts_on_lte": "2021-05-30",
    "after_starts_on_or_last": "2021-05-20",
    "after_starts_on_or_first": "2021-05-20",
    "after_created_at": "2021-05-20T00:00:00Z",
    "after_number": "1",
    "after_reviewed_at": "2021-05-20T00:00:00Z",
    "after_uploaded_at": "2021-05-20T00:00:00Z",
    "after_given_at": "2021-05-20T00:00:00Z",
    "after_rank": "1",
    "batch_id": numbered("8", 7),
    "city": CITY,
    "correction_overdue": "true",
    "bucket": "{overdue}",
    "is_accepted": "true",
    "received_at_gte": "2021-05-20T00:00:00Z",
    "is_revoked": "false",
    "is_current": "true",
    "forwarding_id": numbered("6", 7),
    "category": "excellent",
    "plaque_status": "{not_sent}",
    "resource": "activity",
    "resource_id": numbered("9", 77),
    "change": "updated",
    "operation_id": "patch_activity",
    "request": "request-77",
    "changed_by": numbered("e", 77),
    "changed_at_gte": "2021-05-20T00:00:00Z",
    "changed_at_lt": "2021-05-21T00:00:00Z",
    "after_changed_at": "2021-05-20T12:00:00Z",
    "locale": "zh",
    "after_submitted_at": "2021-05-10T00:00:00Z",
}
# The same name means other things to other lists.
VALUES_OF = {
    "list_awards": {"status": "{given}"},
    "list_extensions": {"kind": "{plan}"},
    "list_activities": {"status": "{submitted}", "kind": "{highlight}"},
    "list_activity_documents": {"kind": "{photo}"},
    "list_campaign_documents": {"kind": "{notice}"},
    "list_compliance_organizations": {"kind": "{plan}"},
    "list_deadlines": {"kind": "{plan}"},
    "list_my_deadlines": {"kind": "{plan}"},
    "list_my_reviews": {"resource": "{activity}"},
    "list_obligations": {"kind": "{plan}"},
    "list_organization_outcomes": {"kind": "{highlight}"},
    "list_plan_documents": {"kind": "{stamped_pdf}"},
    "list_plans": {"status": "{submitted}"},
    "list_roster": {"status": "{nominated}"},
    "list_timeline": {"kind": "{highlight}"},
    "list_summary_report_documents": {"kind": "{photo}"},
    "list_summary_reports": {"status": "{submitted}", "kind": "{highlight}"},
}

# ---- Of one thing ---------------------------------------------------------------------------

DRAFT, SUBMITTED, ACCEPTED = 76, 77, 79  # numbers of plans, activities and summary reports in these states
ONE = {
    "version": "1", "caller": numbered("e", 0), "comment": "请补充", "reason": "防汛", "rank": "1", "new_id": numbered("5", 1), "on_behalf": "false",
    "draft_limit": "200", "field_comments": "[]", "title": "新的题目", "text": "新的正文", "correction_due_at": "2027-01-01T00:00:00Z",
    "received_on": "2021-05-11", "starts_on": "2021-06-01", "ends_on": "2021-06-02", "patch": '{"title": "新的题目"}', "award_id": numbered("7", 78),
    "user_id": numbered("e", 1078), "account_id": numbered("e", 1077), "name": "新的名称", "username": "somebody", "password_hash": "", "is_active": "true",
    "memberships": "[]", "client_id": "somebody", "ordinal": "3", "focus": None, "due_on": "2027-01-01", "due_at": None, "kinds": "{plan,highlights}",
    "all_recipients": "false", "action": "", "body": "{}", "session_id": numbered("3", 2), "session": numbered("3", 2), "device": "", "address": "127.0.0.1",
    "refresh_digest": "new", "old_digest": "digest", "salt": "", "idempotency_key": "key", "operation": "patch_plan", "request_digest": "", "request_id": "",
    "address_class": "loopback", "resource_id": numbered("6", 7), "revocations": "0", "upload_id": numbered("3", 3), "extension_batch_id": numbered("8", 6),
    "award_batch_id": numbered("3", 1), "shift_days": "365", "mode": "create", "dry_run": "false", "document_kind": "attachment", "document_name": "附件.pdf",
    "media_type": "application/pdf", "size": "1", "sha256": "1" * 64, "document_status": "available", "bytes": "x", "submitter": "", "reviewer": "",
    "observer": "", "administrator": "", "document_number": "科协〔2021〕8号", "forwarded_on": "2021-07-02", "replaces_id": None, "without_ids": None,
    "quota": "1000000", "announced": "1",
}
LOOKED_UP = {
    "obligation_id": "SELECT id FROM obligation WHERE campaign_code = 'large' AND kind = 'plan' AND waived_at IS NULL ORDER BY id DESC LIMIT 1",
    "recipient_id": "SELECT id FROM recipient WHERE campaign_code = 'next' ORDER BY id LIMIT 1",
    "submission_id": "SELECT id FROM submission ORDER BY id LIMIT 1",
    "document_id": f"SELECT id FROM document WHERE subject_id = '{numbered('f', 76)}'",
    "extension_id": "SELECT id FROM extension WHERE campaign_code = 'large' ORDER BY id LIMIT 1",
    "phase_id": "SELECT id FROM phase WHERE campaign_code = 'large' AND ordinal = 2",
    "module_id": "SELECT id FROM module WHERE campaign_code = 'large' AND code = 'unused'",
}


def about(number, **values):
    return {"plan_id": numbered("f", number), "activity_id": numbered("9", number), "summary_report_id": numbered("8", number), **values}


def of_works(verb, number, **values):
    return {f"{verb}_{work}": about(number, **values) for work in ("plan", "activity", "summary_report")}


def items(count, **values):
    """A batch of so many: {name: item's value, or the letter of its organization's or account's id}."""
    return json.dumps([{name: value.format(n=n, place=numbered("d", 2 * n)) for name, value in values.items()} for n in range(count)])


def of_changes(number, **values):  # what 60_changes.sql has
    return {"activity_id": numbered("4", number), "plan_id": numbered("4", number), "obligation_id": numbered("4", number), **values}


# What is done to one thing, and with what values beyond those above.
OF_ONE = {
    **of_works("get", ACCEPTED), **of_works("findings_of", DRAFT), **of_works("refuse", DRAFT, action="submit"),
    **of_works("delete", DRAFT), **of_works("patch", DRAFT), **of_works("submit", DRAFT), **of_works("withdraw", SUBMITTED, action="withdraw"),
    **of_works("start_review", SUBMITTED, action="start_review"), **of_works("return", SUBMITTED), **of_works("accept", SUBMITTED),
    "patch_summary_report": about(DRAFT, patch='{"outcomes": "反响热烈。"}'),
    "submit_activity": of_changes(4), "delete_activity": of_changes(4), "submit_summary_report": {"summary_report_id": numbered("3", 5)},
    "submit_on_behalf_plan": of_changes(8), "submit_on_behalf_activity": of_changes(6), "submit_on_behalf_summary_report": {"summary_report_id": numbered("3", 5)},
    "create_plan": {"organization_id": CITY}, "create_summary_report": of_changes(7, body='{"outcomes": "反响热烈。"}'),
    "create_activity": {"body": json.dumps({"organization_id": DISTRICT, "kind": "highlight", "title": "新的活动", "modules": ["unity"]})},
    "publish_activity": of_changes(1, action="publish"), "unpublish_activity": of_changes(2, action="unpublish"), "nominate_activity": about(ACCEPTED),
    "retract_activity": of_changes(100), "refuse_execution": about(ACCEPTED, action="hold"), "resume_execution": of_changes(3),
    "postpone_execution": about(ACCEPTED), "cancel_execution": about(ACCEPTED), "hold_execution": about(ACCEPTED),
    "plan_form": about(ACCEPTED), "activity_form": about(ACCEPTED), "summary_report_form": about(ACCEPTED), "submission_form": {}, "organization_form": {},
    "organization_forms": {},
    "get_organization": {}, "get_user": {}, "get_client": {}, "get_me": {}, "get_award": {}, "get_obligation": {}, "get_recipient": {},
    "get_submission": {}, "get_document": {}, "get_extension": {}, "get_phase": {}, "get_module": {}, "get_campaign": {}, "get_forwarding": {},
    "waive_obligation": {"action": "waive"}, "unwaive_obligation": of_changes(2, action="unwaive"), "acknowledge_obligation": of_changes(1, action="acknowledge"),
    "refuse_obligation": {"action": "waive"},
    "create_award": {"body": json.dumps({"organization_id": DISTRICT, "category": "active"})}, "patch_award": {"patch": '{"contact": {"name": "王芳"}}'},
    "revoke_award": {}, "refuse_award": {}, "revoke_extension": {}, "refuse_extension": {},
    "create_organization": {"body": json.dumps({"code": "fresh", "kind": "society", "name": "新学会", "parent_id": CITY})},
    "patch_organization": {"patch": '{"short_name": "新的简称"}', "organization_id": numbered("d", 77)},
    "delete_organization": {"organization_id": numbered("4", 1)}, "refuse_organization": {},
    "create_user": {}, "patch_user": {"patch": '{"name": "新的名称"}'}, "delete_user": {}, "refuse_user": {},
    "create_client": {}, "patch_client": {"patch": '{"name": "新的名称"}'}, "delete_client": {}, "refuse_client": {},
    "create_campaign": {"body": json.dumps({"code": "fresh", "title": "活动", "issuer_id": NATION, "starts_on": "2022-05-10", "ends_on": "2022-06-30",
                                            "plan_due_on": "2022-05-12", "highlight_due_on": "2022-05-12", "summary_due_on": "2022-06-30"})},
    "patch_campaign": {}, "close_campaign": {}, "refuse_campaign": {}, "campaign_of_calendar": {}, "roster_modules": {}, "table_labels": {},
    "create_phase": {"campaign_code": "next", "starts_on": "2022-06-30", "ends_on": "2022-06-30"}, "patch_phase": {"patch": '{"name": "新的阶段"}'}, "delete_phase": {}, "refuse_phase": {},
    "create_module": {"code": "fresh"}, "patch_module": {"patch": '{"name": "新的模块"}'}, "delete_module": {}, "refuse_module": {},
    "create_recipient": {"campaign_code": "empty", "organization_id": DISTRICT}, "delete_recipient": {}, "refuse_recipient": {},
    "create_plan_document": {"owner": json.dumps({"plan_id": numbered("f", DRAFT)})}, "create_activity_document": {"owner": json.dumps({"activity_id": numbered("4", 4)})},
    "create_summary_report_document": {"owner": json.dumps({"summary_report_id": numbered("8", DRAFT)})}, "create_campaign_document": {"owner": '{"campaign_code": "large"}'},
    "delete_document": {}, "refuse_document": {}, "find_document": {}, "document_piece": {"ordinal": "0"}, "revoke_document_links": {}, "refuse_document_links": {},
    "begin_upload": {"upload_id": numbered("3", 4), "owner": json.dumps({"plan_id": numbered("f", DRAFT)})}, "keep_piece": {"ordinal": "1"}, "upload_piece": {"ordinal": "0"},
    "discard_upload": {}, "claim_scan": {}, "scan_piece": {"ordinal": "0"}, "finish_scan": {},
    "dossier": {}, "revoke_dossier_links": {}, "refuse_dossier_links": {}, "dossier_roster_row": about(3),
    "begin_sign_in": {"kind": "user", "username": "person78"}, "fail_sign_in": {"kind": "user", "username": "person78"},
    "finish_sign_in": {"account_id": numbered("e", 78), "session_id": numbered("5", 2)}, "use_refresh_token": {}, "end_session": {"refresh_digest": "digest"},
    "own_password": {}, "fail_own_password": {}, "change_password": {}, "caller_scopes": {"caller": numbered("e", 78)}, "identify": {}, "identify_afresh": {"caller": numbered("e", 78)},
    "claim_idempotency_key": {}, "kept_answer": {}, "link_revocations": {}, "link_scopes": {"caller": numbered("e", 78)}, "get_labels": {}, "get_workflows": {},
}
# What is done to many, and to how many: each may take so much as EACH, beside what one may.
MANY = {
    "create_extension_batch": (1000, {"organization_ids": "{" + ",".join(numbered("d", n) for n in range(500)) + "}"}),
    "get_extension_batch": (100, {}), "revoke_extension_batch": (100, {}), "refuse_extension_batch": (100, {}),
    "create_award_batch": (50, {"items": items(50, organization_id="{place}", category="active")}), "get_award_batch": (50, {}),
    "open_campaign": (900, {"campaign_code": "next"}), "delete_campaign": (300, {"campaign_code": "next"}),
    "copy_campaign": (300, {"campaign_code": "next", "code": "after", "starts_on": None}),
    "select_recipients": (300, {"campaign_code": "empty", "kinds": "{city_association}", "within": NATION}),
    "create_forwarding": (20, {}), "dossier_items": (20, {}), "dossier_documents": (20, {}),
    "run_organization_import": (50, {"items": items(50, code="fresh-{n}", kind="society", name="新学会", parent_code="leaf")}),
    "run_user_import": (50, {"items": json.dumps([{"username": f"fresh-{n}", "name": "新人", "memberships": [{"role": "observer", "organization_code": "leaf"}]} for n in range(50)])}),
}
EACH = 40
SLACK = 50  # rows: a short table may be read from end to end among few, and a page of an index be another
WORKS = {**OF_ONE, **{name: values for name, (_, values) in MANY.items()}}
# Reports, and what has the whole of a table; and what the owner does, at the command line.
OF_ALL = {"get_compliance", "get_matrix", "get_outcomes", "get_overview", "get_headline", "organizations_to_export", "users_to_export", "list_accounts", "recount_obligations", "recount_sums",
          "recount_listings", "recount_recipients", "recount_texts", "add_account", "replace_password"}


def statements_of(source):
    """All of them, by name."""

    class Refusals:
        def add(self, where, what):
            sys.exit(f"{where}: {what}")

    found = {}
    for path in sorted((source / "sql" / "queries").glob("*.sql")):
        for statement in queries.parse(path.name, path.read_text(), Refusals()):
            found.update(dict.fromkeys(statement.names, statement))
    return found


def lists(source):
    """The statements that are lists, by name."""
    return {name: statement for name, statement in statements_of(source).items()
            if "limit" in statement.parameters and name in (ONLY or [name])}


# What this transaction has examined: rows of tables read from end to end, and entries of indexes.
EXAMINED = """(SELECT sum(pg_stat_get_xact_tuples_returned(c.oid))::bigint FROM pg_class c
  WHERE c.relkind IN ('r', 't', 'm', 'i') AND c.relnamespace <> 'pg_catalog'::regnamespace)"""


def script_of_works(statements):
    """psql's input: each is done twice, and undone; the first time everything that PostgreSQL looks up once is looked up."""
    own = ",".join((NATION, CITY, DISTRICT, *(numbered("d", n) for n in (DRAFT, SUBMITTED, ACCEPTED))))
    scopes = ", ".join(literal("{" + one + "}") for one in (own, NATION, NATION, NATION))
    yield "SET jit = off; SET plan_cache_mode = force_generic_plan;"
    for name, query in LOOKED_UP.items():
        yield f"SELECT ({query})::text AS {name} \\gset"
    for name, values in WORKS.items():
        sql, order = text(statements[name], {})
        known = {**VALUES, **ONE, **values}
        yield f"\\echo @{name}"
        yield f"PREPARE one AS {sql};"
        arguments = ", ".join("NULL" if known.get(one, "") is None else literal(known[one]) if one in known else f":'{one}'" for one in order)
        for _ in range(2):
            yield f"BEGIN; SET LOCAL ROLE sciday_service; SELECT identify({literal(ONE['caller'])}, '', {scopes}, '') \\g /dev/null"
            yield f"SELECT {EXAMINED} AS before \\gset"
            yield f"EXECUTE one{f'({arguments})' if order else ''} \\g /dev/null"
            yield "\\set done :ROW_COUNT"
            yield f"SELECT :'done' || ' rows ' || {EXAMINED} - :before || ' examined';"
            yield "ROLLBACK;"
        yield "DEALLOCATE one;"


def examined(url, statements):
    """{name: rows that it examined, or what it said instead}"""
    found = {}
    for answer in psql(url, "\n".join(script_of_works(statements)), goes_on=True).split("\n@"):
        name, _, said = answer.lstrip("@").partition("\n")
        counts = re.findall(r"(\d+) rows (\d+) examined", said)
        found[name] = int(counts[1][1]) if len(counts) == 2 and int(counts[1][0]) > 0 else said.strip() or "it said nothing"
    return found


def check_of_works(url, fewer, source, count):
    """TAP of what is about one thing or a few; how much of it was wrong."""
    failures = 0
    statements = statements_of(source)
    here, there = examined(url, statements), examined(fewer, statements)
    results = [(name not in here and name not in OF_ALL and "limit" not in statement.parameters, name, "is not known to plans.py")
               for name, statement in statements.items()]
    results = [(False, f"{name} {what}", "") for wrong, name, what in results if wrong]
    for name in WORKS:
        bound = BOUND + EACH * MANY.get(name, (0,))[0]
        good = all(isinstance(rows, int) for rows in (here[name], there[name])) and here[name] <= (bound if name in MANY else min(bound, 2 * there[name] + SLACK))
        results.append((good, f"{name} is done, and examines no more than {bound} rows, the same among a tenth of them", f"{here[name]}, and {there[name]}"))
    for good, what, said in results:
        count += 1
        failures += not good
        print(f"{'ok' if good else 'not ok'} {count} - {what}")
        if not good:
            print(f"# {said}".replace("\n", "\n# "))
    return count, failures


# ---- Lists ----------------------------------------------------------------------------------

ASKING = ["anyone", "a submitter", "a reviewer of a city", "an observer of the nation"]
EACH = 40  # rows and entries examined for each of a page's, at most
PAGE = int(VALUES["limit"])
GIVEN = ("sort", "after", "own_organizations", "count")  # conditions that are no filters
# What is rare of what a filter may ask for, behind what is common, where one value is not all that there is to say.
ASKED = {
    "kind": ["{highlight}", "{programme}", "{programme,event}"], "status": ["{submitted}", "{returned}", "{submitted,accepted}", "{published}"],
    "execution": ["{planned}", "{postponed}"], "organization_kind": ["{district_association}", "{partner}"], "within": [NATION, PROVINCE, CITY, DISTRICT],
    "city": [CITY, "none"], "correction_overdue": ["false", "true"], "q": ["科普活动", "第77场"], "module": ["unity", "none"],
    "audience": ["science_workers", "none"], "phase": ["1", "none"],
}
# What has another bound, and why.
LOOKED_THROUGH = {
    ("list_activities", "phase", "none"): "a phase may be moved at any time: in none is what is left over when all are looked through",
    ("list_activities", "q", "科普活动"): "the index of a common word is read whole, its entries and no rows",
}
# These go through what they are about until their page is full.
WALKED = {"list_audit_entries", "list_awards", "list_clients", "list_extensions", "list_obligations", "list_organizations", "list_plans", "list_recipients",
          "list_summary_reports", "list_users"}
# And these first add up what they show.
SUMMED = {"list_compliance_organizations", "list_deadlines", "list_my_deadlines", "list_my_reviews", "list_organization_outcomes", "list_roster", "list_timeline"}


def askings(name, statement):
    """What a list is asked for: nothing, each filter alone with each of its values, and each pair with the first and with the last of theirs."""
    values = VALUES | VALUES_OF.get(name, {})
    names = sorted({key for key, _ in statement.conditions if key not in GIVEN})
    asked = {key: ASKED[key] if name == "list_activities" and key in ASKED else [values[key]] for key in names}
    yield from ({}, *({key: value} for key in names for value in asked[key]))
    for one, other in itertools.combinations(names, 2):
        yield {one: asked[one][0], other: asked[other][0]}
        yield {one: asked[one][-1], other: asked[other][-1]}


def variants_of_list(name, statement):
    """What a list is asked for, in which order, from where on, and by whom; of pairs each caller asks in one of the orders, in turn."""
    sorts = sorted({equals for key, equals in statement.conditions if key == "sort"}) or [None]
    orders = list(itertools.product(sorts, (False, True)))
    turn, who = itertools.cycle(orders), itertools.cycle(ASKING)
    for asked in askings(name, statement):
        if len(asked) < 2:
            yield from ((asked, sort, after, one) for one in ASKING for sort, after in orders)
        else:
            yield from ((asked, *next(turn), next(who)) for _ in range(2))
        next(turn)
        next(who)


def script_of_lists(statements):
    """psql's input: each of these, once before to plan it."""
    yield "SET jit = off; SET max_parallel_workers_per_gather = 0; SET plan_cache_mode = force_generic_plan;"
    yield "SELECT array_agg(c.oid) AS counted FROM pg_class c WHERE c.relkind IN ('r', 'm', 'i') AND c.relnamespace <> 'pg_catalog'::regnamespace \\gset"
    yield "BEGIN; SET LOCAL ROLE sciday_service;"
    examined = "(SELECT sum(pg_stat_get_xact_tuples_returned(c))::bigint FROM unnest(:'counted'::oid[]) c)"
    prepared = {}
    for name, statement in statements.items():
        for asked, sort, after, who in variants_of_list(name, statement):
            conditions = asked | ({"sort": sort} if sort else {}) | ({"after": ""} if after else {})
            if SCOPES[who][0] and "own_organizations" in statement.parameters:
                conditions["own_organizations"] = ""
            sql, order = text(statement, conditions)
            values = VALUES | VALUES_OF.get(name, {}) | asked
            absent = {key for key, _ in statement.conditions if key not in conditions} | {key for key in order if key.startswith("after_") and not after}
            arguments = ", ".join("NULL" if key in absent else literal(values[key]) for key in order)
            arguments = f"({arguments})" if order else ""
            identity = ", ".join(literal("{" + scope + "}" if scope else "") for scope in SCOPES[who])
            yield f"SELECT identify({literal(numbered('e', 77))}, '', {identity}, '') \\g /dev/null"
            if sql not in prepared:
                prepared[sql] = len(prepared)
                yield f"PREPARE list_{prepared[sql]} AS {sql};"
                yield f"EXECUTE list_{prepared[sql]}{arguments} \\g /dev/null"
            yield f"SELECT {examined} AS before \\gset"
            yield f"EXECUTE list_{prepared[sql]}{arguments} \\g /dev/null"
            shown = " ".join(f"{key}={value}" for key, value in asked.items())
            yield f"SELECT '@{name}|{shown}|{sort or ''}{' after' if after else ''}|{who}|' || {examined} - :before;"


def check_of_lists(url, statements, count):
    """TAP of the lists that are led to what they show; how many are not."""
    failures, over, runs, needed = 0, {}, {}, set()
    for line in psql(url, "\n".join(script_of_lists(statements))).splitlines():
        if not line.startswith("@"):
            continue
        name, shown, order, who, examined = line[1:].split("|")
        runs[name] = runs.get(name, 0) + 1
        excused = {(name, *one.split("=", 1)) for one in shown.split() if "=" in one} & set(LOOKED_THROUGH)
        if int(examined) > EACH * PAGE:
            needed |= excused
            if not excused:
                over.setdefault(name, []).append(f"[{shown} {order}] as {who}: {examined}")
    for name in statements:
        count += 1
        failures += name in over
        print(f"{'not ok' if name in over else 'ok'} {count} - {name} examines no more than {EACH} rows for each of its page's, {runs[name]} times")
        for case in over.get(name, [])[:8]:
            print(f"# {case}")
    for one in LOOKED_THROUGH:
        count += 1
        failures += one not in needed
        print(f"{'ok' if one in needed else 'not ok'} {count} - {' '.join(one)} needs a bound of its own: {LOOKED_THROUGH[one]}")
    return count, failures


def variants(statement):
    """The sets of conditions to try: {name: value or True}."""
    sorts = sorted({equals for name, equals in statement.conditions if name == "sort"}) or [None]
    filters = sorted({(name, equals or True) for name, equals in statement.conditions if name not in ("sort", "after", "count")}, key=str)
    chosen = [(), *itertools.combinations(filters, 1), *itertools.combinations(filters, 2), tuple(filters)]
    for sort, given, after in itertools.product(sorts, dict.fromkeys(chosen), (False, True)):
        conditions = dict(given)
        if sort:
            conditions["sort"] = sort
        if after:
            conditions["after"] = True
        yield conditions


def text(statement, conditions):
    """The SQL of a variant and the names of its parameters, in the order of their numbers."""
    order, sql = [], []
    for line in statement.lines:
        if not all(name in conditions and equals in (None, conditions[name]) for name, equals in line.conditions):
            continue
        for part in line.parts:
            if isinstance(part, queries.Parameter):
                if part.name not in order:
                    order.append(part.name)
                part = f"${order.index(part.name) + 1}"
            sql.append(part)
        sql.append("\n")
    return "".join(sql), order


def literal(value):
    return "'" + value.replace("'", "''") + "'"


def script(statements):
    """psql's input: before each plan a line that says what it is of."""
    yield "\\pset pager off"
    # SET ROLE does not take the role's own settings along, and identity lasts as long as its transaction.
    yield "SET jit = off; SET max_parallel_workers_per_gather = 0; SET plan_cache_mode = force_generic_plan; BEGIN; SET ROLE sciday_service;"
    for name, statement in statements.items():
        for conditions in variants(statement):
            values = VALUES | VALUES_OF.get(name, {}) | {key: value for key, value in conditions.items() if value is not True}
            sql, order = text(statement, conditions)
            unknown = [parameter for parameter in order if parameter not in values]
            if unknown:
                sys.exit(f"plans.py has no value for {', '.join(unknown)} of {name}")
            arguments = "(" + ", ".join(literal(values[parameter]) for parameter in order) + ")" if order else ""
            yield f"PREPARE listing AS {sql};"
            # One plan is everybody's, and for all values; only how long it takes is not.
            for who, scopes in SCOPES.items() if RUNS else [("anyone", SCOPES["anyone"])]:
                identity = ", ".join(literal("{" + scope + "}" if scope else "") for scope in scopes)
                yield f"SELECT identify({literal(numbered('e', 77))}, '', {identity}, '') \\g /dev/null"
                shown = " ".join(k if v is True else f"{k}={v}" for k, v in conditions.items())
                yield f"\\echo @{name}|{shown}|{who}"
                yield f"EXPLAIN (COSTS OFF{', ANALYZE, TIMING OFF' if RUNS else ''}) EXECUTE listing{arguments};"
            yield "DEALLOCATE listing;"


def psql(url, text, goes_on=False):
    """What it says; what it says of errors as well, if it goes on after them."""
    command = ["psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", f"--set=ON_ERROR_STOP={int(not goes_on)}", "--dbname", url]
    done = subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT if goes_on else subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr or done.stdout)
    return done.stdout


def main():
    url = sys.argv[2]
    statements = lists(Path(sys.argv[1]))
    planned = {name: statement for name, statement in statements.items() if RUNS or name in WALKED | SUMMED}
    large = psql(url, f"SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= {LARGE}").split()
    plans = {}
    for answer in psql(url, "\n".join(script(planned))).split("\n@"):
        what, _, plan = answer.lstrip("@").partition("\n")
        plans[tuple(what.split("|"))] = plan
    count = failures = 0
    for name in planned:
        count += 1
        wrong = {}
        for (of, shown, _), plan in plans.items():
            scanned = set(re.findall(r"Seq Scan on (\w+)", plan)) & set(large) if of == name else ()
            if scanned:
                wrong.setdefault(" ".join(sorted(scanned)), []).append(f"[{shown}]")
        total = sum(1 for key in plans if key[0] == name)
        print(f"{'not ok' if wrong else 'ok'} {count} - {name}: none of {total} plans scans a large table")
        failures += bool(wrong)
        for tables, cases in wrong.items():
            print(f"# {len(cases)} scan {tables}, among them {'; '.join(cases[:4])}")
    if not RUNS:
        count, more = check_of_works(url, sys.argv[3], Path(sys.argv[1]), count)
        failures += more
        count, more = check_of_lists(url, {name: statement for name, statement in statements.items() if name not in planned}, count)
        failures += more
    print(f"1..{count}")
    if RUNS:
        times = {what: float(re.search(r"Execution Time: ([\d.]+)", plan)[1]) for what, plan in plans.items()}
        for what, milliseconds in sorted(times.items(), key=lambda item: -item[1])[:40]:
            print(f"# {milliseconds:8.1f} ms  {what[0]} [{what[1]}] as {what[2]}")
    sys.exit(failures > 0)


main()
