#!/usr/bin/python3
"""People at work while something happens to what they work on: ledger.py ADDRESSES ENOUGH, the paths of two files.

ADDRESSES has the services' URLs, a line for each, and may change; when ENOUGH is there, the work ends. Every change that was
acknowledged is in a ledger, and in the end must be in the database; no request may fail. Accounts: SCIDAY_ACCOUNTS.
"""

import itertools
import json
import os
import sys
import threading
import urllib.error
import urllib.request
import uuid
from pathlib import Path

ADDRESSES, ENOUGH = map(Path, sys.argv[1:3])
ACCOUNTS = {one["username"]: one["password"] for one in json.loads(Path(os.environ["SCIDAY_ACCOUNTS"]).read_text())}
READS = ["/v1/campaigns/2021", "/v1/campaigns/2021/activities?limit=5", "/v1/organizations?limit=5", "/v1/campaigns/2021/obligations?limit=5",
         "/v1/labels", "/v1/campaigns/2021/reports/overview", "/v1/me"]
PATIENCE = 30  # seconds for an answer

turns = itertools.count()
wrong, answered = [], []


def ask(token, method, path, body=None, **headers):
    """(answer, ETag) of any of the services, in turn; None for what failed, which is noted."""
    addresses = ADDRESSES.read_text().split()
    url = addresses[next(turns) % len(addresses)] + path
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None, method=method, headers={
        "Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            answered.append(method)
            return json.loads(answer.read() or "{}"), answer.headers.get("ETag")
    except urllib.error.HTTPError as error:
        wrong.append(f"{method} {url}: {error.code} {error.read().decode()[:300]}")
    except OSError as error:
        wrong.append(f"{method} {url}: {error!r}")
    return None, None


def sign_in(username):
    body = {"grant_type": "password", "username": username, "password": ACCOUNTS[username]}
    return ask("", "POST", "/v1/auth/token", body)[0]["access_token"]


def read(token):
    for path in itertools.cycle(READS):
        if ENOUGH.exists():
            return
        ask(token, "GET", path)


def write(token, campaign, ledger):
    """Drafts of its own organization, and a change of each; the ledger has the title that was acknowledged last."""
    organization = ask(token, "GET", "/v1/me")[0]["memberships"][0]["organization"]["id"]
    for number in itertools.count():
        if ENOUGH.exists():
            return
        body = {"organization_id": organization, "kind": "highlight", "title": f"换版 {number}"}
        draft, etag = ask(token, "POST", f"/v1/campaigns/{campaign}/activities", body, Idempotency_Key=str(uuid.uuid4()))
        if not draft:
            continue
        ledger[draft["id"]] = draft["title"]
        for change in range(3):
            changed, changed_etag = ask(token, "PATCH", f"/v1/activities/{draft['id']}", {"title": f"换版 {number}.{change}"}, If_Match=etag)
            if changed:
                ledger[draft["id"]], etag = changed["title"], changed_etag
        if number % 2:  # many drafts are nobody's way to work
            continue
        deleted, _ = ask(token, "DELETE", f"/v1/activities/{draft['id']}", If_Match=etag)
        if deleted is not None:
            del ledger[draft["id"]]


def main():
    submitter, administrator = sign_in("submitter"), sign_in("administrator")
    ledgers = [{}, {}]
    workers = [threading.Thread(target=read, args=[administrator]) for _ in range(4)]
    workers += [threading.Thread(target=write, args=[submitter, "2021", ledger]) for ledger in ledgers]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    lost = []
    for activity, title in itertools.chain.from_iterable(ledger.items() for ledger in ledgers):
        found, _ = ask(submitter, "GET", f"/v1/activities/{activity}")
        if not found or found["title"] != title:
            lost.append(activity)
    print(f"{len(answered)} answered, {len(answered) - answered.count('GET')} of them changes; {len(wrong)} failed; {len(lost)} lost")
    print(*wrong[:5], sep="\n")
    return 1 if wrong or lost or not any(ledgers) else 0


if __name__ == "__main__":
    sys.exit(main())
