# SPDX-License-Identifier: Apache-2.0
"""Reads at the same time: all results, in order, and no exception lost."""

import threading
from functools import partial

import pytest

from sovran.cloud.at_once import MOST_AT_ONCE, at_once


def test_results_come_in_the_order_of_the_reads() -> None:
    assert list(at_once({number: partial(str, number) for number in range(30)}).items()) == [
        (number, str(number)) for number in range(30)
    ]
    assert at_once({}) == {}


def test_reads_are_under_way_together_but_not_all() -> None:
    together = threading.Barrier(MOST_AT_ONCE)
    at_once({number: partial(together.wait, 10) for number in range(2 * MOST_AT_ONCE)})


def test_an_exception_of_one_read_is_raised_after_the_others() -> None:
    done: list[str] = []

    def broken() -> None:
        raise ValueError("this one")

    with pytest.raises(ValueError, match="this one"):
        at_once({"a": broken, "b": lambda: done.append("b")})
    assert done == ["b"]
