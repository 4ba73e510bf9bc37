#!/usr/bin/python3
"""What openapi.yaml promises its clients, a line for each thing, and whether it still keeps what it promised.

    promises.py CONTRACT RECORD             says what is broken: exit status 1 if anything is
    promises.py CONTRACT RECORD --record    records what the contract says now

A line that begins with + is a promise: a client may rely on it, so that it may be added and never taken away. One
that begins with ! is a demand that a client must meet: it may be taken away and never added to what is there already.
Answers may gain members and codes (contract.md, Formats); requests may gain what is optional. To break with a
deprecated thing on purpose, its line is taken out of the record by hand, in the commit that says why.
"""

import argparse
import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # a check writes nothing into its sources

from documents import Document
from refusals import Refusals, Refused

METHODS = ("get", "put", "post", "patch", "delete")
RULES = ("format", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "minProperties")


def types(schema):
    declared = schema.get("type", [])
    return [declared] if isinstance(declared, str) else declared


class Promises:
    """The lines of one contract, each with what it is about: what is new may demand anything."""

    def __init__(self, document):
        self.document = document
        self.lines = {}
        self.seen = set()
        for path, item in self.document.root["paths"].items():
            for method in METHODS:
                if method in item:
                    self._operation(f"{method.upper()} {path}", item[method], item.get("parameters") or [])

    def _say(self, sign, subject, words):
        self.lines[f"{sign} {subject}: {words}"] = subject

    def _operation(self, subject, node, shared):
        self._say("+", subject, f"is {node['operationId']}")
        for role in node.get("x-access", []):
            self._say("+", subject, f"for {role}")
        for reference in [*shared, *(node.get("parameters") or [])]:
            parameter = self.document.resolve(reference)
            place = f"{parameter['in']} {parameter['name']}"
            self._say("+", subject, f"takes {place}")
            if parameter.get("required"):
                self._say("!", subject, f"needs {place}")
            told = f"parameter {reference['$ref'].rsplit('/', 1)[1]}" if "$ref" in reference else f"{subject} {place}"
            self._request(told, parameter["schema"])
        body = self.document.resolve(node.get("requestBody") or {})
        if body.get("required"):
            self._say("!", subject, "needs a body")
        for media, content in body.get("content", {}).items():
            self._say("+", subject, f"takes {media}")
            self._request(f"{subject} body", content.get("schema", {}))
        for status, response in node["responses"].items():
            if not status.startswith("2"):
                continue
            for media, content in self.document.resolve(response).get("content", {}).items():
                self._say("+", subject, f"answers {status} {media}")
                if media.endswith("json"):  # a file's schema says nothing
                    self._answer(f"{subject} {status}", content.get("schema", {}))

    def _once(self, side, subject, schema):
        """A component is told once, under its own name; what stands in place, under the place's."""
        if "$ref" not in schema:
            return subject, schema
        name = f"{side} {schema['$ref'].rsplit('/', 1)[1]}"
        self._say("+" if side == "answer" else "!", subject, f"is {name}")
        if name in self.seen:
            return name, None
        self.seen.add(name)
        return name, self.document.resolve(schema)

    def _request(self, subject, schema):
        subject, schema = self._once("request", subject, schema)
        if schema is None:
            return
        for kind in types(schema):
            self._say("+", subject, f"may be {kind}")
        for value in schema.get("enum", []):
            self._say("+", subject, f"may be {json.dumps(value, ensure_ascii=False)}")
        for rule in RULES:
            if rule in schema:
                self._say("!", subject, f"{rule} {schema[rule]}")
        for name in schema.get("required", []):
            self._say("!", subject, f"needs {name}")
        self._below(self._request, subject, schema, "takes")

    def _answer(self, subject, schema):
        subject, schema = self._once("answer", subject, schema)
        if schema is None:
            return
        for kind in types(schema):
            self._say("!", subject, f"may be {kind}")
        for name in schema.get("required", []):
            self._say("+", subject, f"always has {name}")
        self._below(self._answer, subject, schema, "has")

    def _below(self, read, subject, schema, verb):
        for name, value in schema.get("properties", {}).items():
            self._say("+", subject, f"{verb} {name}")
            read(f"{subject} {name}", value)
        if isinstance(schema.get("items"), dict):
            read(f"{subject} []", schema["items"])
        for key in ("allOf", "anyOf", "oneOf"):
            for part in schema.get(key, []):
                read(subject, part)


def broken(recorded, promises):
    """The lines that a client who relies on what is recorded would stumble over."""
    subjects = {line[2:].split(": ", 1)[0] for line in recorded}
    lost = [f"no longer: {line}" for line in sorted(recorded) if line.startswith("+") and line not in promises.lines]
    new = [f"new demand: {line}" for line, subject in sorted(promises.lines.items())
           if line.startswith("!") and line not in recorded and subject in subjects]
    return lost + new


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("contract", type=Path)
    parser.add_argument("record", type=Path)
    parser.add_argument("--record", action="store_true", dest="recording")
    arguments = parser.parse_args()
    refusals = Refusals()
    try:
        promises = Promises(Document.read(arguments.contract.parent, refusals, arguments.contract.name))
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    for line in refusals.lines:
        print(line, file=sys.stderr)
    if refusals.lines:
        return 1
    recorded = set(arguments.record.read_text().splitlines()) if arguments.record.exists() else set()
    found = broken(recorded, promises)
    unrecorded = [line for line in sorted(promises.lines) if line not in recorded]
    if arguments.recording and not found:
        arguments.record.write_text("".join(f"{line}\n" for line in sorted(promises.lines, key=lambda line: (line[2:], line))))
    elif unrecorded and not found:
        found = [f"not in {arguments.record} yet (./dev format records it): {line}" for line in unrecorded]
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
