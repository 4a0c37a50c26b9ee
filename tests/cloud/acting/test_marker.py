# SPDX-License-Identifier: Apache-2.0
"""Tests of the marker: what is ours is known again, what only looks like it is not."""

import datetime
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.cloud.acting.marker import Marker, marked, new_run, read_marker

PURPOSES = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=40)
FIRST = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC).replace(tzinfo=None)
MOMENTS = st.datetimes(FIRST, FIRST.replace(year=2100), timezones=st.just(datetime.UTC))


@given(MOMENTS, PURPOSES)
def test_a_name_says_again_what_it_was_made_of(moment: datetime.datetime, purpose: str) -> None:
    run = new_run(moment)
    name = marked(run, purpose)
    assert read_marker(name) == Marker(run, purpose)
    assert Marker(run, purpose).began == moment.replace(microsecond=0)
    assert len(name) <= 75
    assert set(name) <= set(string.ascii_lowercase + string.digits + "-")


@given(MOMENTS, PURPOSES, st.data())
def test_a_name_with_one_other_character_is_not_ours(
    moment: datetime.datetime, purpose: str, data: st.DataObject
) -> None:
    name = marked(new_run(moment), purpose)
    place = data.draw(st.integers(0, len(name) - 1))
    other = data.draw(st.characters().filter(lambda letter: letter != name[place]))
    assert read_marker(name[:place] + other + name[place + 1 :]) is None


@given(MOMENTS, PURPOSES, st.text(min_size=1))
def test_a_longer_or_shorter_name_is_not_ours(moment: datetime.datetime, purpose: str, more: str) -> None:
    name = marked(new_run(moment), purpose)
    for other in (name + more, more + name, name[:-1], name[1:], name.upper(), f" {name}", f"{name}\n"):
        assert read_marker(other) is None


@pytest.mark.parametrize(
    "name", [None, "", "sovran-probe", "sovran-probe-notes", "sovran-probe-6a1f2b3c4d5e6f-x-000000"]
)
def test_what_somebody_else_calls_alike_is_not_ours(name: str | None) -> None:
    assert read_marker(name) is None


@pytest.mark.parametrize("purpose", ["", "Volume", "a b", "a-b", "ä", "x" * 41])
def test_a_purpose_that_could_not_be_known_again_is_refused(purpose: str) -> None:
    with pytest.raises(ValueError, match="not a name that would be known again"):
        marked(new_run(), purpose)
