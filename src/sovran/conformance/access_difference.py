# SPDX-License-Identifier: Apache-2.0
"""What differs between two reports in who may do what: cells of their matrices that ended otherwise."""

from collections.abc import Iterator

import msgspec

from sovran.model.matrix import Access, Cell
from sovran.model.report import Report


class CellChange(msgspec.Struct, frozen=True, kw_only=True):
    """One operation that ended otherwise for one persona. What it means is for the claims to say."""

    matrix: str
    service: str
    operation: str
    target: str
    persona: str
    before: Access | None
    """None: it was not tried."""
    after: Access | None
    said: str = ""
    """Why, of what is not as expected now."""


Key = tuple[str, str, str, str, str]


def changed_cells(before: Report, after: Report) -> tuple[CellChange, ...]:
    """Cells that differ, in the order of the second report; none for a matrix that only one of the two has."""
    both = {matrix.title for matrix in before.matrices} & {matrix.title for matrix in after.matrices}
    old, new = dict(_cells(before, both)), dict(_cells(after, both))
    return tuple(
        CellChange(
            matrix=key[0],
            service=key[1],
            operation=key[2],
            target=key[3],
            persona=key[4],
            before=old[key].access if key in old else None,
            after=new[key].access if key in new else None,
            said=new[key].said if key in new else "",
        )
        for key in dict.fromkeys((*new, *old))
        if _access(old.get(key)) is not _access(new.get(key))
    )


def _access(cell: Cell | None) -> Access | None:
    return cell.access if cell else None


def _cells(report: Report, titles: set[str]) -> Iterator[tuple[Key, Cell]]:
    for matrix in report.matrices:
        if matrix.title in titles:
            for row in matrix.rows:
                for cell in row.cells:
                    yield (matrix.title, row.service, row.operation, row.target, cell.persona), cell
