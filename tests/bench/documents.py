#!/usr/bin/python3
"""Documents of 20 MiB, twenty at once up and then down: how fast, and how much memory the service takes for them.

It must be a matter of how many there are at once, not of how large they are: the same with documents of 4 MiB is
measured first, and what is 320 MiB more may not take 24 MiB more of memory. `./dev bench documents`.
"""

import http.client
import json
import os
import sys
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

from house import ROOT, Caller, account, status_of

sys.path.insert(0, str(ROOT / "tests" / "files"))
import pdfs  # pylint: disable=wrong-import-position

URL = os.environ["SCIDAY_URL"]
PID = os.environ["SCIDAY_PID"]
HOST = urllib.parse.urlsplit(URL).netloc
AT_ONCE = 20
MEBIBYTE = 1024 * 1024
BOUNDARY = "sciday"


def document(size):
    """A PDF of so many bytes, and unlike any other."""
    filling = size - 2000
    while missing := size - len(whole := pdfs.plain(pdfs.objects_of(objects=[pdfs.stream((os.urandom(MEBIBYTE) * (size // MEBIBYTE))[:filling])]))):
        filling += missing
    return whole


def upload(token, size):
    body = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="kind"\r\n\r\nother\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    ).encode() + document(size) + f"\r\n--{BOUNDARY}--\r\n".encode()
    connection = http.client.HTTPConnection(HOST, timeout=120)
    connection.request("POST", "/v1/campaigns/2021/documents", body, {
        "Authorization": token, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
    answer = connection.getresponse()
    made = json.load(answer)
    if answer.status != 201:
        raise SystemExit(f"{answer.status}: {made}")
    return made["id"]


def download(token, document_id):
    connection = http.client.HTTPConnection(HOST, timeout=120)
    connection.request("GET", f"/v1/documents/{document_id}/content", headers={"Authorization": token})
    answer = connection.getresponse()
    length = 0
    while piece := answer.read(65536):
        length += len(piece)
    return length


def measure(token, size):
    """VmHWM after so many up and down at once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        started = time.monotonic()
        made = list(pool.map(lambda _: upload(token, size), range(AT_ONCE)))
        up = time.monotonic() - started
        started = time.monotonic()
        lengths = set(pool.map(lambda document_id: download(token, document_id), made))
        down = time.monotonic() - started
    if lengths != {size}:
        raise SystemExit(f"downloaded {lengths}, uploaded {size}")
    total = AT_ONCE * size / MEBIBYTE
    print(f"{AT_ONCE} documents of {size // MEBIBYTE:2d} MiB at once: up {total / up:6.1f} MiB/s, down {total / down:6.1f} MiB/s, "
          f"VmHWM {status_of(PID, 'VmHWM'):6.1f} MiB", flush=True)
    return status_of(PID, "VmHWM")


def main():
    token = Caller(URL, *account("administrator")).headers["Authorization"]
    print(f"before: VmRSS {status_of(PID, 'VmRSS'):6.1f} MiB")
    small, large = measure(token, 4 * MEBIBYTE), measure(token, 20 * MEBIBYTE)
    if large - small > 24:
        raise SystemExit("the memory grows with the documents' size")


if __name__ == "__main__":
    sys.exit(main())
