# SPDX-License-Identifier: Apache-2.0
"""How every report for people speaks of waivers and of the baseline: what counts no longer, who says so, until when."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from sovran.model.finding import Finding
from sovran.model.report import Judgement, Report
from sovran.model.verdict import Verdict
from sovran.model.waiver import WaiverUse


def mark(judgement: Judgement) -> str:
    """What stands beside the verdict: `waived`, `known`, or nothing."""
    if judgement.waived:
        return "waived"
    return "known" if judgement.known else ""


def accepted(finding: Finding) -> str:
    """Who accepts the finding, until when and why, and whether the baseline has it; empty for most. Foreign text."""
    parts = ["known"] if finding.known else []
    if finding.waiver:
        waiver = finding.waiver
        parts.append(f"waived until {waiver.until} by {waiver.owner}: {waiver.reason}")
    return ", ".join(parts)


def warnings(report: Report) -> tuple[str, ...]:
    """Waivers that do not do what their author thinks: expired, or matching nothing. A sentence each; foreign text."""
    return tuple(_warnings(report))


def summary(report: Report) -> tuple[str, ...]:
    """What was accepted and what was known, in numbers; a sentence each, nothing without waivers and baseline."""
    return (*_waived(report), *_held(report))


def counting_first(judgements: tuple[Judgement, ...]) -> tuple[Judgement, ...]:
    """The same judgements, those that are waived or known behind the others."""
    return tuple(sorted(judgements, key=lambda judgement: bool(mark(judgement))))


def _warnings(report: Report) -> Iterator[str]:
    for use in report.waivers:
        waiver = use.waiver
        name = f"the waiver for {waiver.id} on {waiver.resource} by {waiver.owner} ({use.place})"
        if use.expired and use.findings:
            counted = _number(use.findings, "finding")
            yield f"{name} expired on {waiver.until}: {counted} that it covered {_verb(use.findings)} again"
        elif use.expired:
            yield f"{name} expired on {waiver.until} and covers nothing here: remove it"
        elif not use.findings and _asked(report, use):
            yield f"{name} matches no finding of this run: remove or correct it"


def _asked(report: Report, use: WaiverUse) -> bool:
    """Whether a claim that the waiver speaks of was judged at all: a narrowed run says nothing about the others."""
    return any(fnmatchcase(judgement.claim, use.waiver.id) for judgement in report.judgements)


def _waived(report: Report) -> Iterator[str]:
    count = sum(bool(finding.waiver) for judgement in report.judgements for finding in judgement.violations)
    if count:
        claims = sum(judgement.waived and not judgement.undecided for judgement in report.judgements)
        yield f"Waived: {_number(count, 'finding')}; failing claims left out of the exit code: {claims}; verdicts stay."


def _held(report: Report) -> Iterator[str]:
    baseline = report.baseline
    if baseline is None:
        return
    violations = [finding for judgement in report.judgements for finding in judgement.violations]
    undecided = [one for one in report.judgements if one.verdict in (Verdict.ABORT, Verdict.MISS)]
    new = sum(not finding.known for finding in violations), sum(not one.known for one in undecided)
    told = f"{new[0]} of {_number(len(violations), 'finding')} new, {new[1]} of {len(undecided)} undecided claims new"
    counts = "; only what is new counts for the exit code" if baseline.only_new else ""
    yield f"Baseline: {baseline.cloud} of {baseline.checked_at:%Y-%m-%d %H:%M} UTC: {told}{counts}."


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _verb(count: int) -> str:
    return "counts" if count == 1 else "count"
