# SPDX-License-Identifier: Apache-2.0
"""Reports: everything that one run found out about one cloud."""

import datetime

import msgspec

from sovran.model.claim import Level, Reading
from sovran.model.finding import Finding, Weight
from sovran.model.matrix import Matrix
from sovran.model.probe_run import ProbeRun
from sovran.model.scope import State
from sovran.model.verdict import Verdict
from sovran.model.waiver import WaiverUse

STATEMENT = "A measurement by sovran, not a certificate of the SCS certification body."


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on one claim, why, and what was seen."""

    claim: str
    standard: str
    reading: Reading
    level: Level
    target: str
    """`main`, `recommended`, `preview`, or `other` (main in another version, or asked by none) for testcases; empty for
    requirements."""
    text: str
    verdict: Verdict
    reason: str = ""
    """One sentence; always there unless the verdict is PASS."""
    examined: int = 0
    """How many resources were judged."""
    findings: tuple[Finding, ...] = ()
    source: str = ""
    """Document and section that demand it."""
    cure: str = ""
    """What an operator does about a FAIL."""
    covers: tuple[str, ...] = ()
    """Testcases only: the requirements that it looks at, at least in part."""
    undecided: str = ""
    """Of a FAIL: why the rest of it could not be decided; empty when nothing was left open."""
    known: bool = False
    """True: the baseline has the same verdict; of a FAIL, all its violations."""

    @property
    def violations(self) -> tuple[Finding, ...]:
        """The findings that made it FAIL."""
        return tuple(finding for finding in self.findings if finding.weight is Weight.VIOLATION)

    @property
    def waived(self) -> bool:
        """True: it is FAIL, and somebody accepts each violation."""
        violations = self.violations
        return bool(violations) and all(finding.waiver for finding in violations)

    def counted(self, *, only_new: bool) -> Verdict:
        """The verdict as the exit code sees it: PASS for what is waived or, where `only_new` counts, known.

        Accepting the violations of a FAIL accepts nothing of what besides could not be decided: that is ABORT.
        """
        if only_new and self.known:
            return Verdict.PASS
        violations = self.violations
        if violations and all(one.waiver or (only_new and one.known) for one in violations):
            return Verdict.ABORT if self.undecided else Verdict.PASS
        return self.verdict


class StandardInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What a standard is called, and where its text is."""

    id: str
    title: str
    url: str = ""


class Excerpt(msgspec.Struct, frozen=True, kw_only=True):
    """What the cloud itself said about one resource that findings name. Holds no secret: only known keys are kept."""

    resource: str
    """Its id."""
    request: str
    """The request whose answer held it, e.g. `compute GET /flavors/detail`."""
    at: datetime.datetime
    """When the answer was complete, UTC."""
    text: str
    """JSON, as the cloud wrote it, less what was left out."""
    left_out: tuple[str, ...] = ()
    """Keys that are not shown, since a tenant may have put anything there."""


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


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """The earlier report that a run was held against."""

    report: str
    """Its id."""
    cloud: str
    """As its clouds.yaml called it."""
    checked_at: datetime.datetime
    """UTC."""
    only_new: bool
    """True: what it has too does not count for the exit code (`--fail-on new`)."""


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """The recording that a report was made from, without asking the cloud."""

    snapshot: str
    """SHA-256 of the snapshot's content, 64 hexadecimal digits."""
    sovran: str
    """Version that took the snapshot."""
    ruleset: str
    """Digest of the standards that the recorded run was judged by; may differ from the report's."""
    at: datetime.datetime
    """When the replay was made, UTC; `checked_at` is when the cloud was asked."""
    anonymous: bool = False
    """True: names, hosts and ids of the cloud were replaced in the snapshot."""


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
    standards: tuple[StandardInfo, ...] = ()
    """The standards of the judgements, as far as their data is known."""
    excerpts: tuple[Excerpt, ...] = ()
    """For resources with findings, as far as the cloud gives them ids; at most 1,000."""
    notes: tuple[str, ...] = ()
    """What the preflight saw: clock skew, names that do not resolve, admin rights."""
    waivers: tuple[WaiverUse, ...] = ()
    """All that the run was given, also those that expired or cover nothing."""
    baseline: Baseline | None = None
    """What the marks `known` refer to."""
    probes: tuple[ProbeRun, ...] = ()
    """Those that acted, or were wanted and could not."""
    matrices: tuple[Matrix, ...] = ()
    """Who may do what, as probes tried it."""
    ruleset: str = ""
    """Digest of the standards and scopes that were judged by, 64 hexadecimal digits."""
    replay: Replay | None = None
    """Set when the verdicts were taken from a snapshot."""
    interrupted: bool = False
    argv: tuple[str, ...] = ()
    statement: str = STATEMENT

    @property
    def only_new(self) -> bool:
        """True: what the baseline has too does not count for the exit code."""
        return self.baseline is not None and self.baseline.only_new

    def judged(self, reading: Reading) -> tuple[Judgement, ...]:
        """The judgements of one reading, in order."""
        return tuple(judgement for judgement in self.judgements if judgement.reading is reading)
