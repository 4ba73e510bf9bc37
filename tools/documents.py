"""Reading YAML as the core schema of YAML 1.2 has it, which is how OpenAPI 3.1 reads it.

PyYAML alone follows YAML 1.1, where `no` is false, `12:30` a number and
2021-05-30 a date; duplicate keys pass silently. Neither may happen to a contract.
"""

import re

import yaml

from refusals import Refused


class Mapping(dict):
    """A mapping that knows the line it began on."""

    line = 0


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Only null, true, false, decimal numbers and strings."""

    yaml_implicit_resolvers = {}


def _refuse(node, message):
    raise yaml.constructor.ConstructorError(None, None, message, node.start_mark)


def _construct_mapping(loader, node):
    mapping = Mapping()
    mapping.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            _refuse(key_node, f"the key {key} must be quoted")
        if key in mapping:
            _refuse(key_node, f"the key {key} is there twice")
        mapping[key] = loader.construct_object(value_node, deep=True)
    return mapping


def _construct_integer(_, node):
    if re.match(r"[-+]?0[0-9]", node.value):
        _refuse(node, f"{node.value} begins with 0: quote it")
    return int(node.value)


Loader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)
Loader.add_constructor("tag:yaml.org,2002:int", _construct_integer)
Loader.add_constructor("tag:yaml.org,2002:float", lambda _, node: float(node.value))
Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:~|null|)$"), ["~", "n", ""])
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)$"), ["t", "f"])
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?[0-9]+$"), list("-+0123456789"))
Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$"),
    list("-+.0123456789"),
)


def parse(name, text):
    """The content of a YAML file; Refused where it is not well-formed."""
    loader = Loader(text)
    try:
        return loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Refused(f"{name}:{mark.line + 1}: {error.problem}") from error
    finally:
        loader.dispose()


class Document:
    """What a file holds, and the references inside it."""

    def __init__(self, name, root):
        self.name = name
        self.root = root

    def where(self, node, *names):
        """ "openapi.yaml:12: return_plan" for what stands at this node."""
        line = getattr(node, "line", 0)
        place = f"{self.name}:{line}" if line else self.name
        return ": ".join([place, *names])

    def lookup(self, reference):
        """What "#/components/schemas/id" points to (RFC 6901), or None."""
        if not reference.startswith("#/"):
            return None
        node = self.root
        for part in reference[2:].split("/"):
            part = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, dict) or part not in node:
                return None
            node = node[part]
        return node

    def resolve(self, node):
        """The node itself, or what its chain of $ref ends at; {} where it dangles (see dangling)."""
        seen = set()
        while isinstance(node, dict) and "$ref" in node:
            if node["$ref"] in seen:
                return Mapping()
            seen.add(node["$ref"])
            node = self.lookup(node["$ref"])
        return node if node is not None else Mapping()

    @staticmethod
    def mappings(node):
        """Every mapping at and below the node, but for those of examples."""
        pending = [node]
        while pending:
            node = pending.pop()
            if isinstance(node, dict):
                yield node
                pending.extend(value for key, value in node.items() if key not in ("example", "examples"))
            elif isinstance(node, list):
                pending.extend(node)

    def dangling(self):
        """Every $ref that leads nowhere, as (node, reference)."""
        pending = [self.root]
        while pending:
            node = pending.pop()
            if isinstance(node, dict):
                reference = node.get("$ref")
                if isinstance(reference, str) and not self.resolve(node):
                    yield node, reference
                pending.extend(node.values())
            elif isinstance(node, list):
                pending.extend(node)
