# SPDX-License-Identifier: Apache-2.0
"""Many clouds at a glance: per cloud the answer, counts and what fails, or why it could not be judged."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TextIO

from sovran.model.claim import Reading
from sovran.model.report import Judgement, Report
from sovran.model.verdict import Verdict
from sovran.reports import layout, terminal
from sovran.reports.digest import Answer, answers
from sovran.reports.layout import Block, Grid, Group, Text
from sovran.reports.screen import put
from sovran.reports.terminal_claims import MESSAGE_LIMIT, clean
from sovran.reports.terminal_sections import LABEL_STYLES, closing

COUNTED = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "fail",
    Verdict.ABORT: "undecided",
    Verdict.MISS: "not run",
}
"""The columns of counts."""
FAILED_SHOWN = 6
"""Testcases per cloud, unless everything is wanted."""


def show(reports: Sequence[Report], stream: TextIO, *, verbose: bool = False) -> None:
    """Write the matrix, then, where everything is wanted, the report of each cloud."""
    put(partial(render, reports, verbose=verbose), stream)
    if verbose:
        stream.write("\n")
        terminal.show(reports, stream, verbose=True)


def render(reports: Sequence[Report], *, width: int = 80, colour: bool = False, verbose: bool = False) -> str:
    """Return the matrix as text for `width` columns, ending in a newline."""
    parts: list[Block] = []
    asked = dict.fromkeys(f"{answer.scope} {answer.target}" for report in reports for answer in answers(report))
    for question in asked:
        parts += [Text(clean(question, 80), style="bold"), _matrix(reports, question), Text()]
    for report in reports:
        parts += _why(report, verbose=verbose)
    parts += [Text(), Text(_sum(reports), style="bold"), closing(reports)]
    return layout.render(Group(*parts), width, colour=colour)


def _matrix(reports: Sequence[Report], question: str) -> Block:
    """One row per cloud: what it answers to one target of a scope version."""
    table = Grid(gap=2)
    table.add_row(*(Text(head, style="dim") for head in ("cloud", "answer", *COUNTED.values())))
    for report in reports:
        for answer in answers(report):
            if f"{answer.scope} {answer.target}" == question:
                table.add_row(
                    Text(clean(report.cloud.name, 40), style="bold"),
                    Text(answer.label, style=LABEL_STYLES[answer.verdict]),
                    *_counts(answer),
                )
    return table


def obstacle(report: Report) -> str:
    """Why nothing at all was decided, when that is one and the same reason, to which rules may add; else empty."""
    verdicts = {judgement.verdict for judgement in report.judgements}
    reasons = {judgement.reason for judgement in report.judgements if judgement.verdict is Verdict.ABORT}
    shortest = min(reasons, key=len, default="")
    if verdicts & {Verdict.PASS, Verdict.FAIL} or not all(reason.startswith(shortest) for reason in reasons):
        return ""
    return shortest


def _counts(answer: Answer) -> list[Text]:
    counts = Counter(answer.verdicts)
    return [Text(str(counts[verdict]), style="" if counts[verdict] else "dim") for verdict in COUNTED]


def _why(report: Report, *, verbose: bool) -> Iterator[Block]:
    """What stands in this cloud's way, under its name."""
    name = Text(clean(report.cloud.name, 40), style="bold")
    if reason := obstacle(report):
        yield name.append(f": not judged: {clean(reason, MESSAGE_LIMIT * 2)}", style="not bold yellow")
        return
    failed = _failed(report)
    if failed:
        shown = failed if verbose else failed[:FAILED_SHOWN]
        more = f", and {len(failed) - len(shown)} more" if len(shown) < len(failed) else ""
        names = ", ".join(clean(judgement.claim, 80) for judgement in shown)
        yield name.append(f" fails {names}{more}", style="not bold")


def _failed(report: Report) -> list[Judgement]:
    """What decides the answer and fails: official testcases, or binding requirements where only those were asked."""
    official = report.judged(Reading.OFFICIAL)
    asked = official or [one for one in report.judgements if one.level.binding]
    return [judgement for judgement in asked if judgement.verdict is Verdict.FAIL]


def _sum(reports: Sequence[Report]) -> str:
    """How many clouds there are of each kind."""
    kinds: Counter[str] = Counter()
    for report in reports:
        labels = [answer.label for answer in answers(report)]
        first = "not judged" if obstacle(report) else labels[0].lower() if labels else "undecided"
        kinds[first] += 1
    failing_first = sorted(kinds.items(), key=lambda kind: "fail" not in kind[0] and "not conformant" not in kind[0])
    return f"{len(reports)} clouds: " + ", ".join(f"{count} {kind}" for kind, count in failing_first)
