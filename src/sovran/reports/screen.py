# SPDX-License-Identifier: Apache-2.0
"""Puts text that depends on width and colour onto a stream, as far as that can show it."""

import os
import shutil
from typing import Protocol, TextIO

NARROWEST, WIDEST = 40, 120
"""Columns that the layout is made for: lines longer than that are hard to read."""
ASCII = str.maketrans({"·": "|", "…": "~", "■": "#", "─": "-"})
"""For streams that cannot encode our own ornaments."""


class Rendered(Protocol):
    """Gives the text for a screen."""

    def __call__(self, *, width: int, colour: bool) -> str:
        """The text with lines of at most `width` columns."""
        ...


def put(render: Rendered, stream: TextIO) -> None:
    """Write the text: with colours when the stream is a terminal and NO_COLOR is not set, else plain."""
    colour = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    columns = shutil.get_terminal_size((80, 24)).columns
    text = render(width=min(max(columns, NARROWEST), WIDEST), colour=colour)
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(ASCII).encode(encoding, "backslashreplace").decode(encoding)
    stream.write(text)
    stream.flush()
