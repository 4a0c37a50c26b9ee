# SPDX-License-Identifier: Apache-2.0
"""Timing whole processes, and a proxy that counts and delays their requests; shared by the benches."""

import http.client
import os
import resource
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "trailer", "upgrade"}


@dataclass(frozen=True)
class Run:
    """One finished process."""

    wall_s: float
    cpu_s: float
    code: int
    stdout: str
    stderr: str


def run(command: Sequence[str], env: Mapping[str, str], cwd: str | None = None) -> Run:
    """Run a command to its end; CPU is that of the process and its children, by the kernel's accounting."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, env=dict(env), cwd=cwd, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Run(wall, cpu, done.returncode, done.stdout, done.stderr)


def compiled(env: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The environment in which Python keeps the bytecode of all it imports in `folder`, from the first run on.

    What pip installs is compiled, what uv installs is not unless asked to, and a checkout is not: compared as they
    happen to lie there, one side would compile its sources in every run and the other would not.
    """
    kept = {name: value for name, value in env.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder)}


def median(values: Sequence[float]) -> float:
    """The middle value: these machines are shared, single figures say little."""
    return statistics.median(values)


class _Handler(BaseHTTPRequestHandler):
    """Forwards one absolute-form request (`GET http://host/path`) after the proxy's delay."""

    protocol_version = "HTTP/1.1"
    server: "Proxy"

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.server.lock:
            number = len(self.server.requests)
            self.server.requests.append(f"{self.command} {self.path}")
            self.server.seconds.append(0.0)
        time.sleep(self.server.delay_s)
        began = time.perf_counter()
        target = urlsplit(self.path)
        connection = http.client.HTTPConnection(target.hostname or "", target.port or 80, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        path = f"{target.path}?{target.query}" if target.query else target.path
        connection.request(self.command, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        self.server.seconds[number] = time.perf_counter() - began
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP | {"content-length", "date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        connection.close()

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Every method is forwarded alike; the base class looks for do_GET, do_POST, ..."""
        if name.startswith("do_"):
            return self._forward
        raise AttributeError(name)

    def log_request(self, *_: object) -> None:
        """Say nothing."""


class Proxy(ThreadingHTTPServer):
    """An HTTP proxy on loopback for clients that honour `http_proxy`; counts requests and delays each."""

    daemon_threads = True

    def __init__(self, delay_s: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.delay_s = delay_s
        self.requests: list[str] = []
        self.seconds: list[float] = []
        """How long the server behind took for each of `requests`, without the delay."""
        self.lock = threading.Lock()

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def env(self) -> dict[str, str]:
        """The environment of a client that is to use this proxy."""
        without = {name: value for name, value in os.environ.items() if name.lower() != "no_proxy"}
        return {**without, "http_proxy": f"http://127.0.0.1:{self.server_port}"}
