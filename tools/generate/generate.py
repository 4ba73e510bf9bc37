#!/usr/bin/python3
"""The generators' command: what is declared once, in openapi.yaml and sql/, becomes the C that the build needs.

    generate.py contract   --source DIR --output DIR   operations.c, handlers.h, constants.h, …
    generate.py database   --source DIR --output DIR   database.c

Whatever cannot be built is named, a line for each thing, and nothing is
written.
"""

import argparse
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # a build writes nothing into its sources

import binding
import bounds
import columns
import constants
import database
import emit
import queries
import rules
import sources
import statements
import tables
import vocabularies
import weights
import wording
from contract import Contract
from documents import Document
from refusals import Refusals, Refused


def bound_contract(source, refusals):
    """The contract, and the statements and handlers that do its work."""
    contract = Contract(Document.read(source, refusals), refusals)
    rules.check(contract, refusals)
    vocabularies.check(contract, refusals)
    weights.check(contract, refusals)
    columns.check(contract, refusals)
    words = wording.Wording(source)
    wording.check(contract, source, words, refusals)
    bounds.check(contract, source, words, refusals)
    written = [
        statement
        for path in sorted((source / "sql" / "queries").glob("*.sql"))
        for statement in queries.parse(path.name, path.read_text(), refusals)
    ]
    return contract, binding.bind(contract, written, sources.statements_used(source), refusals)


def contract_files(source, refusals):
    contract, bound = bound_contract(source, refusals)
    words = wording.Wording(source)
    json_text = tables.contract_json(contract)
    return {
        "constants.c": constants.source(contract, words),
        "constants.h": constants.header(contract, words),
        "operations.c": tables.operations(contract, bound),
        "handlers.h": tables.handlers(bound),
        "statements.c": statements.source(bound.statements),
        "statements.h": statements.header(bound.statements),
        "openapi.json": json_text,
        "contract_json.c": tables.contract_json_source(json_text),
    }


def database_files(source, refusals):
    return {"database.c": database.source(source / "sql", refusals)}


COMMANDS = {"contract": contract_files, "database": database_files}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=COMMANDS)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()

    refusals = Refusals()
    try:
        files = COMMANDS[arguments.what](arguments.source, refusals)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    for line in refusals.lines:
        print(line, file=sys.stderr)
    if refusals.lines:
        return 1
    for name, text in files.items():
        emit.write(arguments.output / name, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
