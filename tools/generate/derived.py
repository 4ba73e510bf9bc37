"""Statements that follow from others: how many a list has, and a reading kept as an idempotency key's answer."""

import re

from queries import Line, Parameter, Statement

COUNT_BEFORE = "SELECT count(*) AS total_count FROM ("
COUNT_AFTER = ") AS listed"

KEEP_BEFORE = "WITH answer AS ("
KEEP_AFTER = """)
UPDATE idempotency_key k
   SET status = :success, body = answer.body, version = {version}, location = :answer_location
  FROM answer
 WHERE k.caller = :caller AND k.key = :idempotency_key AND check_changed()
RETURNING k.body, k.version"""
KEEP_NOTHING = """UPDATE idempotency_key k
   SET status = :success
 WHERE k.caller = :caller AND k.key = :idempotency_key AND check_changed()
RETURNING k.key"""


def count(statement, name):
    """How many a list has in all: the list without its keyset and order, and without what is about a page, also where it stands in a sub-select."""
    lines = [
        line
        for line in statement.lines
        if not (line.has_condition("after") or line.starts_with("order", "by") or Parameter("limit") in line.parts)
    ]
    return _made(name, statement.where, [*_lines(COUNT_BEFORE), *lines, *_lines(COUNT_AFTER)])


def keep(statement, name):
    """The reading, kept in the same transaction as the answer to the caller's idempotency key."""
    version = "answer.version" if "version" in statement.columns else "NULL"
    after = _lines(KEEP_AFTER.format(version=version))
    return _made(name, statement.where, [*_lines(KEEP_BEFORE), *statement.lines, *after])


def keep_nothing(name):
    """That a change without an answer was made, for the caller's idempotency key."""
    return _made(name, "queries.py", _lines(KEEP_NOTHING))


def _made(name, where, lines):
    return Statement([name], "helper", where, lines)


def _lines(sql):
    """The lines of text of our own, which needs no scanner: all its colons are parameters'."""
    return [
        Line(0, 0, [Parameter(part) if i % 2 else part for i, part in enumerate(re.split(r":([a-z_]+)", row)) if part])
        for row in sql.split("\n")
    ]
