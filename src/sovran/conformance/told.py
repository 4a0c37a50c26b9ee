# SPDX-License-Identifier: Apache-2.0
"""What reports say about one claim: the verdict, when, what was seen on which resource, and the commands to cure it."""

import datetime
from collections.abc import Iterator, Sequence

import msgspec

from sovran.conformance.cure import commands
from sovran.model.claim import Claim
from sovran.model.errors import UsageError
from sovran.model.finding import Finding, Weight
from sovran.model.report import Judgement, Report
from sovran.model.verdict import Verdict
from sovran.standards.near import did_you_mean


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One finding, and the commands that would cure it."""

    finding: Finding
    commands: tuple[str, ...]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What one report says about the claim."""

    cloud: str
    region: str
    checked_at: datetime.datetime
    scopes: tuple[str, ...]
    judgement: Judgement
    seen: tuple[Seen, ...]
    """Every finding, violations first."""
    counterparts: dict[str, Verdict]
    """The verdicts on claims of the other reading about the same."""


def told(reports: Sequence[Report], claim: Claim, counterparts: Sequence[Claim]) -> tuple[Told, ...]:
    """One record per report that judged the claim; raises UsageError with near names when none did."""
    found = tuple(_told(reports, claim, counterparts))
    if found:
        return found
    asked = dict.fromkeys(judgement.claim for report in reports for judgement in report.judgements)
    near = did_you_mean(claim.id, asked) or f"; it is about {len(asked)} others"
    raise UsageError(f"the report says nothing about `{claim.id}`, it was not asked there{near}")


def _told(reports: Sequence[Report], claim: Claim, counterparts: Sequence[Claim]) -> Iterator[Told]:
    for report in reports:
        verdicts = {judgement.claim: judgement.verdict for judgement in report.judgements}
        for judgement in report.judgements:
            if judgement.claim == claim.id:
                notes = (one for one in judgement.findings if one.weight is Weight.NOTE)
                yield Told(
                    cloud=report.cloud.name,
                    region=report.cloud.region,
                    checked_at=report.checked_at,
                    scopes=tuple(f"{scope.scope}@{scope.version}" for scope in report.scopes),
                    judgement=judgement,
                    seen=tuple(
                        Seen(finding=finding, commands=commands(judgement.cure or claim.cure, finding))
                        for finding in (*judgement.violations, *notes)
                    ),
                    counterparts={one.id: verdicts[one.id] for one in counterparts if one.id in verdicts},
                )
