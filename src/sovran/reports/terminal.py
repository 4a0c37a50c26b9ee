# SPDX-License-Identifier: Apache-2.0
"""The report for people at a terminal: one screen, failures first; plain text wherever colours do not belong."""

from collections.abc import Sequence
from functools import partial
from typing import TextIO

from sovran.model.report import Report
from sovran.model.verdict import Verdict
from sovran.reports import accepted, layout, terminal_acted
from sovran.reports import terminal_sections as sections
from sovran.reports.digest import Answer, answers, checked_at, replay_sentence
from sovran.reports.layout import Block, Grid, Group, Text
from sovran.reports.screen import NARROWEST, WIDEST, put
from sovran.reports.terminal_claims import clean
from sovran.reports.terminal_sections import LABEL_STYLES, VERDICT_STYLES

ROLES_SHOWN = 2
"""Of the user, in the header."""


def show(reports: Sequence[Report], stream: TextIO, *, verbose: bool = False) -> None:
    """Write `reports` to `stream`: with colours when it is a terminal and NO_COLOR is not set, else as plain text."""
    put(partial(render, reports, verbose=verbose), stream)


def render(reports: Sequence[Report], *, width: int = 80, colour: bool = False, verbose: bool = False) -> str:
    """Return `reports` as text for `width` columns, ending in a newline; `verbose` leaves nothing out."""
    columns = min(max(width, NARROWEST), WIDEST)
    parts: list[Block] = []
    if len(reports) > 1:
        parts += [_overview(reports), Text()]
    for report in reports:
        parts += [_one(report, columns, colour=colour, verbose=verbose), Text()]
    parts.append(sections.closing(reports))
    return layout.render(Group(*parts), columns, colour=colour)


def _overview(reports: Sequence[Report]) -> Block:
    """With several clouds the answers of all of them come first."""
    table = Grid(gap=2)
    for report in reports:
        for answer in answers(report):
            table.add_row(
                Text(clean(report.cloud.name, 40), style="bold"),
                _asked(answer),
                Text(answer.label, style=LABEL_STYLES[answer.verdict]),
                answer.sentence,
            )
    return table


def _one(report: Report, width: int, *, colour: bool, verbose: bool) -> Block:
    """Everything about one cloud."""
    parts: list[Block] = [*_header(report)]
    for answer in answers(report):
        parts.append(_answer(answer, colour=colour))
        if colour and answer.verdicts:
            parts.append(_bar(answer, width))
    parts += [Text(clean(line, 300), style="dim") for line in accepted.summary(report)]
    blocks = (
        sections.official_failures(report, width, verbose=verbose),
        sections.text_failures(report, width, verbose=verbose),
        terminal_acted.matrices(report, verbose=verbose),
        sections.passes(report) if verbose else None,
        sections.standards(report),
        terminal_acted.probes(report),
        sections.not_decided(report, Verdict.MISS, verbose=verbose),
        sections.not_decided(report, Verdict.NOT_APPLICABLE, verbose=True) if verbose else None,
    )
    for block in blocks:
        if block is not None:
            parts += [Text(), block]
    return Group(*parts)


def _header(report: Report) -> list[Block]:
    """Which cloud, as whom, when; what was asked; and whatever makes the answer less worth than it looks."""
    cloud = report.cloud
    first = Text(f"sovran {clean(report.sovran, 40)} on ", style="dim")
    first.append(clean(cloud.name, 60), style="bold not dim")
    place = [clean(cloud.region, 40)] if cloud.region else []
    place += [f"project {clean(cloud.project, 40)}"] if cloud.project else []
    place += [f"as {_roles(cloud.roles)}"] if cloud.roles else []
    first.append("".join(f" · {part}" for part in place))
    if cloud.admin:
        first.append(" · with admin rights", style="bold yellow not dim")
    lines: list[Block] = [first]
    asked = [f"{scope} ({state})" for scope, state in sections.scopes(report)]
    when = f"{checked_at(report):%Y-%m-%d %H:%M} UTC"
    spent = f"{report.requests} request{'' if report.requests == 1 else 's'} in {report.seconds:.1f} s"
    lines.append(Text(" · ".join((*asked, when, spent)), style="dim"))
    if replayed := replay_sentence(report):
        lines.append(Text(clean(replayed, 300), style="bold"))
    if report.interrupted:
        lines.append(Text("Interrupted: what was not read by then is undecided.", style="bold yellow"))
    lines += terminal_acted.warnings(report)
    lines += [Text(f"Note: {clean(note, 300)}", style="yellow") for note in report.notes]
    lines += [Text(f"Note: {clean(warning, 300)}", style="bold yellow") for warning in accepted.warnings(report)]
    lines.append(Text())
    return lines


def _roles(roles: Sequence[str]) -> str:
    """The first roles, `member` before all since it is the one that counts, and how many more there are."""
    ordered = sorted(roles, key=lambda role: role != "member")
    more = f" +{len(roles) - ROLES_SHOWN}" if len(roles) > ROLES_SHOWN else ""
    return ", ".join(clean(role, 40) for role in ordered[:ROLES_SHOWN]) + more


def _answer(answer: Answer, *, colour: bool) -> Text:
    """The answer on one line: `scs-iaas@v5.1 main: NOT CONFORMANT: 2 of 54 fail, 29 not run`."""
    line = Text(_asked(answer), style="bold")
    if colour:
        line.append("  ").append(f" {answer.label} ", style=f"reverse {LABEL_STYLES[answer.verdict]}").append("  ")
    else:
        line.append(f": {answer.label}: ")
    return line.append(answer.sentence, style="not bold")


def _asked(answer: Answer) -> str:
    return f"{clean(answer.scope, 60)} {clean(answer.target, 40)}"


def _bar(answer: Answer, width: int) -> Text:
    """One coloured square per testcase in the scope's order; at most one line of them."""
    line = Text()
    squares = min(len(answer.verdicts), width)
    for number in range(squares):
        line.append("■", style=VERDICT_STYLES[answer.verdicts[number * len(answer.verdicts) // squares]])
    return line
