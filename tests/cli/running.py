# SPDX-License-Identifier: Apache-2.0
"""Runs the command line as its users do: in this process, or on a terminal of its own."""

import os
import pty
import re
import subprocess
import sys
from dataclasses import dataclass
from unittest import mock

import pytest

from sovran.cli.main import main


@dataclass
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str


class Command:
    """`sovran` with captured output; not a terminal."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> Ended:
        with mock.patch.object(sys, "argv", ["sovran", *words]), pytest.raises(SystemExit) as ended:
            main()
        printed = self._capsys.readouterr()
        return Ended(int(ended.value.code or 0), printed.out, printed.err)


def on_terminal(*words: str, columns: int = 100, **environ: str) -> str:
    """What `sovran` writes to a terminal of this width."""
    keep = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}}
    leader, follower = pty.openpty()
    try:
        subprocess.run(
            [sys.executable, "-m", "sovran", *words],
            stdin=subprocess.DEVNULL,
            stdout=follower,
            env={**keep, "TERM": "xterm-256color", "COLUMNS": str(columns), **environ},
            check=True,
            timeout=60,
        )
        os.close(follower)
        written = bytearray()
        while block := _read(leader):
            written += block
    finally:
        os.close(leader)
    return written.decode()


def visible(written: str) -> list[str]:
    """The lines as a reader sees them: without escape sequences and trailing blanks."""
    return [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", written).splitlines()]


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 65536)
    except OSError:  # the other side is closed and everything is read
        return b""
