# SPDX-License-Identifier: Apache-2.0
"""The same work on several clouds at the same time, in such a way that Ctrl-C reaches each of them."""

import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from sovran.cloud.interrupt import Interrupt

Given = TypeVar("Given")
Made = TypeVar("Made")
MOST_CLOUDS = 8
"""Clouds that are asked at the same time; each has its own limit of requests under way beside this."""
LOOK_UP = 0.2
"""Seconds of one wait: a signal that the system gives to another thread does not end it."""


def side_by_side(things: Sequence[Given], work: Callable[[Given, Interrupt | None], Made]) -> list[Made]:
    """What `work` makes of each thing, in their order; MOST_CLOUDS at a time.

    A single one is worked on here, where Python itself raises KeyboardInterrupt. Several have threads of their own,
    and Ctrl-C sets the interrupt that `work` is given: it must then return soon. The first exception of one is raised
    when all have ended.
    """
    if len(things) == 1:
        return [work(things[0], None)]
    interrupt = Interrupt()
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    ended: queue.SimpleQueue[int] = queue.SimpleQueue()
    results: dict[int, Made] = {}
    errors: dict[int, BaseException] = {}

    def run() -> None:
        while True:
            try:
                number = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                results[number] = work(things[number], interrupt)
            except BaseException as error:
                errors[number] = error
            ended.put(number)

    for number in range(len(things)):
        waiting.put(number)
    threads = [threading.Thread(target=run, name="a cloud", daemon=True) for _ in range(min(MOST_CLOUDS, len(things)))]
    not_started = iter(threads)
    while True:
        try:
            # Ctrl-C may come here too: each is started once, and the others do the work of one that was not
            for thread in not_started:
                thread.start()
            # counted by the results: Ctrl-C may come right after something was taken from the queue
            while len(results) + len(errors) < len(things):
                with suppress(queue.Empty):
                    ended.get(timeout=LOOK_UP)
            break
        except KeyboardInterrupt:
            interrupt.set()
    if errors:
        raise errors[min(errors)]
    return [results[number] for number in range(len(things))]
