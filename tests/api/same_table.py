#!/usr/bin/python3
"""Whether a CSV has the same rows and values as another file: a page of JSON, or a CSV that an office made.

    same_table.py FILE CSV
"""

import csv
import json
import sys
from pathlib import Path


def flat(value, path=""):
    """Each scalar and each array under its path."""
    if isinstance(value, dict) and path not in ("before", "after", "content"):
        for name, inner in value.items():
            yield from flat(inner, f"{path}.{name}" if path else name)
    else:
        yield path, value


def text(value):
    """A value as a CSV has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "；".join(map(text, value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def plain(cell):
    """A cell without the apostrophe that keeps it from being a formula."""
    rest = cell.lstrip("'")
    return cell[1:] if cell.startswith("'") and rest[:1] in tuple("=+-@\t\r＝＋－＠") else cell


def same(shown, cell):
    """Whether an office shows this cell; it shows a rate as a percentage."""
    return shown == cell or (shown.endswith("%") and cell != "" and shown == f"{float(cell) * 100:.1f}%")


def rows_of_csv(path):
    with open(path, encoding="utf-8-sig", newline="") as lines:
        return [[plain(cell).strip() for cell in row] for row in csv.reader(lines)]


def main(other, table):
    headings, *rows = rows_of_csv(table)
    wrong = []
    if Path(other).read_bytes().startswith(b"{"):
        items = json.loads(Path(other).read_text())["items"]
        expected = [{path: text(value) for path, value in flat(item)} for item in items]
        for number, (item, row) in enumerate(zip(expected, rows)):
            cells = dict(zip(headings, row))
            # A nested object that is null has empty cells below its name.
            for path, value in item.items():
                found = cells.get(path)
                if found is None and value == "" and any(name.startswith(path + ".") for name in headings):
                    continue
                if found != value.strip():
                    wrong.append(f"row {number}: {path} is {found!r}, not {value!r}")
    else:
        expected = rows_of_csv(other)
        if expected[0] != headings:
            wrong.append(f"headings: {expected[0]} are not {headings}")
        expected = expected[1:]
        wrong += [f"{one} is not {two}" for one, two in zip(expected, rows) if len(one) != len(two) or not all(map(same, one, two))]
    if len(expected) != len(rows):
        wrong.append(f"{len(rows)} rows, not {len(expected)}")
    print("\n".join(wrong[:20]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
