# SPDX-License-Identifier: Apache-2.0
"""Claims: what binds, what is judged, and what differs between versions of a document."""

import msgspec
import pytest

from sovran.model.claim import Claim, Level, Observer, Reading


@pytest.mark.parametrize(
    ("level", "binding", "judged"),
    [
        (Level.MUST, True, True),
        (Level.MUST_NOT, True, True),
        (Level.SHOULD, False, True),
        (Level.SHOULD_NOT, False, True),
        (Level.MAY, False, False),
        (Level.INFO, False, False),
    ],
)
def test_levels(level: Level, binding: bool, judged: bool) -> None:
    assert (level.binding, level.judged) == (binding, judged)


def test_each_reading_says_what_it_means() -> None:
    assert "official suite" in Reading.OFFICIAL.meaning
    assert "text of the standard" in Reading.TEXT.meaning


def claim(**changes: object) -> Claim:
    plain = Claim(
        id="0123-01",
        standard="scs-0123",
        reading=Reading.TEXT,
        text="t",
        level=Level.MUST,
        who=(Observer.TENANT,),
        rule="scs_0123.mandatory_services",
        source="s",
    )
    return msgspec.structs.replace(plain, **changes)


def test_arguments_of_one_document_replace_those_of_all() -> None:
    one = claim(parameters={"a": 1, "b": 1}, parameters_by_document={"v2": {"b": 2}})
    assert one.for_document("v2").parameters == {"a": 1, "b": 2}
    assert one.for_document("v1").parameters == {"a": 1, "b": 1}
    assert one.for_document("v2").parameters_by_document == {}


def test_a_claim_that_differs_nowhere_is_itself() -> None:
    one = claim(parameters={"a": 1})
    assert one.for_document("v1") is one


def test_arguments_of_a_module_of_a_document_come_before_those_of_the_document() -> None:
    one = claim(parameters={"a": 1}, parameters_by_document={"v1": {"b": 1, "c": 1}, "v1-2": {"b": 2}})
    assert one.for_document("v1", "v1-2").parameters == {"a": 1, "b": 2, "c": 1}
    assert one.for_document("v1", "v1-1").parameters == {"a": 1, "b": 1, "c": 1}
