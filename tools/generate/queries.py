"""Reading sql/queries/*.sql: named statements, their parameters and their optional lines.

    -- name: withdraw_plan, accept_plan      one text, the work of both operations
    -- handler: create_user                  the same, run by the operation's own function, or receiver, in src/resources
    -- helper: refuse_plan                   used from C, or because of its name (binding.py), as change.c asks this one why nothing changed
    -- binds: password_hash                  what C binds besides the request's own values
    -- for: plan, activity                   at the head of a file: each of its statements is made for each of these

A statement runs to the next such line. `:name` is a parameter unless it stands
in quotes, a comment or a slice; `--? name, other=value` at a line's end makes
the line optional. In a file that is for several, `{subject}` is the name of each,
and a line that ends in `--= plan` is there for that one alone. Such lines in a row are
alternatives, and name each of the several once, so that whoever joins them says what
is theirs: `--= activity, not plan` says that plan has none. A line that names one again
begins the next alternatives.
"""

import re
from dataclasses import dataclass, field

OPTIONAL_LINES = 64  # as many bits as the mask of lines has

HEADER = re.compile(r"--\s*(name|handler|helper|binds):\s*(.*?)\s*$")
SUBJECTS = re.compile(r"--\s*for:\s*(.*?)\s*$")
ONLY = re.compile(r"\s*--=\s*(.*?)\s*$")
NAME = re.compile(r"[a-z][a-z0-9_]*$")
CONDITION = re.compile(r"([a-z][a-z0-9_]*)(?:=([^\s,=]+))?$")
DEPTH = {"(": 1, "[": 1, ")": -1, "]": -1}
TOKEN = re.compile(
    r"""
    (?P<marker>--\?[^\n]*)
  | (?P<comment>--[^\n]*|/\*)
  | (?P<string>[eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*')
  | (?P<quoted>"(?:[^"]|"")*")
  | (?P<dollar>\$(?P<tag>[A-Za-z_]\w*|)\$.*?\$(?P=tag)\$)
  | (?P<cast>::)
  | (?P<parameter>(?<![\w\])]):[a-z_][a-z0-9_]*)
  | (?P<word>\w+)
  | (?P<newline>\n)
  | (?P<space>[^\S\n]+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Parameter:
    name: str


@dataclass
class Line:
    """A line of a statement: texts and parameters, and the conditions that it is there under."""

    number: int
    depth: int  # parentheses open where it begins
    parts: list = field(default_factory=list)
    conditions: tuple = ()

    def starts_with(self, *words):
        start = "".join(part for part in self.parts[:1] if isinstance(part, str)).lower().split()
        return self.depth == 0 and start[: len(words)] == list(words)

    def has_condition(self, name):
        return any(condition == name for condition, _ in self.conditions)


@dataclass
class Statement:
    names: list  # the operations whose work it is, or a helper's one name
    kind: str  # name, handler or helper
    where: str
    lines: list
    binds: list = field(default_factory=list)
    columns: list = field(default_factory=list)  # of the outermost SELECT, or []

    @property
    def parameters(self):
        """Names, in the order in which they first appear."""
        found = [part.name for line in self.lines for part in line.parts if isinstance(part, Parameter)]
        return list(dict.fromkeys(found))

    @property
    def conditions(self):
        return [condition for line in self.lines for condition in line.conditions]


def _names(text):
    return [word.strip() for word in text.split(",")]


def _check_alternatives(name, rows, subjects, refusals):
    """Each subject is named once by each group of alternatives: nobody is given a statement that lacks a line of theirs."""
    groups = [(0, set())]  # where each begins, and whom its lines have named
    for number, row in enumerate(rows, 1):
        if not (only := ONLY.search(row)):
            groups.append((0, set()))
            continue
        here = {subject.removeprefix("not ") for subject in _names(only[1])}
        for subject in sorted(here.difference(subjects)):
            refusals.add(f"{name}:{number}", f"the file is not for {subject}")
        if not groups[-1][1] or here & groups[-1][1]:
            groups.append((number, set()))
        groups[-1][1].update(here)
    for number, named in groups:
        for subject in subjects if named else []:
            if subject not in named:
                refusals.add(f"{name}:{number}", f"no line of these is for {subject}: one must be, or say --= …, not {subject}")


def written_out(name, rows, refusals):
    """The rows of a file, or of one that is for several, the rows for each: as many, so that each keeps its number."""
    subjects = next((_names(found[1]) for row in rows if (found := SUBJECTS.match(row))), [])
    _check_alternatives(name, rows, subjects, refusals)
    for subject in subjects:
        kept = [row if not (only := ONLY.search(row)) or subject in _names(only[1]) else "" for row in rows]
        yield [ONLY.sub("", row).replace("{subject}", subject) for row in kept]
    if not subjects:
        yield rows


def parse(name, text, refusals):
    """The statements of one file."""
    return [each for rows in written_out(name, text.split("\n"), refusals) for each in _statements(name, rows, refusals)]


def _statements(name, rows, refusals):
    statements = []
    starts = [i for i, row in enumerate(rows) if (header := HEADER.match(row)) and header[1] != "binds"]
    for i in range(starts[0] if starts else len(rows)):
        if rows[i].strip() and not rows[i].startswith("--"):
            refusals.add(f"{name}:{i + 1}", "SQL before the first -- name: or -- helper:")
            break
    for start, end in zip(starts, starts[1:] + [len(rows)]):
        statements.append(_statement(name, rows, start, end, refusals))
    return statements


def _statement(file, rows, start, end, refusals):
    where = f"{file}:{start + 1}"
    header = HEADER.match(rows[start])
    names = _names(header[2])
    binds, first = [], start + 1
    if first < end and (second := HEADER.match(rows[first])) and second[1] == "binds":
        binds = _names(second[2])
        first += 1
    for name in names + binds:
        if not NAME.match(name):
            refusals.add(where, f"{name!r} is not a name")
    if header[1] == "helper" and len(names) != 1:
        refusals.add(where, "a helper has one name")
    scanner = Scanner(file, "\n".join(rows[first:end]), first + 1, refusals)
    statement = Statement(names, header[1], f"{where}: {names[0]}", scanner.lines, binds, scanner.columns())
    if not statement.lines:
        refusals.add(statement.where, "no SQL")
    if sum(1 for line in statement.lines if line.conditions) > OPTIONAL_LINES:
        refusals.add(statement.where, f"more than {OPTIONAL_LINES} optional lines")
    return statement


class Scanner:
    """Cuts SQL into lines of texts and parameters, without its comments."""

    def __init__(self, file, sql, first_line, refusals):
        self.file, self.refusals = file, refusals
        self.number, self.depth = first_line, 0
        self.lines, self.outer = [], []  # outer: the tokens outside all parentheses
        self.line = Line(self.number, 0)
        self.spans = False  # whether a literal of several lines is on the line
        position = 0
        while position < len(sql):
            token = TOKEN.match(sql, position)
            position = token.end()
            if token["comment"] == "/*":
                position = self._skip_comment(sql, position)
            else:
                self._take(token.lastgroup, token[0])
        self._end_line()
        if self.depth != 0:
            self._refuse("parentheses do not match")

    def columns(self):
        """The names of the outermost SELECT's columns, as PostgreSQL would name them."""
        words = [text.lower() for _, text in self.outer]
        if "select" not in words:
            return []
        start = end = words.index("select") + 1
        while end < len(words) and (words[end] != "from" or words[end - 1] == "distinct"):
            end += 1
        columns, item = [], []
        for text in [text for kind, text in self.outer[start:end] if kind != "cast type"] + [","]:
            if text == ",":
                names = [word for word in item if re.match(r'\w|"', word)]
                columns.append(names[-1].strip('"') if names else "?column?")
                item = []
            else:
                item.append(text)
        return columns

    def _refuse(self, message):
        self.refusals.add(f"{self.file}:{self.number}", message)

    def _skip_comment(self, sql, position):
        """Past a block comment, which in PostgreSQL may hold others."""
        depth = 1
        for mark in re.finditer(r"/\*|\*/|\n", sql[position:]):
            if mark[0] == "\n":
                self._end_line()
                continue
            depth += 1 if mark[0] == "/*" else -1
            if depth == 0:
                return position + mark.end()
        self._refuse("a comment does not end")
        return len(sql)

    def _take(self, kind, text):
        if kind == "newline":
            self._end_line()
        elif kind == "marker":
            self._conditions(text[3:])
        elif kind == "parameter":
            self.line.parts.append(Parameter(text[1:]))
            self._outer(kind, text)
        elif kind != "comment":
            self._text(kind, text)

    def _text(self, kind, text):
        if text == ";":
            self._refuse("a statement is one statement, without a semicolon")
        if text in ("'", '"'):
            self._refuse("a quote does not end")
        self.depth += DEPTH.get(text, 0)
        if kind != "space":
            self._outer(kind, text)
        self.spans = self.spans or "\n" in text
        self.number += text.count("\n")
        if self.line.parts and isinstance(self.line.parts[-1], str):
            self.line.parts[-1] += text
        else:
            self.line.parts.append(text)

    def _outer(self, kind, text):
        if self.depth != 0 or text in DEPTH:
            return
        is_cast_type = kind == "word" and self.outer and self.outer[-1][0] == "cast"
        self.outer.append(("cast type" if is_cast_type else kind, text))

    def _conditions(self, text):
        conditions = []
        for word in text.split(","):
            condition = CONDITION.match(word.strip())
            if not condition:
                self._refuse(f"{word.strip()!r} is not a condition: --? name, other=value")
                continue
            conditions.append((condition[1], condition[2]))
        self.line.conditions = tuple(conditions)
        if self.spans:
            self._refuse("an optional line must be one whole line")

    def _end_line(self):
        parts = self.line.parts
        if parts and isinstance(parts[-1], str):
            parts[-1] = parts[-1].rstrip()
            if not parts[-1]:
                parts.pop()
        if parts:
            if self.line.conditions and self.line.depth != self.depth:
                self._refuse("an optional line must close the parentheses that it opens")
            self.lines.append(self.line)
        self.number += 1
        self.line = Line(self.number, self.depth)
        self.spans = False
