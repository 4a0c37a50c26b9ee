# SPDX-License-Identifier: Apache-2.0
"""One run on one cloud: approach it, read the facts, judge, report."""

import datetime
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sovran import __version__
from sovran.cloud.facts import PROVIDERS
from sovran.cloud.fetch import INTERRUPTED, Facts, fetch, unread
from sovran.cloud.outcome import Ok
from sovran.conformance.excerpts import excerpts
from sovran.conformance.judge import judge
from sovran.conformance.probing import NOT_WANTED, Probing
from sovran.conformance.selection import Selection
from sovran.model.claim import Reading
from sovran.model.errors import UsageError
from sovran.model.matrix import Matrix
from sovran.model.probe_run import ProbeRun
from sovran.model.report import Judgement, Report, ScopeResult
from sovran.model.verdict import Verdict, aggregate
from sovran.probes.registry import none_acted
from sovran.rules.registry import bind, find_rule
from sovran.standards.resolve import state

if TYPE_CHECKING:
    # a replay imports this module too, and shall not load what talks to clouds
    from sovran.cloud.config.cloud_config import CloudConfig
    from sovran.cloud.interrupt import Interrupt
    from sovran.cloud.live import LiveReader
    from sovran.cloud.session import Connection
    from sovran.cloud.snapshots.snapshot import Snapshot
    from sovran.conformance.approach import Approach


@dataclass(frozen=True)
class Limits:
    """How hard and how long a cloud may be asked."""

    concurrency: int = 16
    """Requests under way at once."""
    seconds: float = 60.0
    """For everything that one cloud is asked, without what probes do."""
    probing: Probing | None = None
    """How probes may act; None: not at all."""


def facts_needed(selection: Selection) -> tuple[type, ...]:
    """The facts that the rules of the selected claims ask for, each once.

    Raises UsageError for a claim whose rule or parameters do not fit.
    """
    needed: dict[type, None] = {}
    for claim, _ in selection.claims:
        if claim.rule is not None:
            bind(claim)
            rule = find_rule(claim.rule)
            needed.update(dict.fromkeys(fact for fact in rule.facts if fact not in rule.beside))
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
    whole: bool = False,
    interrupt: "Interrupt | None" = None,
) -> Report:
    """Read the facts and judge the selected claims; `keep` is given the recording, which holds the facts that these
    claims need, or, if it shall be `whole`, all: the others are read when the report stands, within the same limits.
    `interrupt` stands for Ctrl-C where this is not called on the main thread.

    A cloud that cannot be asked, or a run that the user interrupts, still yields a report, in which what was not read
    or judged is ABORT. Raises UsageError for a claim whose rule or parameters do not fit.
    """
    start = time.monotonic()
    judged = _read_and_judge(approached, selection, limits, interrupt)

    def report() -> Report:
        return _report(approached, selection, judged, approached.seconds + time.monotonic() - start, argv)

    try:
        found = report()
    except KeyboardInterrupt:
        judged.interrupted = True
        found = report()
    if keep:
        from sovran.conformance.recorded import record

        left = limits.seconds - approached.seconds - (time.monotonic() - start - judged.acted)
        keep(record(approached, selection, judged, found, Limits(limits.concurrency, left), whole, interrupt))
    return found


@dataclass
class Judged:
    """What came of reading and judging."""

    facts: Facts
    now: datetime.datetime
    """When it began, UTC."""
    reader: "LiveReader | None" = None
    """None when nothing could be asked."""
    judgements: list[Judgement] = field(default_factory=list)
    decided: int = 0
    """How many of them were judged before the user interrupted."""
    probes: tuple[ProbeRun, ...] = ()
    asked: int = 0
    """Requests that probes sent as others than the judged user in the judged project."""
    acted: float = 0.0
    """Seconds that probes took, for which the limit of reading does not hold."""
    interrupted: bool = False


def _read_and_judge(
    approached: "Approach", selection: Selection, limits: Limits, interrupt: "Interrupt | None"
) -> Judged:
    from sovran.cloud.live import LiveReader

    wanted = facts_needed(selection)
    judged = Judged(unread(wanted, INTERRUPTED), datetime.datetime.now(datetime.UTC))
    judged.interrupted = approached.interrupted
    judgements = judged.judgements
    try:
        if approached.obstacle or approached.connection is None:
            judged.facts = unread(wanted, approached.obstacle)
        else:
            left = limits.seconds - approached.seconds
            judged.reader = LiveReader(approached.connection, seconds=left)
            judged.now = judged.reader.now
            reads = [fact for fact in wanted if fact in PROVIDERS]
            facts = fetch(judged.reader, reads, concurrency=limits.concurrency, seconds=left, interrupt=interrupt)
            judged.facts.outcomes |= facts.outcomes
            judged.facts.interrupted = facts.interrupted
            if facts.interrupted:
                # what only probes see is late too then
                here = {fact.__name__ for fact in reads}
                others = {name: why for name, why in judged.facts.late.items() if name not in here}
                judged.facts.late = others | facts.late
            else:
                judged.facts.late = facts.late
                _probe(judged, approached.connection, judged.reader, limits, interrupt)
        judged.interrupted = judged.interrupted or judged.facts.interrupted
        for claim, target in selection.claims:
            if interrupt:
                interrupt.check()
            judgements.append(judge(claim, target, judged.facts))
    except KeyboardInterrupt:
        judged.interrupted = True
    judged.decided = len(judgements)
    # the facts stay what they are: a recording keeps what was read, whether or not it was judged
    nothing = unread(wanted, INTERRUPTED)
    judgements += [judge(claim, target, nothing) for claim, target in selection.claims[judged.decided :]]
    return judged


def _probe(
    judged: Judged,
    connection: "Connection",
    reader: "LiveReader",
    limits: Limits,
    interrupt: "Interrupt | None",
) -> None:
    """Let the probes act that the wanted facts need, if any may."""
    wanted = [fact for fact in judged.facts.outcomes if fact not in PROVIDERS]
    if not wanted:
        return
    if limits.probing is None:
        judged.facts.outcomes |= {fact: none_acted(reader.recorder, fact, NOT_WANTED) for fact in wanted}
        return
    from sovran.probes.run import run_probes

    began = time.monotonic()
    try:
        acting = limits.probing.acting(connection)
    except UsageError as error:
        if limits.probing.refuse:
            raise
        judged.facts.outcomes |= {fact: none_acted(reader.recorder, fact, str(error)) for fact in wanted}
        return
    try:
        probed = run_probes(acting, connection, reader, wanted, interrupt=interrupt)
    finally:
        judged.acted = time.monotonic() - began
        reader.prolong(judged.acted)
    judged.facts.outcomes |= probed.outcomes
    judged.probes = probed.runs
    judged.asked = probed.requests
    judged.facts.interrupted = judged.facts.interrupted or probed.interrupted


def _report(
    approached: "Approach", selection: Selection, judged: Judged, seconds: float, argv: Sequence[str]
) -> Report:
    reader, connection = judged.reader, approached.connection
    return Report(
        id=str(uuid.uuid4()),
        sovran=__version__,
        checked_at=judged.now,
        seconds=round(seconds, 3),
        requests=(connection.requests_sent if connection else 0) + judged.asked,
        cloud=approached.cloud,
        scopes=(scope_result(selection, judged.judgements, judged.now.date()),),
        judgements=tuple(judged.judgements),
        standards=selection.standards,
        excerpts=excerpts(judged.judgements, reader.exchanges, reader) if reader else (),
        notes=(*approached.notes, *selection.notes),
        ruleset=selection.ruleset,
        probes=judged.probes,
        matrices=matrices(judged.facts),
        interrupted=judged.interrupted,
        argv=tuple(argv),
    )


def matrices(facts: Facts) -> tuple[Matrix, ...]:
    """The matrices among what probes saw: a fact that has one holds it as `matrix`."""
    seen = (getattr(outcome.value, "matrix", None) for outcome in facts.outcomes.values() if isinstance(outcome, Ok))
    return tuple(matrix for matrix in seen if isinstance(matrix, Matrix))


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
