# SPDX-License-Identifier: Apache-2.0
"""Waiting for a state: soon asked again at first, then less and less often."""

import threading
import time

SHORTEST, LONGEST = 0.1, 5.0
"""Seconds between two questions."""
GROWTH = 1.25
"""So that what is there is seen late by a quarter of the time that it took, at most."""


class Patience:
    """How long a state is waited for."""

    def __init__(self, seconds: float, stopped: threading.Event | None = None) -> None:
        """`seconds` in all; `stopped` ends it at once."""
        self._began = time.monotonic()
        self._seconds = seconds
        self._stopped = stopped or threading.Event()
        self._pause = SHORTEST

    @property
    def spent(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._began

    @property
    def over(self) -> bool:
        """True when there is nothing left of it."""
        return self.spent >= self._seconds or self._stopped.is_set()

    def wait(self) -> bool:
        """Wait for a while; False, without waiting, when it is over."""
        if not self.rest(self._pause):
            return False
        self._pause = min(self._pause * GROWTH, LONGEST)
        return True

    def rest(self, seconds: float) -> bool:
        """Wait for so long, at most to the end; False, without waiting, when it is over."""
        if self.over:
            return False
        self._stopped.wait(min(seconds, max(self._seconds - self.spent, 0.0)))
        return True
