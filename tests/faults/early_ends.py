"""Ends a request early in every way that a client has, ROUNDS times each, and looks that nothing of it stays.

    early_ends.py URL ADMIN_URL PROCESS LOG [ROUNDS [WAY…]]

SCIDAY_TOKEN is an administrator's.

Each is answered as it should be, or not at all; it has gone through the last stages, is counted once in the metrics and has
one line in the log; and the process has the descriptors and, within SPARE, the memory that it had when it had seen each way a few times.
"""

import os
import re
import socket
import struct
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

PATIENCE = 30  # seconds
WARM = 30  # rounds before memory is looked at
SPARE = 16 << 20  # bytes
LAST_STAGES = ("finish", "pace", "record")
WORKERS = 8
BATCH = 25

LAST = b"Host: x\r\nConnection: close\r\n"
GET = b"GET /v1/labels HTTP/1.1\r\n" + LAST
POST = b"POST /v1/auth/token HTTP/1.1\r\n" + LAST + b"Content-Type: application/json\r\n"
UPLOAD = b"POST /v1/campaigns/2021/documents HTTP/1.1\r\n" + LAST + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 900000\r\n"
OURS = b"Authorization: Bearer " + os.environ["SCIDAY_TOKEN"].encode() + b"\r\n"
FILE = b"\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-" + b"0" * 200000
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"

# What is sent, and the statuses that are right; where there are none, no answer is waited for, and the client is gone, by
# turns with an end and with a reset.
WAYS = {
    "many parameters": (b"GET /v1/labels?" + b"a&" * 600 + b" HTTP/1.1\r\n" + LAST + b"\r\n", {400}),
    "many parameters with values": (b"GET /v1/labels?" + b"a=b&" * 600 + b" HTTP/1.1\r\n" + LAST + b"\r\n", {400}),
    "no request line": (b"HELO there\r\n\r\n", {400}),
    "one word": (b"GET\r\n\r\n", {400, None}),
    "noise": (bytes(range(128, 256)) + b"\r\n\r\n", {400, None}),
    "another version": (b"GET /v1/labels HTTP/3.0\r\nHost: x\r\n\r\n", {505}),
    "a long address": (b"GET /" + b"a" * 60000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", {414}),
    "many headers": (GET + b"X: y\r\n" * 3000 + b"\r\n", {431}),
    "a long header": (GET + b"X: " + b"y" * 60000 + b"\r\n\r\n", {431}),
    "many cookies": (GET + b"Cookie: " + b"a;" * 3000 + b"\r\n\r\n", {431}),
    "two faults": (POST + b"Cookie: " + b"a;" * 3000 + b"\r\nContent-Length: x\r\n\r\n", {400, 431, None}),
    "a line that is no header": (GET + b"no header\r\n\r\n", {400}),
    "a name that is none": (GET + b"Transfer-Encoding : chunked\r\n\r\n", {400}),
    "no host": (b"GET /v1/labels HTTP/1.1\r\n\r\n", {400}),
    "two hosts": (GET + b"host: y\r\n\r\n", {400}),
    "both lengths": (POST + b"Content-Length: 5\r\n" + CHUNKED + b"0\r\n\r\n", {400}),
    "two lengths": (POST + b"Content-Length: 2\r\ncontent-length: 3\r\n\r\n{}", {400}),
    "a length that is none": (POST + b"Content-Length: 5x\r\n\r\n{}", {400}),
    "a length beyond all": (POST + b"Content-Length: 99999999999999999999\r\n\r\n{}", {413}),
    "another coding": (POST + b"Transfer-Encoding: gzip\r\n\r\n{}", {400}),
    "a bad chunk": (POST + CHUNKED + b"zz\r\n", {400}),
    "a chunk beyond all": (POST + CHUNKED + b"ffffffffffffffffff\r\n", {413}),
    "a chunk with more than its length": (POST + CHUNKED + b"1\r\n{}\r\n", {400}),
    "a long extension of a chunk": (POST + CHUNKED + b"5;" + b"a" * 60000 + b"\r\n", {431}),
    "a long trailer": (POST + CHUNKED + b"0\r\nX: " + b"y" * 60000 + b"\r\n\r\n", {431}),
    "more than is taken": (POST + b"Content-Length: 9000\r\n\r\n" + b" " * 9000, {413}),
    "more than is taken, in chunks": (POST + CHUNKED + b"2328\r\n" + b" " * 9000 + b"\r\n0\r\n\r\n", {413}),
    "too much to begin with": (POST + b"Content-Length: 9000\r\nExpect: 100-continue\r\n\r\n", {413}),
    "nothing": (b"", set()),
    "half a request line": (GET[:10], set()),
    "half a head": (GET, set()),
    "half a body": (POST + b"Content-Length: 100\r\n\r\n{", set()),
    "half a chunk": (POST + CHUNKED + b"10\r\n{", set()),
    "half an upload": (UPLOAD + FILE, set()),
    "half an upload of ours": (UPLOAD + OURS + FILE, set()),
    "gone before the answer": (GET + b"\r\n", set()),
    "gone before a long answer": (b"GET /openapi.json HTTP/1.1\r\n" + LAST + b"\r\n", set()),
}


class Failure(Exception):
    pass


def status_of(connection):
    """Of the answer, read to its end; None if there is none."""
    answer = b""
    try:
        while piece := connection.recv(65536):
            answer += piece
    except ConnectionError:  # what was sent and not read makes the end a reset
        pass
    found = re.match(rb"HTTP/1\.1 ([0-9]{3}) ", answer)
    if found and b"application/problem+json" not in answer:
        raise Failure(f"no problem: {answer[:500]}")
    return int(found[1]) if found else None


def end_early(where, way, number):
    sent, statuses = WAYS[way]
    with socket.create_connection((where.hostname, where.port), PATIENCE) as connection:
        try:
            connection.sendall(sent)
        except ConnectionError:  # hung up in the middle
            pass
        if not statuses:
            if number % 2:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        status = status_of(connection)
        # An answer may be lost to the reset that follows what was not read.
        if status not in statuses and not (status is None and len(sent) > 50000):
            raise Failure(f"{way}: {status}")


def figure(admin_url, series):
    text = urllib.request.urlopen(admin_url + "/metrics", timeout=PATIENCE).read().decode()
    return sum(int(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(series))


def counted(admin_url):
    return figure(admin_url, "sciday_requests_total{")


def passed(admin_url, stage):
    return figure(admin_url, f'sciday_stage_duration_seconds_count{{stage="{stage}"}}')


def logged(log):
    with open(log, encoding="utf-8") as file:
        return sum('"event":"request"' in line for line in file)


def until(found, expected, what):
    deadline = time.monotonic() + PATIENCE
    while (there := found()) != expected:
        if time.monotonic() > deadline:
            raise Failure(f"{what}: {there}, not {expected}")
        time.sleep(0.02)


def descriptors(process):
    return len(os.listdir(f"/proc/{process}/fd"))


def memory(process):
    with open(f"/proc/{process}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def rounds_of(pool, where, admin_url, way, rounds):
    """So many, BATCH after BATCH, so that what is there at once is bounded."""
    count = counted(admin_url)
    for first in range(0, rounds, BATCH):
        batch = range(first, min(first + BATCH, rounds))
        list(pool.map(lambda number: end_early(where, way, number), batch))
        until(lambda: counted(admin_url), count + batch.stop, f"{way}: counted")


def main():
    url, admin_url, process, log, *rest = sys.argv[1:]
    rounds = int(rest[0]) if rest else 500
    ways = rest[1:] or list(WAYS)
    where = urlsplit(url)
    with ThreadPoolExecutor(WORKERS) as pool:
        for way in ways:
            rounds_of(pool, where, admin_url, way, WARM)
        open_before = descriptors(process)
        for way in ways:
            before = memory(process)
            rounds_of(pool, where, admin_url, way, rounds)
            until(lambda: logged(log), counted(admin_url), f"{way}: lines in the log")
            for stage in LAST_STAGES:
                until(lambda stage=stage: passed(admin_url, stage), counted(admin_url), f"{way}: through {stage}")
            until(lambda: descriptors(process) <= open_before, True, f"{way}: as many descriptors as before")
            grown = memory(process) - before
            print(f"{way}: {grown >> 10} kB more")
            if grown > SPARE:
                raise Failure(f"{way}: {grown >> 10} kB more memory after {rounds}")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(str(failure))
