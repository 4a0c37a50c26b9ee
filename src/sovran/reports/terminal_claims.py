# SPDX-License-Identifier: Apache-2.0
"""Failed claims as the terminal report lists them: mark, id, and what was found, cut to what a screen can hold."""

from collections.abc import Sequence

from sovran.model.finding import Finding
from sovran.model.printable import printable
from sovran.model.report import Judgement
from sovran.reports import accepted, digest
from sovran.reports.layout import Block, Grid, Group, Text

FINDINGS_SHOWN = 3
"""Per claim, unless everything is wanted."""
CLAIMS_SHOWN = 5
"""Per standard, unless everything is wanted."""
FOLDED_SHOWN = 20
"""Ids of the claims of a standard that are not shown in full."""
MESSAGE_LIMIT = 240
"""Characters of one message, unless everything is wanted."""
REASON_LIMIT = 480
"""Of why something is undecided or was not run, which ends with what to do about it."""
WHOLE_LIMIT = 4000
"""Characters of one message in any case."""
LONGEST_ID = 33
"""Columns of an id that may have its finding beside it."""
GAP = 2
"""Columns between columns."""


def clean(text: str, limit: int) -> str:
    """`text` on one line without anything that a terminal would obey, at most `limit` characters."""
    return printable(text, limit=limit)


def claim_list(marked: Sequence[tuple[str, str, Judgement]], width: int, *, verbose: bool) -> Block:
    """Failed claims with mark, id and findings; at most `CLAIMS_SHOWN` per standard unless everything is wanted."""
    marks = {judgement.claim: Text(mark, style=style) for mark, style, judgement in marked}
    columns = (
        max(mark.cell_len for mark in marks.values()),
        min(max(len(clean(claim, 80)) for claim in marks), LONGEST_ID),
    )
    entries: list[Block] = []
    for group in digest.by_standard(judgement for _, _, judgement in marked).values():
        shown = group if verbose or len(group) <= CLAIMS_SHOWN + 1 else group[:CLAIMS_SHOWN]
        for judgement in shown:
            name = Text(clean(judgement.claim, 80), style="bold")
            if word := accepted.mark(judgement):
                name.append(f" ({word})", style="not bold")
            lines = _messages(judgement, verbose=verbose)
            entries.append(_entry(marks[judgement.claim], name, lines, columns, width))
        if len(shown) < len(group):
            folded = ", ".join(_short_id(judgement) for judgement in group[len(shown) :][:FOLDED_SHOWN])
            dots = ", ..." if len(group) - len(shown) > FOLDED_SHOWN else ""
            rest = Text(f"and {len(group) - len(shown)} more: {folded}{dots}", style="dim")
            entries.append(_entry(Text(), None, [rest], columns, width))
    return Group(*entries)


def _entry(mark: Text, name: Text | None, lines: Sequence[Text], columns: tuple[int, int], width: int) -> Grid:
    """One claim: beside its id what was found, where that fits on single lines, else below it."""
    of_mark, of_name = columns
    beside = width - of_mark - of_name - 2 * GAP
    if name is not None and name.cell_len <= of_name and all(line.cell_len <= beside for line in lines):
        table = Grid(gap=GAP, widths=(of_mark, of_name))
        for number, line in enumerate(lines):
            table.add_row(*(("", "") if number else (mark, name)), line)
        return table
    table = Grid(gap=GAP, widths=(of_mark,))
    if name is not None:
        table.add_row(mark, name)
    for line in lines:
        table.add_row("", line)
    return table


def _short_id(judgement: Judgement) -> str:
    """The id without the standard in front of it, which the lines above show."""
    return clean(judgement.claim.removeprefix(f"{judgement.standard}-"), 40)


def _messages(judgement: Judgement, *, verbose: bool) -> list[Text]:
    """At least one line: the findings, and the reason where it says more than they do."""
    found = sorted(digest.violations(judgement), key=lambda finding: bool(accepted.accepted(finding)))
    limit = WHOLE_LIMIT if verbose else MESSAGE_LIMIT
    shown = found if verbose or len(found) <= FINDINGS_SHOWN + 1 else found[:FINDINGS_SHOWN]
    lines = [_finding(finding, limit) for finding in shown]
    if len(shown) < len(found):
        lines.append(Text(f"... and {len(found) - len(shown)} more", style="dim"))
    if judgement.undecided:
        lines.append(Text(f"besides undecided: {clean(judgement.undecided, limit)}", style="dim"))
    reason = digest.own_reason(judgement)
    if not lines or (verbose and reason):
        lines.insert(0, Text(clean(reason or judgement.text, limit)))
    if verbose:
        lines += [Text(clean(remark.message, limit), style="dim") for remark in digest.remarks(judgement)]
    return lines


def _finding(finding: Finding, limit: int) -> Text:
    """What was found, and who accepts it."""
    line = Text(clean(finding.message, limit))
    if more := accepted.accepted(finding):
        line.append(f" ({clean(more, limit)})", style="dim")
    return line
