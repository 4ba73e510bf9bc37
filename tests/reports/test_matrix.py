"""The matrix of every two dimensions, counted again one activity at a time, and each of its figures followed."""

import itertools
import unittest
from collections import Counter

import harness
from harness import CALLERS, CAMPAIGNS, GENERATED, caller, for_each, rows

DIMENSIONS = ("phase", "module", "organization_kind", "city", "audience", "status")
READERS = [username for username, (role, _) in CALLERS.items() if role != "submitter"]
PAIRS = list(itertools.permutations(DIMENSIONS, 2))
HANDED_IN = ("submitted", "under_review", "returned", "accepted", "nominated", "published")
ORDER = {
    "organization_kind": ["national_association", "provincial_association", "city_association", "district_association", "society",
                          "university_association", "department", "affiliated_institution", "partner"],
    "status": ["draft", "submitted", "under_review", "returned", "accepted", "nominated", "published"],
}


def city_of(organization, all_rows):
    """The nearest city association from the organization upwards."""
    return next((id for id in organization["ancestors"] if all_rows.organizations[id]["kind"] == "city_association"), None)


def keys_of(dimension, activity, all_rows):
    organization = all_rows.organizations[activity["organization_id"]]
    found = {
        "phase": [all_rows.phase_of(activity["starts_on"])],
        "module": activity["modules"] or [None],
        "organization_kind": [organization["kind"]],
        "city": [city_of(organization, all_rows)],
        "audience": activity["audiences"] or [None],
        "status": [activity["status"]],
    }[dimension]
    return ["none" if key is None else str(key) for key in found]


def official(dimension, within, kinds, statuses, found, all_rows):
    """The keys that are there without an activity, in their order, and `none` last if anything found has it."""
    below = [o for o in all_rows.organizations.values() if within in o["ancestors"]]
    keys = {
        "phase": [str(p["ordinal"]) for p in sorted(all_rows.phase, key=lambda p: p["ordinal"])],
        "module": [m["code"] for m in sorted(all_rows.module, key=lambda m: m["ordinal"])],
        "organization_kind": [kind for kind in ORDER["organization_kind"] if kind in {o["kind"] for o in below}],
        "city": [o["id"] for o in sorted(below, key=lambda o: o["path_ordinal"]) if o["kind"] == "city_association" and o["is_active"]],
        "audience": [a["code"] for a in all_rows.campaign["audiences"]],
        "status": [s for s in ORDER["status"] if s in statuses and ("highlight" in kinds or s in ("draft", "published"))
                   and (s != "published" or kinds != ["highlight"])],
    }[dimension]
    return keys + [key for key in sorted(found) if key not in keys and key != "none"] + (["none"] if "none" in found else [])


def compute(who, campaign_code, rows_by, columns_by, kinds=("highlight",), statuses=HANDED_IN):
    all_rows = rows(campaign_code)
    within = all_rows.by_code[who.organization_code]["id"]
    cells, more, total = Counter(), Counter(), 0
    for activity in all_rows.activity:
        if not (harness.sees_work(who, activity, all_rows) and harness.is_within(activity, within)
                and activity["kind"] in kinds and activity["status"] in statuses):
            continue
        total += 1
        mine, theirs = keys_of(rows_by, activity, all_rows), keys_of(columns_by, activity, all_rows)
        cells.update(itertools.product([*mine, ""], [*theirs, ""]))
        more.update({"rows": len(mine) > 1, "columns": len(theirs) > 1})
    axes = {axis: official(dimension, within, list(kinds), statuses, {key[i] for key in cells} - {""}, all_rows)
            for i, (axis, dimension) in enumerate((("rows", rows_by), ("columns", columns_by)))}
    return {
        "rows": {"dimension": rows_by, "keys": [{"key": key} for key in axes["rows"]]},
        "columns": {"dimension": columns_by, "keys": [{"key": key} for key in axes["columns"]]},
        "cells": [{"key": row, "cells": [cells[row, column] for column in axes["columns"]], "total": cells[row, ""]} for row in axes["rows"]],
        "column_totals": [cells["", column] for column in axes["columns"]],
        "total": total,
        "counted_more_than_once": {
            "rows": {"activities": more["rows"], "sum_of_totals": sum(n for (row, column), n in cells.items() if row and not column)},
            "columns": {"activities": more["columns"], "sum_of_totals": sum(n for (row, column), n in cells.items() if column and not row)},
            "sum_of_cells": sum(n for (row, column), n in cells.items() if row and column)},
    }


def path(campaign_code, rows_by, columns_by, more=""):
    return f"/v1/campaigns/{campaign_code}/reports/matrix?rows={rows_by}&columns={columns_by}{more}"


class MatrixTest(harness.ReportTest):
    @for_each([{"campaign": c, "username": u, "pair": p} for c in CAMPAIGNS for u in READERS for p in PAIRS])
    def test_counted_again(self, campaign, username, pair):
        who = caller(username)
        self.same(compute(who, campaign, *pair), self.answer(who, path(campaign, *pair)))

    @for_each([{"campaign": c, "username": u, "pair": p} for c in CAMPAIGNS for u in ("administrator", "nation")
               for p in (("module", "status"), ("city", "audience"), ("status", "organization_kind"))])
    def test_all_kinds_and_drafts(self, campaign, username, pair):
        who, kinds, statuses = caller(username), ["highlight", "programme", "event"], ORDER["status"]
        more = f"&kind={','.join(kinds)}&status={','.join(statuses)}"
        answer = self.answer(who, path(campaign, *pair, more))
        self.same(compute(who, campaign, *pair, kinds, statuses), answer)
        if username == "administrator":
            self.followed(who, answer)

    @for_each([{"pair": p} for p in zip(DIMENSIONS, DIMENSIONS[1:] + DIMENSIONS[:1])])
    def test_every_cell_is_followed(self, pair):
        """Each dimension with its neighbour: the list's filters are one line each, and do not know of each other."""
        who = caller("nation")
        self.followed(who, self.answer(who, path(GENERATED, *pair)))

    @for_each([{"campaign": c, "username": u} for c in CAMPAIGNS for u in READERS])
    def test_whoever_asks_can_follow(self, campaign, username):
        who = caller(username)
        self.followed(who, self.answer(who, path(campaign, "phase", "module")))


if __name__ == "__main__":
    unittest.main()
