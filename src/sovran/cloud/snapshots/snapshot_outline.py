# SPDX-License-Identifier: Apache-2.0
"""What a snapshot is of, without the answers: for people and programs that want to know before they use it."""

import datetime
from collections import Counter

import msgspec

from sovran.cloud.snapshots.shape import places
from sovran.cloud.snapshots.snapshot import FORMAT, Stored
from sovran.model.question import Question
from sovran.model.report import CloudInfo
from sovran.model.verdict import Verdict


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was asked."""

    service: str
    """Service type; `url` for an absolute URL, `observed` for what is no HTTP exchange."""
    path: str
    """Below the service's endpoint, the URL, or the subject with the kind of observation before it."""
    microversion: str
    status: int
    """0: no HTTP answer."""
    bytes: int
    """Of the whole answer."""
    kept: int
    """Bytes of it that the snapshot holds."""
    fields: tuple[str, ...]
    """What of the answer is held, as `flavors[].name`; of an answer that is no JSON, and of none, nothing is named."""
    failed: str
    """Why there was no answer, or why it could not be read."""


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot, told."""

    format: int
    digest: str
    """SHA-256 of the content."""
    bytes: int
    """Of the content."""
    taken_at: datetime.datetime
    sovran: str
    cloud: CloudInfo
    question: Question
    ruleset: str
    verdicts: dict[str, int]
    """How many claims of the recorded run ended how."""
    notes: tuple[str, ...]
    obstacle: str
    interrupted: bool
    late: dict[str, str]
    removed: dict[str, int]
    anonymous: bool
    asked: tuple[Asked, ...]


def outline(stored: Stored) -> Outline:
    """Tell what the snapshot holds."""
    snapshot = stored.snapshot
    counts = Counter(snapshot.verdicts.values())
    asked = []
    for entry in snapshot.entries:
        request, failure = entry.request, entry.failed
        observed = request.observed
        asked.append(
            Asked(
                service=request.service or ("observed" if observed else "url"),
                path=f"{observed} {request.path}" if observed else request.path,
                microversion=request.microversion,
                status=entry.status,
                bytes=entry.size,
                kept=len(entry.content or b""),
                fields=tuple(places(entry.shape)),
                failed=str(failure.details.get("reason", failure.how)) if failure else entry.error,
            )
        )
    return Outline(
        format=FORMAT,
        digest=stored.digest,
        bytes=stored.size,
        taken_at=snapshot.now,
        sovran=snapshot.sovran,
        cloud=snapshot.cloud,
        question=snapshot.question,
        ruleset=snapshot.ruleset,
        verdicts={verdict.value: counts[verdict] for verdict in Verdict if counts[verdict]},
        notes=snapshot.notes,
        obstacle=snapshot.obstacle,
        interrupted=snapshot.interrupted,
        late=snapshot.late,
        removed=snapshot.removed,
        anonymous=snapshot.anonymous,
        asked=tuple(asked),
    )
