#!/usr/bin/python3
"""Checks what the tests of the API really got against what openapi.yaml says, and writes TAP.

    traffic.py OPENAPI_JSON TRAFFIC

TRAFFIC has a line for each exchange: method, path, status, media type and the body in base64,
separated by tabs. There is one test for each operation: it was called and succeeded at least
once, in each of its formats if it takes `format`; each status is declared, each body is valid
against its schema and has no member that the schema does not name; a table's rows have a cell
for each heading, and other files begin as theirs do.
"""

import base64
import csv
import io
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

from jsonschema import Draft202012Validator, FormatChecker, RefResolver

METHODS = ("get", "post", "put", "patch", "delete")
ZIP = b"PK\x03\x04"
BEGINNINGS = {
    "application/pdf": b"%PDF-",
    "application/zip": ZIP,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ZIP,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ZIP,
    "image/svg+xml": b"<",
    "text/calendar": b"BEGIN:VCALENDAR\r\n",
}


class Operation:
    def __init__(self, method, path, node):
        self.id = node["operationId"]
        self.method = method.upper()
        self.path = path
        self.responses = node["responses"]
        self.pattern = re.compile("^" + re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)) + "$")
        self.parameters = path.count("{")
        self.takes_format = any(p.get("$ref", "").endswith("/format") for p in node.get("parameters", []))


class Contract:
    def __init__(self, root):
        self.root = root
        self.resolver = RefResolver("", root)
        self.operations = [
            Operation(method, path, node)
            for path, item in root["paths"].items()
            for method, node in item.items()
            if method in METHODS
        ]

    def find(self, method, path):
        method = "GET" if method == "HEAD" else method
        fitting = [o for o in self.operations if o.method == method and o.pattern.match(path)]
        return min(fitting, key=lambda o: o.parameters, default=None)

    def resolve(self, node):
        return self.resolver.resolve(node["$ref"])[1] if "$ref" in node else node

    def named(self, node):
        """The members that a schema names, its parts' too, each with its schema."""
        node = self.resolve(node)
        members = dict(node.get("properties", {}))
        for part in node.get("allOf", []) + node.get("oneOf", []):
            members |= self.named(part)
        return members

    def unnamed(self, value, node, place=""):
        """Where a body has members that its schema does not name; a schema that names none leaves them open."""
        if isinstance(value, dict):
            members = self.named(node)
            for name in value if members else ():
                if name in members:
                    yield from self.unnamed(value[name], members[name], f"{place}/{name}")
                else:
                    yield f"{place}/{name}"
        elif isinstance(value, list):
            items = self.resolve(node).get("items", {})
            for item in value:
                yield from self.unnamed(item, items, f"{place}/*")

    def faults(self, operation, status, media_type, body):
        """What is wrong with one answer, each a line."""
        declared = operation.responses.get(status) or operation.responses.get("default")
        if declared is None:
            return [f"status {status} is not declared"]
        content = self.resolve(declared).get("content", {})
        if not body:
            return []
        if media_type not in content:
            return [f"{status} is {media_type or 'untyped'}, declared is {', '.join(content) or 'no body'}"]
        if not media_type.endswith("json"):
            # A part of a file (206) begins anywhere.
            return [f"{status} as {media_type} {fault}" for fault in file_faults(media_type, body) if status != "206"]
        schema, value = content[media_type]["schema"], json.loads(body)
        validator = Draft202012Validator(schema, resolver=self.resolver, format_checker=FormatChecker())
        wrong = [f"{status} at /{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in validator.iter_errors(value)]
        return wrong + [f"{status} has {place}, which is not declared" for place in self.unnamed(value, schema)]


def file_faults(media_type, body):
    """What is wrong with an answer that is a file."""
    if media_type == "text/csv":
        headings, *rows = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True)
        if any(len(row) != len(headings) for row in rows):
            yield "has rows of another width than its headings"
    elif not body.startswith(BEGINNINGS.get(media_type, b"")):
        yield f"begins with {body[:16]}"


def exchanges(lines):
    for line in lines:
        method, target, status, media_type, body = line.rstrip("\n").split("\t")
        yield method, target.split("?")[0], status, media_type.split(";")[0], base64.b64decode(body)


def main(contract_file, traffic_file):
    contract = Contract(json.loads(Path(contract_file).read_text()))
    faults, successes, formats = defaultdict(list), defaultdict(int), defaultdict(set)
    with open(traffic_file, encoding="utf-8") as lines:
        for method, path, status, media_type, body in exchanges(lines):
            operation = contract.find(method, path)
            if operation is None or status == "405":
                continue
            successes[operation.id] += status.startswith("2")
            if status == "200":
                formats[operation.id].add(media_type)
            faults[operation.id] += contract.faults(operation, status, media_type, b"" if method == "HEAD" else body)
    print(f"1..{len(contract.operations)}")
    for number, operation in enumerate(contract.operations, 1):
        found = list(dict.fromkeys(faults[operation.id]))
        if not successes[operation.id]:
            found.insert(0, "no test has seen it succeed")
        elif operation.takes_format:
            declared = contract.resolve(operation.responses["200"])["content"]
            found += [f"no test has seen it as {media}" for media in declared if media not in formats[operation.id]]
        print(f"{'not ok' if found else 'ok'} {number} {operation.id}: {successes[operation.id]} answers as the contract says")
        for fault in found[:10]:
            print(f"# {fault}")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
