# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C for work on other threads than the main one, where Python raises no KeyboardInterrupt."""

import threading
from collections.abc import Callable


class Interrupt:
    """Tells everybody who listens, once, that the user wants to stop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []
        self._happened = False

    @property
    def happened(self) -> bool:
        """True once the user wants to stop."""
        return self._happened

    def listen(self, listener: Callable[[], None]) -> None:
        """Let `listener`, which must not wait for anything, be called when it happens; at once if it did before."""
        with self._lock:
            if not self._happened:
                self._listeners.append(listener)
                return
        listener()

    def set(self) -> None:
        """It happens now; calls all listeners. Doing it again changes nothing."""
        with self._lock:
            listeners, self._listeners = self._listeners, []
            self._happened = True
        for listener in listeners:
            listener()

    def check(self) -> None:
        """Raise KeyboardInterrupt if it happened, as Python does on the main thread."""
        if self._happened:
            raise KeyboardInterrupt
