# SPDX-License-Identifier: Apache-2.0
"""What the lab's internet holds now: its file, read again when it has changed, so that breaks act at once."""

import json
from pathlib import Path
from typing import Any


class World:
    """The names, addresses and ports of the lab's internet."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read: tuple[int, int] = (0, 0)
        self._told: dict[str, Any] = {}
        self.refresh()

    def refresh(self) -> bool:
        """Read the file again; whether it has changed since."""
        stat = self._file.stat()
        if (stat.st_mtime_ns, stat.st_ino) == self._read:
            return False
        self._told = json.loads(self._file.read_text(encoding="utf-8"))
        self._read = (stat.st_mtime_ns, stat.st_ino)
        return True

    @property
    def addresses(self) -> list[str]:
        """Addresses that are of this machine, beside that of the link."""
        return list(self._told["addresses"])

    @property
    def names(self) -> dict[str, dict[str, Any]]:
        """Name to `A` and `AAAA` (lists of addresses), `signed`, `bogus`."""
        return dict(self._told["names"])

    @property
    def open(self) -> set[int]:
        """TCP ports that accept connections, on each address."""
        return set(self._told["open"])

    @property
    def dropped(self) -> set[int]:
        """TCP ports that do not answer at all; others reject."""
        return set(self._told["dropped"])

    @property
    def resolver(self) -> dict[str, Any]:
        """`addresses` and `ports` of the resolver, and whether it is `validating`."""
        return dict(self._told["resolver"])

    @property
    def time(self) -> dict[str, Any]:
        """`addresses` and `ports` of the time server, and its `offset` from this machine's clock in seconds."""
        return dict(self._told["time"])
