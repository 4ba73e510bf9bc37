"""Every path of the contract, with every method and every kind of content, by who is signed in and who is not.

    every_request.py OPENAPI

Whatever comes, it is answered, and not with a 5xx; what an operation does not take is refused as the contract has it.
"""

import collections
import http.client
import itertools
import json
import os
import sys
import threading
import urllib.parse

from asking import PATIENCE, WHERE, Failure, at_once

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
TYPES = (
    None,
    "application/json",
    "application/merge-patch+json; charset=utf-8",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "Multipart/Form-Data;boundary=\"x\"",
    "multipart/form-dataX; boundary=x",
    "text/csv",
    "application/octet-stream",
    "%s%n/*",
)
BODIES = (None, b"{}", b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-\r\n--x--\r\n")
NOTHING = "00000000-0000-7000-8000-000000000000"
WORKERS = 4


class Client:
    """One connection, kept as long as the service keeps it."""

    def __init__(self):
        self.connection = None

    def ask(self, method, path, headers, body):
        fresh = self.connection is None
        if fresh:
            self.connection = http.client.HTTPConnection(WHERE.hostname, WHERE.port, timeout=PATIENCE)
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection = None
            # Between two requests a connection may be closed by either end.
            if not fresh:
                return self.ask(method, path, headers, body)
            raise Failure(f"{method} {path} {headers} {body}: no answer: {error!r}") from error
        if response.will_close:
            self.connection = None
        return response.status, content


def paths(contract):
    for template, item in contract["paths"].items():
        path = template.replace("{campaign_code}", "2021")
        while "{" in path:
            path = path[: path.index("{")] + NOTHING + path[path.index("}") + 1 :]
        yield path, item


def takes(contract, item, method):
    """The media types that the method's operation takes; None if there is no such operation."""
    operation = item.get("get" if method == "HEAD" else method.lower())
    if not isinstance(operation, dict) or method not in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        return None
    body = operation.get("requestBody", {})
    if "$ref" in body:
        body = contract["components"]["requestBodies"][body["$ref"].rsplit("/", 1)[1]]
    return set(body.get("content", {}))


def judge(taken, type_, body, status, content):
    """What is wrong with the answer, or None."""
    if status >= 500:
        return "a 5xx"
    if status >= 400 and content and json.loads(content)["status"] != status:
        return "no problem"
    if taken is None:
        return None if status in (204, 401, 405) else "a method that is not there"
    is_known = type_ and type_.split(";")[0].strip().lower() in taken
    is_let_go = not taken and (not type_ or type_.startswith("application/json"))
    if body and not is_known and not is_let_go:
        return None if status in (401, 403, 415) else "a type that is not taken"
    return "a body's type without a body" if status == 415 and not body else None


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        contract = json.load(file)
    token = json.loads(os.environ["SCIDAY_TOKENS"])["administrator"]
    work = iter([(path, item, *rest) for path, item in paths(contract)
                 for rest in itertools.product(METHODS, TYPES, BODIES, (False, True))])
    lock = threading.Lock()
    seen = collections.Counter()
    wrong = []

    def run():
        client = Client()
        while True:
            with lock:
                each = next(work, None)
            if each is None:
                return
            path, item, method, type_, body, signed_in = each
            headers = {"Host": WHERE.netloc}
            if type_ is not None:
                headers["Content-Type"] = type_
            if signed_in:
                headers["Authorization"] = "Bearer " + token
            status, content = client.ask(method, path, headers, body)
            fault = judge(takes(contract, item, method), type_, body, status, content)
            with lock:
                seen[status] += 1
                if fault:
                    wrong.append(f"{fault}: {method} {path} {type_} {body} signed in: {signed_in}: {status} {content[:300]}")

    at_once([run] * WORKERS)
    print(dict(sorted(seen.items())))
    if wrong:
        raise Failure("\n".join(wrong[:20]) + f"\n{len(wrong)} in all")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(str(failure))
