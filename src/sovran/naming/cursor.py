# SPDX-License-Identifier: Apache-2.0
"""A cursor over a wrong flavor name: moves forward only, collects slips, stops at the first thing beyond sense."""

import re
from typing import NoReturn

from sovran.model.printable import printable
from sovran.naming.limits import MAX_DIGITS
from sovran.naming.tables import Version

_DIGITS = re.compile("[0-9]*")
_DIGIT = frozenset("0123456789")


class HopelessError(Exception):
    """Ends the walk; what was found stands in the cursor's `defects`."""


class Cursor:
    """One walk over one name, read as `version`."""

    def __init__(self, name: str, version: Version) -> None:
        self.name = name
        self.version = version
        self.at = 0
        self.part, self.extension = (":", "-") if version == "v1" else ("-", "_")
        self.defects: list[tuple[int, str]] = []
        """Position and reason, in the order in which a reader meets them."""

    def here(self, width: int = 1) -> str:
        """The next `width` characters; fewer, down to none, at the end of the name."""
        return self.name[self.at : self.at + width]

    def digit_behind(self, distance: int) -> bool:
        """Whether an ASCII digit stands `distance` characters behind the cursor's."""
        return self.name[self.at + distance : self.at + distance + 1] in _DIGIT

    def take(self, expression: re.Pattern[str]) -> str:
        """Move over what `expression` finds at the cursor and return it; empty when it finds nothing."""
        match = expression.match(self.name, self.at)
        found = match[0] if match else ""
        self.at += len(found)
        return found

    def digits(self) -> str:
        """Move over a run of digits, which may be empty."""
        return self.take(_DIGITS)

    def number(self, what: str, max_digits: int = MAX_DIGITS) -> int:
        """Move over a positive integer; leading zeros are a slip."""
        start = self.at
        digits = self.digits()
        if not digits:
            self.expected(what)
        significant = digits.lstrip("0")
        if not significant:
            self.stop(f"{what} must be at least 1", start)
        if len(significant) < len(digits):
            self.note(start, f"{what} has a leading zero")
        if len(significant) > max_digits:
            self.stop(f"{what} has more than {max_digits} digits", self.at - len(significant) + max_digits)
        return int(significant)

    def note(self, at: int, reason: str) -> None:
        """Remember a slip whose meaning is clear."""
        self.defects.append((at, reason))

    def stop(self, reason: str, at: int | None = None) -> NoReturn:
        """Remember a defect, by default at the cursor, that leaves no sense in the rest."""
        self.defects.append((self.at if at is None else at, reason))
        raise HopelessError

    def expected(self, what: str) -> NoReturn:
        """Stop at the cursor because something else should stand there."""
        self.stop(f"expected {what}, found {self.found()}")

    def found(self) -> str:
        """The character at the cursor, in words."""
        return f"'{printable(self.here(), 12)}'" if self.here() else "the end of the name"
