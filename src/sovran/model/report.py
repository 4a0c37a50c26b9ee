# SPDX-License-Identifier: Apache-2.0
"""Reports: everything that one run found out about one cloud."""

import datetime

import msgspec

from sovran.model.claim import Level, Reading
from sovran.model.finding import Finding
from sovran.model.scope import State
from sovran.model.verdict import Verdict

STATEMENT = "A measurement by sovran, not a certificate of the SCS certification body."


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on one claim, why, and what was seen."""

    claim: str
    standard: str
    reading: Reading
    level: Level
    target: str
    """`main`, `recommended`, `preview`, or `other` (main in another version) for testcases; empty for requirements."""
    text: str
    verdict: Verdict
    reason: str = ""
    """One sentence; always there unless the verdict is PASS."""
    examined: int = 0
    """How many resources were judged."""
    findings: tuple[Finding, ...] = ()


class ScopeResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a report says about one scope version."""

    scope: str
    version: str
    name: str
    uuid: str
    url: str
    state: State
    """On the day of the check."""
    targets: dict[str, Verdict]
    """Target to the verdict of its testcases as far as they were asked for."""
    testcases: dict[str, tuple[str, ...]]
    """Target to the testcases asked for, in the scope's order."""
    complete: bool
    """False when a selection left out testcases of the scope version."""


class CloudInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Which cloud was judged, and as whom. Holds no secret."""

    name: str
    """Entry of clouds.yaml."""
    auth_url: str = ""
    region: str = ""
    project: str = ""
    roles: tuple[str, ...] = ()
    admin: bool = False
    """True: judged with admin rights, so private resources may have made a verdict too good."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One run on one cloud."""

    id: str
    """Random UUID."""
    sovran: str
    """Version of sovran."""
    checked_at: datetime.datetime
    """UTC."""
    seconds: float
    requests: int
    """HTTP requests that the run sent, the token included."""
    cloud: CloudInfo
    scopes: tuple[ScopeResult, ...]
    judgements: tuple[Judgement, ...]
    """Official testcases in scope order, then requirements in the order of the standards."""
    notes: tuple[str, ...] = ()
    """What the preflight saw: clock skew, names that do not resolve, admin rights."""
    interrupted: bool = False
    argv: tuple[str, ...] = ()
    statement: str = STATEMENT

    def judged(self, reading: Reading) -> tuple[Judgement, ...]:
        """The judgements of one reading, in order."""
        return tuple(judgement for judgement in self.judgements if judgement.reading is reading)
