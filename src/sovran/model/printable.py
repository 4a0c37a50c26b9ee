# SPDX-License-Identifier: Apache-2.0
"""Makes text of unknown origin safe to print: no control character, escape sequence or line break gets through."""

import unicodedata

GAP = "..."
"""Stands for what was left out; ASCII, so that it prints on every terminal."""


def printable(text: str, limit: int = 80) -> str:
    """Return `text` on one line, at most `limit` (>= 8) characters, shortened in the middle, safe for any terminal.

    Control characters (C0, C1, so also ANSI sequences), bidirectional and zero-width marks, line separators, lone
    surrogates and spaces other than U+0020 become Python escapes such as ``\\x1b`` or ``\\u202e``.
    The cost is bounded by `limit`, not by the length of `text`, once the text is longer than that.
    """
    if len(text) <= limit:
        if text.isprintable():
            return text
        shown = [_escaped(character) for character in text]
        if sum(map(len, shown)) <= limit:
            return "".join(shown)
    room = limit - len(GAP)
    head = _fitting(text[:room], room - room // 3)
    tail = _fitting(text[-room:][::-1], room // 3)
    return "".join(head) + GAP + "".join(reversed(tail))


def caret_window(text: str, position: int, limit: int = 76) -> tuple[str, int]:
    """Return the part of `text` around index `position`, made printable, and the terminal column of that index in it.

    `position` may be `len(text)`: the column is then the one after the last character. The shown part is about `limit`
    characters at most; what is left out on either side is marked by `GAP`.
    """
    reach = (limit - 2 * len(GAP)) // 2
    before = _fitting(text[max(0, position - reach) : position][::-1], reach)
    after = _fitting(text[position : position + reach], reach)
    lead = (GAP if len(before) < position else "") + "".join(reversed(before))
    rest = "".join(after) + (GAP if position + len(after) < len(text) else "")
    return lead + rest, sum(_columns(character) for character in lead)


def _fitting(characters: str, room: int) -> list[str]:
    """The escaped characters from the start of `characters` that fit into `room`."""
    shown: list[str] = []
    for character in characters:
        piece = _escaped(character)
        room -= len(piece)
        if room < 0:
            break
        shown.append(piece)
    return shown


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")


def _columns(character: str) -> int:
    """Terminal columns of one printable character: 0 for combining marks, 2 for wide ones such as emoji."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
