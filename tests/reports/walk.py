"""Follows the figures of a report: each {"count", "href"} is as many as the list at its href has, for the same caller."""

import json

PAGE = 100
SMALL = 250  # up to so many are also counted item by item, page after page


def figures(answer, pointer=""):
    """(pointer, count, href) of every figure in an answer, however deep."""
    if isinstance(answer, dict):
        if answer.keys() == {"count", "href"}:
            yield pointer, answer["count"], answer["href"]
        for name, value in answer.items():
            yield from figures(value, f"{pointer}/{name}")
    elif isinstance(answer, list):
        for index, value in enumerate(answer):
            yield from figures(value, f"{pointer}/{index}")


def with_query(href, **more):
    """The same address with these parameters as well."""
    return href + ("&" if "?" in href else "?") + "&".join(f"{name}={value}" for name, value in more.items())


def total(caller, href):
    """How many items the list at href says that it has."""
    status, answer = caller.get(with_query(href, count="exact", limit=1))
    return answer["total_count"] if status == 200 else f"{status} {answer.get('code')}"


def counted(caller, href):
    """How many items its pages have, each once."""
    items, cursor = [], None
    while True:
        status, answer = caller.get(with_query(href, limit=PAGE, **({"cursor": cursor} if cursor else {})))
        if status != 200:
            return f"{status} {answer.get('code')}"
        items += [json.dumps(item, sort_keys=True) for item in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            return len(set(items)) if len(set(items)) == len(items) else f"{len(items)}, some of them twice"


def broken(caller, answer):
    """A line for each figure of the answer whose list has another number. A list is asked once."""
    lines, totals = [], {}
    for pointer, count, href in figures(answer):
        if href not in totals:
            found = total(caller, href)
            if found == count and 0 < count <= SMALL:
                found = counted(caller, href)
            totals[href] = found
        if totals[href] != count:
            lines.append(f"{pointer}: {count}, but {href} has {totals[href]}")
    return lines
