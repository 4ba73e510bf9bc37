#!/usr/bin/python3
"""What one may not see is in no answer: every operation of the contract is asked, in every format, by everybody.

    unseen.py draft      a campaign that is a draft, with one of each thing that a draft can have
    unseen.py others     the drafts of an organization, in a campaign that everybody sees
    unseen.py contacts   how to reach the people of an organization, in work that is public

Of what is hidden every GET, and whatever else could be asked of it, answers 404, and its words and ids are nowhere else.
The tokens in SCIDAY_TOKENS are those of a province's administrator, reviewer and observer, of its city's administrator,
submitter, reviewer and observer, of the same at a district of the city, and of two people who belong elsewhere, suzhou and
zhejiang. SCIDAY_PLACES are the ids of the province, the city and the district; SCIDAY_CONTRACT is the contract.
"""

import datetime
import io
import itertools
import json
import os
import secrets
import subprocess
import sys
import zipfile
from pathlib import Path

import asking
from asking import act, ask

CONTRACT = json.loads(Path(os.environ["SCIDAY_CONTRACT"]).read_text())
PLACES = json.loads(os.environ["SCIDAY_PLACES"])
# By whom each caller is one: of a role anywhere the contract lets them ask.
ROLES = {"public": set(), "suzhou": {"submitter"}, "zhejiang": {"reviewer"}} | {
    f"{place}_{role}": {role} for place in ("city", "district") for role in ("administrator", "submitter", "reviewer", "observer")} | {
    role: {role} for role in ("administrator", "reviewer", "observer")}
TODAY = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()
# Text and numbers that nothing else in the installation has.
MARK = "藏" + secrets.token_hex(5)
PHONES = {name: "139" + str(secrets.randbelow(10**8)).zfill(8) for name in ("mobile", "office_phone", "fax", "plaque", "document")}
ADDRESSES = {name: f"{name}路{secrets.token_hex(6)}号" for name in ("form", "organization", "award")}
EMAIL = secrets.token_hex(6) + "@nanjing.example"


def day(days):
    return str(TODAY + datetime.timedelta(days=days))


# ---- Asking for everything ------------------------------------------------------------------


def resolved(node):
    """What a reference of the contract stands for."""
    while "$ref" in node:
        place = CONTRACT
        for step in node["$ref"].split("/")[1:]:
            place = place[step]
        node = place
    return node


class Operation:
    def __init__(self, path, method, operation):
        self.path = path
        self.method = method.upper()
        self.access = set(operation["x-access"])
        parameters = [resolved(each) for each in operation.get("parameters", [])]
        self.in_path = [each["name"] for each in parameters if each["in"] == "path"]
        self.in_query = [each["name"] for each in parameters if each["in"] == "query"]
        self.needed = [each["name"] for each in parameters if each["in"] == "query" and each.get("required")]
        answers = [resolved(answer) for status, answer in operation["responses"].items() if status in ("200", "206")]
        self.formats = sorted({media_type for answer in answers for media_type in answer.get("content", {})}) or ["application/json"]

    def may_ask(self, who):
        return "public" in self.access or ("authenticated" in self.access and who != "public") or bool(self.access & ROLES[who])


OPERATIONS = [
    Operation(path, method, operation) for path, item in CONTRACT["paths"].items() for method, operation in item.items()
    if method in ("get", "post", "patch", "put", "delete")]


def addresses(operation, ids):
    """Where the operation is asked of these, {parameter: [value]}: a path for each, with a query for each that it filters by."""
    unknown = [name for name in operation.in_path + operation.needed if name not in ids]
    if unknown:
        raise asking.Failure(f"{operation.path}: what is a {unknown[0]} here?")
    needed = "&".join(f"{name}={ids[name][0]}" for name in operation.needed)
    for values in itertools.product(*(ids[name] for name in operation.in_path)):
        path = operation.path
        for name, value in zip(operation.in_path, values):
            path = path.replace("{" + name + "}", value)
        yield f"{path}?{needed}" if needed else path
        if operation.method == "GET" and not operation.in_path:
            for name in operation.in_query:
                for value in ids.get(name, []):
                    yield f"{path}?{name}={value}"


def words(content):
    """All that a file says, as far as it can be read: packed or set in type."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return "".join(entry.filename + words(package.read(entry)) for entry in package.infolist())
    said = content.decode(errors="replace")
    if content.startswith(b"%PDF-"):
        said += subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True).stdout.decode().replace("\n", "")
    return said


def said_by(answer):
    """What it says beyond what it was asked: a problem repeats its address."""
    if answer.headers.get("Content-Type", "").startswith("application/problem+json"):
        return json.dumps({**answer.body, "instance": ""}, ensure_ascii=False)
    return words(answer.content)


def ask_in(who, method, path, media_type):
    request = asking.Request(who, method, path, None if method in ("GET", "DELETE") else {}, None if method == "GET" else '"1"')
    request.headers["Accept"] = f"{media_type}, application/problem+json"
    if method == "PATCH":
        request.headers["Content-Type"] = "application/merge-patch+json"
    answer = request.ask()
    if not answer:
        raise asking.Failure(f"{who}: {method} {path} has no answer")
    return answer


def walk(callers, judge, ids, only, in_all_formats=True):
    """Asks everything, and lets the answers be judged: what is wrong with one, or nothing."""
    wrong = []

    def of(who):
        for operation in filter(only, OPERATIONS):
            for path in addresses(operation, ids):
                for media_type in operation.formats if in_all_formats and operation.method == "GET" else operation.formats[:1]:
                    answer = ask_in(who, operation.method, path, media_type)
                    fault = judge(who, operation, path, answer)
                    if fault:
                        wrong.append(f"{who}: {operation.method} {path} as {media_type}: {answer.status}, {fault}")

    asking.at_once([lambda who=who: of(who) for who in callers])
    if wrong:
        raise asking.Failure("\n".join(sorted(wrong)[:40]))


def is_of(hidden):
    """Operations on what is hidden, whatever they do, and all that is listed under no address of its own."""
    return lambda operation: bool(set(operation.in_path) & set(hidden)) or (operation.method == "GET" and not operation.in_path)


def hides(hidden):
    """Judges that nothing is there: 404 for whoever may ask at all, and no word and no id of it anywhere."""
    secret = [MARK] + [each for values in hidden.values() for each in values]

    def judge(who, operation, path, answer):
        said = said_by(answer)
        told = [each for each in secret if each in said]
        if told:
            return "tells " + told[0]
        if not operation.in_path:
            return None
        if not operation.may_ask(who):
            expected = {401} if who == "public" else {403}
        elif operation.method == "GET":
            expected = {404}
        else:
            expected = {400, 404, 415, 422}  # what is wrong with the body is told first
        if answer.status not in expected or (answer.status == 422 and answer.code == "form_incomplete"):
            return f"not {sorted(expected)}"
        return None

    return judge


# ---- What is there --------------------------------------------------------------------------


def multipart(kind, content, name):
    return b"".join((
        b'--xYz\r\nContent-Disposition: form-data; name="kind"\r\n\r\n', kind.encode(), b"\r\n",
        b'--xYz\r\nContent-Disposition: form-data; name="file"; filename="', name.encode(), b'"\r\n\r\n', content, b"\r\n--xYz--\r\n"))


def attach(who, owner, kind, secret=""):
    file = "photo.jpg" if kind == "photo" else "form.pdf"
    content = (Path(os.environ["SCIDAY_FIXTURES"]) / file).read_bytes()
    if secret:
        content = content.replace(b"\n", b"\n%" + secret.encode() + b"\n", 1)
    request = asking.Request(who, "POST", owner + "/documents", multipart(kind, content, MARK + Path(file).suffix),
                             content_type="multipart/form-data; boundary=xYz")
    answer = request.ask()
    if not answer or answer.status != 201:
        raise asking.Failure(f"{kind} of {owner}: {answer}")
    return answer.body["id"]


class Campaign:
    def __init__(self, issuer, organization, mark=""):
        self.code = "unseen-" + secrets.token_hex(5)
        self.path = "/v1/campaigns/" + self.code
        self.mark = mark
        self.phases, self.modules = [], []
        ask("administrator", "POST", "/v1/campaigns", {
            "code": self.code, "title": "活动" + mark, "theme": "主题" + mark, "document_number": mark or None, "issuer_id": PLACES[issuer],
            "starts_on": day(0), "ends_on": day(29), "notice_receipt_due_on": day(1), "plan_due_on": day(2), "highlight_due_on": day(2),
            "summary_due_on": day(29), "audiences": [{"code": "science_workers", "name": "科技工作者" + mark}],
            "award_categories": [{"code": "excellent", "name": "优秀组织单位" + mark}]})
        for ordinal in range(3):
            self.phases.append(ask("administrator", "POST", self.path + "/phases", {
                "ordinal": ordinal + 1, "name": f"阶段{ordinal}{mark}", "starts_on": day(ordinal * 10), "ends_on": day(ordinal * 10 + 9)}).body["id"])
        self.modules.append(ask("administrator", "POST", self.path + "/modules", {"ordinal": 1, "code": "unity", "name": "团结引领" + mark}).body["id"])
        self.recipient = ask("administrator", "POST", self.path + "/recipients", {"organization_id": PLACES[organization]}).body["id"]

    def activity(self, who, place, kind, *actions):
        """Complete, with what reaches its people."""
        activity_id = ask(who, "POST", self.path + "/activities", {
            "organization_id": PLACES[place], "kind": kind, "title": "报告会" + self.mark, "modules": ["unity"], "starts_on": day(0),
            "location": "紫金山天文台" + self.mark, "audiences": ["science_workers"], "expected_participants": 300,
            "contact": {"name": "王晓红", "mobile": PHONES["mobile"], "office_phone": PHONES["office_phone"], "fax": PHONES["fax"], "email": EMAIL},
            "mailing_address": ADDRESSES["form"], "proposal": {"theme": "仰望星空" + self.mark}}).body["id"]
        for action, actor, body in actions:
            act(actor, "/v1/activities/" + activity_id, action, body)
        return activity_id

    def plan(self, who, place):
        return ask(who, "POST", self.path + "/plans", {"organization_id": PLACES[place], "title": "方案" + self.mark, "text": "正文"}).body["id"]

    @staticmethod
    def report(who, activity_id):
        return ask(who, "POST", f"/v1/activities/{activity_id}/summary_report", {
            "starts_on": day(0), "location": "紫金山" + MARK, "participants": [{"onsite": 3, "online": 0}], "outcomes": "反响热烈。" + MARK}).body["id"]

    def list(self, what):
        return [item["id"] for item in ask("administrator", "GET", f"{self.path}/{what}?limit=100").body["items"]]

    def of(self, **more):
        """Every kind of id that an address may have; one that nothing has where there is none of its kind."""
        nothing = ["01900000-0000-7000-8000-000000000000"]
        known = {name: nothing for name in (
            "plan_id", "activity_id", "summary_report_id", "submission_id", "document_id", "obligation_id", "extension_id", "extension_batch_id",
            "forwarding_id", "award_id", "award_batch_id", "account_id", "user_id")}
        return known | {
            "campaign_code": [self.code], "phase_id": self.phases[:1], "module_id": self.modules, "recipient_id": [self.recipient],
            "organization_id": [PLACES["district"]]} | more


ELSEWHERE = ("organization_id", "account_id", "user_id")  # of no campaign


def hidden_ids(ids):
    return {name: values for name, values in ids.items() if name not in ELSEWHERE}


def draft():
    """The city's, whose recipient is the district: those above it review and observe there, and administer nothing."""
    campaign = Campaign("city", "district", MARK)
    published = campaign.activity("administrator", "city", "programme", ("publish", "administrator", {}))
    activities = [published, campaign.activity("administrator", "city", "event", ("publish", "administrator", {})),
                  campaign.activity("administrator", "city", "programme")]
    documents = [attach("administrator", campaign.path, "notice"), attach("administrator", campaign.path, "attachment")]
    # Drafts take photos; published they are everybody's.
    act("administrator", "/v1/activities/" + published, "unpublish")
    documents += [attach("administrator", "/v1/activities/" + published, "photo")]
    act("administrator", "/v1/activities/" + published, "publish")
    ids = campaign.of(activity_id=activities, document_id=documents)
    ids["resource_id"] = [each for values in hidden_ids(ids).values() for each in values]
    hidden = hidden_ids(ids)
    callers = [who for who in ROLES if who not in ("administrator", "city_administrator")]
    walk(callers, hides(hidden), ids, is_of(hidden))
    # And what was hidden was there.
    for who in ("administrator", "city_administrator"):
        for path in [campaign.path, f"{campaign.path}/activities", f"/v1/activities/{published}", f"/v1/documents/{documents[-1]}/content"]:
            ask(who, "GET", path)
    act("administrator", campaign.path, "open")
    for path in [campaign.path, f"{campaign.path}/activities", f"/v1/activities/{published}", f"/v1/documents/{documents[-1]}/content"]:
        ask("public", "GET", path)


def others():
    """Nobody but its author and its administrators sees what was never handed in."""
    campaign = Campaign("administrator", "district")
    act("administrator", campaign.path, "open")
    campaign.mark = MARK
    plan = campaign.plan("district_submitter", "district")
    highlight = campaign.activity("district_submitter", "district", "highlight")
    campaign.mark = ""
    accepted = campaign.activity("district_submitter", "district", "highlight", ("submit", "district_submitter", {}), ("accept", "reviewer", {}))
    report = campaign.report("district_submitter", accepted)
    documents = [attach("district_submitter", owner, kind) for owner, kind in (
        ("/v1/plans/" + plan, "other"), ("/v1/activities/" + highlight, "photo"), ("/v1/activities/" + highlight, "other"),
        ("/v1/summary_reports/" + report, "photo"))]
    hidden = {"plan_id": [plan], "activity_id": [highlight], "summary_report_id": [report], "document_id": documents}
    hidden["resource_id"] = [each for values in hidden.values() for each in values]
    ids = campaign.of(**hidden)
    callers = [who for who in ROLES if who not in ("administrator", "city_administrator", "district_administrator", "district_submitter")]
    walk(callers, hides(hidden), ids, is_of(hidden))
    # Nor in what is listed where they see the rest.
    walk(callers, tells_none([MARK] + hidden["resource_id"]), ids, lambda operation: operation.method == "GET" and not set(operation.in_path) & set(hidden))


def tells_none(secret):
    def judge(_who, _operation, _path, answer):
        said = said_by(answer)
        return next(("tells " + each for each in secret if each in said), None)

    return judge


def contacts():
    """Work that everybody sees, of people whom only those there may call."""
    campaign = Campaign("administrator", "district")
    act("administrator", campaign.path, "open")
    submitted = ("submit", "district_submitter", {})
    accepted = ("accept", "reviewer", {})
    before = ask("administrator", "GET", "/v1/organizations/" + PLACES["district"])
    ask("administrator", "PATCH", "/v1/organizations/" + PLACES["district"], {"mailing_address": ADDRESSES["organization"]}, before.etag)
    plan = campaign.plan("district_submitter", "district")
    attach("district_submitter", "/v1/plans/" + plan, "other", PHONES["document"])
    act("district_submitter", "/v1/plans/" + plan, "submit")
    act("reviewer", "/v1/plans/" + plan, "accept")
    highlights = [campaign.activity("district_submitter", "district", "highlight") for _ in range(3)]
    for each in highlights:
        attach("district_submitter", "/v1/activities/" + each, "other", PHONES["document"])
        attach("district_submitter", "/v1/activities/" + each, "photo")
        act("district_submitter", "/v1/activities/" + each, *submitted[::2])
        act("reviewer", "/v1/activities/" + each, *accepted[::2])
    for rank, each in enumerate(highlights[:2]):
        act("reviewer", "/v1/activities/" + each, "nominate", {"rank": rank + 1, "reason": "主题突出。"})
    forwarding = ask("reviewer", "POST", campaign.path + "/forwardings", {"document_number": "苏科协函〔2021〕1号", "forwarded_on": day(0)}).body["id"]
    act("reviewer", "/v1/activities/" + highlights[2], "nominate", {"rank": 3, "reason": "主题突出。"})
    programme = campaign.activity("administrator", "administrator", "programme", ("publish", "administrator", {}))
    report = campaign.report("district_submitter", highlights[0])
    act("district_submitter", "/v1/summary_reports/" + report, "submit")
    act("reviewer", "/v1/summary_reports/" + report, "accept")
    award = ask("administrator", "POST", campaign.path + "/awards", {
        "organization_id": PLACES["district"], "category": "excellent", "mailing_address": ADDRESSES["award"],
        "contact": {"name": "王晓红", "mobile": PHONES["plaque"]}}).body["id"]
    extended = ask("administrator", "POST", campaign.path + "/extensions", {
        "kinds": ["plan"], "organization_ids": [PLACES["district"]], "due_on": day(9), "reason": "防汛"}).body

    documents = [item["id"] for owner in ["/v1/plans/" + plan] + ["/v1/activities/" + each for each in highlights]
                 for item in ask("administrator", "GET", owner + "/documents").body["items"]]
    submissions = [item["id"] for owner in ["/v1/plans/" + plan] + ["/v1/activities/" + each for each in highlights] + ["/v1/summary_reports/" + report]
                   for item in ask("administrator", "GET", owner + "/submissions").body["items"]]
    ids = campaign.of(
        plan_id=[plan], activity_id=highlights + [programme], summary_report_id=[report], submission_id=submissions, document_id=documents,
        forwarding_id=[forwarding], award_id=[award], extension_batch_id=[extended["id"]], obligation_id=campaign.list("obligations")[:2],
        extension_id=campaign.list("extensions"))
    secret = list(PHONES.values()) + list(ADDRESSES.values()) + [EMAIL]
    reads = lambda operation: operation.method == "GET"
    outside = [who for who in ROLES if who in ("public", "suzhou", "zhejiang", "district_reviewer", "district_observer", "city_submitter")]
    walk(outside, tells_none(secret), ids, reads)
    # And where they are: everybody there finds all of them.
    for who in ("administrator", "reviewer", "observer", "city_reviewer", "district_submitter", "district_administrator"):
        found = set()
        walk([who], lambda _who, _operation, _path, answer: found.update(each for each in secret if each in said_by(answer)), ids, reads, False)
        if found != set(secret):
            raise asking.Failure(f"{who} does not find {sorted(set(secret) - found)}")


if __name__ == "__main__":
    {"draft": draft, "others": others, "contacts": contacts}[sys.argv[1]]()
