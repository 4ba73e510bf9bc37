"""A server that reads a request and hangs up, as a process that was ended by it: prints its port, then each request's first line."""

import socket

with socket.create_server(("127.0.0.1", 0)) as server:
    print(server.getsockname()[1], flush=True)
    while True:
        connection, _ = server.accept()
        with connection:
            print(connection.recv(65536).split(b"\r\n")[0].decode(), flush=True)
