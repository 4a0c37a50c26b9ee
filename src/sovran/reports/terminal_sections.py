# SPDX-License-Identifier: Apache-2.0
"""The parts of the terminal report below the answer: failures, standards, what was not decided, what to do next."""

from collections.abc import Iterator, Sequence

from sovran.model.claim import Reading
from sovran.model.finding import Finding
from sovran.model.report import STATEMENT, Judgement, Report
from sovran.model.verdict import Verdict
from sovran.reports import accepted, digest
from sovran.reports.layout import Block, Grid, Group, Text
from sovran.reports.terminal_claims import GAP, MESSAGE_LIMIT, REASON_LIMIT, WHOLE_LIMIT, claim_list, clean

VERDICT_STYLES = {
    Verdict.FAIL: "red",
    Verdict.ABORT: "yellow",
    Verdict.MISS: "bright_black",
    Verdict.NOT_APPLICABLE: "bright_black",
    Verdict.PASS: "green",
}
LABEL_STYLES = {verdict: f"bold {style}" for verdict, style in VERDICT_STYLES.items()} | {Verdict.MISS: "bold yellow"}
IDS_SHOWN = 8
"""In a list of claims, unless everything is wanted."""
REASONS_SHOWN = 3
"""Why claims were not decided, unless everything is wanted."""

_WHY = {
    Verdict.FAIL: "what it demands and how to cure it",
    Verdict.ABORT: "what it demands and who can check it",
    Verdict.MISS: "what would decide it",
}


def scopes(report: Report) -> Iterator[tuple[str, str]]:
    """Each scope version with its state in words."""
    for scope in report.scopes:
        yield clean(digest.scope_name(scope), 60), digest.STATE_WORDS[scope.state]


def official_failures(report: Report, width: int, *, verbose: bool) -> Block | None:
    """Official testcases that fail, then those that could not be decided, grouped by reason."""
    official = report.judged(Reading.OFFICIAL)
    failed = accepted.counting_first(digest.with_verdict(official, Verdict.FAIL))
    undecided = not_decided(report, Verdict.ABORT, verbose=verbose)
    if not failed and undecided is None:
        return None
    parts: list[Block] = []
    if failed:
        parts.append(_heading("Official testcases", "as the SCS suite means them"))
        parts.append(claim_list([("FAIL", "bold red", judgement) for judgement in failed], width, verbose=verbose))
    if undecided is not None:
        parts += [Text(), undecided] if parts else [undecided]
    return Group(*parts)


def text_failures(report: Report, width: int, *, verbose: bool) -> Block | None:
    """Requirements that fail by the text: in full where no official testcase shows it, else in one line."""
    only_text, also = digest.beyond_official(report)
    shown, folded = (only_text + also, ()) if verbose else (only_text, also)
    if not shown and not folded:
        return None
    parts: list[Block] = [_heading("By the text", "what the standards say beyond the official testcases")]
    if shown:
        marked = [(j.level.value, "bold red" if j.level.binding else "yellow", j) for j in shown]
        parts.append(claim_list(marked, width, verbose=verbose))
    if folded:
        ids = ", ".join(f"{clean(j.claim, 60)} ({j.level.value})" for j in folded[:IDS_SHOWN])
        rest = f" and {len(folded) - IDS_SHOWN} more" if len(folded) > IDS_SHOWN else ""
        parts.append(Text(f"Fail where the official testcases fail too: {ids}{rest}", style="dim"))
    return Group(*parts)


def not_decided(report: Report, verdict: Verdict, *, verbose: bool) -> Block | None:
    """Claims of both readings that ended with `verdict`, one entry per reason; reasons of single claims together."""
    groups = digest.by_reason(digest.with_verdict(report.judgements, verdict))
    if not groups:
        return None
    table = _columns()
    word = "UNDECIDED" if verdict is Verdict.ABORT else digest.WORDS[verdict]
    style = "bold yellow" if verdict is Verdict.ABORT else "dim"
    shown = groups if verbose else _telling(groups, verdict)
    for group in shown:
        few = verdict is Verdict.ABORT and len(group.claims) <= IDS_SHOWN
        reason = clean(group.reason or "no reason was given", WHOLE_LIMIT if verbose else REASON_LIMIT)
        body = Text(f"{_how_many(group.claims)}: {reason} ")
        body.append(_names(group.claims, verbose=verbose or few), style="dim")
        table.add_row(Text(word, style=style), body)
        word = ""
    rest = [judgement for group in groups if group not in shown for judgement in group.claims]
    if rest:
        # what was met in this cloud only this report knows
        where = "`--verbose`" if verdict is Verdict.ABORT else "`sovran explain ID`"
        body = Text(f"{_how_many(rest)}: each for its own reason, see {where} ")
        table.add_row(Text(word, style=style), body.append(_names(rest, verbose=False), style="dim"))
    return table


def _telling(groups: Sequence[digest.Reason], verdict: Verdict) -> Sequence[digest.Reason]:
    """The reasons worth a line: what was not run for a reason of its own (evidence) is not, when there are several."""
    if verdict is not Verdict.ABORT and sum(len(group.claims) == 1 for group in groups) > 1:
        groups = [group for group in groups if len(group.claims) > 1]
    return groups[:REASONS_SHOWN]


def standards(report: Report) -> Block | None:
    """One line of counts per standard; standards in which nothing was run are left to the line that says so."""
    silent = {"-", *(f"{count} not run" for count in range(1, len(report.judgements) + 1))}
    rows = [row for row in digest.rows(report) if not (row.official in silent and row.text in silent)]
    if not rows:
        return None
    table = Grid(gap=3)
    table.add_row(*(Text(word, style="bold") for word in ("Standard", "official", "by the text")))
    for row in rows:
        table.add_row(
            Text(clean(row.standard, 40), style=VERDICT_STYLES[row.worst]),
            Text(row.official),
            Text(row.text, style="dim"),
        )
    return table


def passes(report: Report) -> Block | None:
    """What passes, and on how many resources that was seen."""
    passed = digest.with_verdict(report.judgements, Verdict.PASS)
    if not passed:
        return None
    table = _columns()
    for judgement in passed:
        body = Text(clean(judgement.claim, 80), style="green")
        body.append(f"  {clean(judgement.text, WHOLE_LIMIT)} ({judgement.examined} examined)", style="not green dim")
        table.add_row(Text("PASS", style="green"), body)
        _add_findings(table, digest.remarks(judgement), WHOLE_LIMIT)
    return Group(_heading("Passed", "and how many resources were examined"), table)


def closing(reports: Sequence[Report]) -> Block:
    """What to do next, and what this is."""
    table = _columns()
    word = "Next"
    for command, why in _next_steps(reports):
        table.add_row(Text(word, style="bold"), Text(command, style="bold").append(f"  {why}", style="not bold dim"))
        word = ""
    statements = dict.fromkeys(clean(report.statement, MESSAGE_LIMIT) for report in reports) or {STATEMENT: None}
    return Group(table, *(Text(statement, style="italic dim") for statement in statements))


def _next_steps(reports: Sequence[Report]) -> Iterator[tuple[str, str]]:
    judgements = [judgement for report in reports for judgement in report.judgements]
    for verdict, why in _WHY.items():
        found = digest.with_verdict(judgements, verdict)
        if found:
            yield f"sovran explain {clean(found[0].claim, 60)}", why
            if verdict is Verdict.FAIL:
                yield "sovran check ... --verbose", "all findings; with -o report.md for a ticket"
            return
    for report in reports[:1]:
        for scope in report.scopes[:1]:
            yield f"sovran scope show {clean(digest.scope_name(scope), 60)}", "what was asked"


def _add_findings(table: Grid, findings: Sequence[Finding], limit: int) -> None:
    for finding in findings:
        table.add_row("", Text(clean(finding.message, limit), style="dim"))


def _names(claims: Sequence[Judgement], *, verbose: bool) -> str:
    """Ids of claims in brackets; without `verbose` only the standards with how many of each."""
    if verbose:
        return f"({', '.join(clean(judgement.claim, 60) for judgement in claims)})"
    groups = digest.by_standard(claims)
    return f"({', '.join(f'{clean(standard, 40)}: {len(group)}' for standard, group in groups.items())})"


def _how_many(claims: Sequence[Judgement]) -> str:
    """How many of each reading, e.g. `2 testcases, 1 requirement`."""
    official = sum(judgement.reading is Reading.OFFICIAL for judgement in claims)
    numbers = ((official, "testcase"), (len(claims) - official, "requirement"))
    return ", ".join(f"{number} {word}{'s' if number > 1 else ''}" for number, word in numbers if number)


def _columns() -> Grid:
    """A word in front, text with a hanging indent behind it."""
    return Grid(gap=GAP)


def _heading(title: str, remark: str) -> Text:
    return Text(title, style="bold").append(f" · {remark}", style="not bold dim")
