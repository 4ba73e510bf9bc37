#!/usr/bin/python3
"""A clamd that knows one virus: the INSTREAM command alone, as clamd(8) has it.

    clamd.py SOCKET      (the path of a socket, or a port of 127.0.0.1)

What contains EICAR is infected; what contains TOO-LARGE is more than it takes; after HANG it says nothing.
"""

import socketserver
import struct
import sys


class Stream(socketserver.StreamRequestHandler):
    def handle(self):
        if self.rfile.read(10) != b"zINSTREAM\0":
            return
        content = b""
        while length := struct.unpack(">I", self.rfile.read(4))[0]:
            piece = self.rfile.read(length)
            if len(piece) != length:
                return
            content += piece
        if b"HANG" in content:
            return
        answer = b"stream: OK"
        if b"EICAR" in content:
            answer = b"stream: Eicar-Test-Signature FOUND"
        elif b"TOO-LARGE" in content:
            answer = b"INSTREAM size limit exceeded. ERROR"
        self.wfile.write(answer + b"\0")


def main(where):
    if where.isdigit():
        server = socketserver.ThreadingTCPServer(("127.0.0.1", int(where)), Stream, bind_and_activate=False)
        server.allow_reuse_address = True
        server.server_bind()
        server.server_activate()
    else:
        server = socketserver.ThreadingUnixStreamServer(where, Stream)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
