# SPDX-License-Identifier: Apache-2.0
"""Who may do what: persona by operation, and whether each is as it should be."""

from enum import StrEnum

import msgspec


class Access(StrEnum):
    """What came of one operation that one persona tried."""

    ALLOWED = "allowed"
    """As expected."""
    DENIED = "denied"
    """As expected."""
    LEAK = "LEAK"
    """It was done, and should have been denied."""
    MISSING = "MISSING"
    """It was denied, and should have been done."""
    UNCLEAR = "unclear"
    """Could not be tried, or failed for another reason."""


class Cell(msgspec.Struct, frozen=True):
    """One operation, tried by one persona."""

    persona: str
    access: Access
    status: int = 0
    """HTTP status that decided; 0: none did."""
    said: str = ""
    """For what is not as expected: why, in one sentence fit to print."""


class Row(msgspec.Struct, frozen=True):
    """One operation, by all personas that tried it."""

    operation: str
    """E.g. `create a user`."""
    target: str
    """On what, e.g. `own domain`."""
    cells: tuple[Cell, ...]
    service: str = ""
    claim: str = ""
    """Id of the requirement that speaks of it."""


class Matrix(msgspec.Struct, frozen=True):
    """Personas by operations, as one probe tried them."""

    title: str
    personas: tuple[str, ...]
    """In the order of the columns."""
    rows: tuple[Row, ...]

    def cells(self, access: Access) -> tuple[tuple[Row, Cell], ...]:
        """All cells that ended so, with their rows."""
        return tuple((row, cell) for row in self.rows for cell in row.cells if cell.access is access)
