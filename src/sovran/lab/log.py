# SPDX-License-Identifier: Apache-2.0
"""The services' logs: last lines, following, the line that tells why a service failed, and the requests served."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

EXCEPTION = re.compile(
    r"(\S+ \S+ \d+ (ERROR|CRITICAL) \S+ (\[[^\]]*\] )?)?[A-Za-z_][\w.]*(Error|Exception|Failed)\w*: .*"
)
SEVERE = re.compile(r" (ERROR|CRITICAL) ")
TAIL = 1 << 20
"""Bytes at the end of a log that are looked at."""
POLL = 0.3
"""Seconds between two looks at a log that is followed."""
REQUEST = re.compile(
    r'(?P<time>\S+) (?P<method>\S+) (?P<path>.*) (?P<status>\S+) (?P<took>\d+) (?P<origin>\S+) "(?P<agent>.*)"'
)


@dataclass(frozen=True)
class Request:
    """A request that a service has served."""

    time: float
    """When it came, seconds since the epoch."""
    service: str
    method: str
    path: str
    status: str
    milliseconds: int
    from_client: bool
    """False for what the lab's own services ask of each other."""
    agent: str


def files(folder: Path, service: str) -> list[Path]:
    """The log files of a service: what its process printed, and what it logged."""
    return [path for name in (f"{service}.out", f"{service}.log") if (path := folder / "log" / name).exists()]


def last(folder: Path, service: str, lines: int) -> list[str]:
    """The last lines of both files, what was printed first."""
    return [line for path in files(folder, service) for line in _tail(path)][-lines:]


def _tail(path: Path) -> list[str]:
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - TAIL))
        return file.read().decode(errors="replace").splitlines()


def follow(folder: Path, service: str, lines: int) -> Iterator[str]:
    """The last lines, then each new one as it is written; never ends by itself."""
    offsets = {path: path.stat().st_size for path in files(folder, service)}
    yield from last(folder, service, lines)
    while True:
        time.sleep(POLL)
        for path in files(folder, service):
            size, known = path.stat().st_size, offsets.get(path, 0)
            if size < known:  # it was rotated
                known = 0
            if size > known:
                with path.open("rb") as file:
                    file.seek(known)
                    text = file.read(size - known).decode(errors="replace")
                yield from text.splitlines()
                offsets[path] = size


def reason(folder: Path, service: str) -> str:
    """The line that tells best why a service failed, with the file that it is from."""
    for path in files(folder, service):
        text = _tail(path)
        for matches in (EXCEPTION.match, SEVERE.search):
            found = next((line for line in reversed(text) if matches(line)), None)
            if found:
                return f"{found.strip()[:400]} ({path})"
    return f"nothing was logged in {folder / 'log'}"


def requests(folder: Path, since: float = 0) -> Iterator[Request]:
    """The requests that the services of a lab served, service by service, from `since` (seconds since the epoch)."""
    for path in sorted((folder / "log").glob("access-*.log")):
        for line in path.read_text(encoding="utf-8").splitlines():
            matched = REQUEST.fullmatch(line)
            if matched and float(matched["time"]) >= since:
                yield Request(
                    time=float(matched["time"]),
                    service=path.stem.removeprefix("access-"),
                    method=matched["method"],
                    path=matched["path"],
                    status=matched["status"],
                    milliseconds=int(matched["took"]),
                    from_client=matched["origin"] == "client",
                    agent=matched["agent"],
                )
