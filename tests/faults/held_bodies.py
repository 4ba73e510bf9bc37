"""Holds connections open that have sent nearly all of a large body, without having the right to, and prints by how many
bytes the process has grown.

    held_bodies.py URL PROCESS PATH
"""

import os
import socket
import sys
import time
from urllib.parse import urlsplit

CONNECTIONS = 100
BODY = b" " * 2000000  # less than the largest that any operation takes
PATIENCE = 30


def memory(process):
    with open(f"/proc/{process}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def unread(where):
    """Bytes that the kernel still has for the server, by /proc/net/tcp."""
    with open("/proc/net/tcp", encoding="ascii") as file:
        rows = [line.split() for line in file][1:]
    return sum(int(row[4].split(":")[1], 16) for row in rows if row[1].endswith(f":{where.port:04X}") and row[3] == "01")


def main():
    url, process, path = sys.argv[1:]
    where = urlsplit(url)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()
    held = [socket.create_connection((where.hostname, where.port), PATIENCE) for _ in range(CONNECTIONS)]
    before = memory(process)
    for connection in held:
        connection.sendall(head + BODY[:-1])
    deadline = time.monotonic() + PATIENCE
    while unread(where) > 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    print(memory(process) - before)


if __name__ == "__main__":
    main()
