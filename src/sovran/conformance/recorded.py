# SPDX-License-Identifier: Apache-2.0
"""From a run that has just ended to its snapshot."""

from sovran import __version__
from sovran.cloud.fetch import Facts
from sovran.cloud.live import LiveReader
from sovran.cloud.snapshots.redaction import cloud_info, entry, principal
from sovran.cloud.snapshots.scrub import Scrubber
from sovran.cloud.snapshots.snapshot import Snapshot
from sovran.conformance.selection import Selection
from sovran.model.question import Question
from sovran.model.report import Report


def snapshot_of(
    report: Report, selection: Selection, reader: LiveReader | None, facts: Facts, obstacle: str
) -> Snapshot:
    """What the run saw, without secrets; `reader` is None when nothing could be asked, for the reason `obstacle`."""
    scrubber = Scrubber()
    records = reader.recorder.records() if reader else ()
    entries = sorted((entry(record, scrubber) for record in records), key=lambda one: one.order)
    return Snapshot(
        sovran=__version__,
        now=report.checked_at,
        seconds=report.seconds,
        requests=report.requests,
        ruleset=selection.ruleset,
        question=selection.question or Question(),
        cloud=cloud_info(report.cloud, scrubber),
        notes=tuple(scrubber.text(note) for note in report.notes if note not in selection.notes),
        obstacle=scrubber.text(obstacle),
        interrupted=report.interrupted,
        principal=principal(reader.principal, scrubber) if reader else None,
        late={name: scrubber.text(reason) for name, reason in facts.late.items()},
        entries=tuple(entries),
        verdicts={judgement.claim: judgement.verdict for judgement in report.judgements},
        removed={kind: count for kind, count in sorted(scrubber.removed.items()) if count},
    )
