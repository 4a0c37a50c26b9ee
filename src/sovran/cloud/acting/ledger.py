# SPDX-License-Identifier: Apache-2.0
"""The ledger: what a run is about to make, and what became of it, on disk before the cloud hears of it.

One file per run, one JSON object per line, each forced to the disk. The run holds a lock on its file, so that nobody
cleans up under a run that is still going on. A file whose resources are all gone is deleted.
"""

import datetime
import errno
import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

import msgspec

from sovran.model.errors import SovranError

SUFFIX = ".jsonl"


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The first line: whose run it is."""

    run: str
    cloud: str
    """Entry of clouds.yaml."""
    auth_url: str
    project: str
    """Id of the project that the run acts in."""
    began: datetime.datetime


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Any other line: the intent to make something, or news of it."""

    n: int
    """Number of the intent."""
    make: str = ""
    """Kind; set in an intent only."""
    name: str = ""
    """The marked name that it will have."""
    path: str = ""
    """Where it will be: its collection, or itself for a kind without one."""
    cloud: str = ""
    """Entry of clouds.yaml that makes it, when it is another than the head's."""
    at: float = 0.0
    """When it was intended, in seconds since 1970."""
    id: str = ""
    """It was made, and this is its id."""
    gone: bool = False
    """It does not exist: it was deleted, or never made."""


@dataclass(frozen=True)
class Intent:
    """Something that exists or may exist."""

    n: int
    kind: str
    name: str
    path: str
    cloud: str
    at: float
    id: str = ""


def ledger_home() -> Path:
    """Where ledgers are kept: `sovran/ledger` below XDG_STATE_HOME, by default ~/.local/state."""
    base = os.environ.get("XDG_STATE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "state") / "sovran" / "ledger"


class Ledger:
    """The ledger of a run that is going on; usable from many threads at once."""

    def __init__(self, path: Path, head: Head, file: IO[bytes]) -> None:
        self.path = path
        self.head = head
        self._file = file
        self._lock = threading.Lock()
        self._open: dict[int, Intent] = {}
        self._count = 0
        self._torn = False

    @classmethod
    def begin(cls, head: Head, home: Path | None = None) -> "Ledger":
        """A new ledger on disk.

        Raises SovranError where it cannot be written: then nothing may be made.
        """
        home = home or ledger_home()
        path = home / f"{head.run}{SUFFIX}"
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = path.open("xb", buffering=0)
        except OSError as error:
            raise _unwritable(path, error) from None
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        ledger = cls(path, head, file)
        try:
            ledger._append(head)
        except SovranError:
            file.close()
            with suppress(OSError):
                path.unlink()
            raise
        return ledger

    def intend(self, kind: str, name: str, path: str, cloud: str = "") -> Intent:
        """Write down what is about to be made. Raises SovranError when that fails: then it must not be made."""
        with self._lock:
            self._count += 1
            intent = Intent(self._count, kind, name, path, cloud, time.time())
            self._append(Line(n=intent.n, make=kind, name=name, path=path, cloud=cloud, at=intent.at))
            self._open[intent.n] = intent
            return intent

    def made(self, intent: Intent, identifier: str) -> Intent:
        """It was made. An id that cannot be written is known by the marked name."""
        known = replace(intent, id=identifier)
        with self._lock:
            self._open[intent.n] = known
            with suppress(SovranError):
                self._append(Line(n=intent.n, id=identifier))
        return known

    def gone(self, intent: Intent) -> None:
        """It does not exist any more, or was never made."""
        with self._lock:
            self._open.pop(intent.n, None)
            with suppress(SovranError):
                self._append(Line(n=intent.n, gone=True))

    @property
    def open(self) -> tuple[Intent, ...]:
        """What exists or may exist, in the order in which it was intended."""
        with self._lock:
            return tuple(self._open.values())

    def close(self) -> None:
        """End the run; the file stays where something may be left."""
        with self._lock:
            if not self._open:
                with suppress(OSError):
                    self.path.unlink()
            self._file.close()

    def _append(self, line: msgspec.Struct) -> None:
        data = b"\n" * self._torn + msgspec.json.encode(line) + b"\n"
        self._torn = True
        try:
            whole = os.write(self._file.fileno(), data) == len(data)
            os.fsync(self._file.fileno())
        except OSError as error:
            raise _unwritable(self.path, error) from None
        if not whole:
            raise _unwritable(self.path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
        self._torn = False


@dataclass
class Kept:
    """The ledger of a run that has ended, or of one that is still going on."""

    path: Path
    head: Head | None
    """None: the first line cannot be read."""
    intents: tuple[Intent, ...] = ()
    """What exists or may exist."""
    live: bool = False
    """True: the run is still going on."""
    _file: IO[bytes] | None = field(default=None, repr=False)

    def gone(self, intent: Intent) -> None:
        """Write down that it does not exist any more."""
        self.intents = tuple(one for one in self.intents if one.n != intent.n)
        if self._file:
            with suppress(OSError):
                # a line that a crash tore stays a line of its own
                os.write(self._file.fileno(), b"\n" + msgspec.json.encode(Line(n=intent.n, gone=True)) + b"\n")

    def close(self) -> None:
        """Give the file free; one of which nothing is left is deleted."""
        if not self.intents and not self.live:
            with suppress(OSError):
                self.path.unlink()
        if self._file:
            self._file.close()


def kept_ledgers(home: Path | None = None) -> Iterator[Kept]:
    """The ledgers on disk, oldest first, each locked while it is in use; `close` every one."""
    for path in sorted((home or ledger_home()).glob(f"*{SUFFIX}")):
        try:
            file = path.open("r+b", buffering=0)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise _unwritable(path, error) from None
        head, intents = _read(path)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            yield Kept(path, head, intents, live=True)
            continue
        os.lseek(file.fileno(), 0, os.SEEK_END)
        yield Kept(path, head, intents, _file=file)


def _read(path: Path) -> tuple[Head | None, tuple[Intent, ...]]:
    """The head and what was not gone; a line that a crash tore says nothing, and its intent was never acted on."""
    head: Head | None = None
    found: dict[int, Intent] = {}
    for text in path.read_bytes().splitlines():
        if head is None:
            with suppress(msgspec.DecodeError):
                head = msgspec.json.decode(text, type=Head)
            continue
        try:
            line = msgspec.json.decode(text, type=Line)
        except msgspec.DecodeError:
            continue
        if line.make:
            found[line.n] = Intent(line.n, line.make, line.name, line.path, line.cloud, line.at)
        elif line.gone:
            found.pop(line.n, None)
        elif line.n in found:
            found[line.n] = replace(found[line.n], id=line.id)
    return head, tuple(found.values())


def _unwritable(path: Path, error: OSError) -> SovranError:
    reason: Any = error.strerror or error
    return SovranError(
        f"the ledger {path} cannot be written ({reason}): nothing is made in the cloud without it; make room there, "
        "set XDG_STATE_HOME, or use --no-probes"
    )
