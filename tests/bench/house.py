"""What the benches stand on: PostgreSQL, a service with data of some size, and who asks it.

`./dev bench` gives the binary, the database that others are copied from, and its superuser by SCIDAY_BINARY,
SCIDAY_OWNER_URL and SCIDAY_SUPERUSER_URL.
"""

import base64
import http.client
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "generate"))

# pylint: disable=wrong-import-position
import texts
from generate import bound_contract
from refusals import Refusals

CONTRACT, BOUND = bound_contract(ROOT, Refusals())
OPERATIONS = {operation.id: operation for operation in CONTRACT.operations}
STATEMENTS = {name: statement for statement in BOUND.statements for name in statement.names}

SCRATCH = Path(os.environ["SCIDAY_ACCOUNTS"]).parent
PASSWORD = "correct-horse-battery"
# As the tests' (tools/dev/service.bash): nobody is refused for asking often.
SETTINGS = {"SCIDAY_LISTEN": "127.0.0.1:0", "SCIDAY_ADMIN_LISTEN": "127.0.0.1:0", "SCIDAY_ADDRESS_RATE_LIMIT": "0", "SCIDAY_PRINCIPAL_RATE_LIMIT": "0",
            "SCIDAY_DATABASE_WAIT": "10000"}


def psql(url, sql):
    """What it prints."""
    return _psql(url, "--file=-", text=sql)


def generate(url, **variables):
    """The campaign that tests/generate.sql makes of these."""
    _psql(url, f"--file={ROOT / 'tests' / 'generate.sql'}", *(f"--set={name}={value}" for name, value in variables.items()))


def _psql(url, *arguments, text=None):
    command = ["psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1", f"--dbname={url}", *arguments]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stdout


def rows(url, sql):
    """The rows of a query, as dicts."""
    return [json.loads(line) for line in psql(url, f"SELECT row_to_json(r) FROM ({sql}) r").splitlines()]


def numbered(campaign, kind, number="%012d"):
    """The id that tests/generate.sql gives to the row of this number; without one, a format for any."""
    (prefix,) = psql(os.environ["SCIDAY_OWNER_URL"], f"SELECT left(md5('{campaign}{kind}'), 8)").split()
    return f"{prefix}-0000-7000-8000-" + (number if isinstance(number, str) else f"{number:012}")


def literal(value):
    """A value as the service sends it, in SQL; a list of the contract's is an array."""
    if value is None:
        return "NULL"
    if isinstance(value, list):
        value = "{" + ",".join(value) + "}"
    return "'" + str(value).replace("'", "''") + "'"


def sql_of(operation_id, choice, place=None):
    """The statement of an operation as the service sends it when so much is given; place(name) stands for a parameter, or else its value."""
    parameters = OPERATIONS[operation_id].parameters if operation_id in OPERATIONS else []
    defaults = {one.name: str(one.default).lower() if isinstance(one.default, bool) else one.default for one in parameters if one.default is not None}
    given = defaults | choice
    return texts.text(STATEMENTS[operation_id], given, place or (lambda name: literal(given.get(name))))


def prepared(operation_id, choice):
    """The same with $1, $2… and the names of its parameters, in the order of their numbers."""
    order = []

    def place(name):
        if name not in order:
            order.append(name)
        return f"${order.index(name) + 1}"

    return {"sql": sql_of(operation_id, choice, place), "parameters": order}


def account(role):
    """Username and password of the one that `./dev bench` made."""
    (found,) = [one for one in json.loads(Path(os.environ["SCIDAY_ACCOUNTS"]).read_text()) if one["role"] == role]
    return found["username"], found["password"]


def same(mine, theirs, where):
    """Ends the bench, and says where they differ, unless they are equal. (The service says of a finding what its code means;
    and a report says when it was made.)"""
    if isinstance(mine, dict) and isinstance(theirs, dict) and mine.keys() - {"detail"} == theirs.keys() - {"detail"}:
        for name in theirs.keys() - {"as_of"}:
            same(mine[name], theirs[name], f"{where}/{name}")
    elif isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        for number, value in enumerate(theirs):
            same(mine[number], value, f"{where}/{number}")
    elif mine != theirs:
        sys.exit(f"{where} is {mine!r}, and in the database {theirs!r}")


def status_of(pid, name):
    """VmRSS or VmHWM of a process, in MiB."""
    return int(re.search(rf"^{name}:\s*(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)[1]) / 1024


class Caller:
    """Somebody with an access token, on a connection of their own."""

    def __init__(self, url, username=None, password=PASSWORD):
        self.address = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=120)
        self.headers = {}
        self.scopes = None  # for identify, once somebody asks: see Installation.identity
        if username:
            form = urllib.parse.urlencode({"grant_type": "password", "username": username, "password": password})
            answer = json.loads(self.ask("POST", "/v1/auth/token", form, {"Content-Type": "application/x-www-form-urlencoded"}, wanted=200)[1])
            self.headers = {"Authorization": f"Bearer {answer['access_token']}"}

    def ask(self, method, path, body=None, headers=None, wanted=None):
        """Status, body, headers, and milliseconds until it was there."""
        for attempt in range(2):
            started = time.monotonic()
            try:
                self.connection.request(method, path, body, self.headers | (headers or {}))
                answer = self.connection.getresponse()
                break
            except ConnectionError:  # it was idle for too long
                self.connection.close()
                if attempt:
                    raise
        read = answer.read()
        if wanted and answer.status != wanted:
            sys.exit(f"{method} {path}: {answer.status} {read.decode()}")
        return answer.status, read, answer.headers, (time.monotonic() - started) * 1000

    def get(self, path):
        return json.loads(self.ask("GET", path, wanted=200)[1])


class Installation:
    """A database of its own with a campaign of some size, and a service on it. The campaign's code is the installation's
    name, and its issuer's."""

    def __init__(self, name, organizations, activities):
        self.name, self.organizations, self.activities = name, organizations, activities
        owner = os.environ["SCIDAY_OWNER_URL"]
        self.owner_url, self.service_url, self.superuser_url = (
            url.replace("/sciday?", f"/{name}?") for url in (owner, os.environ["SCIDAY_DATABASE_URL"], os.environ["SCIDAY_SUPERUSER_URL"]))
        self.process, self.url, self.ready_after = None, None, None
        started = time.monotonic()
        psql(os.environ["SCIDAY_SUPERUSER_URL"].replace("/sciday?", "/postgres?"), f'CREATE DATABASE "{name}" OWNER sciday_owner TEMPLATE sciday')
        generate(self.superuser_url, campaign=name, issuer=name, organizations=organizations, activities=activities)
        self.made_after = time.monotonic() - started
        psql(self.superuser_url, "VACUUM")

    def command(self, *arguments, text=None):
        environment = os.environ | SETTINGS | {"SCIDAY_DATABASE_URL": self.service_url, "SCIDAY_OWNER_URL": self.owner_url}
        done = subprocess.run([os.environ["SCIDAY_BINARY"], *arguments], env=environment, input=text, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(done.stdout + done.stderr)
        return done.stdout.strip()

    def start(self):
        """The service; the seconds from exec until it listens."""
        environment = os.environ | SETTINGS | {"SCIDAY_DATABASE_URL": self.service_url}
        environment.pop("SCIDAY_OWNER_URL")
        started = time.monotonic()
        with open(SCRATCH / f"{self.name}.log", "ab") as log, open(log.name, encoding="utf-8") as said:
            said.seek(0, os.SEEK_END)
            self.process = subprocess.Popen([os.environ["SCIDAY_BINARY"], "serve"], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
            while not (words := re.search(r'^\{.*"event":"listening".*$', said.readline())):
                if self.process.poll() is not None:
                    sys.exit(f"the service did not start:\n{Path(log.name).read_text()}")
                time.sleep(0.0005)
            self.ready_after = time.monotonic() - started
        listening = json.loads(words[0])
        self.url = f"http://{listening['address']}:{listening['port']}"

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def add(self, username, role, organization=None):
        """Somebody of the issuer, or of another organization; their password."""
        return self.command("user", "add", username, "--role", role, "--organization", organization or self.name, "--name", "测试用户")

    def caller(self, username=None, password=None):
        return Caller(self.url, username, password)

    def identity(self, caller):
        """What identify is given of the caller: as the service knows them by their token."""
        if not caller.scopes:
            claims = caller.headers["Authorization"].split(".")[1]
            token = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
            (scopes,) = rows(self.superuser_url, f"SELECT s.submitter::text, s.reviewer::text, s.observer::text, s.administrator::text"
                                                 f" FROM caller_scopes('{token['sid']}', '{token['sub']}') s")
            caller.scopes = {"caller": token["sub"], "session": token["sid"], "request_id": "bench"} | {name: value or "" for name, value in scopes.items()}
        return caller.scopes

    def as_service(self, caller, sql):
        """The rows of a query as the service's role has them for this caller."""
        identify = sql_of("identify", self.identity(caller))
        return [json.loads(line) for line in psql(self.superuser_url, f"""
            SET jit = off; SET max_parallel_workers_per_gather = 0; SET plan_cache_mode = force_generic_plan;
            BEGIN; SET LOCAL ROLE sciday_service; {identify} \\g /dev/null
            SELECT row_to_json(r) FROM ({sql}) r""").splitlines()]

