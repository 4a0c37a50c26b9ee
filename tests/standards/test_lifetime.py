# SPDX-License-Identifier: Apache-2.0
"""Until when results count: the vectors of SCS-0003, and what holds on every day."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.model.claim import Lifetime
from sovran.standards.lifetime import expiry

VECTORS = [
    ("day", "2026-08-24", "2026-08-26"),
    ("week", "2026-08-24", "2026-09-07"),
    ("week", "2026-08-30", "2026-09-07"),
    ("month", "2026-08-24", "2026-10-01"),
    ("month", "2026-11-30", "2027-01-01"),
    ("month", "2026-12-31", "2027-02-01"),
    ("quarter", "2026-08-24", "2027-01-01"),
    ("quarter", "2026-11-30", "2027-04-01"),
    ("year", "2026-08-24", "2027-10-01"),
    ("year", "2026-11-30", "2028-01-01"),
    ("year", "2026-12-31", "2028-02-01"),
]


@pytest.mark.parametrize(("lifetime", "checked", "expected"), VECTORS)
def test_a_result_counts_until_the_end_of_the_next_period(lifetime: str, checked: str, expected: str) -> None:
    day = datetime.date.fromisoformat(checked)
    assert expiry(Lifetime(lifetime), day) == datetime.date.fromisoformat(expected)


@given(st.dates(max_value=datetime.date(9990, 1, 1)), st.sampled_from(Lifetime))
def test_a_later_result_never_ends_sooner(day: datetime.date, lifetime: Lifetime) -> None:
    end = expiry(lifetime, day)
    assert end <= expiry(lifetime, day + datetime.timedelta(days=1))
    assert end > day + datetime.timedelta(days=1)
