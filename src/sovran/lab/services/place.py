# SPDX-License-Identifier: Apache-2.0
"""Where a service process finds its lab: folder, ports, hosts; and how it waits for another service."""

import json
import socket
import time
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Place:
    """A lab's folder and what a service must know before it reads its own configuration file."""

    folder: Path
    ports: dict[str, int]
    """Service (or part of one, such as `swift-object`) to TCP port on 127.0.0.1."""
    zones: dict[str, str]
    """Compute host to availability zone."""
    marker: str = ""
    """In the environment of each process of the lab."""
    guests: bool = False
    """Whether servers are real machines on a real network."""

    @classmethod
    def read(cls, folder: Path) -> "Place":
        """The place described by FOLDER/lab.json."""
        described = json.loads((folder / "lab.json").read_text(encoding="utf-8"))
        guests = described.get("guests", False)
        return cls(folder, described["ports"], described["zones"], described["marker"], guests)

    def config(self, service: str, name: str) -> Path:
        """A configuration file of a service."""
        return self.folder / "etc" / service / name

    def log(self, name: str) -> Path:
        """A file in the lab's log folder."""
        return self.folder / "log" / name

    def data(self, name: str) -> Path:
        """A folder or file of the lab's state."""
        return self.folder / "data" / name

    def wait_for(self, *services: str, seconds: float = 120) -> None:
        """Return as soon as each service accepts connections.

        Raises:
            TimeoutError: a service did not open its port within `seconds`.
        """
        limit = time.monotonic() + seconds
        for service in services:
            while True:
                try:
                    socket.create_connection((LOOPBACK, self.ports[service]), 1).close()
                    break
                except OSError:
                    if time.monotonic() > limit:
                        raise TimeoutError(f"{service} did not open its port within {seconds:.0f} s") from None
                    time.sleep(0.05)
