# SPDX-License-Identifier: Apache-2.0
"""Ledgers on disk: those of runs that have ended with something left, and of runs that are still going on."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import msgspec

from sovran.cloud.acting.kinds import USER
from sovran.cloud.acting.ledger import SUFFIX, Head, Intent, Line, ledger_home
from sovran.cloud.recording import UNREADABLE


@dataclass
class Kept:
    """The ledger of a run that has ended, or of one that is still going on."""

    path: Path
    head: Head | None = None
    """None: the first line cannot be read."""
    intents: tuple[Intent, ...] = ()
    """What exists or may exist."""
    users: frozenset[str] = frozenset()
    """Ids of the users that the run made, also of those that are gone."""
    live: bool = False
    """True: the run, or another cleanup of it, is still going on; the rest is not read then."""
    problem: str = ""
    """Why the file cannot be used; empty: it can."""
    file: IO[bytes] | None = field(default=None, repr=False)
    """Open and locked; None: it is not ours to use."""

    @property
    def run(self) -> str:
        """Id of the run: the file is called by it."""
        return self.path.name.removesuffix(SUFFIX)

    def gone(self, intent: Intent) -> None:
        """Write down that it does not exist any more."""
        self.intents = tuple(one for one in self.intents if one.n != intent.n)
        if self.file:
            with suppress(OSError):
                # a line that a crash tore stays a line of its own
                os.write(self.file.fileno(), b"\n" + msgspec.json.encode(Line(n=intent.n, gone=True)) + b"\n")

    def close(self) -> None:
        """Give the file free; one of which nothing is left is deleted."""
        if self.file:
            if not self.intents and not self.problem:
                with suppress(OSError):
                    self.path.unlink()
            self.file.close()


def kept_ledgers(home: Path | None = None) -> Iterator[Kept]:
    """The ledgers on disk, oldest first, each locked while it is in use; `close` every one."""
    for path in sorted((home or ledger_home()).glob(f"*{SUFFIX}")):
        try:
            file = path.open("r+b", buffering=0)
        except FileNotFoundError:
            continue
        except OSError as error:
            yield Kept(path, problem=f"it cannot be opened ({error.strerror or error})")
            continue
        try:
            # first the lock: what is read before could be outrun by a run that then ends
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            data = file.read()
            os.lseek(file.fileno(), 0, os.SEEK_END)
        except BlockingIOError:
            file.close()
            yield Kept(path, live=True)
            continue
        except OSError as error:
            file.close()
            yield Kept(path, problem=f"it cannot be read ({error.strerror or error})")
            continue
        head, intents, users = read_lines(data)
        problem = "its first line cannot be read" if head is None and intents else ""
        yield Kept(path, head, intents, users, problem=problem, file=file)


def read_lines(data: bytes) -> tuple[Head | None, tuple[Intent, ...], frozenset[str]]:
    """The head, what is not gone, and the ids of users that were made.

    A line that a crash tore says nothing, and its intent was never acted on.
    """
    first, *others = data.split(b"\n")
    head: Head | None = None
    with suppress(*UNREADABLE):
        head = msgspec.json.decode(first, type=Head)
    found: dict[int, Intent] = {}
    users: set[str] = set()
    for text in others:
        try:
            line = msgspec.json.decode(text, type=Line)
        except UNREADABLE:
            continue
        if line.make:
            found[line.n] = Intent(
                line.n, line.make, line.name, line.path, line.cloud, line.at, line.user, line.project
            )
        elif line.gone:
            found.pop(line.n, None)
        elif line.n in found and line.id:
            found[line.n] = replace(found[line.n], id=line.id)
            users |= {line.id} if found[line.n].kind == USER.name else set()
        elif line.n in found and line.unanswered:
            found[line.n] = replace(found[line.n], at=line.at)
    return head, tuple(found.values()), frozenset(users)
