# SPDX-License-Identifier: Apache-2.0
"""Styled text in columns for a screen of some width; loading rich for it cost every check 25 ms of CPU time."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Self

CODES = {
    "bold": 1,
    "dim": 2,
    "italic": 3,
    "reverse": 7,
    "red": 31,
    "green": 32,
    "yellow": 33,
    "bright_black": 90,
}
"""Word of a style to the parameter of ECMA-48's Select Graphic Rendition."""

Piece = tuple[str, tuple[str, ...]]
"""Characters, and the words of their style."""


class Text:
    """Characters with styles; they wrap between words where the screen or the column ends."""

    def __init__(self, text: str = "", style: str = "") -> None:
        """`style`: words of CODES; what is appended has them too."""
        self._style = tuple(style.split())
        self._pieces: list[Piece] = [(text, self._style)] if text else []

    def append(self, text: str, style: str = "") -> Self:
        """Add characters whose `style` is in addition to that of the whole; `not WORD` takes one of those away."""
        words = style.split()
        without = {after for before, after in pairwise(words) if before == "not"}
        # a dictionary keeps the order and holds each word once
        style_of_both = dict.fromkeys((*self._style, *words))
        self._pieces.append((text, tuple(word for word in style_of_both if word != "not" and word not in without)))
        return self

    @property
    def plain(self) -> str:
        """The characters alone."""
        return "".join(text for text, _ in self._pieces)

    @property
    def cell_len(self) -> int:
        """Columns on the screen if it were one line."""
        return columns(self.plain)

    def lines(self, width: int) -> list[list[Piece]]:
        """The lines into which it falls, each at most `width` columns; at least one."""
        cuts = [0, *_breaks(self.plain, width), len(self.plain)]
        return [self._between(start, end) for start, end in pairwise(cuts)]

    def _between(self, start: int, end: int) -> list[Piece]:
        """The pieces of a line, without the blanks at its end."""
        end = start + len(self.plain[start:end].rstrip())
        found: list[Piece] = []
        position = 0
        for text, style in self._pieces:
            part = text[max(0, start - position) : max(0, end - position)]
            position += len(text)
            if part:
                found.append((part, style))
        return found


class Grid:
    """Cells in rows: every column as wide as its widest cell; where they do not fit, the widest wrap."""

    def __init__(self, gap: int, widths: Sequence[int] = ()) -> None:
        """`gap`: columns of the screen between cells; `widths`: the least widths of the first columns."""
        self._gap = gap
        self._least = widths
        self._rows: list[tuple[Text, ...]] = []

    def add_row(self, *cells: Text | str) -> None:
        """Add a row; all rows have equally many cells."""
        self._rows.append(tuple(Text(cell) if isinstance(cell, str) else cell for cell in cells))

    def lines(self, width: int) -> Iterator[list[Piece]]:
        """Its lines, each at most `width` columns."""
        widths = self._widths(width)
        for row in self._rows:
            cells = [cell.lines(room) for cell, room in zip(row, widths, strict=True)]
            for number in range(max(map(len, cells))):
                yield self._line([cell[number] if number < len(cell) else [] for cell in cells], widths)

    def _widths(self, width: int) -> list[int]:
        widths = [min(max(1, *(cell.cell_len for cell in column)), width) for column in zip(*self._rows, strict=True)]
        for number, least in enumerate(self._least):
            widths[number] = max(widths[number], least)
        over = sum(widths) + self._gap * (len(widths) - 1) - width
        for _ in range(over):
            widths[widths.index(max(widths))] -= 1
        return [max(one, 1) for one in widths]

    def _line(self, cells: list[list[Piece]], widths: list[int]) -> list[Piece]:
        line: list[Piece] = []
        missing = 0
        for cell, width in zip(cells, widths, strict=True):
            if cell and missing:
                line.append((" " * missing, ()))
                missing = 0
            line += cell
            missing += width - sum(columns(text) for text, _ in cell) + self._gap
        return line


class Group:
    """Blocks one below the other."""

    def __init__(self, *blocks: "Block") -> None:
        self.blocks = blocks

    def lines(self, width: int) -> Iterator[list[Piece]]:
        """The lines of all blocks."""
        for block in self.blocks:
            yield from block.lines(width)


Block = Text | Grid | Group


def render(block: Block, width: int, *, colour: bool) -> str:
    """The block as text whose lines have at most `width` columns and end in a line break."""
    return "".join("".join(_shown(piece, colour=colour) for piece in line) + "\n" for line in block.lines(width))


def columns(text: str) -> int:
    """Columns of printable characters on a screen: wide ones such as emoji take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(map(_columns_of, text))


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _shown(piece: Piece, *, colour: bool) -> str:
    text, style = piece
    codes = ";".join(str(CODES[word]) for word in style)
    return f"\x1b[{codes}m{text}\x1b[0m" if colour and codes else text


def _breaks(text: str, width: int) -> Iterator[int]:
    """Where new lines begin: before a word that has no room, and within one that is longer than a line."""
    if columns(text) <= width:
        return
    used = 0
    for match in re.finditer(r"\s*\S+\s*", text):
        length = columns(match[0].rstrip())
        if used + length <= width:
            used += columns(match[0])
            continue
        if used:
            yield match.start()
        used = 0
        if length > width:
            for position, character in enumerate(match[0].rstrip(), match.start()):
                if used and used + _columns_of(character) > width:
                    yield position
                    used = 0
                used += _columns_of(character)
            used += len(match[0]) - len(match[0].rstrip())
        else:
            used = columns(match[0])
