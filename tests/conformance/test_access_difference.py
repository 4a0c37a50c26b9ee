# SPDX-License-Identifier: Apache-2.0
"""What differs between two runs in who may do what."""

import msgspec

from sovran.conformance.access_difference import changed_cells
from sovran.conformance.difference import difference
from sovran.model.errors import ExitCode
from sovran.model.matrix import Access, Cell, Matrix, Row
from sovran.model.report import Report
from sovran.reports import difference_json, difference_text
from tests.reports import samples


def with_cells(*cells: Cell, title: str = "roles") -> Report:
    personas = tuple(cell.persona for cell in cells)
    row = Row("create a volume", "own project", cells, service="block-storage")
    return msgspec.structs.replace(samples.conformant(), matrices=(Matrix(title, personas, (row,)),))


BEFORE = with_cells(Cell("reader", Access.DENIED, 403), Cell("member", Access.ALLOWED, 202))
AFTER = with_cells(Cell("reader", Access.LEAK, 202, "it was made"), Cell("admin", Access.ALLOWED, 202))


def test_cells_that_ended_otherwise_are_told_with_both_sides() -> None:
    changes = changed_cells(BEFORE, AFTER)
    assert [(one.persona, one.before, one.after, one.said) for one in changes] == [
        ("reader", Access.DENIED, Access.LEAK, "it was made"),
        ("admin", None, Access.ALLOWED, ""),
        ("member", Access.ALLOWED, None, ""),
    ]
    assert changed_cells(BEFORE, BEFORE) == ()


def test_a_matrix_that_only_one_side_has_is_no_change() -> None:
    assert changed_cells(samples.conformant(), AFTER) == ()
    assert changed_cells(with_cells(Cell("reader", Access.LEAK), title="other"), AFTER) == ()


def test_people_and_programs_are_told() -> None:
    found = difference([BEFORE], [AFTER])
    assert found.code is ExitCode.OK
    text = difference_text.render(found, ("a", "b"), width=100)
    assert "Who may do what\n" in text
    assert "denied -> LEAK        reader: create a volume (own project)  it was made\n" in text
    assert "not tried -> allowed  admin: create a volume (own project)\n" in text
    assert '"before": "denied"' in difference_json.render(found, ("a", "b"))


def test_foreign_text_is_not_obeyed() -> None:
    for text in samples.HOSTILE:
        row = Row(text, text, (Cell(text, Access.LEAK, 1, text),))
        other = Row(text, text, (Cell(text, Access.DENIED),))
        reports = [
            msgspec.structs.replace(samples.conformant(), matrices=(Matrix(text, (text,), (one,)),))
            for one in (other, row)
        ]
        written = difference_text.render(difference(reports[:1], reports[1:]), ("a", "b"))
        assert "Who may do what" in written
        assert all(line.isprintable() for line in written.split("\n"))
