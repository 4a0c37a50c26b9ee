# SPDX-License-Identifier: Apache-2.0
"""The verdict of a set: the precedence of SCS-0003, and nothing is no PASS."""

import itertools

import pytest

from sovran.model.verdict import Verdict, aggregate

WORST_FIRST = (Verdict.FAIL, Verdict.MISS, Verdict.ABORT, Verdict.PASS, Verdict.NOT_APPLICABLE)


def test_an_empty_set_shows_nothing() -> None:
    assert aggregate([]) is Verdict.MISS


@pytest.mark.parametrize("verdicts", list(itertools.combinations(WORST_FIRST, 2)))
def test_the_worse_of_two_decides(verdicts: tuple[Verdict, Verdict]) -> None:
    assert aggregate(verdicts) is verdicts[0]
    assert aggregate(reversed(verdicts)) is verdicts[0]
    assert aggregate([verdicts[1]] * 2) is verdicts[1]
