"""What the service takes while it only stands there: from exec to ready, memory with many idle connections, the backends' own
memory; and what knowing a caller by a token takes.
"""

import json
import os
import socket
import statistics
import subprocess
import urllib.parse
from pathlib import Path

from house import psql, status_of
from results import figure, table

IDLE = 1000
STARTS = 5


class Standing:
    """Of one installation that others put under load: each round ends with a look at it."""

    def __init__(self, installation):
        self.installation = installation
        self.resident, self.backends = [status_of(installation.process.pid, "VmRSS")], []
        self.idle = self.tokens = self.ready = None

    def round(self, _):
        self.resident.append(status_of(self.installation.process.pid, "VmRSS"))
        self.backends += [private(pid) for pid in psql(self.installation.superuser_url, f"SELECT pid FROM pg_stat_activity"
                                                       f" WHERE datname = '{self.installation.name}' AND usename = 'sciday_service'").split()]

    def last(self):
        """When all else is measured, for it takes the service down."""
        self.idle = self.with_idle()
        starts = [self.installation.ready_after]
        for _ in range(STARTS - 1):
            self.installation.stop()
            self.installation.start()
            starts.append(self.installation.ready_after)
        self.ready = statistics.median(starts) * 1000
        binary = Path(os.environ["SCIDAY_BINARY"]).parent / "bench" / "bench_token"
        self.tokens = json.loads(subprocess.run([binary, os.environ["SCIDAY_KEY_DIRECTORY"]], capture_output=True, text=True, check=True).stdout)

    def with_idle(self):
        """Resident memory, with so many connections that have asked once and keep still."""
        address = urllib.parse.urlsplit(self.installation.url)
        connections = []
        for _ in range(IDLE):
            connections.append(socket.create_connection((address.hostname, address.port)))
            connections[-1].sendall(f"GET /v1/campaigns/{self.installation.name} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
        for connection in connections:
            connection.recv(65536)
        resident = status_of(self.installation.process.pid, "VmRSS")
        for connection in connections:
            connection.close()
        return resident

    def stop(self):
        pass

    def judge(self, results):
        size = self.installation.name
        results.add("from exec to ready", size, 0, "sciday", ms=self.ready)
        results.add("token", size, 0, "sciday", **self.tokens)
        results.add("memory", size, IDLE, "sciday", idle=self.idle, resident=self.resident, backends=self.backends)
        results.at_most("verification of a token", "the first", 100, self.tokens["first"], "µs")
        results.at_most("verification of a token", "cached", 2, self.tokens["cached"], "µs")
        results.at_most("memory", f"resident with {IDLE:,} idle connections", 64, self.idle, "MiB")
        results.at_most("memory", "resident, the last round's of the first's", 1.1, self.resident[-1] / self.resident[1], "×")
        results.at_most("memory", "a backend of its own", 40, max(self.backends), "MiB")
        results.at_most("from exec to ready", "the median of five", 300, self.ready, "ms")

    def tables(self, _):
        yield table(["memory, MiB", "", "least", "most"], [
            ["resident at rest", figure(self.resident[0]), "", ""],
            ["resident after each round", figure(statistics.median(self.resident[1:])), figure(min(self.resident[1:])), figure(max(self.resident[1:]))],
            [f"resident with {IDLE:,} idle connections", figure(self.idle), "", ""],
            ["a backend of its own", figure(statistics.median(self.backends)), figure(min(self.backends)), figure(max(self.backends))]])


def private(pid):
    """MiB that no other process shares."""
    words = Path(f"/proc/{pid}/smaps_rollup").read_text().split()
    return sum(int(words[words.index(name) + 1]) for name in ("Private_Clean:", "Private_Dirty:")) / 1024
