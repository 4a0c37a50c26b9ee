# SPDX-License-Identifier: Apache-2.0
"""How commands print records: tables and labelled texts, rich on a terminal, plain aligned text elsewhere."""

import sys
from collections.abc import Sequence

import typer

STYLES = {
    "MUST": "bold",
    "MUST NOT": "bold",
    "MAY": "dim",
    "INFO": "dim",
    "effective": "green",
    "warn": "yellow",
    "draft": "cyan",
    "deprecated": "dim",
}
"""Cells that stand out on a terminal; the words alone say the same."""
LONGEST = 100_000
"""Characters of one line; what a file says beyond is left out."""


def print_heading(text: str) -> None:
    """One line that names what follows."""
    if not sys.stdout.isatty():
        typer.echo(_safe(text))
        return
    from rich.console import Console
    from rich.text import Text

    Console().print(Text(_safe(text), style="bold"))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """One row per line; only on a terminal does a long last column wrap."""
    cells = [[_safe(" ".join(cell.split())) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
        for line in ([column.upper() for column in columns], *cells):
            padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            typer.echo("  ".join(padded).rstrip())
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns[:-1]:
        table.add_column(column, no_wrap=True)
    table.add_column(columns[-1], overflow="fold")
    for row in cells:
        table.add_row(*(Text(cell, style=STYLES.get(cell, "")) for cell in row))
    Console().print(table)


def print_fields(fields: Sequence[tuple[str, str]]) -> None:
    """Labels and their texts, which may have several lines; fields without text are left out."""
    shown = [(label, [_safe(line) for line in text.splitlines()]) for label, text in fields if text]
    width = max((len(label) for label, _ in shown), default=0) + 2
    if not sys.stdout.isatty():
        for label, lines in shown:
            for number, line in enumerate(lines):
                typer.echo(f"{'' if number else label:{width}}{line}")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, lines in shown:
        grid.add_row(label, Text("\n".join(lines)))
    Console().print(grid)


def print_json(value: object) -> None:
    """The value as indented JSON."""
    import msgspec

    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def _safe(text: str) -> str:
    from sovran.model.printable import printable

    return printable(text, LONGEST)
