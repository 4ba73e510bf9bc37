"""One operation of the contract, and what follows from it."""

import re
from dataclasses import dataclass, field

import formats
from schemas import Schema


@dataclass
class Parameter:
    name: str
    place: str
    required: bool
    default: object
    schema: Schema
    node: dict


@dataclass
class Operation:
    id: str
    where: str  # "openapi.yaml:12: return_plan"
    path: str
    method: str
    node: dict
    responses: dict  # status → response, resolved
    parameters: list = field(default_factory=list)
    media: list = field(default_factory=list)
    body: Schema = None
    body_required: bool = False
    receiver: str = None  # x-receiver: what reads its body as it comes
    kind: str = "change"  # read, list, change
    answer: "Operation" = None
    answer_values: list = field(default_factory=list)  # (name, from)
    parent: "Operation" = None
    tables: list = field(default_factory=list)  # of columns.py, where it has csv or xlsx

    @property
    def access(self):
        access = self.node.get("x-access")
        return access if isinstance(access, list) else []

    @property
    def is_public(self):
        return "public" in self.access

    @property
    def topics(self):
        """The tables that its answer to anyone rests on, which is kept until one of them changes; None if it is not kept."""
        return self.node.get("x-cache")

    @property
    def is_tokenless(self):
        """No access token is looked at, so that an old one does not stop its holder from signing in again."""
        return self.node.get("security") == []

    @property
    def is_safe(self):
        """A POST that changes nothing, such as validate: it is read like a GET."""
        return bool(self.node.get("x-safe"))

    @property
    def success(self):
        """The status of success, or None if the contract does not name exactly one. (206 is a part of the 200.)"""
        statuses = [status for status in self.responses if status.startswith("2") and status != "206"]
        return statuses[0] if len(statuses) == 1 else None

    @property
    def content(self):
        """What it succeeds with: media type → what is said of it."""
        return self.responses.get(self.success, {}).get("content", {})

    @property
    def formats(self):
        """The formats that it succeeds in; none where that is a document as it is."""
        return formats.of_media(self.content)

    @property
    def format_weights(self):
        """format → x-weight, of those that have one."""
        return {formats.FORMATS[media]: node["x-weight"] for media, node in self.content.items() if "x-weight" in node and media in formats.FORMATS}

    @property
    def title(self):
        """What a file of its answer is called, in Chinese and in English."""
        return self.node.get("summary", "").split(" · ")[0], self.resource.replace("_", " ")

    @property
    def verb(self):
        """The action: what the path ends in, if the operation is named by it ("start_review"), else the first word."""
        last = self.path.rsplit("/", 1)[1].replace("-", "_")
        return last if self.id.startswith(last + "_") else self.id.split("_", 1)[0]

    @property
    def resource(self):
        """What the verb is done to: "plan" of return_plan."""
        return self.id[len(self.verb) + 1 :]

    @property
    def is_action(self):
        """A POST on one thing: /v1/plans/{plan_id}/return."""
        return self.method == "post" and bool(re.search(r"\}/[a-z0-9_-]+$", self.path)) and self.success != "201"

    def parameter(self, place, name):
        return next((p for p in self.parameters if (p.place, p.name) == (place, name)), None)

    @property
    def if_match(self):
        return self.parameter("header", "If-Match") is not None

    @property
    def idempotent(self):
        return self.parameter("header", "Idempotency-Key") is not None

    @property
    def path_names(self):
        return re.findall(r"\{([^}]*)\}", self.path)

    def binds(self, name):
        """Whether a statement's parameter of this name has a value in a request of this operation."""
        if name in ("caller", "session", "own_organizations", "action", "request_id"):
            return True
        if name == "limit" or name == "after" or name.startswith("after_"):
            return self.kind == "list"
        if name == "version":
            return self.if_match
        if name == "new_id":
            return self.success == "201"
        if name == "patch":
            return self.method == "patch"
        if name == "body":
            return self.body is not None
        fields = self.body.property_names() if self.body else []
        return name in fields or any(p.name == name for p in self.parameters if p.place != "header")

    def enumeration(self, name):
        """The texts that the parameter or field may have, or None if it is not an enumeration."""
        schemas = [p.schema for p in self.parameters if p.name == name]
        schemas += [schema for field_name, schema, _ in (self.body.properties if self.body else ()) if field_name == name]
        if len(schemas) != 1:
            return None
        schema = schemas[0].items or schemas[0]
        return [constant.strip('"') for constant in schema.constants] if schema.constants else None
