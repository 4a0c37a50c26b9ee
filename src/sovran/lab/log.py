# SPDX-License-Identifier: Apache-2.0
"""The services' logs: where they are, their last lines, and the line that tells why a service failed."""

import re
from pathlib import Path

EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(Error|Exception|Exit|Interrupt|Unavailable|NotFound|Failed\w*)\b.*")
SEVERE = re.compile(r" (ERROR|CRITICAL) ")
TAIL = 200_000
"""Bytes at the end of a log that are looked at."""


def files(folder: Path, service: str) -> list[Path]:
    """The log files of a service: what its process printed, and what it logged."""
    return [path for name in (f"{service}.out", f"{service}.log") if (path := folder / "log" / name).exists()]


def tail(path: Path, lines: int) -> list[str]:
    """The last lines of a file."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - TAIL))
        return file.read().decode(errors="replace").splitlines()[-lines:]


def reason(folder: Path, service: str) -> str:
    """The line that tells best why a service failed, with the file that it is from."""
    for path in files(folder, service):
        text = tail(path, 2000)
        for matches in (EXCEPTION.match, SEVERE.search):
            found = next((line for line in reversed(text) if matches(line)), None)
            if found:
                return f"{found.strip()[:400]} ({path})"
    return f"nothing was logged in {folder / 'log'}"
