#!/usr/bin/python3
"""What a page takes for one caller while another address does its worst: 32 connections of the dearest that it may ask for.

    neighbours.py [quick]

Each round measures the page alone and then beside each kind of attack; the ratio of two p99s of one round is what counts,
and should stay within 5. An attacker who is refused (429, 503) asks again a tenth of a second later. The service has the
rate limits of an installation, so that each kind begins with a window of its own address. `./dev bench neighbours`.
"""

import collections
import http.client
import itertools
import json
import multiprocessing
import os
import socket
import statistics
import sys
import threading
import time
import urllib.parse

from house import PASSWORD, Caller, account, generate, numbered, psql

URL = os.environ["SCIDAY_URL"]
HOST, PORT = urllib.parse.urlsplit(URL).hostname, urllib.parse.urlsplit(URL).port
CONNECTIONS = 32
ORGANIZATIONS = 10_000
ACTIVITIES = 2_000
UNBROKEN = 20_000  # characters, as many as a plan's text may have
PAUSE = 0.1  # seconds, of who was refused
NEXT = 0.03  # seconds, between two pages
BOUND = 5
CAMPAIGN = "generated"
PAGE = f"/v1/campaigns/{CAMPAIGN}/activities?limit=20"
numbers = itertools.count(1)
addresses = (f"127.7.{n // 250}.{n % 250 + 1}" for n in itertools.count())


def owner_sql(sql):
    return psql(os.environ["SCIDAY_OWNER_URL"], sql).strip()


def reviewer_and_administrator(boss):
    """Somebody new, of whom no window has counted anything, and who sees everything."""
    province = owner_sql("SELECT id FROM organization WHERE code = 'jiangsu'")
    user = {"username": f"bench-{next(numbers)}", "password": PASSWORD, "name": "测试用户",
            "memberships": [{"role": role, "organization_id": province} for role in ("reviewer", "administrator")]}
    boss.ask("POST", "/v1/users", json.dumps(user), {"Content-Type": "application/json"}, wanted=201)
    return Caller(URL, user["username"]).headers


def connect(address):
    return http.client.HTTPConnection(HOST, PORT, timeout=60, source_address=(address, 0))


def attacker(address, request, until, statuses):
    """One connection that asks again and again."""
    connection = connect(address)
    while time.monotonic() < until:
        try:
            connection.request(*request)
            answer = connection.getresponse()
            while answer.read(65536):
                pass
        except OSError:
            statuses["cut off"] += 1
            connection.close()
            continue
        statuses[answer.status] += 1
        if answer.status in (429, 503):
            time.sleep(PAUSE)


def slow_reader(address, request, until, statuses):
    """One that never reads what it asked for."""
    while time.monotonic() < until:
        connection = connect(address)
        connection.connect()
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.request(*request)
        status = connection.getresponse().status
        statuses[status] += 1
        time.sleep(PAUSE if status in (429, 503) else max(0, until - time.monotonic()))
        connection.close()


def attack(how, address, request, seconds, ready, told):
    statuses = collections.Counter()
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=how, args=(address, request, until, statuses)) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    ready.set()
    for thread in threads:
        thread.join()
    told.put(dict(statuses))


def pages(accounts, seconds):
    """p50 and p99 of a page, in milliseconds, asked for one after the other by accounts that take turns: none is over its rate."""
    connection = connect("127.6.6.6")
    times = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        started = time.monotonic()
        connection.request("GET", PAGE, headers=next(accounts))
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"the page: {answer.status}")
        times.append((time.monotonic() - started) * 1000)
        time.sleep(NEXT)
    return statistics.median(times), statistics.quantiles(times, n=100)[98]


def beside(how, request, accounts, seconds):
    ready, told = multiprocessing.Event(), multiprocessing.Queue()
    process = multiprocessing.Process(target=attack, args=(how, next(addresses), request, seconds + 1, ready, told))
    process.start()
    ready.wait()
    time.sleep(0.5)
    measured = pages(accounts, seconds)
    statuses = told.get()
    process.join()
    return *measured, statuses


def fill():
    generate(os.environ["SCIDAY_SUPERUSER_URL"], campaign=CAMPAIGN, issuer="jiangsu", organizations=300, activities=ACTIVITIES)
    owner_sql(f"""
        INSERT INTO organization (id, code, kind, name, parent_id, ordinal)
        SELECT uuid_v7(), 'bench-' || n, 'partner', '江苏省第' || n || '合作单位', p.id, n
          FROM generate_series(1, {ORGANIZATIONS}) n
          JOIN organization p ON p.code = 'jiangsu';
        UPDATE plan SET text = repeat('a', {UNBROKEN}) WHERE id = '{numbered(CAMPAIGN, "plan", 1)}';
        SET client_min_messages = error;
        VACUUM ANALYZE;""")


def kinds():
    """(how, the request, whether somebody signed in asks)."""
    plan = numbered(CAMPAIGN, "plan", 1)
    society = owner_sql(f"SELECT organization_id FROM plan WHERE id = '{plan}'")
    campaign = f"/v1/campaigns/{CAMPAIGN}"
    wrong = urllib.parse.urlencode({"grant_type": "password", "username": "nobody", "password": "wrong"})
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return {
        "workbooks of organizations": (attacker, ("GET", "/v1/organizations?format=xlsx"), False),
        "CSV of organizations": (attacker, ("GET", "/v1/organizations?format=csv"), False),
        "the same, never read": (slow_reader, ("GET", "/v1/organizations?format=csv"), False),
        "a search that matches all": (attacker, ("GET", "/v1/organizations?q=%E6%B1%9F%E8%8B%8F&limit=100&count=exact"), False),
        "sign-ins": (attacker, ("POST", "/v1/auth/token", wrong, form), False),
        "workbooks of activities": (attacker, ("GET", f"{campaign}/activities?format=xlsx"), True),
        "a search of activities": (attacker, ("GET", f"{campaign}/activities?q=%E5%AE%A3%E8%AE%B2&count=exact"), True),
        "compliance": (attacker, ("GET", f"{campaign}/reports/compliance"), True),
        "an organization's forms": (attacker, ("GET", f"{campaign}/organizations/{society}/form"), True),
        "a form without a break": (attacker, ("GET", f"/v1/plans/{plan}/form"), True),
    }


def main(rounds, seconds):
    fill()
    boss = Caller(URL, *account("administrator"))
    accounts = itertools.cycle([reviewer_and_administrator(boss) for _ in range(2)])
    ratios = collections.defaultdict(list)
    answers = collections.defaultdict(collections.Counter)
    measured = collections.defaultdict(list)
    attacks = kinds()
    pages(accounts, 1)
    for _ in range(rounds):
        for what, (how, (method, path, *rest), is_signed_in) in attacks.items():
            request = (method, path, None, reviewer_and_administrator(boss)) if is_signed_in else (method, path, *rest)
            alone = pages(accounts, seconds)
            *attacked, statuses = beside(how, request, accounts, seconds)
            measured[what].append((*alone, *attacked))
            ratios[what].append(attacked[1] / alone[1])
            answers[what].update(statuses)
    print(f"{'a page beside':<28}{'p50 alone':>10}{'p99 alone':>10}{'p50':>8}{'p99':>8}   ratio of p99 (least to most); answers to the attacker")
    for what, rows in measured.items():
        print(f"{what:<28}" + "".join(f"{statistics.median(column):>{width}.1f}" for column, width in zip(zip(*rows), (10, 10, 8, 8)))
              + f"   {statistics.median(ratios[what]):.1f} ({min(ratios[what]):.1f} to {max(ratios[what]):.1f}); {dict(answers[what])}")
    return 1 if any(statistics.median(each) > BOUND for each in ratios.values()) else 0


if __name__ == "__main__":
    sys.exit(main(1, 4) if sys.argv[1:] == ["quick"] else main(3, 8))
