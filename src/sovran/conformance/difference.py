# SPDX-License-Identifier: Apache-2.0
"""What differs between two sets of reports: verdicts, the findings that caused it, and how each side was judged."""

import datetime
from collections.abc import Iterator, Sequence
from enum import StrEnum

import msgspec

from sovran.conformance.access_difference import CellChange, changed_cells
from sovran.conformance.matching import Matched, match_findings, pair_reports
from sovran.model.claim import Level, Reading
from sovran.model.errors import ExitCode
from sovran.model.finding import Finding
from sovran.model.report import Judgement, Report, ScopeResult
from sovran.model.verdict import Verdict

UNDECIDED = (Verdict.ABORT, Verdict.MISS, None)
"""None: the claim was not asked for at all."""


class Trend(StrEnum):
    """Where a change leads; `sovran diff` lists them in this order."""

    WORSE = "worse"
    """FAIL where it was not, or a violation that was not there."""
    UNDECIDED = "undecided"
    """It was decided, and is not any more, or was not asked."""
    OTHER = "other"
    """Another verdict that is neither better nor worse, e.g. NOT APPLICABLE instead of PASS."""
    BETTER = "better"
    """FAIL or undecided before, and now it holds; or some of its violations are gone."""
    DETAILS = "details"
    """The same verdict for the same resources; what was seen there, or the reason, reads otherwise."""


class ClaimChange(msgspec.Struct, frozen=True, kw_only=True):
    """One claim whose judgement differs."""

    claim: str
    standard: str
    reading: Reading
    level: Level
    trend: Trend
    before: Verdict | None
    """None: it was not asked for."""
    after: Verdict | None
    reason_before: str = ""
    reason_after: str = ""
    appeared: tuple[Finding, ...] = ()
    """Violations that only the second side has."""
    disappeared: tuple[Finding, ...] = ()
    changed: tuple[tuple[Finding, Finding], ...] = ()
    """Before and after, of violations on the same resource and field that saw something else."""


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """Something about how the cloud was judged that differs, and may explain why verdicts do."""

    name: str
    before: str
    after: str


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two reports that are compared."""

    cloud: str
    region: str
    report: str
    checked_at: datetime.datetime


class CloudDifference(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between two reports."""

    before: Side
    after: Side
    conditions: tuple[Condition, ...]
    changes: tuple[ClaimChange, ...]
    """By trend, then in the order of the second report."""
    same: int
    """How many claims have the same judgement on both sides."""
    cells: tuple[CellChange, ...] = ()
    """Of who may do what; the exit code follows the claims alone."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between two sets of reports."""

    clouds: tuple[CloudDifference, ...]
    only_before: tuple[Side, ...] = ()
    """Clouds of which the second side says nothing."""
    only_after: tuple[Side, ...] = ()

    @property
    def trends(self) -> frozenset[Trend]:
        """Every trend that occurs."""
        return frozenset(change.trend for cloud in self.clouds for change in cloud.changes)

    @property
    def code(self) -> ExitCode:
        """4: something got worse; 3: something is undecided now, has another verdict, or has no counterpart; else 0."""
        if Trend.WORSE in self.trends:
            return ExitCode.NOT_CONFORMANT
        open_ends = self.trends & {Trend.UNDECIDED, Trend.OTHER} or self.only_before or self.only_after
        return ExitCode.UNDECIDED if open_ends else ExitCode.OK


Requests = frozenset[str] | None


def difference(
    before: Sequence[Report], after: Sequence[Report], asked: tuple[Requests, Requests] = (None, None)
) -> Difference:
    """Compare the reports of two runs, cloud by cloud (`matching.pair_reports` says which belong together).

    `asked`: the requests of the two sides, where each is one report of which they are known.
    """
    pairs, old, new = pair_reports(before, after)
    return Difference(
        clouds=tuple(_cloud(*pair, asked if len(pairs) == 1 else (None, None)) for pair in pairs),
        only_before=tuple(map(_side, old)),
        only_after=tuple(map(_side, new)),
    )


def _cloud(before: Report, after: Report, asked: tuple[Requests, Requests]) -> CloudDifference:
    old = {judgement.claim: judgement for judgement in before.judgements}
    new = {judgement.claim: judgement for judgement in after.judgements}
    claims = [*new, *(claim for claim in old if claim not in new)]
    found = [change for claim in claims if (change := _change(old.get(claim), new.get(claim)))]
    order = list(Trend)
    return CloudDifference(
        before=_side(before),
        after=_side(after),
        conditions=(*_conditions(before, after), *_requests(*asked)),
        changes=tuple(sorted(found, key=lambda change: order.index(change.trend))),
        same=len(claims) - len(found),
        cells=changed_cells(before, after),
    )


def _side(report: Report) -> Side:
    return Side(cloud=report.cloud.name, region=report.cloud.region, report=report.id, checked_at=report.checked_at)


def _change(before: Judgement | None, after: Judgement | None) -> ClaimChange | None:
    matched = match_findings(before.violations if before else (), after.violations if after else ())
    changed = tuple(pair for pair in matched.same if _content(pair[0]) != _content(pair[1]))
    trend = _trend(before, after, matched, details=bool(changed))
    named = after or before
    if trend is None or named is None:
        return None
    return ClaimChange(
        claim=named.claim,
        standard=named.standard,
        reading=named.reading,
        level=named.level,
        trend=trend,
        before=before.verdict if before else None,
        after=after.verdict if after else None,
        reason_before=_reason(before),
        reason_after=_reason(after),
        appeared=matched.come,
        disappeared=matched.gone,
        changed=changed,
    )


def _trend(before: Judgement | None, after: Judgement | None, matched: Matched, *, details: bool) -> Trend | None:
    old, new = before.verdict if before else None, after.verdict if after else None
    if old == new:
        if new is Verdict.FAIL and (matched.come or matched.gone):
            return Trend.WORSE if matched.come else Trend.BETTER
        if new is Verdict.FAIL and before and after and bool(after.undecided) > bool(before.undecided):
            return Trend.UNDECIDED
        # the reason of a FAIL follows from its findings, and what was seen may be a date that moves every day
        other_reason = new in UNDECIDED and before and after and before.reason != after.reason
        return Trend.DETAILS if details or other_reason else None
    if new is Verdict.FAIL:
        return Trend.WORSE
    if new in UNDECIDED:
        return Trend.OTHER if old in UNDECIDED else Trend.UNDECIDED
    decided = old not in UNDECIDED
    return Trend.OTHER if decided and old is not Verdict.FAIL else Trend.BETTER


def _reason(judgement: Judgement | None) -> str:
    """Why, and what a FAIL left open besides."""
    if judgement is None:
        return ""
    return f"{judgement.reason}; undecided: {judgement.undecided}" if judgement.undecided else judgement.reason


def _content(finding: Finding) -> tuple[str, str, str]:
    return finding.message, finding.expected, finding.seen


def _conditions(before: Report, after: Report) -> Iterator[Condition]:
    """How the two were judged, as far as it differs."""
    for name, old, new in zip(_NAMES, _told(before), _told(after), strict=True):
        if old != new:
            yield Condition(name=name, before=old, after=new)


def _requests(before: Requests, after: Requests) -> Iterator[Condition]:
    """What only one side asked for, where the recordings of both are there."""
    if before is not None and after is not None and before != after:
        yield Condition(
            name="requests only there",
            before=", ".join(sorted(before - after)),
            after=", ".join(sorted(after - before)),
        )


_NAMES = (
    "cloud",
    "identity API",
    "region",
    "project",
    "roles",
    "admin rights",
    "scope",
    "claims asked for",
    "standards and scopes",
    "sovran",
    "requests",
    "interrupted",
)


def _told(report: Report) -> tuple[str, ...]:
    """What _NAMES names, as text."""
    cloud = report.cloud
    return (
        cloud.name,
        cloud.auth_url,
        cloud.region,
        cloud.project,
        ", ".join(sorted(cloud.roles)),
        "yes" if cloud.admin else "no",
        ", ".join(map(_scope, report.scopes)),
        str(len(report.judgements)),
        report.ruleset[:12],
        report.sovran,
        str(report.requests),
        "yes" if report.interrupted else "no",
    )


def _scope(scope: ScopeResult) -> str:
    return f"{scope.scope}@{scope.version} ({scope.state})"
