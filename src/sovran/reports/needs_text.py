# SPDX-License-Identifier: Apache-2.0
"""Needs of a workload for people at a terminal: one line per need; for several clouds a matrix before them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TextIO

from sovran.conformance.needs.answer import Answer, CloudMet, Met
from sovran.model.report import STATEMENT
from sovran.reports import layout
from sovran.reports.layout import Block, Grid, Group, Text
from sovran.reports.screen import put
from sovran.reports.terminal_claims import MESSAGE_LIMIT, WHOLE_LIMIT, clean

STYLES = {Answer.YES: "green", Answer.NO: "red", Answer.UNDECIDED: "yellow"}
MARKS = {Answer.YES: "+", Answer.NO: "-", Answer.UNDECIDED: "?"}
GAP = 2
"""Columns between columns."""
NEED_LIMIT = 120


def show(clouds: Sequence[CloudMet], name: str, stream: TextIO, *, verbose: bool = False) -> None:
    """Write the answers; `name` is what the profile calls the workload."""
    put(partial(render, clouds, name, verbose=verbose), stream)


def render(
    clouds: Sequence[CloudMet], name: str, *, width: int = 80, colour: bool = False, verbose: bool = False
) -> str:
    """Return the answers as text for `width` columns, ending in a newline; `verbose` cuts nothing."""
    parts: list[Block] = [Text(clean(name, 80) or "the workload", style="bold"), Text()]
    if len(clouds) > 1:
        parts += [*_matrix(clouds, width), Text()]
    for cloud in clouds:
        parts += [*_one(cloud, verbose=verbose or len(clouds) == 1), Text()]
    parts.append(Text(STATEMENT, style="italic dim"))
    return layout.render(Group(*parts), width, colour=colour)


def _matrix(clouds: Sequence[CloudMet], width: int) -> Iterator[Block]:
    """Needs by clouds; where the names of the clouds take too much room, numbers stand for them."""
    names = [clean(cloud.cloud.name, 40) for cloud in clouds]
    numbered = sum(max(len(name), len(Answer.UNDECIDED)) + GAP for name in names) > width // 2
    heads = [str(number) for number in range(1, len(names) + 1)] if numbered else names
    table = Grid(gap=GAP)
    table.add_row("", *(Text(head, style="bold") for head in heads))
    for row in zip(*(cloud.answers for cloud in clouds), strict=True):
        answers = (Text(MARKS[met.answer] if numbered else met.answer, style=STYLES[met.answer]) for met in row)
        table.add_row(clean(row[0].need, NEED_LIMIT), *answers)
    yield table
    if numbered:
        listed = ", ".join(f"{head} {name}" for head, name in zip(heads, names, strict=True))
        yield Text(f"{listed}; + yes, - no, ? undecided", style="dim")


def _one(cloud: CloudMet, *, verbose: bool) -> Iterator[Block]:
    """Where each need is met on one cloud, or why not; of several clouds only what is not met."""
    counts = Counter(met.answer for met in cloud.answers)
    first = Text(clean(cloud.cloud.name, 60), style="bold")
    place = [clean(cloud.cloud.region, 40)] if cloud.cloud.region else []
    place += [f"{cloud.checked_at:%Y-%m-%d %H:%M} UTC"]
    place += [f"snapshot {cloud.snapshot[:16]}"] if cloud.snapshot else []
    counted = ", ".join(f"{counts[answer]} {answer.value}" for answer in Answer if counts[answer])
    yield first.append(f" · {' · '.join(place)}", style="not bold dim").append(f": {counted}", style="not bold")
    if cloud.cloud.admin:
        yield Text("with admin rights: an ordinary user may see less", style="bold yellow")
    if cloud.interrupted:
        yield Text("Interrupted: what was not read by then is undecided.", style="bold yellow")
    if cloud.obstacle:
        yield Text(f"not asked: {clean(cloud.obstacle, WHOLE_LIMIT)}", style="yellow")
        return
    for note in cloud.notes:
        yield Text(f"Note: {clean(note, 300)}", style="yellow")
    shown = [met for met in cloud.answers if verbose or met.answer is not Answer.YES]
    if shown:
        yield _lines(shown)


def _lines(answers: Sequence[Met]) -> Block:
    table = Grid(gap=GAP)
    for met in answers:
        table.add_row(Text(met.answer.value, style=STYLES[met.answer]), clean(met.need, NEED_LIMIT))
        table.add_row("", Text(clean(met.where, MESSAGE_LIMIT * 2), style="dim"))
    return table
