# SPDX-License-Identifier: Apache-2.0
"""Homes, clouds and an identity service for the tests of this room; keeps them all on loopback."""

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.cloud.session import Connection, connect
from tests.cloud.identity_stub import IdentityStub


def _address(host: object) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(str(host))
    except ValueError:
        return None


@pytest.fixture(autouse=True, scope="module")
def only_loopback() -> Iterator[None]:
    """Any address but loopback's behaves as without a network: no name is looked up, no connection is made."""
    connect, getaddrinfo = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        numeric = None if self.family == socket.AF_UNIX else _address(address[0])
        if numeric and not numeric.is_loopback:
            raise OSError(101, "Network is unreachable")
        connect(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in (None, "", "localhost") and _address(host) is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield


class Clouds:
    """A home directory of the test's own: nothing of the real environment is seen."""

    def __init__(self, home: Path, patch: pytest.MonkeyPatch) -> None:
        self.home = home
        self.patch = patch
        for name in [name for name in os.environ if name.startswith(("OS_", "XDG_", "SNAP_"))]:
            patch.delenv(name)
        patch.setenv("HOME", str(home))
        (home / "here").mkdir()
        patch.chdir(home / "here")

    def write(self, path: str, content: object) -> Path:
        """Write `content` (text as it is, anything else as YAML) to `path` below the home directory."""
        target = self.home / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False))
        return target

    def entry(self, entry: object, name: str = "c") -> Path:
        """Write a clouds.yaml in the working directory with the one cloud `name`."""
        return self.write("here/clouds.yaml", {"clouds": {name: entry}})


@pytest.fixture
def clouds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clouds:
    """The test's own home and working directory."""
    return Clouds(tmp_path, monkeypatch)


@pytest.fixture
def identity() -> Iterator[IdentityStub]:
    """An identity service on loopback that behaves as the test tells it to."""
    with IdentityStub() as stub:
        yield stub


@pytest.fixture
def connected(clouds: Clouds, identity: IdentityStub) -> Iterator[Callable[..., Connection]]:
    """Make connections to `identity` by password, with further options of the entry; closed at the end."""
    made: list[Connection] = []

    def make(timeout: float = 5.0, concurrency: int = 4, **options: Any) -> Connection:
        auth = identity.auth | options.pop("auth", {})
        clouds.entry({"auth": auth, **options})
        made.append(connect(read_cloud("c"), concurrency=concurrency, timeout=timeout))
        return made[-1]

    yield make
    for connection in made:
        connection.close()
