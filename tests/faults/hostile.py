#!/usr/bin/python3
"""A hostile client: everything that was ever found to stop the service, to slow it for others or to make it grow, in bounded time.

    hostile.py [--rounds N] [ATTACK…]    all attacks, or those named; N times as many requests in each

The service answers at SCIDAY_URL, perhaps behind nginx; SCIDAY_PID is its process, SCIDAY_LOG its log, SCIDAY_METRICS the
address of its figures; SCIDAY_ACCOUNTS has accounts called administrator and submitter. The attacks come from one
address of the loopback net, a neighbour's reading from another, and the person whose password is guessed at is at a third.

Prints TAP: for each attack, that what was refused was refused as it should be, and that the neighbour was answered; and
in the end that the service lives, has counted what it answered, and is no larger than before.
"""

import argparse
import base64
import collections
import concurrent.futures
import http.client
import io
import json
import os
import re
import socket
import struct
import sys
import threading
import time
import urllib.parse
import urllib.request
import zipfile

WHERE = urllib.parse.urlsplit(os.environ["SCIDAY_URL"])
PROCESS = int(os.environ["SCIDAY_PID"])
LOG = os.environ["SCIDAY_LOG"]
METRICS = os.environ["SCIDAY_METRICS"]
ACCOUNTS = {each["username"]: each["password"] for each in json.load(open(os.environ["SCIDAY_ACCOUNTS"]))}

STRANGER, NEIGHBOUR, PERSON = "127.0.0.2", "127.0.0.3", "127.0.0.4"
PATIENCE = 30  # seconds for an answer to an attack
PROMISED = 5  # seconds in which a neighbour is answered whatever others do: twice SCIDAY_DATABASE_WAIT, and one for the machine
GROWTH = 16 * 1024  # KiB that the service may be larger afterwards
PAUSE = 0.05  # seconds before anything is asked again

# ---- Asking ---------------------------------------------------------------------------------


class Answer:
    def __init__(self, status, headers, content):
        self.status = status
        self.headers = headers
        self.content = content

    @property
    def body(self):
        return json.loads(self.content)

    @property
    def code(self):
        try:
            return self.body.get("code")
        except ValueError:
            return None


def ask(source, method, target, body=None, headers=None, token=None):
    """One request from this address; None if the connection ended without an answer."""
    connection = http.client.HTTPConnection(WHERE.hostname, WHERE.port, timeout=PATIENCE, source_address=(source, 0))
    headers = dict(headers or {})
    if token:
        headers["Authorization"] = "Bearer " + token
    try:
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def send(octets, read=True, reset=False):
    """The octets as they are, from the stranger's address; the status of the answer, 0 for none."""
    try:
        with socket.create_connection((WHERE.hostname, WHERE.port), PATIENCE, (STRANGER, 0)) as connection:
            try:
                connection.sendall(octets)
            except OSError:
                pass  # refused before all of it was sent: there may be an answer still
            if reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if not read:
                return 0
            head = b""
            while b"\r\n" not in head and (piece := connection.recv(4096)):
                head += piece
            match = re.match(rb"HTTP/1\.[01] (\d{3}) ", head)
            return int(match[1]) if match else 0
    except OSError:
        return 0


def at_once(count, work, workers=32):
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, range(count)))


def sign_in(source, username, password):
    body = urllib.parse.urlencode({"grant_type": "password", "username": username, "password": password})
    return ask(source, "POST", "/v1/auth/token", body, {"Content-Type": "application/x-www-form-urlencoded"})


def multipart(filename, content, media_type, kind="word_copy"):
    boundary = "hostile"
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="kind"\r\n\r\n{kind}\r\n'.encode(),
             f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
             f"Content-Type: {media_type}\r\n\r\n".encode(), content, f"\r\n--{boundary}--\r\n".encode()]
    return b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


# ---- What is looked at ----------------------------------------------------------------------


class Neighbour(threading.Thread):
    """Reads pages all the while, from an address of their own and as an account of their own."""

    def __init__(self, token):
        super().__init__(daemon=True)
        self.token = token
        self.over = threading.Event()
        self.slowest = 0.0
        self.unanswered = collections.Counter()

    def run(self):
        pages = [("/v1/labels", None), ("/v1/organizations?limit=5", None), ("/v1/campaigns/2021/activities?limit=5", None),
                 ("/v1/me", self.token)]
        while not self.over.is_set():
            for target, token in pages:
                began = time.monotonic()
                answer = ask(NEIGHBOUR, "GET", target, token=token)
                self.slowest = max(self.slowest, time.monotonic() - began)
                if not answer or answer.status != 200:
                    self.unanswered[f"{target}: {answer.status if answer else 'no answer'}"] += 1
            self.over.wait(PAUSE)

    def finish(self):
        """What was wrong, or an empty string."""
        self.over.set()
        self.join()
        if self.unanswered:
            return f"the neighbour was not answered: {dict(self.unanswered)}"
        return f"the neighbour waited {self.slowest:.1f} s" if self.slowest > PROMISED else ""


def resident():
    """KiB of memory that are not a file's."""
    with open(f"/proc/{PROCESS}/status") as status:
        return int(re.search(r"RssAnon:\s+(\d+)", status.read())[1])


def descriptors():
    return len(os.listdir(f"/proc/{PROCESS}/fd"))


def figures():
    with urllib.request.urlopen(METRICS, timeout=PATIENCE) as answer:
        return answer.read().decode()


def counted(pattern):
    return sum(int(value) for value in re.findall(rf"^{pattern} (\d+)$", figures(), re.M))


def until(what, limit, have):
    """Asked until it is no more than the limit: threads and connections end a little after their answers."""
    for _ in range(400):
        if have() <= limit:
            return ""
        time.sleep(PAUSE)
    return f"{what}: {have()}, expected at most {limit}"


# ---- The attacks ----------------------------------------------------------------------------
# Each is a function of how many rounds and the tokens there are; it returns what was wrong, or nothing.

ATTACKS = {}


def attack(function):
    ATTACKS[function.__name__] = function
    return function


def is_among(statuses, *allowed):
    """What of the statuses is none of the allowed ones."""
    wrong = collections.Counter(statuses)
    for status in allowed:
        del wrong[status]
    return f"answered with {dict(wrong)}, expected {allowed}" if wrong else ""


REFUSALS = (400, 401, 403, 404, 405, 406, 409, 412, 413, 414, 415, 422, 428, 429, 431)


@attack
def media_types_that_are_not_taken(rounds, tokens):
    """A stranger's header on every operation that needs no id, in every method."""
    targets = tokens["targets"]
    types = ["multipart/form-data; boundary=x", "multipart/form-data", "application/json", "text/csv", "\x7f", "a/" + "b" * 4000]

    def each(number):
        target = targets[number % len(targets)]
        media_type = types[number // len(targets) % len(types)]
        statuses = []
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "SPAM"):
            answer = ask(STRANGER, method, target, None, {"Content-Type": media_type})
            statuses.append(answer.status if answer else 0)
        return statuses

    return is_among(sum(at_once(len(targets) * len(types) * rounds, each, 8), []), 200, 204, 405, *REFUSALS, 501)


@attack
def requests_that_end_early(rounds, _):
    head = b"Host: hostile\r\nConnection: close\r\n"
    answered = [
        b"GET /v1/labels?" + b"a&" * 600 + b" HTTP/1.1\r\n" + head + b"\r\n",
        b"GET /v1/labels?" + b"a=" + b"%41" * 20000 + b" HTTP/1.1\r\n" + head + b"\r\n",
        b"GET /" + b"x/" * 10000 + b" HTTP/1.1\r\n" + head + b"\r\n",
        b"GET /v1/labels HTTP/1.1\r\n" + head + b"".join(b"X-%d: y\r\n" % i for i in range(3000)) + b"\r\n",
        b"GET /v1/labels HTTP/1.1\r\n" + head + b"Cookie: " + b"c" * 60000 + b"\r\n\r\n",
        b"POST /v1/auth/token HTTP/1.1\r\n" + head + b"Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"POST /v1/auth/token HTTP/1.1\r\n" + head + b"Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n2;" + b"e" * 40000 + b"\r\n{}\r\n0\r\n\r\n",
        b"POST /v1/auth/token HTTP/1.1\r\n" + head + b"Content-Type: application/json\r\nContent-Length: 4\r\n\r\n{}\0\0",
        b"POST /v1/auth/token HTTP/1.1\r\n" + head + b"Content-Type: multipart/form-data\r\nContent-Length: 9\r\n\r\n--x\r\n\r\n--",
        b"GET /v1/labels HTTP/1.1\r\nConnection: close\r\n\r\n",
    ]
    unanswered = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100 + b"\r\n\r\n",
        b"GET /v1/labels HT",
        b"POST /v1/auth/token HTTP/1.1\r\n" + head + b"Content-Type: application/json\r\nContent-Length: 90\r\n\r\n{",
        b"POST /v1/auth/token HTTP/1.1\r\n" + head + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 9000\r\n\r\n--x\r\n",
        b"GET /v1/labels HTTP/1.1\r\n" + head + b"\r\n",
    ]

    def lost(number):
        return send(unanswered[number % len(unanswered)], read=False, reset=number % 2 == 0)

    at_once(100 * rounds, lost)
    return is_among(at_once(len(answered) * 20 * rounds, lambda number: send(answered[number % len(answered)])), *REFUSALS, 501)


@attack
def bodies_before_it_is_known_who_sends_them(rounds, _):
    """A hundred and fifty at once, each of which would send 20 MiB; what the service holds of them is looked at meanwhile."""
    before, largest = resident(), 0
    gate = threading.Barrier(151)
    over = threading.Event()

    def each(number):
        media_type = b"application/json" if number % 2 else b"multipart/form-data; boundary=x"
        try:
            with socket.create_connection((WHERE.hostname, WHERE.port), PATIENCE, (STRANGER, 0)) as connection:
                connection.sendall(b"POST /v1/activities/0/documents HTTP/1.1\r\nHost: hostile\r\nContent-Type: " + media_type +
                                   b"\r\nContent-Length: 20971520\r\n\r\n--x\r\n")
                try:
                    for _ in range(16):
                        connection.sendall(b"x" * 131072)
                except OSError:
                    pass
                gate.wait(PATIENCE)
                over.wait(PATIENCE)
        except OSError:
            gate.wait(PATIENCE)

    threads = [threading.Thread(target=each, args=(number,), daemon=True) for number in range(150)]
    for thread in threads:
        thread.start()
    gate.wait(PATIENCE)
    largest = resident()
    over.set()
    for thread in threads:
        thread.join()
    return f"150 strangers' bodies took {(largest - before) // 1024} MiB" if largest - before > 4 * GROWTH else ""


def forged_tokens(good):
    header, claims, signature = good.split(".")
    last = signature[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spare = signature[:-1] + alphabet[alphabet.index(last) ^ 1]
    return [f"{header}.{claims}.{each}" for each in
            (spare, signature + "=", signature + ".", signature + "!", signature + "\t", signature + "A", "", signature + "." + signature)] + [
        f"{header}=.{claims}.{signature}", f"{header}.{claims}.{signature}".replace("-", "+").replace("_", "/") + "+", good[:-1], "x" * 6000]


@attack
def tokens_that_are_nearly_good(rounds, tokens):
    forged = [each for each in forged_tokens(tokens["submitter"]) if each != tokens["submitter"]]
    answers = at_once(len(forged) * rounds, lambda number: ask(STRANGER, "GET", "/v1/me", token=forged[number % len(forged)]))
    return is_among([answer.status if answer else 0 for answer in answers], 400, 401, 429, 431)


@attack
def guesses_at_a_password(rounds, _):
    """Sixty-four at once, then one after another; the person signs in from where they always do."""
    if sign_in(PERSON, "submitter", ACCOUNTS["submitter"]).status != 200:
        return "the person cannot sign in before the attack"
    answers = at_once(64 * rounds, lambda number: sign_in(STRANGER, "submitter", f"guess-{number}"), 64)
    wrong = is_among([answer.status if answer else 0 for answer in answers], 400, 401, 429, 503)
    late = [answer for answer in answers if answer and answer.status in (429, 503) and not answer.headers.get("Retry-After")]
    if late:
        wrong += " without Retry-After"
    answer = sign_in(PERSON, "submitter", ACCOUNTS["submitter"])
    return wrong or ("" if answer and answer.status == 200 else f"the person was kept out: {answer and answer.content}")


@attack
def one_refresh_token_by_many(rounds, _):
    for _ in range(rounds):
        first = sign_in(PERSON, "submitter", ACCOUNTS["submitter"]).body["refresh_token"]
        body = urllib.parse.urlencode({"grant_type": "refresh_token", "refresh_token": first})
        answers = at_once(10, lambda _: ask(
            PERSON, "POST", "/v1/auth/token", body, {"Content-Type": "application/x-www-form-urlencoded"}), 10)
        chains = {answer.body["refresh_token"] for answer in answers if answer and answer.status == 200}
        if len(chains) != 1:
            return f"ten uses of one refresh token made {len(chains)} chains"
    return ""


@attack
def what_is_dear(rounds, tokens):
    """Workbooks, searches and reports by thirty-two connections at once."""
    targets = ["/v1/organizations?format=xlsx", "/v1/organizations?q=%E7%A7%91%E5%AD%A6", "/v1/organizations?format=csv",
               "/v1/campaigns/2021/activities?format=xlsx", "/v1/campaigns/2021/activities?q=%E6%B4%BB%E5%8A%A8&count=exact"]
    answers = at_once(96 * rounds, lambda number: ask(STRANGER, "GET", targets[number % len(targets)]))
    late = [answer for answer in answers if answer and answer.status in (429, 503) and not answer.headers.get("Retry-After")]
    wrong = is_among([answer.status if answer else 0 for answer in answers], 200, 429, 503)
    return wrong or ("refused without Retry-After" if late else "")


def ordinary_package():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
        package.writestr("word/document.xml", b"<x/>" * 1000)
    return packed.getvalue()


def one_entry_many_times(times):
    """A ZIP whose central directory names its last entry so many times more (APPNOTE.TXT, 4.3.12 and 4.3.16)."""
    packed = ordinary_package()
    end = packed.rindex(b"PK\5\6")
    size, start = struct.unpack("<II", packed[end + 12 : end + 20])
    last = packed.rindex(b"PK\1\2", 0, end)
    directory = packed[start:end] + packed[last:end] * times
    count = min(2 + times, 0xFFFF)
    return packed[:start] + directory + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(directory), start, 0)


def hostile_documents():
    docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        package.writestr("[Content_Types].xml", b" " * 30_000_000)
    deep = b"%PDF-1.7\n1 0 obj\n" + b"[" * 100_000 + b"\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"
    loop = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]/Names 1 0 R/Prev 0>>\nendobj\nstartxref\n9\n%%EOF\n"
    return [("a.docx", one_entry_many_times(1900), docx), ("b.docx", one_entry_many_times(30000), docx), ("c.docx", bomb.getvalue(), docx),
            ("d.pdf", deep, "application/pdf"), ("e.pdf", loop, "application/pdf"),
            ("f.pdf", b"%PDF-1.4 hello %%EOF", "application/pdf"), ("g.docx", ordinary_package()[:-30], docx)]


@attack
def documents_made_to_be_hard(rounds, tokens):
    token = tokens["submitter"]
    where = tokens["activity"]
    documents = hostile_documents()

    def each(number):
        name, content, media_type = documents[number % len(documents)]
        body, headers = multipart(name, content, media_type)
        answer = ask(STRANGER, "POST", f"/v1/activities/{where}/documents", body, headers, token)
        return answer.status if answer else 0

    return is_among(at_once(len(documents) * 2 * rounds, each, 4), 413, 415, 422, 429, 503)


@attack
def connections_that_do_nothing(rounds, _):
    for _ in range(rounds):
        connections = []
        for number in range(300):
            try:
                connection = socket.create_connection((WHERE.hostname, WHERE.port), PATIENCE, (STRANGER, 0))
            except OSError:
                continue
            if number % 2:
                connection.sendall(b"GET /v1/labels HTTP/1.1\r\nX-Slow: ")
            connections.append(connection)
        time.sleep(PAUSE)
        for connection in connections:
            connection.close()
    return ""


# ---- All of it ------------------------------------------------------------------------------


def prepare():
    tokens = {}
    for username in ("administrator", "submitter"):
        tokens[username] = sign_in(PERSON, username, ACCOUNTS[username]).body["access_token"]
    organization = ask(PERSON, "GET", "/v1/me", token=tokens["submitter"]).body["memberships"][0]["organization"]["id"]
    answer = ask(PERSON, "POST", "/v1/campaigns/2021/activities",
                 json.dumps({"organization_id": organization, "kind": "highlight", "title": "文件难办的活动"}),
                 {"Content-Type": "application/json"}, tokens["submitter"])
    if not answer or answer.status != 201:
        sys.exit(f"no activity could be made: {answer and answer.content}")
    tokens["activity"] = answer.body["id"]
    tokens["targets"] = [path for path in ask(PERSON, "GET", "/openapi.json").body["paths"] if "{" not in path]
    return tokens


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def say(self, wrong, what):
        self.count += 1
        self.failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {self.count} - {what}", flush=True)
        if wrong:
            print(f"# {wrong}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("attack", nargs="*", choices=[[], *ATTACKS])
    arguments = parser.parse_args()
    chosen = arguments.attack or list(ATTACKS)
    tap = Tap()
    tokens = prepare()
    quiet = descriptors()
    for name in 2 * chosen:  # what is made at its first use, and kept, is no growth
        ATTACKS[name](1, tokens)
    until("descriptors", quiet + 8, descriptors)
    quiet = max(quiet, descriptors())
    before = resident()
    answered = counted(r"sciday_requests_total\{[^}]*\}")
    for name in chosen:
        neighbour = Neighbour(tokens["administrator"])
        neighbour.start()
        try:
            wrong = ATTACKS[name](arguments.rounds, tokens)
        except OSError as error:
            wrong = repr(error)
        tap.say(wrong, f"{name}: refused as it should be")
        tap.say(neighbour.finish(), f"{name}: the neighbour is answered")
    tap.say("" if os.path.exists(f"/proc/{PROCESS}/status") else "it is gone", "the service lives")
    tap.say(until("descriptors", quiet + 2, descriptors), "as many descriptors as before")
    tap.say(until("KiB of memory", before + GROWTH, resident), "no more than 16 MiB larger than before")
    with open(LOG) as log:
        lines = sum(line.startswith("{") and '"event":"request"' in line for line in log)
    tap.say("" if counted(r"sciday_requests_total\{[^}]*\}") <= lines and lines > answered else "they differ", "a line in the log for each answer")
    print(f"1..{tap.count}")
    return tap.failed > 0


if __name__ == "__main__":
    sys.exit(main())
