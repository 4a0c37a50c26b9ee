# SPDX-License-Identifier: Apache-2.0
"""The two sides of a comparison: reports as they are, clouds and snapshots judged by what the other side was asked."""

import datetime
import glob
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sovran.conformance.selection import ALL, Selection, select, select_for
from sovran.model.errors import UsageError
from sovran.model.question import DEFAULT_SCOPE, Question
from sovran.model.report import Report
from sovran.standards.load import load_standards
from sovran.standards.resolve import find_version, resolve
from sovran.standards.ruleset import Ruleset

if TYPE_CHECKING:
    from sovran.cloud.config.cloud_config import CloudConfig
    from sovran.cloud.snapshots.snapshot import Entry, Stored


@dataclass(frozen=True)
class Judged:
    """One side, judged."""

    reports: Sequence[Report]
    requests: frozenset[str] | None = None
    """What was asked for it, as `asked` names it; None where only the report is left."""


Ask = Callable[["CloudConfig", Selection], Judged]
"""Judges a live cloud."""

_ID = re.compile(r"(?<=/)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}(?=/|$)")


@dataclass(frozen=True)
class Source:
    """One side as it was named: exactly one of these is there."""

    reports: tuple[Report, ...] | None = None
    snapshot: "Stored | None" = None
    cloud: "CloudConfig | None" = None


def judged(first: Source, second: Source, ask: Ask, scope: str = "") -> tuple[Judged, Judged]:
    """Both sides with their reports.

    A side that is not judged yet is asked what the other side's report or snapshot was asked, or, where `scope` is
    given or there is neither, that scope; of a report on several clouds only the one on its cloud is compared. Raises
    UsageError when the standards do not know what was asked.
    """
    both = first.reports is not None and second.reports is not None
    ruleset = None if both else load_standards()
    one = _judge(first, second, ask, scope, ruleset)
    two = _judge(second, first, ask, scope, ruleset)
    if both:
        return one, two
    return _on_the_cloud_of(one, two), _on_the_cloud_of(two, one)


def asked(entries: "Iterable[Entry]") -> frozenset[str]:
    """These requests of a recording, less what names single things (ids, pages), e.g. `compute /flavors/detail`."""
    return frozenset(
        f"{entry.request.service} {_ID.sub('{id}', entry.request.path.partition('?')[0])}".strip() for entry in entries
    )


def same_question(ruleset: Ruleset, reports: Sequence[Report]) -> Selection:
    """The claims of the first report, in its scope version, as far as the standards still have them.

    Raises UsageError when there is no report, or nothing of what it asked is known any more.
    """
    if not reports or not reports[0].scopes:
        raise UsageError("the report does not say what it asked; name a scope by `--scope`")
    earlier = reports[0].scopes[0]
    scope = ruleset.scope(earlier.scope)
    resolution = resolve(ruleset, scope, find_version(scope, earlier.version))
    known = {claim.id for claim, _ in select(ruleset, resolution, targets=(ALL,)).claims}
    known_ids = [judgement.claim for judgement in reports[0].judgements if judgement.claim in known]
    if not known_ids:
        raise UsageError(f"the standards know nothing of what the report asked in {scope.id}; use `--scope`")
    return select(ruleset, resolution, patterns=[glob.escape(claim) for claim in known_ids])


def _judge(side: Source, other: Source, ask: Ask, scope: str, ruleset: Ruleset | None) -> Judged:
    if side.reports is not None or ruleset is None:
        return Judged(side.reports or ())
    selection = _selection(side, other, scope, ruleset)
    if side.snapshot:
        from sovran.cloud.snapshots.snapshot_reader import SnapshotReader
        from sovran.conformance.replay import replay

        reader = SnapshotReader(side.snapshot.snapshot)
        # a recording holds more than what the other side is asked
        return Judged((replay(side.snapshot, selection, reader=reader),), asked(reader.asked))
    assert side.cloud is not None  # noqa: S101 - a source is one of three
    return ask(side.cloud, selection)


def _selection(side: Source, other: Source, scope: str, ruleset: Ruleset) -> Selection:
    today = datetime.datetime.now(datetime.UTC).date()
    if scope:
        return select_for(ruleset, Question(scope=scope), today)
    if other.reports is not None:
        return same_question(ruleset, other.reports)
    recorded = side.snapshot or other.snapshot
    if recorded:
        return select_for(ruleset, recorded.snapshot.question, recorded.snapshot.now.date())
    return select_for(ruleset, Question(scope=DEFAULT_SCOPE), today)


def _on_the_cloud_of(side: Judged, other: Judged) -> Judged:
    """Of reports on several clouds the one on the cloud that the single other is on, if there is one; else all."""
    if len(other.reports) != 1:
        return side
    found = [report for report in side.reports if report.cloud.name == other.reports[0].cloud.name]
    return Judged(found, side.requests) if len(found) == 1 else side
