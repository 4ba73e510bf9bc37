"""The API as the tests in Python ask it: many clients at once, and some that are gone before their answer.

The service is at SCIDAY_URL; SCIDAY_TOKENS is a JSON object of access tokens by the names of those who ask.
"""

import http.client
import json
import os
import socket
import struct
import threading
import time
import urllib.parse

PATIENCE = 20  # seconds for an answer
TRIES = 400  # of anything that is asked again
PAUSE = 0.02  # seconds before it is asked again

WHERE = urllib.parse.urlsplit(os.environ["SCIDAY_URL"])
TOKENS = json.loads(os.environ["SCIDAY_TOKENS"])


class Failure(Exception):
    """What was found is not what was expected."""


class Answer:
    def __init__(self, status, headers, content):
        self.status = status
        self.headers = headers
        self.content = content

    @property
    def body(self):
        return json.loads(self.content)

    @property
    def etag(self):
        return self.headers.get("ETag")

    @property
    def replayed(self):
        return self.headers.get("Idempotency-Replayed") == "true"

    @property
    def code(self):
        return self.body.get("code") if self.status >= 400 else None

    def __str__(self):
        return f"{self.status} {self.content.decode(errors='replace')[:600]}"


class Request:
    """One request, that may be sent any number of times. The body is an object that becomes JSON, or bytes of a Content-Type."""

    def __init__(self, who, method, path, body=None, etag=None, key=None, content_type="application/json"):
        self.method = method
        self.path = path
        self.content = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        self.headers = {"Host": WHERE.netloc}
        if who != "public":
            self.headers["Authorization"] = "Bearer " + TOKENS[who]
        if self.content is not None:
            self.headers["Content-Type"] = content_type
        if etag:
            self.headers["If-Match"] = etag
        if key:
            self.headers["Idempotency-Key"] = key

    def ask(self):
        """The answer; None if the service was not there to give one."""
        connection = http.client.HTTPConnection(WHERE.hostname, WHERE.port, timeout=PATIENCE)
        try:
            connection.request(self.method, self.path, self.content, self.headers)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def send(self):
        """Sends it whole, and returns the connection, from which nothing was read."""
        headers = {**self.headers, "Connection": "close", "Content-Length": str(len(self.content or b""))}
        head = f"{self.method} {self.path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
        connection = socket.create_connection((WHERE.hostname, WHERE.port), PATIENCE)
        connection.sendall(head.encode() + (self.content or b""))
        return connection

    def lose(self, seconds):
        """Sends it, and resets the connection so long after: whatever is answered, nobody hears it."""
        connection = self.send()
        time.sleep(seconds)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    def ask_until_acknowledged(self):
        """As a client does that has a key: again, as long as the service is away or still at it."""
        answer = None
        for _ in range(TRIES):
            answer = self.ask()
            if answer and answer.status != 503 and answer.code != "idempotency_in_progress":
                return answer
            time.sleep(PAUSE)
        raise Failure(f"{self.method} {self.path} came to nothing: {answer}")


def ask(who, method, path, body=None, etag=None):
    answer = Request(who, method, path, body, etag).ask()
    if not answer or answer.status >= 300:
        raise Failure(f"{method} {path}: {answer}")
    return answer


def act(who, path, action, body=None):
    """On what is there now; the answer."""
    return ask(who, "POST", f"{path}/{action}", body or {}, ask(who, "GET", path).etag)


def at_once(functions):
    """Runs them all at the same time; what each returned, in their order. A failure of one is a failure."""
    results = [None] * len(functions)
    failures = []
    gate = threading.Barrier(len(functions))

    def run(number, function):
        gate.wait()
        try:
            results[number] = function()
        except Exception as failure:  # to be raised where it is waited for
            failures.append(failure)

    threads = [threading.Thread(target=run, args=each) for each in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return results
