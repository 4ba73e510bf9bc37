#!/usr/bin/python3
"""Sends the bytes of standard input to an HTTP server just as they are, and prints what comes back.

    wire.py [--reset SECONDS] URL < REQUEST

For what curl puts right before it sends it. The request says "Connection: close", or the answer
ends with the server's patience. With --reset nothing is read: the connection is reset (RST) so
many seconds after the last byte, as by a client that is gone before its answer.
"""

import argparse
import socket
import struct
import sys
import time
from urllib.parse import urlsplit

PATIENCE = 20  # seconds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--reset", type=float, metavar="SECONDS")
    parser.add_argument("url")
    arguments = parser.parse_args()
    where = urlsplit(arguments.url)
    with socket.create_connection((where.hostname, where.port), PATIENCE) as connection:
        connection.sendall(sys.stdin.buffer.read())
        if arguments.reset is not None:
            time.sleep(arguments.reset)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        while piece := connection.recv(65536):
            sys.stdout.buffer.write(piece)


if __name__ == "__main__":
    main()
