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
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import msgspec

from sovran.cloud.acting.marker import marked
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
    user: str = ""
    """Id of the user that acts."""
    region: str = ""
    """Region of the entry; empty: the first that it lists."""
    in_project: str = ""
    """Name of the project to act in where it is another than the entry's (`--project`)."""


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
    """When it was intended, or given up waiting for, in seconds since 1970."""
    user: str = ""
    """Id of the user who makes it, when it is another than the head's."""
    project: str = ""
    """Id of that user's project."""
    unanswered: bool = False
    """The request had no answer until `at`."""
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
    """Seconds since 1970: since then at the latest the service has had the request, or never gets it."""
    user: str = ""
    project: str = ""
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
        self._purposes: dict[str, int] = {}
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
            file = _locked(path)
        except OSError as error:
            raise _unwritable(path, error) from None
        ledger = cls(path, head, file)
        try:
            ledger._append(head)
            _keep_entry(home)
        except (SovranError, OSError) as error:
            with suppress(OSError):
                path.unlink()
            file.close()
            raise error if isinstance(error, SovranError) else _unwritable(path, error) from None
        return ledger

    def name(self, purpose: str, who: str = "") -> str:
        """A marked name that was not given before in this run, by whomever; small letters and digits."""
        with self._lock:
            number = self._purposes[purpose] = self._purposes.get(purpose, 0) + 1
        return marked(self.head.run, f"{purpose}{number}{who}")

    def intend(self, kind: str, name: str, path: str, cloud: str = "", *, user: str = "", project: str = "") -> Intent:
        """Write down what is about to be made; `user` and `project` of `cloud`, where that is not the head's.

        Raises SovranError when that fails: then it must not be made.
        """
        with self._lock:
            self._count += 1
            intent = Intent(self._count, kind, name, path, cloud, time.time(), user, project)
            line = Line(
                n=intent.n, make=kind, name=name, path=path, cloud=cloud, at=intent.at, user=user, project=project
            )
            self._append(line)
            self._open[intent.n] = intent
            return intent

    def unanswered(self, intent: Intent) -> Intent:
        """Its request had no answer, and is not waited for any more: it may come to exist yet."""
        late = replace(intent, at=time.time())
        with self._lock:
            self._open[intent.n] = late
            with suppress(SovranError):
                self._append(Line(n=intent.n, unanswered=True, at=late.at))
        return late

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
            if self._file.closed:
                return
            if not self._open:
                with suppress(OSError):
                    self.path.unlink()
            self._file.close()

    def _append(self, line: msgspec.Struct) -> None:
        data = b"\n" * self._torn + msgspec.json.encode(line) + b"\n"
        self._torn = True
        if self._file.closed:
            raise SovranError(f"the ledger {self.path} is closed, since the run was interrupted: nothing more is made")
        try:
            whole = os.write(self._file.fileno(), data) == len(data)
            os.fsync(self._file.fileno())
        except OSError as error:
            raise _unwritable(self.path, error) from None
        if not whole:
            raise _unwritable(self.path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
        self._torn = False


def _locked(path: Path) -> IO[bytes]:
    """The new file, locked; raises OSError.

    A cleanup may see it before it is locked, and take it for what a crash left: then that one deletes it.
    """
    while True:
        file = path.open("xb", buffering=0)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            with suppress(FileNotFoundError):
                if path.stat().st_ino == os.fstat(file.fileno()).st_ino:
                    return file
        except OSError:
            file.close()
            raise
        file.close()


def _keep_entry(home: Path) -> None:
    """Force the new file's entry in its directory to the disk; raises OSError."""
    directory = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _unwritable(path: Path, error: OSError) -> SovranError:
    reason: Any = error.strerror or error
    return SovranError(
        f"the ledger {path} cannot be written ({reason}), so nothing is made in the cloud: make room there, or set "
        "XDG_STATE_HOME"
    )
