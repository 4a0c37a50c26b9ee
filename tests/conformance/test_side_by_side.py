# SPDX-License-Identifier: Apache-2.0
"""Work on several things at once: their order, no more than the limit together, exceptions, and Ctrl-C."""

import os
import signal
import threading

import pytest

from sovran.cloud.interrupt import Interrupt
from sovran.conformance.side_by_side import MOST_CLOUDS, side_by_side


def test_results_are_in_the_order_of_the_things_whoever_ends_first() -> None:
    first_may_end = threading.Event()

    def work(number: int, _interrupt: Interrupt | None) -> int:
        if number == 0:
            assert first_may_end.wait(5)
        else:
            first_may_end.set()
        return number * 10

    assert side_by_side([0, 1, 2], work) == [0, 10, 20]


def test_no_more_than_the_limit_at_once() -> None:
    lock = threading.Lock()
    most = now = 0
    everybody = threading.Barrier(MOST_CLOUDS)

    def work(_number: int, _interrupt: Interrupt | None) -> None:
        nonlocal most, now
        with lock:
            now += 1
            most = max(most, now)
        everybody.wait(5)
        with lock:
            now -= 1

    side_by_side(range(2 * MOST_CLOUDS), work)
    assert most == MOST_CLOUDS


def test_the_first_exception_is_raised_after_all_have_ended() -> None:
    ended: list[int] = []

    def work(number: int, _interrupt: Interrupt | None) -> None:
        if number in (1, 2):
            raise ValueError(str(number))
        ended.append(number)

    with pytest.raises(ValueError, match="1"):
        side_by_side([0, 1, 2, 3], work)
    assert sorted(ended) == [0, 3]


def test_a_single_thing_is_worked_on_here() -> None:
    """Where Python raises KeyboardInterrupt by itself."""
    assert side_by_side(["x"], lambda _thing, interrupt: (threading.current_thread(), interrupt)) == [
        (threading.main_thread(), None)
    ]


def test_nothing_to_do() -> None:
    assert side_by_side([], lambda thing, _interrupt: thing) == []


def test_ctrl_c_reaches_everybody() -> None:
    both = threading.Barrier(2)

    def work(number: int, interrupt: Interrupt | None) -> str:
        assert interrupt
        told = threading.Event()
        interrupt.listen(told.set)
        both.wait(5)
        if number == 0:
            os.kill(os.getpid(), signal.SIGINT)
        assert told.wait(5)
        with pytest.raises(KeyboardInterrupt):
            interrupt.check()
        return "told"

    assert side_by_side([0, 1], work) == ["told", "told"]


def test_who_listens_late_is_told_at_once_and_only_once() -> None:
    interrupt, calls = Interrupt(), []
    interrupt.check()
    interrupt.set()
    interrupt.listen(lambda: calls.append(1))
    interrupt.set()
    assert (calls, interrupt.happened) == ([1], True)
