# SPDX-License-Identifier: Apache-2.0
"""QEMU's control socket (QMP): one command after the other, and waiting for an event."""

import contextlib
import json
import os
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sovran.lab.services.nova_qemu_machine import MONITOR


class MonitorError(Exception):
    """QEMU refused a command, or does not answer."""


class Monitor:
    """A connection to the QEMU process that runs in a server's folder; QEMU serves one at a time."""

    def __init__(self, folder: Path, seconds: float = 10) -> None:
        """Connect.

        Args:
            folder: of the server.
            seconds: how long an answer may take.

        Raises:
            MonitorError: nobody answers.
        """
        self._seconds = seconds
        self._events: list[dict[str, Any]] = []
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(seconds)
        self._file = self._socket.makefile("rb")
        try:
            with _reachable(folder) as path:
                self._socket.connect(path)
            self._read()  # the greeting
            self.execute("qmp_capabilities")
        except (OSError, MonitorError) as error:
            self.close()
            raise MonitorError(f"QEMU's control socket does not answer ({error})") from None

    def execute(self, command: str, arguments: Mapping[str, Any] | None = None) -> Any:
        """Give a command; returns what QEMU answers.

        Raises:
            MonitorError: QEMU refused, with its reason, or went away.
        """
        given = {"execute": command, "arguments": dict(arguments or {})}
        try:
            self._socket.sendall(json.dumps(given).encode() + b"\n")
            while True:
                answer = self._read()
                if "return" in answer:
                    return answer["return"]
                if "error" in answer:
                    raise MonitorError(f"QEMU refuses {command}: {answer['error']['desc']}")
                self._events.append(answer)
        except OSError as error:
            raise MonitorError(f"QEMU did not answer {command} ({error})") from None

    def wait_for(self, event: str, seconds: float, **data: Any) -> bool:
        """Whether an event with this data comes within so many seconds, or came since the last one waited for."""
        limit = time.monotonic() + seconds
        while True:
            while self._events:
                seen = self._events.pop(0)
                if seen.get("event") == event and data.items() <= seen.get("data", {}).items():
                    return True
            if (left := limit - time.monotonic()) <= 0:
                return False
            self._socket.settimeout(left)
            try:
                self._events.append(self._read())
            except OSError:
                return False
            finally:
                self._socket.settimeout(self._seconds)

    def _read(self) -> dict[str, Any]:
        line = self._file.readline()
        if not line:
            raise ConnectionError("it was closed")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """Let the next one speak with QEMU."""
        self._file.close()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextlib.contextmanager
def _reachable(folder: Path) -> Any:
    """The socket's path by the folder's descriptor: the path itself may be longer than the kernel takes."""
    handle = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}/{MONITOR}"
    finally:
        os.close(handle)
