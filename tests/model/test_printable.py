# SPDX-License-Identifier: Apache-2.0
"""Text of unknown origin never harms the terminal it is printed on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sovran.model.printable import GAP, caret_window, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("SCS-2V-4", "SCS-2V-4"),
        ("Größe 😀", "Größe 😀"),
        ("a\x1b[31mred", "a\\x1b[31mred"),
        ("\x9b31m", "\\x9b31m"),
        ("a\nb\r\t", "a\\nb\\r\\t"),
        ("abc\u202edef", "abc\\u202edef"),
        ("a\u2028b\u2029", "a\\u2028b\\u2029"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("\ud800", "\\ud800"),
        ("\U000e0041tag", "\\U000e0041tag"),
        ("", ""),
    ],
)
def test_what_could_harm_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_long_text_is_shortened_in_the_middle() -> None:
    assert printable("a" * 10**6 + "z", 20) == "a" * 12 + GAP + "aaaaz"
    assert printable("a" * 80) == "a" * 80
    assert printable("\x1b" * 21, 30) == "\\x1b" * 4 + GAP + "\\x1b" * 2


@given(st.text(alphabet=st.characters()) | st.text("\x1b\u202e\ud800😀\n"), st.integers(8, 40))
@settings(deadline=None)
def test_result_is_printable_and_within_the_limit(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert shown.isprintable()
    assert len(shown) <= limit
    if text.isprintable() and len(text) <= limit:
        assert shown == text


@pytest.mark.parametrize(
    ("text", "position", "line", "column"),
    [
        ("SCS-1D-4", 5, "SCS-1D-4", 5),
        ("SCS-2", 5, "SCS-2", 5),
        ("a\x1bb!", 3, "a\\x1bb!", 6),
        ("😀x!", 2, "😀x!", 3),
        ("e\u0301!", 2, "e\u0301!", 1),
        ("a" * 100 + "!" + "b" * 100, 100, GAP + "a" * 10 + "!" + "b" * 9 + GAP, 13),
    ],
)
def test_caret_points_at_the_position(text: str, position: int, line: str, column: int) -> None:
    assert caret_window(text, position, 26) == (line, column)


@given(st.text(), st.data())
@settings(deadline=None)
def test_caret_window_is_one_short_safe_line(text: str, data: st.DataObject) -> None:
    line, column = caret_window(text, data.draw(st.integers(0, len(text))))
    assert line.isprintable()
    assert len(line) <= 76
    assert 0 <= column <= 2 * len(line)
