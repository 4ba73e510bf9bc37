"""Who asks, and who answers beside sciday: wrk, pgbench, nginx, Fastify."""

import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

from house import SCRATCH, psql

HERE = Path(__file__).parent
CORES = os.cpu_count()
MACHINES = {"x86_64": "x64", "aarch64": "arm64"}  # as npm calls them
PIPELINED = 10  # units in one pipeline of pgbench's


def wrk(url, requests, connections, seconds):
    """What requests.lua says of them. `requests`: a file, made by requests_file."""
    command = ["wrk", "--threads=1", f"--connections={connections}", f"--duration={seconds}s", "--timeout=30s", f"--script={HERE / 'requests.lua'}", url, "--",
               str(requests)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout.splitlines()[-1])
    return said | {"rate": said["answers"] / said["seconds"]}


def each_once(url, requests):
    """Milliseconds of each, on one connection; wrk goes on for as long as it was told, and what is changed is changed once."""
    address = urllib.parse.urlsplit(url)
    times = []
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for method, path, headers, body in requests:
            content = (body or "").encode()
            lines = [f"{method} {path} HTTP/1.1", f"Host: {address.netloc}", f"Content-Length: {len(content)}", *(f"{name}: {value}" for name, value in headers.items())]
            request = "\r\n".join(lines).encode() + b"\r\n\r\n" + content
            started = time.perf_counter()
            connection.sendall(request)
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += connection.recv(65536)
            head, _, rest = answer.partition(b"\r\n\r\n")
            missing = int(re.search(rb"(?i)\r\ncontent-length: (\d+)", head)[1]) - len(rest)
            while missing > 0:
                piece = connection.recv(65536)
                rest, missing = rest + piece, missing - len(piece)
            times.append((time.perf_counter() - started) * 1000)
            if not head.startswith(b"HTTP/1.1 2"):
                sys.exit(f"{method} {path}: {head.decode()}\n{rest.decode()}")
    return times


def requests_file(path, requests):
    """(method, path, headers, body) of each."""
    path.write_text("".join(f"{method}\t{target}\t" + "\1".join(f"{name}: {value}" for name, value in headers.items()) + f"\t{body or ''}\n"
                            for method, target, headers, body in requests))
    return path


def pgbench(url, statements, clients, seconds, units=1, before="", variables=None):
    """Units a second: the statements of one go in one pipeline, and `units` of them before each Sync. As the role of the URL."""
    script = SCRATCH / "pgbench.sql"
    script.write_text(before + "\\startpipeline\n" + "".join(f"{one};\n" for one in statements) * units + "\\endpipeline\n")
    command = ["pgbench", "--no-vacuum", "--protocol=prepared", f"--client={clients}", f"--jobs={min(clients, CORES)}", f"--time={seconds}", f"--file={script}",
               *(f"--define={name}={value}" for name, value in (variables or {}).items()), url]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"PGOPTIONS": f"-c search_path={search_path()}"})
    if done.returncode != 0 or "error:" in done.stderr:
        sys.exit(f"{done.stderr}\n{script.read_text()[:2000]}")
    return float(re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)[1]) * units


def search_path():
    return psql(os.environ["SCIDAY_OWNER_URL"], "SELECT replace(current_setting('search_path'), ' ', '')").strip()


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def until_it_listens(process, port):
    for _ in range(1000):
        if process.poll() is not None:
            sys.exit(f"{process.args[0]} did not start")
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    sys.exit(f"{process.args[0]} does not listen")


class Nginx:
    """Files of a folder, as its documentation has it for static files: sendfile, open files kept, no access log."""

    def __init__(self, folder):
        self.folder = folder / "nginx"
        self.folder.mkdir()
        port = free_port()
        user = "user root;" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(f"""
            daemon off; {user} worker_processes auto; pid {self.folder}/pid; error_log {self.folder}/error.log;
            events {{ worker_connections 2048; }}
            http {{
              access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=100; default_type application/json;
              client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy; fastcgi_temp_path {self.folder}/fastcgi;
              uwsgi_temp_path {self.folder}/uwsgi; scgi_temp_path {self.folder}/scgi;
              server {{ listen 127.0.0.1:{port} backlog=2048; root {self.folder}; }}
            }}""")
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(["nginx", "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")], stderr=subprocess.DEVNULL)
        until_it_listens(self.process, port)

    def serve(self, name, content):
        """Its path."""
        (self.folder / name).write_bytes(content)
        return f"/{name}"

    def etag(self, path):
        with urllib.request.urlopen(self.url + path) as answer:
            return answer.headers["ETag"]

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Fastify:
    """fastify/server.js with so many processes, on the database of an installation, with operations by their statements."""

    def __init__(self, installation, operations, identify, processes):
        port = free_port()
        with urllib.request.urlopen(f"{installation.url}/.well-known/jwks.json") as answer:
            jwks = json.load(answer)
        settings = {"port": port, "processes": processes, "database": installation.service_url, "search_path": search_path(), "jwks": jwks["keys"],
                    "identify": identify, "operations": operations}
        self.url = f"http://127.0.0.1:{port}"
        node = HERE / "fastify" / "node_modules" / f"node-linux-{MACHINES.get(platform.machine())}" / "bin" / "node"
        self.process = subprocess.Popen([node, str(HERE / "fastify" / "server.js")], stdin=subprocess.PIPE, env=os.environ | {"NODE_ENV": "production"})
        self.process.stdin.write(json.dumps(settings).encode())
        self.process.stdin.close()
        until_it_listens(self.process, port)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def install_fastify():
    """What its lock file names, once."""
    folder = HERE / "fastify"
    installed = folder / "node_modules" / ".package-lock.json"
    if not shutil.which("npm"):
        sys.exit("npm is missing: apt install nodejs npm")
    if not installed.exists() or installed.stat().st_mtime < (folder / "package-lock.json").stat().st_mtime:
        subprocess.run(["npm", "ci", "--loglevel=error", "--no-audit", "--no-fund"], cwd=folder, check=True, stdout=sys.stderr)
        installed.touch()
