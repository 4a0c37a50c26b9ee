# SPDX-License-Identifier: Apache-2.0
"""Styled text in columns: nothing wider than the screen, nothing lost, styles as asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.reports.layout import Grid, Group, Text, columns, render

PRINTABLE = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" "), max_size=60)
WIDTHS = st.integers(min_value=2, max_value=50)


def test_words_go_to_the_next_line_whole() -> None:
    assert render(Text("the quick brown fox"), 10, colour=False) == "the quick\nbrown fox\n"


def test_a_word_longer_than_a_line_is_cut_and_begins_on_a_line_of_its_own() -> None:
    assert render(Text("a abcdefghijkl b"), 5, colour=False) == "a\nabcde\nfghij\nkl b\n"


def test_wide_characters_take_two_columns_and_marks_none() -> None:
    assert (columns("ab"), columns("語"), columns("e\u0301"), columns("🦊\ufe0f")) == (2, 2, 1, 2)
    assert render(Text("語語語"), 5, colour=False) == "語語\n語\n"


def test_a_style_goes_on_in_what_is_appended_unless_taken_away() -> None:
    line = Text("a", style="bold").append("b", style="red").append("c", style="not bold dim")
    assert render(line, 10, colour=True) == "\x1b[1ma\x1b[0m\x1b[1;31mb\x1b[0m\x1b[2mc\x1b[0m\n"
    assert render(line, 10, colour=False) == "abc\n"


def test_a_style_survives_the_end_of_a_line() -> None:
    assert render(Text("ab cd", style="red"), 3, colour=True) == "\x1b[31mab\x1b[0m\n\x1b[31mcd\x1b[0m\n"


def test_cells_wrap_under_themselves() -> None:
    grid = Grid(gap=2)
    grid.add_row(Text("FAIL"), "one two three")
    grid.add_row("", "four")
    assert render(grid, 14, colour=False) == "FAIL  one two\n      three\n      four\n"


def test_columns_are_at_least_as_wide_as_asked_for() -> None:
    grid = Grid(gap=1, widths=(4,))
    grid.add_row("a", "b")
    assert render(grid, 20, colour=False) == "a    b\n"


def test_blocks_stand_below_each_other() -> None:
    assert render(Group(Text("a"), Text(), Group(Text("b"))), 5, colour=False) == "a\n\nb\n"


@given(text=PRINTABLE, width=WIDTHS)
def test_no_line_is_too_wide_and_no_character_is_lost(text: str, width: int) -> None:
    lines = render(Text(text), width, colour=False).splitlines()
    assert all(columns(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(rows=st.lists(st.tuples(PRINTABLE, PRINTABLE, PRINTABLE), min_size=1, max_size=4), width=st.integers(12, 60))
def test_no_row_is_too_wide_and_no_character_is_lost(rows: list[tuple[str, str, str]], width: int) -> None:
    grid = Grid(gap=2)
    for row in rows:
        grid.add_row(*row)
    shown = render(grid, width, colour=False)
    assert all(columns(line) <= width for line in shown.splitlines())
    assert sorted(shown.replace(" ", "").replace("\n", "")) == sorted("".join(map("".join, rows)).replace(" ", ""))


@pytest.mark.parametrize("colour", [False, True])
def test_a_million_characters_are_laid_out_in_time(colour: bool) -> None:
    assert len(render(Text("ab " * 333_333, style="bold"), 80, colour=colour).splitlines()) > 10_000
