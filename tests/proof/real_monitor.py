# SPDX-License-Identifier: Apache-2.0
"""The SCS compliance monitor itself, from a checkout of SovereignCloudStack/standards, on loopback with a database.

Needs PostgreSQL (Debian: postgresql), and for its Python packages, which go into an environment of their own, a
package index and what psycopg2 is compiled with (Debian: build-essential libpq-dev python3-dev).
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import requests
import yaml

from sovran.lab.ports import choose
from tests.proof.contract_server import Account

PATIENCE = 120.0
START = """
import runpy, sys, uvicorn
run = uvicorn.run
uvicorn.run = lambda app, **options: run(app, **{**options, "host": "127.0.0.1", "port": int(sys.argv[2])})
sys.path.insert(0, sys.argv[1])
runpy.run_path(sys.argv[1] + "/monitor.py", run_name="__main__")
"""
"""Runs the program as it is, but on loopback and on a free port, which it has no option for."""
HASH = "import sys; from passlib.hash import argon2; print(argon2.hash(sys.stdin.read()))"


class RealMonitor:
    """The monitor with these accounts, while it is entered."""

    def __init__(self, checkout: Path, accounts: Mapping[str, Account], cache: Path) -> None:
        self._source = checkout / "compliance-monitor"
        self._tests = checkout / "Tests"
        self._accounts = accounts
        self._python = _environment(cache, self._source / "requirements.txt")

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sovran-monitor-")))
            ports = choose(("database", "monitor"))
            password = secrets.token_hex(16)
            stack.enter_context(_Database(folder / "database", ports["database"], password))
            self._start(folder, ports, password, stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def stored(self, uuid: str) -> Any:
        """The report of this run as the monitor gives it to its reader, or None."""
        answer = requests.get(f"{self.url}/reports/{uuid}", auth=("reader", "reader-password"), timeout=30)
        assert answer.status_code in (200, 404), answer.text
        return answer.json() if answer.ok else None

    def status(self, subject: str) -> Any:
        """What the monitor concludes about a subject."""
        headers = {"Accept": "application/json"}
        return requests.get(f"{self.url}/status", params={"subject": subject}, headers=headers, timeout=30).json()

    def page(self, url: str) -> str:
        """A page for people."""
        answer = requests.get(url, timeout=30)
        assert answer.ok, answer.text
        return answer.text

    def _start(self, folder: Path, ports: Mapping[str, int], password: str, stack: ExitStack) -> None:
        work = folder / "compliance-monitor"
        work.mkdir()
        (folder / "Tests").symlink_to(self._tests)
        (work / "templates").symlink_to(self._source / "templates")
        (work / "bootstrap.yaml").write_text(yaml.safe_dump({"accounts": self._bootstrap()}), encoding="utf-8")
        database = {"SCM_DB_HOST": "127.0.0.1", "SCM_DB_PORT": str(ports["database"]), "SCM_DB_PASSWORD": password}
        log = stack.enter_context((folder / "monitor.log").open("w+", encoding="utf-8"))
        process = subprocess.Popen(
            [self._python, "-c", START, self._source, str(ports["monitor"])],
            cwd=work,
            env={**os.environ, **database},
            stdout=log,
            stderr=log,
        )
        stack.callback(_end, process)
        self.url = f"http://127.0.0.1:{ports['monitor']}"
        _wait_until(lambda: _answers(f"{self.url}/healthz"), process, folder / "monitor.log")

    def _bootstrap(self) -> list[dict[str, Any]]:
        reader = {"subject": "reader", "api_keys": [self._hash("reader-password")], "roles": ["read_any"]}
        accounts = [self._entry(name, account) for name, account in self._accounts.items()]
        others = {subject for account in self._accounts.values() for subject in account.stands_for}
        delegated = [
            {"subject": subject, "delegates": [n for n, a in self._accounts.items() if subject in a.stands_for]}
            for subject in sorted(others - self._accounts.keys())
        ]
        return [reader, *accounts, *delegated]

    def _entry(self, name: str, account: Account) -> dict[str, Any]:
        pairs = [key.split() for key in account.keys]
        keys = [
            {"public_key": blob, "public_key_type": kind, "public_key_name": f"key {number}"}
            for number, (kind, blob) in enumerate(pairs)
        ]
        roles = ["append_any"] if account.appends_any else []
        return {"subject": name, "api_keys": [self._hash(account.password)], "keys": keys, "roles": roles}

    def _hash(self, password: str) -> str:
        done = subprocess.run([self._python, "-c", HASH], input=password, capture_output=True, check=True, text=True)
        return done.stdout.strip()


class _Database:
    """PostgreSQL on loopback, with its data in `folder`."""

    def __init__(self, folder: Path, port: int, password: str) -> None:
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
        assert programs, "the compliance monitor needs PostgreSQL: install Debian's postgresql"
        self._programs, self._folder, self._port, self._password = programs[-1], folder, port, password
        # it refuses to run as root
        self._user = "postgres" if os.geteuid() == 0 else None

    def __enter__(self) -> Self:
        self._folder.mkdir()
        secret = self._folder / "password"
        secret.write_text(self._password, encoding="utf-8")
        if self._user:
            self._folder.parent.chmod(0o711)
            for path in (self._folder, secret):
                shutil.chown(path, self._user)
        data = self._folder / "data"
        words = ["-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"]
        self._run("initdb", *words, f"--pwfile={secret}", "-D", str(data))
        log = (self._folder / "log").open("w", encoding="utf-8")
        listen = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]
        with log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", data, "-p", str(self._port), *listen],
                user=self._user,
                cwd=self._folder,
                stdout=log,
                stderr=log,
            )
        ready = [str(self._programs / "pg_isready"), "-h", "127.0.0.1", "-p", str(self._port), "-q"]
        _wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, self._process, self._folder / "log")
        return self

    def __exit__(self, *_: object) -> None:
        _end(self._process)

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [self._programs / program, *words],
            user=self._user,
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def _environment(cache: Path, requirements: Path) -> Path:
    """The monitor's Python, with the packages that it lists; made once."""
    python = cache / "bin" / "python"
    ready = cache / "ready"
    if not ready.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", cache], check=True)
        words = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)]
        subprocess.run(words, check=True, timeout=900)
        ready.touch()
    return python


def _wait_until(ready: Any, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not ready():
        assert process.poll() is None, log.read_text(encoding="utf-8")
        assert time.monotonic() < until, f"not ready in {PATIENCE:.0f} s: {log.read_text(encoding='utf-8')}"
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
