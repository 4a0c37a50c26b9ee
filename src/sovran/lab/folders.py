# SPDX-License-Identifier: Apache-2.0
"""Where the lab keeps things: its home, and the folder of one named lab."""

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sovran.model.errors import SovranError, UsageError

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


SPECIAL = re.compile(r"[$%?#,;'\"\\\s]")
"""What configuration files and database URLs would take for something else than part of a path."""


def home() -> Path:
    """The folder of all labs: $SOVRAN_LAB_HOME, else ~/.local/share/sovran/lab.

    Raises:
        UsageError: its path has a character that the services' configuration cannot hold.
    """
    chosen = os.environ.get("SOVRAN_LAB_HOME")
    folder = Path(chosen).expanduser().absolute() if chosen else Path.home() / ".local" / "share" / "sovran" / "lab"
    if found := SPECIAL.search(str(folder)):
        raise UsageError(
            f"the lab cannot live in {str(folder)!r} because of the {found[0]!r}: set SOVRAN_LAB_HOME to a plain path"
        )
    return folder


def lab_folder(name: str) -> Path:
    """The folder of the lab with this name.

    Raises:
        UsageError: the name has other characters than a-z, 0-9, `-` and `_`, or more than 40.
    """
    if not NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot be a lab's name: use up to 40 of a-z, 0-9, - and _, a letter or digit first")
    return home() / "labs" / name


def make_private(folder: Path) -> Path:
    """Make a folder that only its owner can enter.

    Raises:
        SovranError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
    except OSError as error:
        raise SovranError(
            f"cannot make the folder {folder} ({error.strerror}): set SOVRAN_LAB_HOME to one that you can write to"
        ) from None
    return folder


def write_private(path: Path, text: str) -> None:
    """Write a file with mode 0600, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_name(path.name + ".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)


@contextmanager
def locked_if_free(path: Path) -> Iterator[bool]:
    """Hold the lock, when nobody else does; yields whether it is held."""
    make_private(path.parent)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def locked(path: Path, report: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold an exclusive lock on a file; the kernel frees it when the process ends, however it ends.

    Waits while another process holds it, and says so through `report`.
    """
    make_private(path.parent)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if report:
                report(f"waiting for another sovran process that works on {path.parent}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
