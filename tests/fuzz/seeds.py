#!/usr/bin/python3
"""Writes the inputs that the fuzzers begin with, and that are better made than kept: SEEDS/NAME/… for tests/fuzz/NAME.c.

    seeds.py SEEDS      (bodies and queries are what the contract has as examples, or what its rules let one make up;
                         files are the small ones of tests/files)
"""

import json
import sys
from pathlib import Path
from urllib.parse import quote, urlencode

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tests" / "files"), str(ROOT / "tools" / "generate")]
from documents import Document  # noqa: E402
from refusals import Refusals  # noqa: E402
import ofds  # noqa: E402
import offices  # noqa: E402
import packages  # noqa: E402
import pdfs  # noqa: E402
import pictures  # noqa: E402

FORM = "application/x-www-form-urlencoded"
OF_FORMAT = {
    "date": "2021-05-30",
    "date-time": "2021-05-30T09:00:00+08:00",
    "uuid": "0196b1d4-7c00-7000-8000-0000000000a1",
    "email": "kexie@example.cn",
    "uri": "https://www.cast.org.cn/",
}


class Contract:
    def __init__(self, folder):
        self.document = Document.read(folder, Refusals())

    def resolved(self, node):
        return self.document.resolve(node)

    def operations(self):
        for path, item in self.document.root["paths"].items():
            for method, operation in item.items():
                if method != "parameters":
                    yield path, method.upper(), operation, item.get("parameters", []) + operation.get("parameters", [])

    def instance(self, schema):
        """A value that the schema might take: of each kind of thing one, and every field."""
        schema = self.resolved(schema)
        for keyword in ("const", "example", "default"):
            if keyword in schema:
                return schema[keyword]
        for keyword in ("enum", "examples"):
            if schema.get(keyword):
                return schema[keyword][0]
        for keyword in ("oneOf", "anyOf", "allOf"):
            if keyword in schema:
                return self.instance(schema[keyword][0])
        kind = schema.get("type", "object")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            return {name: self.instance(field) for name, field in schema.get("properties", {}).items()}
        if kind == "array":
            return [self.instance(schema.get("items", {"type": "string"}))]
        if kind == "string":
            return OF_FORMAT.get(schema.get("format"), "科技工作者日"[: schema.get("maxLength", 6)])
        return {"integer": 1, "number": 0.5, "boolean": True}.get(kind)

    def bodies(self):
        """(operation, Content-Type, body as text)"""
        for _, _, operation, _ in self.operations():
            for media_type, content in self.resolved(operation.get("requestBody", {})).get("content", {}).items():
                values = [self.resolved(example)["value"] for example in content.get("examples", {}).values()]
                for value in values or [self.instance(content.get("schema", {}))]:
                    if media_type == FORM:
                        yield operation["operationId"], media_type, urlencode(value)
                    elif media_type.endswith("json"):
                        yield operation["operationId"], media_type, json.dumps(value, ensure_ascii=False, default=lambda date: date.isoformat())

    def queries(self):
        """(operation, "METHOD path?query")"""
        for path, method, operation, parameters in self.operations():
            query = []
            for parameter in map(self.resolved, parameters):
                value = self.instance(parameter["schema"])
                text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
                text = text.lower() if isinstance(value, bool) else text
                if parameter["in"] == "path":
                    path = path.replace("{%s}" % parameter["name"], quote(text))
                elif parameter["in"] == "query":
                    query.append((parameter["name"], text))
            yield operation["operationId"], f"{method} {path}?{urlencode(query)}"


def write(folder, name, content):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def write_files(seeds):
    """The small ones: a fuzzer that begins with megabytes gets nowhere."""
    fuzzers = {".pdf": "pdf", ".docx": "package", ".xlsx": "package", ".ofd": "package", ".zip": "package", ".png": "picture", ".jpg": "picture"}
    for path, content in (pictures.files() | pdfs.files() | ofds.files() | offices.files() | packages.files(packages.docx())).items():
        fuzzer = fuzzers.get(Path(path).suffix)
        if fuzzer and 0 < len(content) <= 16 * 1024:
            write(seeds / fuzzer, path.replace("/", "_"), content)


def main(seeds):
    contract = Contract(ROOT)
    for count, (operation, media_type, text) in enumerate(contract.bodies()):
        write(seeds / "body", f"{operation}_{count}", f"{operation} {media_type}\n{text}")
    for operation, text in contract.queries():
        write(seeds / "query", operation, text)
    write_files(seeds)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
