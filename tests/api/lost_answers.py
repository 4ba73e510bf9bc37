#!/usr/bin/python3
"""Every creating POST and every action whose answer is lost and that is asked for again with its Idempotency-Key.

    lost_answers.py kinds            the operations that take a key and have no case here, and cases that are no operation's
    lost_answers.py plain ROWS       each done once, in peace: how many rows of which tables that makes, kept in the file ROWS
    lost_answers.py lose ROWS        each sent by clients that are gone before the answer, while others with its key ask again
    lost_answers.py ask CASES        sends all at once and reads no answer, and kills the service, which is the process --kill,
                                     when so many are done as --after says, else all of them
    lost_answers.py again ROWS CASES asks for them again of a service that was started since; --replayed: all are replays

In the end there must be exactly the rows that the acknowledged answers say: those that each makes when it is done once
in peace. They are counted in every table, by the owner of the database (SCIDAY_OWNER_URL), so nothing else may be at
work there. The tokens in SCIDAY_TOKENS are an administrator's, a reviewer's, and a submitter's at 24 districts, whose
ids are in SCIDAY_DISTRICTS; SCIDAY_CITY is the city above them, and SCIDAY_PROVINCE what is above that.
"""

import argparse
import collections
import datetime
import json
import os
import secrets
import signal
import subprocess
from pathlib import Path

import asking
from asking import act, ask

# What comes and goes with those who ask, and not with what they ask for; and sums, of which one row may be of what two have
# done (that they are right, `sciday recount` says after all tests).
BESIDE = ("idempotency_key", "session", "refresh_token", "sign_in_failure", "sign_in_place", "obligation_tally")

# ---- What is in the database ----------------------------------------------------------------


class Database:
    """One session of the owner's, for as long as this runs."""

    def __init__(self):
        psql = ["psql", "--quiet", "--no-psqlrc", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1"]
        self.psql = subprocess.Popen(
            psql + ["--dbname", os.environ["SCIDAY_OWNER_URL"]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def value(self, query):
        self.psql.stdin.write(query.replace("\n", " ") + ";\n")
        self.psql.stdin.flush()
        return self.psql.stdout.readline().rstrip("\n")

    def rows(self):
        """How many rows each table has, but for the bytes of uploads that are not done: those that were killed are swept later."""
        rows = collections.Counter(json.loads(self.value("""
            SELECT json_object_agg(t.relname, (xpath('//n/text()', x.counted))[1]::text::int)
              FROM pg_class t, query_to_xml(format('SELECT count(*) n FROM %I', t.relname), false, true, '') x (counted)
             WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace""")))
        rows["document_content"] -= self.coming_in()
        rows["document_piece"] -= int(self.value("""
            SELECT count(*) FROM document_piece p JOIN document_content c ON c.id = p.content_id WHERE c.sha256 IS NULL"""))
        return collections.Counter({table: count for table, count in rows.items() if table not in BESIDE})

    def kept(self, keys):
        """Those of these keys for which an answer is kept."""
        asked_for = "{" + ",".join(keys) + "}"
        return set(self.value(f"""
            SELECT string_agg(key, ' ') FROM idempotency_key WHERE key = ANY ('{asked_for}') AND status IS NOT NULL""").split())

    def coming_in(self):
        return int(self.value("SELECT count(*) FROM document_content WHERE sha256 IS NULL"))

    def close(self):
        self.psql.stdin.close()
        self.psql.wait()


def more(before, after):
    """How many rows there are more than before, where there are; a table with less shows as well."""
    return {table: after[table] - before[table] for table in sorted(after) if after[table] != before[table]}


def until(what, holds):
    for _ in range(asking.TRIES):
        if holds():
            return
        asking.time.sleep(asking.PAUSE)
    raise asking.Failure(f"it never came to this: {what}")


# ---- What is asked for ----------------------------------------------------------------------

TODAY = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()
CITY = os.environ["SCIDAY_CITY"]
PROVINCE = os.environ["SCIDAY_PROVINCE"]
DISTRICTS = json.loads(os.environ["SCIDAY_DISTRICTS"])
CASES = {}


def day(days):
    return str(TODAY + datetime.timedelta(days=days))


def name():
    return "lost-" + secrets.token_hex(5)


def case(function):
    """A function of a campaign that makes ready whatever is needed, and returns the request. It is named as the operation."""
    CASES[function.__name__] = function
    return function


class Campaign:
    """One of its own, with three phases, a module and the districts as recipients, each of which writes one plan."""

    def __init__(self, is_open=True, districts=None):
        self.path = "/v1/campaigns/" + self.draft()
        self.districts = iter(districts or DISTRICTS)
        for ordinal in range(3):
            ask("administrator", "POST", self.path + "/phases", {
                "ordinal": ordinal + 1, "name": f"阶段{ordinal}", "starts_on": day(ordinal * 10), "ends_on": day(ordinal * 10 + 9)})
        ask("administrator", "POST", self.path + "/modules", {"ordinal": 1, "code": "unity", "name": "团结引领"})
        if districts:
            for district in districts:
                ask("administrator", "POST", self.path + "/recipients", {"organization_id": district})
        else:
            ask("administrator", "POST", self.path + "/recipients/select", {"kinds": ["district_association"], "within": CITY})
        if is_open:
            act("administrator", self.path, "open")

    @staticmethod
    def draft():
        return ask("administrator", "POST", "/v1/campaigns", {**Campaign.form(), "code": name()}).body["code"]

    @staticmethod
    def form():
        return {
            "title": "江苏省“全国科技工作者日”活动", "issuer_id": PROVINCE, "starts_on": day(0), "ends_on": day(29),
            "notice_receipt_due_on": day(1), "plan_due_on": day(2), "highlight_due_on": day(2), "summary_due_on": day(29),
            "audiences": [{"code": "science_workers", "name": "科技工作者"}],
            "award_categories": [{"code": "excellent_organizer", "name": "全国优秀组织单位"}]}

    def district(self):
        return next(self.districts)

    def plan(self, who="author", **more_of_it):
        body = {"organization_id": self.district(), "title": "工作方案", "text": "一、活动主题。", **more_of_it}
        return ask(who, "POST", self.path + "/plans", body).body["id"]

    @staticmethod
    def activity_form(kind="highlight", organization=DISTRICTS[0], **more_of_it):
        return {
            "organization_id": organization, "kind": kind, "title": "科学家精神报告团走进紫金山", "modules": ["unity"],
            "starts_on": day(0), "location": "紫金山天文台", "audiences": ["science_workers"], "expected_participants": 300,
            "contact": {"name": "王晓红", "mobile": "13800000000"}, "mailing_address": "南京市玄武区北京东路41号", "proposal": {"theme": "仰望星空"}, **more_of_it}

    def activity(self, *actions, who="author", **form):
        activity_id = ask(who, "POST", self.path + "/activities", self.activity_form(**form)).body["id"]
        for action, actor, body in actions:
            act(actor, "/v1/activities/" + activity_id, action, body)
        return activity_id

    def report(self, *actions, who="author", **form):
        body = {"starts_on": day(0), "location": "紫金山", "participants": [{"onsite": 3, "online": 0}], "outcomes": "反响热烈。", **form}
        report_id = ask(who, "POST", f"/v1/activities/{self.activity(SUBMITTED)}/summary_report", body).body["id"]
        for action, actor, what in actions:
            act(actor, "/v1/summary_reports/" + report_id, action, what)
        return report_id

    def obligation(self, kind, organization):
        found = ask("administrator", "GET", f"{self.path}/obligations?kind={kind}&organization_id={organization}").body["items"]
        return "/v1/obligations/" + found[0]["id"]


SUBMITTED = ("submit", "author", {})
ACCEPTED = ("accept", "reviewer", {})
NOMINATED = ("nominate", "reviewer", {"rank": 1, "reason": "主题突出。"})
RECEIVED = {"received_on": day(0)}


def creating(who, path, body, **more_of_it):
    return asking.Request(who, "POST", path, body, key=name(), **more_of_it)


def doing(who, path, action, body=None):
    return asking.Request(who, "POST", f"{path}/{action}", body or {}, ask(who, "GET", path).etag, name())


def uploading(who, path):
    """A PDF that nobody has yet."""
    fixture = (Path(os.environ["SCIDAY_FIXTURES"]) / "form.pdf").read_bytes()
    content = fixture.replace(b"\n", b"\n%" + secrets.token_hex(8).encode() + b"\n", 1)
    body = b"".join((
        b'--xYz\r\nContent-Disposition: form-data; name="kind"\r\n\r\nother\r\n',
        b'--xYz\r\nContent-Disposition: form-data; name="file"; filename="form.pdf"\r\n\r\n', content, b"\r\n--xYz--\r\n"))
    return creating(who, path + "/documents", body, content_type="multipart/form-data; boundary=xYz")


# -- Organizations and accounts


@case
def create_organization(_):
    return creating("administrator", "/v1/organizations", {"code": name(), "kind": "society", "name": "江苏省测试学会", "parent_id": CITY})


@case
def import_organizations(_):
    parent = ask("public", "GET", "/v1/organizations/" + CITY).body["code"]
    return creating("administrator", "/v1/organizations/batch", {"items": [
        {"code": name(), "kind": "society", "name": f"江苏省测试学会{number}", "parent_code": parent} for number in range(3)]})


@case
def create_user(_):
    return creating("administrator", "/v1/users", {
        "username": name(), "name": "测试用户", "password": secrets.token_hex(8), "memberships": [{"organization_id": CITY, "role": "observer"}]})


@case
def import_users(_):
    place = ask("public", "GET", "/v1/organizations/" + CITY).body["code"]
    return creating("administrator", "/v1/users/batch", {"items": [
        {"username": name(), "name": "测试用户", "memberships": [{"organization_code": place, "role": "observer"}]} for _ in range(3)]})


@case
def create_client(_):
    return creating("administrator", "/v1/clients", {
        "client_id": name(), "name": "门户网站", "client_secret": secrets.token_hex(20), "memberships": [{"organization_id": CITY, "role": "observer"}]})


# -- Campaigns


@case
def create_campaign(_):
    return creating("administrator", "/v1/campaigns", {**Campaign.form(), "code": name()})


@case
def copy_campaign(campaign):
    return creating("administrator", campaign.path + "/copy", {"code": name(), "shift_days": 364})


@case
def open_campaign(_):
    return doing("administrator", Campaign(False, DISTRICTS[:2]).path, "open")


@case
def close_campaign(_):
    return doing("administrator", Campaign(True, DISTRICTS[:2]).path, "close")


@case
def create_phase(_):
    return creating("administrator", f"/v1/campaigns/{Campaign.draft()}/phases", {
        "ordinal": 1, "name": "第一阶段", "starts_on": day(0), "ends_on": day(9)})


@case
def create_module(_):
    return creating("administrator", f"/v1/campaigns/{Campaign.draft()}/modules", {"ordinal": 1, "code": "unity", "name": "团结引领"})


@case
def create_recipient(_):
    return creating("administrator", Campaign(True, DISTRICTS[:2]).path + "/recipients", {"organization_id": DISTRICTS[2]})


@case
def select_recipients(_):
    return creating("administrator", Campaign(True, DISTRICTS[:2]).path + "/recipients/select", {"kinds": ["district_association"], "within": CITY})


# -- Plans


@case
def create_plan(campaign):
    return creating("author", campaign.path + "/plans", {"organization_id": campaign.district(), "title": "工作方案"})


@case
def submit_plan(campaign):
    return doing("author", "/v1/plans/" + campaign.plan(), "submit")


def submitted_plan(campaign):
    path = "/v1/plans/" + campaign.plan()
    act("author", path, "submit")
    return path


@case
def withdraw_plan(campaign):
    return doing("author", submitted_plan(campaign), "withdraw")


@case
def start_review_plan(campaign):
    return doing("reviewer", submitted_plan(campaign), "start_review")


@case
def return_plan(campaign):
    return doing("reviewer", submitted_plan(campaign), "return", {
        "comment": "请补充。", "field_comments": [{"pointer": "/text", "comment": "太短"}]})


@case
def accept_plan(campaign):
    return doing("reviewer", submitted_plan(campaign), "accept")


@case
def submit_on_behalf_plan(campaign):
    return doing("reviewer", "/v1/plans/" + campaign.plan("reviewer", on_behalf=True), "submit_on_behalf", RECEIVED)


# -- Activities, and whether they take place


@case
def create_activity(campaign):
    return creating("author", campaign.path + "/activities", campaign.activity_form())


@case
def submit_activity(campaign):
    return doing("author", "/v1/activities/" + campaign.activity(), "submit")


@case
def withdraw_activity(campaign):
    return doing("author", "/v1/activities/" + campaign.activity(SUBMITTED), "withdraw")


@case
def start_review_activity(campaign):
    return doing("reviewer", "/v1/activities/" + campaign.activity(SUBMITTED), "start_review")


@case
def return_activity(campaign):
    return doing("reviewer", "/v1/activities/" + campaign.activity(SUBMITTED), "return", {"comment": "请补充。"})


@case
def accept_activity(campaign):
    return doing("reviewer", "/v1/activities/" + campaign.activity(SUBMITTED), "accept")


@case
def nominate_activity(campaign):
    return doing("reviewer", "/v1/activities/" + campaign.activity(SUBMITTED, ACCEPTED), "nominate", NOMINATED[2])


@case
def retract_activity(campaign):
    return doing("reviewer", "/v1/activities/" + campaign.activity(SUBMITTED, ACCEPTED, NOMINATED), "retract")


@case
def submit_on_behalf_activity(campaign):
    return doing("reviewer", "/v1/activities/" + campaign.activity(who="reviewer", on_behalf=True), "submit_on_behalf", RECEIVED)


EVENT = {"who": "administrator", "kind": "event", "organization": PROVINCE}


@case
def publish_activity(campaign):
    return doing("administrator", "/v1/activities/" + campaign.activity(**EVENT), "publish")


@case
def unpublish_activity(campaign):
    return doing("administrator", "/v1/activities/" + campaign.activity(("publish", "administrator", {}), **EVENT), "unpublish")


@case
def postpone_execution(campaign):
    return doing("author", "/v1/activities/" + campaign.activity(SUBMITTED, ACCEPTED), "postpone", {"reason": "雷雨", "starts_on": day(9)})


@case
def cancel_execution(campaign):
    return doing("author", "/v1/activities/" + campaign.activity(SUBMITTED, ACCEPTED), "cancel", {"reason": "雷雨"})


@case
def hold_execution(campaign):
    return doing("author", "/v1/activities/" + campaign.activity(SUBMITTED, ACCEPTED), "hold")


@case
def resume_execution(campaign):
    return doing("author", "/v1/activities/" + campaign.activity(SUBMITTED, ACCEPTED, ("cancel", "author", {"reason": "雷雨"})), "resume")


# -- Summary reports


@case
def create_summary_report(campaign):
    return creating("author", f"/v1/activities/{campaign.activity(SUBMITTED)}/summary_report", {"outcomes": "反响热烈。"})


@case
def submit_summary_report(campaign):
    return doing("author", "/v1/summary_reports/" + campaign.report(), "submit")


@case
def withdraw_summary_report(campaign):
    return doing("author", "/v1/summary_reports/" + campaign.report(SUBMITTED), "withdraw")


@case
def start_review_summary_report(campaign):
    return doing("reviewer", "/v1/summary_reports/" + campaign.report(SUBMITTED), "start_review")


@case
def return_summary_report(campaign):
    return doing("reviewer", "/v1/summary_reports/" + campaign.report(SUBMITTED), "return", {"comment": "请补充。"})


@case
def accept_summary_report(campaign):
    return doing("reviewer", "/v1/summary_reports/" + campaign.report(SUBMITTED), "accept")


@case
def submit_on_behalf_summary_report(campaign):
    return doing("reviewer", "/v1/summary_reports/" + campaign.report(who="reviewer", on_behalf=True), "submit_on_behalf", RECEIVED)


# -- Documents


@case
def create_campaign_document(campaign):
    return uploading("administrator", campaign.path)


@case
def create_plan_document(campaign):
    return uploading("author", "/v1/plans/" + campaign.plan())


@case
def create_activity_document(campaign):
    return uploading("author", "/v1/activities/" + campaign.activity())


@case
def create_summary_report_document(campaign):
    return uploading("author", "/v1/summary_reports/" + campaign.report())


# -- The notice's delivery, and deadlines that move


@case
def acknowledge_obligation(campaign):
    return doing("author", campaign.obligation("notice_receipt", campaign.district()), "acknowledge")


@case
def waive_obligation(campaign):
    return doing("administrator", campaign.obligation("highlights", campaign.district()), "waive", {"reason": "机构改革"})


@case
def unwaive_obligation(campaign):
    path = campaign.obligation("highlights", campaign.district())
    act("administrator", path, "waive", {"reason": "机构改革"})
    return doing("administrator", path, "unwaive")


def extension(campaign):
    return {"organization_ids": [campaign.district(), campaign.district()], "kinds": ["plan", "highlights"], "due_on": day(9), "reason": "防汛"}


@case
def create_extension_batch(campaign):
    return creating("administrator", campaign.path + "/extensions", extension(campaign))


@case
def revoke_extension_batch(campaign):
    batch = ask("administrator", "POST", campaign.path + "/extensions", extension(campaign)).body["id"]
    return doing("administrator", "/v1/extension_batches/" + batch, "revoke", {"reason": "有误"})


@case
def revoke_extension(campaign):
    batch = ask("administrator", "POST", campaign.path + "/extensions", extension(campaign)).body["id"]
    one = ask("administrator", "GET", f"{campaign.path}/extensions?batch_id={batch}").body["items"][0]["id"]
    return doing("administrator", "/v1/extensions/" + one, "revoke", {"reason": "有误"})


# -- What follows acceptance


@case
def create_forwarding(_):
    campaign = Campaign(True, DISTRICTS[:2])
    for _ in range(2):
        campaign.activity(SUBMITTED, ACCEPTED, NOMINATED)
    return creating("reviewer", campaign.path + "/forwardings", {"document_number": "苏科协发〔2021〕62号", "forwarded_on": day(0)})


def award(campaign):
    return {"organization_id": campaign.district(), "category": "excellent_organizer"}


@case
def create_award(campaign):
    return creating("administrator", campaign.path + "/awards", award(campaign))


@case
def create_award_batch(campaign):
    return creating("administrator", campaign.path + "/awards/batch", {"items": [award(campaign), award(campaign)]})


@case
def revoke_award(campaign):
    given = ask("administrator", "POST", campaign.path + "/awards", award(campaign)).body["id"]
    return doing("administrator", "/v1/awards/" + given, "revoke", {"reason": "登记有误"})


# ---- The tasks ------------------------------------------------------------------------------


def done(operation, answer):
    if not 200 <= answer.status < 300:
        raise asking.Failure(f"{operation}: {answer}")
    return answer


def kinds():
    contract = ask("public", "GET", "/openapi.json").body
    taking = set()
    for path in contract["paths"].values():
        for method, operation in path.items():
            names = [parameter.get("$ref", "").rsplit("/", 1)[-1] for parameter in operation.get("parameters", [])] if method == "post" else []
            if "idempotency_key" in names:
                taking.add(operation["operationId"])
    for operation in sorted(taking ^ set(CASES)):
        print(operation)


def plain(rows_file):
    """Done once, and asked for again, which makes no row more and gives the same answer."""
    database, campaign, rows = Database(), Campaign(), {}
    for operation, prepare in CASES.items():
        request = prepare(campaign)
        before = database.rows()
        first = done(operation, request.ask())
        rows[operation] = more(before, database.rows())
        if not rows[operation].get("audit_entry"):
            raise asking.Failure(f"{operation} left nothing in the audit trail: {rows[operation]}")
        second = done(operation, request.ask())
        if first.replayed or not second.replayed or (first.status, first.content) != (second.status, second.content):
            raise asking.Failure(f"{operation} was not replayed:\n{first}\n{second}")
        if more(before, database.rows()) != rows[operation]:
            raise asking.Failure(f"{operation}, asked for again, made {more(before, database.rows())}, and once {rows[operation]}")
    database.close()
    Path(rows_file).write_text(json.dumps(rows))


def lose(rows_file):
    """Two lose it at different moments, and three ask for it at the same time, of whom each is told the same."""
    database, campaign, expected = Database(), Campaign(), json.loads(Path(rows_file).read_text())
    for operation, prepare in CASES.items():
        request = prepare(campaign)
        before, coming_in = database.rows(), database.coming_in()
        losers = [lambda seconds=seconds: request.lose(seconds) for seconds in (0, 0.004)]
        answers = [answer for answer in asking.at_once(losers + [request.ask_until_acknowledged] * 3) if answer]
        for answer in answers:
            done(operation, answer)
        if len({answer.content for answer in answers}) != 1 or sum(not answer.replayed for answer in answers) > 1:
            raise asking.Failure(f"{operation} was told differently:\n" + "\n".join(map(str, answers)))
        until(f"{operation} leaves nothing that is coming in", lambda: database.coming_in() == coming_in)
        if more(before, database.rows()) != expected[operation]:
            raise asking.Failure(f"{operation}, five times, made {more(before, database.rows())}, and once {expected[operation]}")
    database.close()


def ask_all(cases_file, service, after):
    database, campaign = Database(), Campaign()
    requests = {operation: prepare(campaign) for operation, prepare in CASES.items()}
    before = database.rows()
    connections = [request.send() for request in requests.values()]
    keys = {request.headers["Idempotency-Key"]: operation for operation, request in requests.items()}
    until("so many answers are kept", lambda: len(database.kept(keys)) >= (after or len(keys)))
    os.kill(service, signal.SIGKILL)
    for connection in connections:
        connection.close()
    Path(cases_file).write_text(json.dumps({"before": before, "requests": {
        operation: {**vars(request), "content": request.content.decode("latin-1")} for operation, request in requests.items()}}))
    database.close()


def again(rows_file, cases_file, replayed):
    database, expected, cases = Database(), json.loads(Path(rows_file).read_text()), json.loads(Path(cases_file).read_text())
    for operation, kept in cases["requests"].items():
        request = asking.Request.__new__(asking.Request)
        vars(request).update(kept, content=kept["content"].encode("latin-1"))
        request.headers["Host"] = asking.WHERE.netloc
        answer = done(operation, request.ask_until_acknowledged())
        if replayed and not answer.replayed:
            raise asking.Failure(f"{operation} was done again: {answer}")
    total = sum((collections.Counter(rows) for rows in expected.values()), collections.Counter())
    found = more(collections.Counter(cases["before"]), database.rows())
    if found != {table: count for table, count in sorted(total.items()) if count}:
        raise asking.Failure(f"there are {found} more rows, and there should be {dict(sorted(total.items()))}")
    database.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("task", choices=("kinds", "plain", "lose", "ask", "again"))
    parser.add_argument("files", nargs="*")
    parser.add_argument("--kill", type=int, metavar="PID")
    parser.add_argument("--after", type=int, metavar="COUNT")
    parser.add_argument("--replayed", action="store_true")
    arguments = parser.parse_args()
    {"kinds": kinds, "plain": plain, "lose": lose,
     "ask": lambda cases: ask_all(cases, arguments.kill, arguments.after),
     "again": lambda rows, cases: again(rows, cases, arguments.replayed)}[arguments.task](*arguments.files)


if __name__ == "__main__":
    main()
