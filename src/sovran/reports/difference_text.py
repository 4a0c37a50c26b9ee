# SPDX-License-Identifier: Apache-2.0
"""The difference of two runs for people at a terminal: what got worse first, and which resource caused it."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TextIO

from sovran.conformance.access_difference import CellChange
from sovran.conformance.difference import ClaimChange, CloudDifference, Difference, Side, Trend
from sovran.model.finding import Finding
from sovran.model.matrix import Access
from sovran.model.verdict import Verdict
from sovran.reports import layout
from sovran.reports.accepted import accepted
from sovran.reports.layout import Block, Grid, Group, Text
from sovran.reports.screen import NARROWEST, WIDEST, put
from sovran.reports.terminal_claims import FINDINGS_SHOWN, MESSAGE_LIMIT, WHOLE_LIMIT, clean

HEADINGS = {
    Trend.WORSE: ("Worse", "red"),
    Trend.UNDECIDED: ("Not decided any more", "yellow"),
    Trend.OTHER: ("Other", "yellow"),
    Trend.BETTER: ("Better", "green"),
    Trend.DETAILS: ("The same, seen otherwise", "bright_black"),
}
COUNTED = {
    Trend.WORSE: "worse",
    Trend.UNDECIDED: "not decided any more",
    Trend.OTHER: "other",
    Trend.BETTER: "better",
    Trend.DETAILS: "the same but for details",
}
CLAIMS_SHOWN = 12
"""Of one trend, unless everything is wanted."""
NOT_ASKED = "not asked"
NOT_TRIED = "not tried"


def show(difference: Difference, names: tuple[str, str], stream: TextIO, *, verbose: bool = False) -> None:
    """Write it to `stream`: with colours when it is a terminal and NO_COLOR is not set, else as plain text."""
    put(partial(render, difference, names, verbose=verbose), stream)


def render(
    difference: Difference, names: tuple[str, str], *, width: int = 80, colour: bool = False, verbose: bool = False
) -> str:
    """Return the difference as text for `width` columns; `names` are what the user called the two sides."""
    columns = min(max(width, NARROWEST), WIDEST)
    before, after = (clean(name, 200) for name in names)
    parts: list[Block] = [Text(f"{before} -> {after}", style="bold")]
    for cloud in difference.clouds:
        parts += _cloud(cloud, verbose=verbose)
    parts += _alone(difference.only_before, before)
    parts += _alone(difference.only_after, after)
    return layout.render(Group(*parts), columns, colour=colour)


def _cloud(cloud: CloudDifference, *, verbose: bool) -> Iterator[Block]:
    yield Text(f"{_side(cloud.before)}  ->  {_side(cloud.after)}", style="dim")
    yield Text()
    yield _counts(cloud)
    for trend in Trend:
        found = [change for change in cloud.changes if change.trend is trend]
        if found and (verbose or trend is not Trend.DETAILS):
            yield Text()
            yield from _changes(trend, found, verbose=verbose)
    if cloud.cells:
        yield Text()
        yield from _cells(cloud.cells, verbose=verbose)
    if cloud.conditions:
        yield Text()
        yield Text("Judged under other conditions", style="bold")
        table = Grid(gap=2)
        for condition in cloud.conditions:
            change = (
                f"{clean(condition.before or '-', MESSAGE_LIMIT)} -> {clean(condition.after or '-', MESSAGE_LIMIT)}"
            )
            table.add_row(Text(condition.name), Text(change, style="dim"))
        yield table


def _side(side: Side) -> str:
    return f"{clean(side.cloud, 60)}, {side.checked_at:%Y-%m-%d %H:%M} UTC"


def _counts(cloud: CloudDifference) -> Text:
    counts = {trend: sum(change.trend is trend for change in cloud.changes) for trend in Trend}
    parts = [f"{count} {COUNTED[trend]}" for trend, count in counts.items() if count]
    whole = f"all {cloud.same} claims the same" if not parts else f"{cloud.same} the same"
    return Text(", ".join([*parts, whole]), style="bold")


def _changes(trend: Trend, changes: Sequence[ClaimChange], *, verbose: bool) -> Iterator[Block]:
    heading, style = HEADINGS[trend]
    yield Text(heading, style=f"bold {style}")
    shown = changes if verbose else changes[:CLAIMS_SHOWN]
    table = Grid(gap=2)
    for change in shown:
        verdicts = f"{_verdict(change.before)} -> {_verdict(change.after)}"
        first = Text(clean(change.claim, 80), style="bold").append(f" ({change.level})", style="not bold dim")
        table.add_row(Text(verdicts if change.before != change.after else _verdict(change.after), style=style), first)
        for line in _causes(change, verbose=verbose):
            table.add_row("", line)
    yield table
    if len(shown) < len(changes):
        yield Text(f"... and {len(changes) - len(shown)} more; --verbose shows all", style="dim")


def _causes(change: ClaimChange, *, verbose: bool) -> Iterator[Text]:
    """What appeared, what is gone, what reads otherwise; without findings the reason."""
    lines = [Text("+ ", style="red").append(_message(finding), style="not red") for finding in change.appeared]
    lines += [Text("- ", style="green").append(_message(finding), style="not green") for finding in change.disappeared]
    if verbose or change.trend is Trend.DETAILS:
        lines += [
            Text(f"~ {_message(new)}", style="dim").append(f" (was: {_seen(old)})") for old, new in change.changed
        ]
    if not lines and change.after is not Verdict.PASS and change.reason_after:
        lines = [Text(clean(change.reason_after, WHOLE_LIMIT if verbose else MESSAGE_LIMIT), style="dim")]
    shown = lines if verbose or len(lines) <= FINDINGS_SHOWN + 1 else lines[:FINDINGS_SHOWN]
    yield from shown
    if len(shown) < len(lines):
        yield Text(f"... and {len(lines) - len(shown)} more", style="dim")


def _message(finding: Finding) -> str:
    more = accepted(finding)
    return clean(finding.message, MESSAGE_LIMIT) + (f" ({clean(more, MESSAGE_LIMIT)})" if more else "")


def _seen(finding: Finding) -> str:
    return clean(finding.seen or finding.message, MESSAGE_LIMIT)


def _verdict(verdict: Verdict | None) -> str:
    return verdict.value if verdict else NOT_ASKED


def _cells(cells: Sequence[CellChange], *, verbose: bool) -> Iterator[Block]:
    """Operations that ended otherwise for a persona."""
    yield Text("Who may do what", style="bold")
    table = Grid(gap=2)
    shown = cells if verbose else cells[:CLAIMS_SHOWN]
    for cell in shown:
        change = f"{cell.before or NOT_TRIED} -> {cell.after or NOT_TRIED}"
        what = f"{cell.persona}: {cell.operation}" + (f" ({cell.target})" if cell.target else "")
        told = Text(clean(what, MESSAGE_LIMIT))
        if cell.said:
            told.append(f"  {clean(cell.said, MESSAGE_LIMIT)}", style="dim")
        table.add_row(Text(change, style=_style(cell)), told)
    yield table
    if len(shown) < len(cells):
        yield Text(f"... and {len(cells) - len(shown)} more; --verbose shows all", style="dim")


def _style(cell: CellChange) -> str:
    if cell.after in (Access.LEAK, Access.MISSING):
        return "red"
    return "green" if cell.after in (Access.ALLOWED, Access.DENIED) else "yellow"


def _alone(sides: Sequence[Side], name: str) -> Iterator[Block]:
    for side in sides:
        yield Text(f"Only in {name}: {_side(side)}", style="yellow")
