#!/usr/bin/python3
"""A list of many rows as CSV and as XLSX: how fast, and how much memory the service takes for it.

It must not be a matter of how many rows there are: 10,000 are exported first, and for 200,000 (or as many as are
asked for) VmHWM may grow by no more than 16 MiB. `./dev bench exports [ROWS]`.
"""

import http.client
import os
import sys
import time
import urllib.parse

from house import psql, status_of

HOST = urllib.parse.urlsplit(os.environ["SCIDAY_URL"]).netloc
PID = os.environ["SCIDAY_PID"]
FEW = 10_000
GROWTH = 16  # MiB


def fill(first, last):
    """So many partners below the province, as the owner."""
    psql(os.environ["SCIDAY_OWNER_URL"], f"""
        INSERT INTO organization (id, code, kind, name, parent_id, ordinal)
        SELECT uuid_v7(), 'bench-' || n, 'partner', '江苏省第' || n || '合作单位', p.id, n % 100000
          FROM generate_series({first}, {last}) n
          JOIN organization p ON p.code = 'jiangsu';
        SET client_min_messages = error;
        VACUUM ANALYZE organization;""")


def export(form, rows):
    """The whole list as a file, not kept; VmHWM afterwards."""
    started = time.monotonic()
    connection = http.client.HTTPConnection(HOST, timeout=600)
    connection.request("GET", f"/v1/organizations?format={form}")
    answer = connection.getresponse()
    first = time.monotonic() - started
    length = lines = 0
    while piece := answer.read(65536):
        length += len(piece)
        lines += piece.count(b"\r\n")
    took = time.monotonic() - started
    if answer.status != 200 or (form == "csv" and lines <= rows):
        raise SystemExit(f"{answer.status}, {lines} lines of {rows} rows")
    print(f"{form:4} {rows:9,d} rows: {length / 1048576:6.1f} MiB in {took:6.1f} s, the first byte after {first:6.2f} s, "
          f"{rows / took:8,.0f} rows/s, VmHWM {status_of(PID, 'VmHWM'):6.1f} MiB", flush=True)
    return status_of(PID, "VmHWM")


def main(many="200000"):
    fill(1, FEW)
    before = {form: export(form, FEW) for form in ("csv", "xlsx")}
    fill(FEW + 1, int(many))
    after = {form: export(form, int(many)) for form in ("csv", "xlsx")}
    if after["csv"] - before["xlsx"] > GROWTH or after["xlsx"] - before["xlsx"] > GROWTH:
        raise SystemExit("the memory grows with the rows")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
