#!/usr/bin/python3
"""Writes the inputs that the fuzzers begin with and that nobody could read in a repository: SEEDS/NAME for tests/fuzz/NAME.c.

    seeds.py SEEDS
"""

import sys
from pathlib import Path


def main(seeds):
    seeds.mkdir(parents=True, exist_ok=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
