#!/usr/bin/python3
"""How fast sciday is, beside what limits it and what a user would pick instead. `./dev bench` makes what this needs.

    bench.py [quick | nation]

Everything is measured in one run, one thing after the other, in several rounds: the load generator, who answers and
PostgreSQL share one machine, so that what holds elsewhere is the ratio of a round. The tables go to stdout in Markdown,
all figures to build/bench.json; the status says whether a goal of issue 11 is missed.
"""

import contextlib
import sys
import tempfile
import time
from pathlib import Path

import changes
from house import ROOT, Installation
from lists import Asking
from reads import Reads
from results import Results, table
from standing import Standing

THOUSAND, YEAR, LARGE, NATION = ("thousand", 1000, 1000), ("year", 1000, 5000), ("large", 1000, 100_000), ("nation", 40_000, 1_000_000)
# The sizes, of which the first is what a change is compared with; connections; rounds; seconds of each measurement; highlights that are changed.
MODES = {
    "quick": ((THOUSAND, YEAR), (16, 64), 2, 1, 10),
    "": ((THOUSAND, YEAR, LARGE), (1, 16, 64, 256), 3, 2, 20),
    "nation": ((THOUSAND, YEAR, LARGE, NATION), (1, 16, 64, 256), 3, 2, 20),
}


def say(words):
    print(f"[{time.strftime('%H:%M:%S')}] {words}", file=sys.stderr, flush=True)


def installed(sizes, results, stack):
    """Of each size one, served; and its reviewer."""
    for name, organizations, activities in sizes:
        say(f"{name}: {organizations:,} organizations, {activities:,} activities")
        installation = Installation(name, organizations, activities)
        results.notes.append(f"{name}: {organizations:,} organizations and {activities:,} activities, made in {installation.made_after:.0f} s")
        installation.start()
        stack.callback(installation.stop)
        yield installation, installation.caller("reviewer", installation.add("reviewer", "reviewer"))


def main(mode=""):
    sizes, connections, rounds, seconds, many = MODES[mode]
    results = Results()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        installations = list(installed(sizes, results, stack))
        (smallest, largest) = installations[0], installations[-1]
        parts = []
        for part in (lambda: Reads(*largest, connections, seconds, folder, mode == "quick"),
                     lambda: changes.Changes(*smallest, many, seconds), lambda: changes.Changes(*largest, many, seconds),
                     *(lambda each=each: Asking(*each, mode != "quick" and each is largest) for each in installations[1:]), lambda: Standing(largest[0])):
            parts.append(part())
            stack.callback(parts[-1].stop)
        for number in range(rounds):
            for part in parts:
                say(f"round {number + 1} of {rounds}: {type(part).__name__.lower()}, {part.installation.name}")
                part.round(results)
        parts[-1].last()
        for part in parts:
            part.judge(results)
            for lines in part.tables(results):
                print(lines)
        changes.judge_growth(results, smallest[0].name, largest[0].name)
    print(table(["missed", "case", "goal", "measured"], [[goal.work, goal.what, goal.asked, goal.told] for goal in results.missed]))
    print(table(["work", "goal", "the worst of it", "met"], results.summary()))
    print("\n".join([*results.notes, f"{len(results.goals) - len(results.missed)} goals are met, {len(results.missed)} are missed."]))
    (ROOT / "build" / "bench.json").write_text(results.json())
    return 1 if results.missed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
