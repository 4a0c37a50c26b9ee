# SPDX-License-Identifier: Apache-2.0
"""A cloud on loopback, as small as `sovran check` allows, whose good and bad days the tests choose."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.cloud.identity_stub import Handler, IdentityStub, endpoints

FLAVORS = "/v2.1/flavors/detail"
RULES = "/v2.0/default-security-group-rules"
TOKENS = "/v3/auth/tokens"
PATIENCE = 20.0


def flavor(name: str, **changes: Any) -> dict[str, Any]:
    """One flavor as the compute API lists it."""
    return {"id": name, "name": name, "vcpus": 1, "ram": 1024, "disk": 0, "extra_specs": {}, **changes}


class StubCloud(IdentityStub):
    """Identity, compute, network and an object store behind one port; no flavors, no security group templates."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        base = self.url.removesuffix("/v3")
        self.folder = folder
        self.token["catalog"] = [
            endpoints("identity", self.url),
            endpoints("compute", f"{base}/v2.1"),
            endpoints("network", f"{base}/v2.0"),
            endpoints("object-store", f"{base}/swift"),
        ]
        self.listing(FLAVORS, {"flavors": []})
        self.listing(RULES, {"default_security_group_rules": []})
        self.entries: dict[str, Any] = {"stub": {"auth": self.auth, "region_name": "R1"}}

    def listing(self, path: str, document: object) -> None:
        """Answer GET `path` with this document."""
        self.answers["GET", path] = lambda handler: handler.reply(200, document)

    def hang(self, path: str) -> None:
        """Never answer requests for `path`."""
        self.answers["POST" if path == TOKENS else "GET", path] = lambda handler: handler.hang()

    def drip(self, path: str) -> None:
        """Answer requests for `path` with one byte now and then, without end."""
        self.answers["POST" if path == TOKENS else "GET", path] = drip

    def write_config(self) -> Path:
        """Write clouds.yaml with the entries as they are now; returns its path."""
        path = self.folder / "clouds.yaml"
        path.write_text(yaml.safe_dump({"clouds": self.entries}), encoding="utf-8")
        return path

    def environment(self, **more: str) -> dict[str, str]:
        """Variables of a process that shall see this cloud only."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OS_", "SOVRAN_"))}
        return {**kept, "OS_CLIENT_CONFIG_FILE": str(self.write_config()), "OS_CLOUD": "stub", "NO_COLOR": "1", **more}

    def start(self, *words: str, first: str = ":", **variables: str) -> subprocess.Popen[str]:
        """`sovran` as a process of its own with captured output; the shell does `first` before it becomes that."""
        return subprocess.Popen(
            ["sh", "-c", f'{first}; exec "$@"', "sh", sys.executable, "-m", "sovran", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env=self.environment(**variables),
        )

    def wait_for(self, path: str) -> None:
        """Return once somebody has asked for `path`."""
        until(lambda: any(asked == path for _, asked, _, _ in self.requests), f"a request for {path}")

    def interrupted(self, path: str, *words: str, number: int = signal.SIGINT) -> tuple[int, str, str]:
        """Run `sovran WORDS`, signal it while it waits for `path`; returns exit code, stdout, stderr."""
        self.hang(path)
        process = self.start(*words)
        try:
            self.wait_for(path)
            process.send_signal(number)
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
        return process.returncode, out, err


def until(seen: Callable[[], bool], what: str) -> None:
    """Return once `seen` is true; fails after PATIENCE seconds."""
    limit = time.monotonic() + PATIENCE
    while not seen():
        assert time.monotonic() < limit, f"waited in vain for {what}"
        time.sleep(0.01)


def drip(handler: Handler) -> None:
    """A large answer, one byte every 50 ms."""
    handler.send_response_only(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    while not handler.identity.released.wait(0.05):
        try:
            handler.wfile.write(b" ")
        except OSError:
            break
    handler.close_connection = True


def leftovers(folder: Path, expected: Sequence[str]) -> set[str]:
    """What lies in `folder` beside clouds.yaml and the expected files, hidden files included."""
    return {path.name for path in folder.iterdir()} - {"clouds.yaml", *expected}
