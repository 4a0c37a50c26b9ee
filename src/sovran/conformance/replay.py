# SPDX-License-Identifier: Apache-2.0
"""Verdicts from a snapshot, without any network: by the recorded question or another, by today's rules."""

import datetime
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from sovran import __version__
from sovran.cloud.facts import PROVIDERS
from sovran.cloud.fetch import Facts, fetch, unread
from sovran.cloud.outcome import Unreachable
from sovran.cloud.snapshots.snapshot import Snapshot, Stored
from sovran.cloud.snapshots.snapshot_reader import SnapshotReader
from sovran.conformance.excerpts import excerpts
from sovran.conformance.judge import judge
from sovran.conformance.run import facts_needed, matrices, scope_result
from sovran.conformance.selection import Selection, select_for
from sovran.model.question import Question
from sovran.model.report import Replay, Report
from sovran.probes.registry import providers
from sovran.standards.ruleset import Ruleset

MOST_SECONDS = 3600.0
"""A replay waits for nobody; this only bounds a defect."""
RECORDED = PROVIDERS | providers("a replay does not act")
"""Fact type to the function that takes it from a recording, also those that only probes see."""


def replay(
    stored: Stored, selection: Selection, *, argv: Sequence[str] = (), reader: SnapshotReader | None = None
) -> Report:
    """Judge what the snapshot recorded, by the clock of the recorded run; `reader`, one of that snapshot, then knows
    what it took.

    What it does not hold is ABORT, with the reason. Raises UsageError for a claim whose rule or parameters do not fit.
    """
    start = time.monotonic()
    snapshot = stored.snapshot
    reader = reader or SnapshotReader(snapshot)
    wanted = facts_needed(selection)
    facts = read_recorded(snapshot, wanted, reader)
    judgements = tuple(judge(claim, target, facts) for claim, target in selection.claims)
    return Report(
        id=str(uuid.uuid4()),
        sovran=__version__,
        checked_at=snapshot.now,
        seconds=round(time.monotonic() - start, 3),
        requests=0,
        cloud=snapshot.cloud,
        scopes=(scope_result(selection, judgements, snapshot.now.date()),),
        judgements=judgements,
        standards=selection.standards,
        excerpts=excerpts(judgements, reader.exchanges, reader),
        notes=(*snapshot.notes, *selection.notes, *_notes(snapshot, selection)),
        matrices=matrices(facts),
        ruleset=selection.ruleset,
        replay=Replay(
            snapshot=stored.digest,
            sovran=snapshot.sovran,
            ruleset=snapshot.ruleset,
            at=datetime.datetime.now(datetime.UTC),
            anonymous=snapshot.anonymous,
        ),
        interrupted=facts.interrupted or was_interrupted(snapshot, wanted),
        argv=tuple(argv),
    )


def selection_of(snapshot: Snapshot, ruleset: Ruleset, question: Question | None = None) -> Selection:
    """What is to be judged: the recorded question, unless another is asked; its scope, when that names none.

    A scope without a version means the one that was effective on the day of the recording. Raises UsageError for what
    today's standards do not know.
    """
    if question is None:
        question = snapshot.question
    elif not question.scope:
        question = msgspec.structs.replace(question, scope=snapshot.question.scope)
    return select_for(ruleset, question, snapshot.now.date())


def read_recorded(snapshot: Snapshot, wanted: tuple[type, ...], reader: SnapshotReader | None = None) -> Facts:
    """The facts as the recording gives them; what it does not hold is Unreachable, with the reason."""
    reader = reader or SnapshotReader(snapshot)
    if snapshot.principal is None:
        return unread(wanted, snapshot.obstacle or "the recorded run had no token")
    in_time = tuple(fact for fact in wanted if fact.__name__ not in snapshot.late)
    facts = fetch(reader, in_time, concurrency=1, seconds=MOST_SECONDS, providers=RECORDED)
    late = {fact: Unreachable(snapshot.late[fact.__name__]) for fact in wanted if fact not in in_time}
    facts.outcomes.update(late)
    return facts


def was_interrupted(snapshot: Snapshot, wanted: Iterable[type]) -> bool:
    """Whether Ctrl-C in the recorded run kept any of these facts from being read."""
    missing = snapshot.principal is None or any(fact.__name__ in snapshot.late for fact in wanted)
    return snapshot.interrupted and missing


def _notes(snapshot: Snapshot, selection: Selection) -> Iterator[str]:
    if snapshot.ruleset != selection.ruleset:
        yield (
            "Judged by other standards data than the recorded run: verdicts may differ from those of that day "
            f"({snapshot.ruleset[:12]} then, {selection.ruleset[:12]} now)."
        )
    if snapshot.removed:
        what = ", ".join(f"{kind}: {count}" for kind, count in snapshot.removed.items())
        yield f"What looked like a secret was removed from the snapshot ({what}): rules saw marks in its place."
