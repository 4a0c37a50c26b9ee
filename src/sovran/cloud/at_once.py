# SPDX-License-Identifier: Apache-2.0
"""Several reads of one fact at the same time."""

import queue
import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

K = TypeVar("K")
T = TypeVar("T")
MOST_AT_ONCE = 8
"""Reads of one fact under way together; a check of many facts has its own limit beside this."""


def at_once(reads: Mapping[K, Callable[[], T]]) -> dict[K, T]:
    """What each read returns, in the order of `reads`; the first exception of one is raised after all have ended.

    The threads are daemons, as those of the facts are: a process that has its report need not wait for them.
    """
    waiting: queue.SimpleQueue[K] = queue.SimpleQueue()
    for key in reads:
        waiting.put(key)
    results: dict[K, T] = {}
    errors: list[Exception] = []

    def work() -> None:
        while True:
            try:
                key = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                results[key] = reads[key]()
            except Exception as error:
                errors.append(error)

    threads = [
        threading.Thread(target=work, name="reads of a fact", daemon=True) for _ in range(min(MOST_AT_ONCE, len(reads)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return {key: results[key] for key in reads}
