# SPDX-License-Identifier: Apache-2.0
"""One run on one cloud: approach it, read the facts, judge, report."""

import datetime
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sovran import __version__
from sovran.cloud.fetch import INTERRUPTED, fetch, unread
from sovran.conformance.excerpts import excerpts
from sovran.conformance.judge import judge
from sovran.conformance.selection import Selection
from sovran.model.claim import Reading
from sovran.model.report import Judgement, Report, ScopeResult
from sovran.model.verdict import Verdict, aggregate
from sovran.rules.registry import bind, find_rule
from sovran.standards.resolve import state

if TYPE_CHECKING:
    # a replay imports this module too, and shall not load what talks to clouds
    from sovran.cloud.config.cloud_config import CloudConfig
    from sovran.cloud.interrupt import Interrupt
    from sovran.cloud.snapshots.snapshot import Snapshot
    from sovran.conformance.approach import Approach


@dataclass(frozen=True)
class Limits:
    """How hard and how long a cloud may be asked."""

    concurrency: int = 16
    """Requests under way at once."""
    seconds: float = 60.0
    """For everything that one cloud is asked."""


def facts_needed(selection: Selection) -> tuple[type, ...]:
    """The facts that the rules of the selected claims name, each once.

    Raises UsageError for a claim whose rule or parameters do not fit.
    """
    needed: dict[type, None] = {}
    for claim, _ in selection.claims:
        if claim.rule is not None:
            bind(claim)
            needed.update(dict.fromkeys(find_rule(claim.rule).facts))
    return tuple(needed)


def check_cloud(
    config: "CloudConfig", selection: Selection, limits: Limits, *, allow_admin: bool = False, argv: Sequence[str] = ()
) -> Report:
    """Judge the selected claims on one cloud: `approach` and `judge_cloud`, whose exceptions it raises."""
    from sovran.conformance.approach import approach

    approached = approach(config, concurrency=limits.concurrency, seconds=limits.seconds, allow_admin=allow_admin)
    return judge_cloud(approached, selection, limits, argv=argv)


def judge_cloud(
    approached: "Approach",
    selection: Selection,
    limits: Limits,
    *,
    argv: Sequence[str] = (),
    keep: "Callable[[Snapshot], None] | None" = None,
    interrupt: "Interrupt | None" = None,
) -> Report:
    """Read the facts and judge the selected claims; `keep` is given the recording. `interrupt` stands for Ctrl-C where
    this is not called on the main thread.

    A cloud that cannot be asked, or a run that the user interrupts, still yields a report, in which what was not read
    or judged is ABORT. Raises UsageError for a claim whose rule or parameters do not fit.
    """
    from sovran.cloud.live import LiveReader

    start, now = time.monotonic(), datetime.datetime.now(datetime.UTC)
    wanted = facts_needed(selection)
    connection = approached.connection
    interrupted = approached.interrupted
    judgements: list[Judgement] = []
    reader: LiveReader | None = None
    try:
        if approached.obstacle or connection is None:
            facts = unread(wanted, approached.obstacle)
        else:
            left = limits.seconds - approached.seconds
            reader = LiveReader(connection, seconds=left)
            facts = fetch(reader, wanted, concurrency=limits.concurrency, seconds=left, interrupt=interrupt)
        interrupted = interrupted or facts.interrupted
        for claim, target in selection.claims:
            if interrupt:
                interrupt.check()
            judgements.append(judge(claim, target, facts))
    except KeyboardInterrupt:
        interrupted = True
        facts = unread(wanted, INTERRUPTED)
        judgements += [judge(claim, target, facts) for claim, target in selection.claims[len(judgements) :]]
    report = Report(
        id=str(uuid.uuid4()),
        sovran=__version__,
        checked_at=reader.now if reader else now,
        seconds=round(approached.seconds + time.monotonic() - start, 3),
        requests=connection.requests_sent if connection else 0,
        cloud=approached.cloud,
        scopes=(scope_result(selection, judgements, now.date()),),
        judgements=tuple(judgements),
        standards=selection.standards,
        excerpts=excerpts(judgements, reader.exchanges, reader) if reader else (),
        notes=(*approached.notes, *selection.notes),
        ruleset=selection.ruleset,
        interrupted=interrupted,
        argv=tuple(argv),
    )
    if keep:
        from sovran.conformance.recorded import snapshot_of

        keep(snapshot_of(report, selection, reader, facts, approached.obstacle))
    return report


def scope_result(selection: Selection, judgements: Sequence[Judgement], today: datetime.date) -> ScopeResult:
    """What the judgements say about the scope version, in the state that it has `today`."""
    scope, version = selection.resolution.scope, selection.resolution.version.version
    testcases: dict[str, list[str]] = defaultdict(list)
    verdicts: dict[str, list[Verdict]] = defaultdict(list)
    for judgement in judgements:
        if judgement.reading is Reading.OFFICIAL:
            testcases[judgement.target].append(judgement.claim)
            verdicts[judgement.target].append(judgement.verdict)
    return ScopeResult(
        scope=scope.id,
        version=version,
        name=scope.name,
        uuid=scope.uuid,
        url=scope.url,
        state=state(scope, version, today),
        targets={target: aggregate(found) for target, found in verdicts.items()},
        testcases={target: tuple(names) for target, names in testcases.items()},
        complete=selection.complete,
    )
