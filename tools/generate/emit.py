"""Writing C: literals, and files that are touched only when they change."""

import re

BANNER = "/* Made by tools/generate: do not edit. */\n"

ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def string(text):
    """The C literal of a text, or NULL of None; a text of several lines gets a literal a line."""
    if text is None:
        return "NULL"
    if text == "":
        return '""'
    return "\n\t".join(map(_literal, re.findall(r"[^\n]*\n|[^\n]+", text)))


def _literal(text):
    escaped = "".join(_escape(character) for character in text)
    return '"' + escaped.replace("??", "?\\?") + '"'


def _escape(character):
    if character in ESCAPES:
        return ESCAPES[character]
    if ord(character) < 0x20 or ord(character) == 0x7F or character in "\x85\u2028\u2029":
        return "".join(f"\\{byte:03o}" for byte in character.encode())
    return character


def boolean(value):
    return "true" if value else "false"


def number(value):
    """A double's literal, exact."""
    return repr(float(value))


def fields(pairs):
    """A designated initialiser of the fields that are not the type's zero."""
    given = [f".{name} = {value}" for name, value in pairs if value not in ("NULL", "0", "false", None)]
    return "{" + ", ".join(given) + "}"


def array(declaration, rows):
    """A static array; C has no empty ones, so an empty one has a single zeroed element."""
    body = "".join(f"\t{row},\n" for row in rows) or "\t{0},\n"
    return f"{declaration} = {{\n{body}}};\n"


def write(path, text):
    """Writes the file unless it has this content already, so that nothing is rebuilt needlessly."""
    content = text.encode()
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
