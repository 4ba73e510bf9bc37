"""Reading YAML as the core schema of YAML 1.2 has it, which is how OpenAPI 3.1 reads it.

PyYAML alone follows YAML 1.1, where `no` is false, `12:30` a number and
2021-05-30 a date; duplicate keys pass silently. Neither may happen to a contract.
"""

import posixpath
import re

import yaml

from refusals import Refused


class Mapping(dict):
    """A mapping that knows where it began."""

    file = None
    line = 0


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Only null, true, false, decimal numbers and strings."""

    yaml_implicit_resolvers = {}


def _refuse(node, message):
    raise yaml.constructor.ConstructorError(None, None, message, node.start_mark)


def _construct_mapping(loader, node):
    mapping = Mapping()
    mapping.file = loader.file
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
    loader.file = name
    try:
        return loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Refused(f"{name}:{mark.line + 1}: {error.problem}") from error
    finally:
        loader.dispose()


def _unescaped(part):
    """A reference token of a JSON Pointer (RFC 6901, section 4)."""
    return part.replace("~1", "/").replace("~0", "~")


class Pieces:
    """openapi.yaml and the files that it and they refer to, put together as one document.

    A path of the head is the path of the same name in a piece; a component has one name and one home. In what comes out
    every reference is to a component of its own, as who reads the contract in one piece expects it.
    """

    def __init__(self, folder, head, refusals):
        self.folder = folder
        self.refusals = refusals
        self.files = {}
        self.root = self._file(head)
        components = self.root.setdefault("components", Mapping())
        for path, item in list((self.root.get("paths") or {}).items()):
            if isinstance(item, dict) and "$ref" in item:
                self.root["paths"][path] = self._path(path, item)
        self._rewrite(self.root)
        for name, piece in self.files.items():
            if name != head:
                self._take(piece, components)
        for path in sorted((folder / "openapi").glob("*.yaml")):
            if f"openapi/{path.name}" not in self.files:
                refusals.add(f"openapi/{path.name}", f"{head} does not lead here")

    def _file(self, name):
        """The content of a file, read once; an empty one where there is none."""
        if name not in self.files:
            path = self.folder / name
            self.files[name] = Mapping()
            if path.is_file():
                self.files[name] = parse(name, path.read_text()) or Mapping()
            else:
                self.refusals.add(name, "there is no such file")
        return self.files[name]

    def _path(self, path, item):
        name, _, pointer = item["$ref"].partition("#/paths/")
        piece = self._file(name).get("paths") or {}
        if _unescaped(pointer) != path or path not in piece:
            self.refusals.add(f"{item.file}:{item.line}", f"{item['$ref']} is not {path}")
            return Mapping()
        return piece[path]

    def _take(self, piece, components):
        for path, item in (piece.get("paths") or {}).items():
            if self.root["paths"].get(path) is not item:
                self.refusals.add(f"{item.file}:{item.line}", f"nothing leads to {path}")
        for kind, members in (piece.get("components") or {}).items():
            there = components.setdefault(kind, Mapping())
            for name, member in members.items():
                if name in there:
                    self.refusals.add(f"{member.file}:{member.line}", f"there are two {kind} {name}")
                there[name] = member

    def _rewrite(self, root):
        """Every reference in it, and in the files that these lead to."""
        pending, seen = [root], set()
        while pending:
            node = pending.pop()
            if isinstance(node, dict) and id(node) not in seen:
                seen.add(id(node))
                if isinstance(node.get("$ref"), str):
                    pending.append(self._refer(node))
                pending.extend(node.values())
            elif isinstance(node, list):
                pending.extend(node)

    def _refer(self, node):
        """Makes a reference to another file one to the same component of the whole; the content of that file."""
        name, _, pointer = node["$ref"].partition("#")
        home = posixpath.normpath(posixpath.join(posixpath.dirname(node.file), name)) if name else node.file
        piece = self._file(home)
        node["$ref"] = ("" if self._is_there(piece, pointer) else home) + "#" + pointer
        return piece

    @staticmethod
    def _is_there(piece, pointer):
        """Whether it is a component of this file: one that is not is told of as dangling."""
        node = piece
        for part in pointer.split("/")[1:]:
            node = node.get(_unescaped(part)) if isinstance(node, dict) else None
        return pointer.startswith("/components/") and node is not None


class Document:
    """What a contract holds, and the references inside it."""

    @classmethod
    def read(cls, folder, refusals, name="openapi.yaml"):
        """The whole of it, from the file and those that it refers to."""
        return cls(name, Pieces(folder, name, refusals).root)

    def __init__(self, name, root):
        self.name = name
        self.root = root

    def where(self, node, *names):
        """ "openapi.yaml:12: return_plan" for what stands at this node."""
        line = getattr(node, "line", 0)
        place = f"{node.file}:{line}" if line else self.name
        return ": ".join([place, *names])

    def lookup(self, reference):
        """What "#/components/schemas/id" points to (RFC 6901), or None."""
        if not reference.startswith("#/"):
            return None
        node = self.root
        for part in reference[2:].split("/"):
            part = _unescaped(part)
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
