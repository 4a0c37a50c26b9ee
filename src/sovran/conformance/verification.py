# SPDX-License-Identifier: Apache-2.0
"""Whether a snapshot still gives the verdicts of the run that it recorded."""

from dataclasses import dataclass

from sovran.cloud.snapshots.snapshot import Snapshot, Stored
from sovran.conformance.replay import replay, selection_of
from sovran.model.errors import SovranError
from sovran.model.report import Report
from sovran.model.verdict import Verdict
from sovran.standards.ruleset import Ruleset

NAMED = 3
"""Claims that a sentence names."""


@dataclass(frozen=True, slots=True)
class Change:
    """One verdict that is not what it was; None: the claim was not or is no longer judged."""

    claim: str
    before: Verdict | None
    now: Verdict | None

    def __str__(self) -> str:
        before, now = (verdict.value if verdict else "not judged" for verdict in (self.before, self.now))
        return f"{self.claim}: {before} then, {now} now"


@dataclass(frozen=True, slots=True)
class Verification:
    """What a replay by the recorded question shows beside the recorded verdicts."""

    same: int
    """Verdicts that are what they were."""
    changes: tuple[Change, ...]
    same_ruleset: bool
    """Whether the standards data is what the recorded run was judged by."""


def verify(stored: Stored, ruleset: Ruleset) -> Verification:
    """Take the verdicts again, by the recorded question and today's rules; raises UsageError when today's standards do
    not know what it asks for.
    """
    report = _replayed(stored, ruleset)
    now = {judgement.claim: judgement.verdict for judgement in report.judgements}
    recorded = stored.snapshot.verdicts
    if stored.snapshot.interrupted:
        # what had been read and not yet judged then is no change
        now = {claim: verdict for claim, verdict in now.items() if claim in recorded}
    same = sum(now.get(claim) is verdict for claim, verdict in recorded.items())
    return Verification(same, _changes(recorded, now), stored.snapshot.ruleset == ruleset.digest)


def compare(before: Stored, after: Snapshot, ruleset: Ruleset) -> None:
    """Raise SovranError, naming claims, unless both snapshots give the same verdicts today."""
    one, other = (
        {judgement.claim: judgement.verdict for judgement in _replayed(stored, ruleset).judgements}
        for stored in (before, Stored(after, before.digest, before.size))
    )
    if changes := _changes(one, other):
        named = "; ".join(f"{change.claim}: {change.before} before, {change.now} after" for change in changes[:NAMED])
        raise SovranError(
            f"Nothing was written, since the redacted snapshot would give other verdicts ({named}); "
            "share it as it is, or leave out --anonymous."
        )


def _replayed(stored: Stored, ruleset: Ruleset) -> Report:
    return replay(stored, selection_of(stored.snapshot, ruleset))


def _changes(before: dict[str, Verdict], now: dict[str, Verdict]) -> tuple[Change, ...]:
    claims = dict.fromkeys((*before, *now))
    return tuple(
        Change(claim, before.get(claim), now.get(claim)) for claim in claims if before.get(claim) is not now.get(claim)
    )
