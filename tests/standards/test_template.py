# SPDX-License-Identifier: Apache-2.0
"""Places in the texts of testcase groups."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.standards.template import TemplateError, fill

ROW = {"name": "SCS-2V-4-20s", "gib": 4, "none": None}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{name}", "SCS-2V-4-20s"),
        ("{name|drop SCS-|lower}", "2v-4-20s"),
        ("{name|colons}", "SCS-2V:4:20s"),
        ("{gib}", 4),
        ("{gib} GiB", "4 GiB"),
        ("{none}", None),
        ("$(({gib}*1024))", "$((4*1024))"),
        (["{gib}", {"a": "{name|lower}"}, 7], [4, {"a": "scs-2v-4-20s"}, 7]),
        ("{ no place }", "{ no place }"),
    ],
)
def test_places_are_filled(text: object, filled: object) -> None:
    assert fill(text, ROW) == filled


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{nam}", r"`\{nam\}` names no column of the table; did you mean `name`"),
        ("x {name|uper}", "`uper` is not a filter; known are lower, colons, drop X"),
        ("{name|lowe}", "`lowe` is not a filter; did you mean `lower`"),
    ],
)
def test_what_does_not_exist_is_refused(text: str, reason: str) -> None:
    with pytest.raises(TemplateError, match=reason):
        fill(text, ROW)


@given(st.text(st.characters(exclude_characters="{}")))
def test_text_without_braces_stays(text: str) -> None:
    assert fill(text, ROW) == text


@given(st.text(alphabet="ab-{}|", max_size=40))
def test_values_are_not_filled_again(value: str) -> None:
    assert fill("<{name}>", {"name": value, "a": "wrong"}) == f"<{value}>"
