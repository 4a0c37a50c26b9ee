# SPDX-License-Identifier: Apache-2.0
"""Turns what a command printed in a terminal (ANSI on stdin) into an SVG (stdout), for the README."""

import io
import re
import sys

from rich.console import Console
from rich.text import Text

WIDTH = 92


def main() -> None:
    """Read ANSI text, write SVG."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text(f"$ {sys.argv[1]}", style="bold"))
    console.print(Text.from_ansi(sys.stdin.read().rstrip()))
    svg = console.export_svg(title="sovran")
    # the picture must not make the reader's browser ask a font server
    print(re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL))


if __name__ == "__main__":
    main()
