# SPDX-License-Identifier: Apache-2.0
"""The parts of the terminal report on what probes did: who may do what, which probes ran, what is left behind."""

from collections.abc import Iterator, Sequence

from sovran.model.matrix import Access, Cell, Matrix, Row
from sovran.model.report import Report
from sovran.reports import acted
from sovran.reports.layout import Block, Grid, Group, Text
from sovran.reports.terminal_claims import GAP, MESSAGE_LIMIT, WHOLE_LIMIT, clean

ACCESS_STYLES = {
    Access.ALLOWED: "green",
    Access.DENIED: "green",
    Access.LEAK: "bold red",
    Access.MISSING: "bold red",
    Access.UNCLEAR: "yellow",
}
CELLS_SHOWN = 12
"""Of a matrix, of what is not as expected, unless everything is wanted."""


def warnings(report: Report) -> Iterator[Block]:
    """What probes left in the cloud; first of all, since somebody pays for it."""
    for sentence in acted.left_behind(report):
        yield Text(clean(sentence, WHOLE_LIMIT), style="bold red")


def probes(report: Report) -> Block | None:
    """One line per probe; none for one that did nothing, where claims give its reason anyway."""
    told = {judgement.reason for judgement in report.judgements}
    shown = [run for run in report.probes if run.made or run.left or not run.reason or run.reason not in told]
    if not shown:
        return None
    table = Grid(gap=3)
    for run in shown:
        body = Text(clean(acted.did(run), MESSAGE_LIMIT), style="dim")
        body.append("; see above: something is left" if run.left else "", style="bold red not dim")
        table.add_row(Text(clean(run.name, 40), style="yellow" if run.reason or run.left else ""), body)
    return Group(Text("Probes", style="bold").append(" · what acted, and what it made", style="not bold dim"), table)


def matrices(report: Report, *, verbose: bool) -> Block | None:
    """Per matrix the counts, and what is not as expected and stands in no finding; the whole table where everything is
    wanted.
    """
    parts: list[Block] = []
    told = [finding.message for judgement in report.judgements for finding in judgement.findings]
    for matrix in report.matrices:
        parts += [Text()] if parts else []
        heading = Text("Who may do what", style="bold").append(f" · {clean(matrix.title, 80)}: ", style="not bold dim")
        parts.append(heading.append(acted.headline(matrix), style="not bold"))
        parts += _telling(matrix, told, verbose=verbose)
        parts += [_table(matrix)] if verbose and matrix.rows else []
    return Group(*parts) if parts else None


def _telling(matrix: Matrix, told: Sequence[str], *, verbose: bool) -> Iterator[Block]:
    found = [(row, cell) for row, cell in acted.telling(matrix) if not _is_told(row, cell, told)]
    shown = found if verbose else found[:CELLS_SHOWN]
    if not shown:
        return
    table = Grid(gap=GAP)
    for row, cell in shown:
        table.add_row(Text(cell.access.value, style=ACCESS_STYLES[cell.access]), _cell(row, cell, verbose=verbose))
    yield table
    if len(shown) < len(found):
        yield Text(f"... and {len(found) - len(shown)} more; --verbose shows all", style="dim")


def _is_told(row: Row, cell: Cell, told: Sequence[str]) -> bool:
    """Whether a claim has it as its finding."""
    words = f"{acted.operation(row)}: {cell.said}"
    return any(words in message and cell.persona in message for message in told)


def _cell(row: Row, cell: Cell, *, verbose: bool) -> Text:
    body = Text(clean(f"{cell.persona}: {acted.operation(row)}", MESSAGE_LIMIT))
    if cell.said:
        body.append(f"  {clean(cell.said, WHOLE_LIMIT if verbose else MESSAGE_LIMIT)}", style="dim")
    return body


def _table(matrix: Matrix) -> Grid:
    """Every operation, one column per persona."""
    table = Grid(gap=GAP)
    table.add_row(Text(), *(Text(clean(persona, 20), style="bold") for persona in matrix.personas))
    for service, rows in acted.by_service(matrix).items():
        if service:
            table.add_row(Text(clean(service, 40), style="bold"), *("" for _ in matrix.personas))
        for row in rows:
            cells = {cell.persona: cell.access for cell in row.cells}
            words = (_word(cells.get(persona)) for persona in matrix.personas)
            table.add_row(Text(clean(acted.operation(row), MESSAGE_LIMIT)), *words)
    return table


def _word(access: Access | None) -> Text:
    return Text(access.value, style=ACCESS_STYLES[access]) if access else Text("-", style="dim")
