# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C and SIGTERM during a command that still has something to tell afterwards."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Self

from sovran.cli.main import INTERRUPTED

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """While it is entered, the first signal raises KeyboardInterrupt, and the second ends the process at once.

    After `hold` the first one changes nothing any more: what was found out is being written, which takes moments.
    """

    def __init__(self, last_words: Callable[[], str] = str) -> None:
        """`last_words` is asked for a sentence before the process is ended; an empty one is not said."""
        self._last_words = last_words
        self._signalled = False
        self._holding = False

    def hold(self) -> None:
        """From here on a first signal is late: let the work be finished."""
        self._holding = True

    def __enter__(self) -> Self:
        # a signal that whoever started us switched off (nohup, a job in the background) stays off
        heard = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        self._before = {number: signal.signal(number, self._handle) for number in heard}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        first, self._signalled = not self._signalled, True
        if not first:
            if words := self._last_words():
                # not print, which may be in the middle of a line on another thread
                with suppress(OSError):
                    os.write(2, f"sovran: {words}\n".encode())
            # nothing catches SystemExit on its way, but half-written files are removed
            sys.exit(INTERRUPTED)
        if not self._holding:
            raise KeyboardInterrupt
