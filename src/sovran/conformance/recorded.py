# SPDX-License-Identifier: Apache-2.0
"""From a run that has just ended to its snapshot: with all facts, so that other questions can be asked of it later."""

from typing import TYPE_CHECKING

from sovran import __version__
from sovran.cloud.facts import PROVIDERS
from sovran.cloud.fetch import INTERRUPTED, Facts, fetch, unread
from sovran.cloud.snapshots.redaction import cloud_info, entry, principal
from sovran.cloud.snapshots.scrub import Scrubber
from sovran.cloud.snapshots.snapshot import Snapshot
from sovran.conformance.selection import Selection
from sovran.model.question import Question
from sovran.model.report import Report

if TYPE_CHECKING:
    from sovran.cloud.interrupt import Interrupt
    from sovran.conformance.approach import Approach
    from sovran.conformance.run import Judged, Limits


def record(
    approached: "Approach",
    selection: Selection,
    judged: "Judged",
    report: Report,
    limits: "Limits",
    whole: bool,
    interrupt: "Interrupt | None",
) -> Snapshot:
    """What the run saw, without secrets; if it shall be `whole`, also the facts that no claim asked for.

    These are read now, for `limits.seconds` at most; one that fails, or that Ctrl-C cuts short, is recorded as such and
    changes nothing about the report.
    """
    rest = Facts()
    if whole and judged.reader:
        wanted = PROVIDERS.keys() - judged.facts.outcomes.keys()
        try:
            if judged.interrupted:
                rest = unread(wanted, INTERRUPTED, interrupted=True)
            else:
                left = max(limits.seconds, 0.0)
                rest = fetch(judged.reader, wanted, concurrency=limits.concurrency, seconds=left, interrupt=interrupt)
        except KeyboardInterrupt:
            rest = unread(wanted, INTERRUPTED, interrupted=True)
    try:
        return _snapshot(approached, selection, judged, report, rest)
    except KeyboardInterrupt:
        # only the first Ctrl-C comes here, and all is there by now
        return _snapshot(approached, selection, judged, report, rest)


def _snapshot(approached: "Approach", selection: Selection, judged: "Judged", report: Report, rest: Facts) -> Snapshot:
    scrubber = Scrubber()
    reader = judged.reader
    records = reader.recorder.records() if reader else ()
    entries = sorted((entry(record, scrubber) for record in records), key=lambda one: one.order)
    late = judged.facts.late | rest.late
    return Snapshot(
        sovran=__version__,
        now=report.checked_at,
        seconds=report.seconds,
        requests=approached.connection.requests_sent if approached.connection else 0,
        ruleset=selection.ruleset,
        question=selection.question or Question(),
        cloud=cloud_info(report.cloud, scrubber),
        notes=tuple(scrubber.text(note) for note in report.notes if note not in selection.notes),
        obstacle=scrubber.text(approached.obstacle),
        interrupted=report.interrupted or rest.interrupted,
        principal=principal(reader.principal, scrubber) if reader else None,
        late={name: scrubber.text(late[name]) for name in sorted(late)},
        entries=tuple(entries),
        verdicts={one.claim: one.verdict for one in report.judgements[: judged.decided]},
        removed={kind: count for kind, count in sorted(scrubber.removed.items()) if count},
    )
