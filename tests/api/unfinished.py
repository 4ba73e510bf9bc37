#!/usr/bin/python3
"""Uploads that announce more than they send, all at once, and that stay open until standard input ends.

    unfinished.py [--chunked] COUNT BYTES PATH URL…

Each sends so many bytes of a file, to one URL after the other, as whoever SCIDAY_TOKEN is; "sent" is printed when all have.
Chunked they announce nothing.
"""

import itertools
import os
import socket
import sys
from urllib.parse import urlsplit

PATIENCE = 20  # seconds


def main(is_chunked, count, size, path, *urls):
    part = b'--xYz\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.5\n'.ljust(size, b"x")
    head = (f"POST {path} HTTP/1.1\r\nHost: sciday\r\nAuthorization: Bearer {os.environ['SCIDAY_TOKEN']}\r\n"
            "Content-Type: multipart/form-data; boundary=xYz\r\n").encode()
    if is_chunked:
        request = head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (size, part)
    else:
        request = head + b"Content-Length: %d\r\n\r\n%s" % (size + 100, part)
    connections = []
    for url in itertools.islice(itertools.cycle(map(urlsplit, urls)), count):
        connections.append(socket.create_connection((url.hostname, url.port), PATIENCE))
    for connection in connections:
        connection.sendall(request)
    print("sent", flush=True)
    sys.stdin.read()
    for connection in connections:
        connection.close()


if __name__ == "__main__":
    arguments = [each for each in sys.argv[1:] if each != "--chunked"]
    main("--chunked" in sys.argv, int(arguments[0]), int(arguments[1]), *arguments[2:])
