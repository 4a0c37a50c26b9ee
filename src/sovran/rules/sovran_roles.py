# SPDX-License-Identifier: Apache-2.0
"""The standard sovran-roles: who may do what, as the probe of roles tried it."""

from collections.abc import Sequence

from sovran.cloud.outcome import NotRun, Ok, Outcome
from sovran.model.finding import Examined, Finding, NotApplicable, NotTried, Resource, Undecided
from sovran.model.matrix import Access
from sovran.probes.role_trial import Trial, by_claim
from sovran.probes.roles import RolesProbe
from sovran.probes.sharing import SharingProbe
from sovran.rules.registry import Answer

NEEDED = {
    "roles-01": "reader",
    "roles-02": "reader",
    "roles-04": "manager",
    "roles-05": "foreign",
}
"""Requirement to the persona without whom nothing can be said of it."""
UNCLEAR_NAMED = 3


def as_expected(probe: Outcome[RolesProbe], *, claim: str) -> Answer:
    """Holds when each operation that `claim` speaks of ended as the table of roles says: done by those who may, denied
    to the others. An operation that nobody could tell of leaves it undecided, unless another ended otherwise.

    Source: sovran-roles-v1.
    """
    yield from _decided(probe, claim)


def within_borders(roles: Outcome[RolesProbe], sharing: Outcome[SharingProbe], *, claim: str) -> Answer:
    """As `as_expected`, by what both probes tried; what the probe of sharing tried is not enough for it to hold.

    Source: sovran-roles-v1, Borders between projects.
    """
    wide, narrow = _tried(roles, claim), _tried(sharing, claim)
    if wide or any(trial.cell.access is Access.LEAK for trial in narrow):
        yield from decided((*wide, *narrow))
    else:
        yield from _decided(roles, claim)


def shares(probe: Outcome[SharingProbe], *, claim: str) -> Answer:
    """As `as_expected`, by what the probe of sharing tried.

    Source: sovran-roles-v1, Sharing.
    """
    yield from _decided(probe, claim)


def shared_stays(probe: Outcome[SharingProbe], *, claim: str) -> Answer:
    """As `shares`; speaks only of clouds in which members can share something.

    Source: sovran-roles-v1, Sharing.
    """
    if isinstance(probe, Ok) and not _tried(probe, claim):
        raise NotApplicable("members cannot share networks or security groups with other projects")
    yield from _decided(probe, claim)


def _tried(probe: Outcome[RolesProbe] | Outcome[SharingProbe], claim: str) -> tuple[Trial, ...]:
    return by_claim(probe.value.trials).get(claim, ()) if isinstance(probe, Ok) else ()


def _decided(probe: Outcome[RolesProbe] | Outcome[SharingProbe], claim: str) -> Answer:
    if isinstance(probe, NotRun):
        raise NotTried(probe.reason)
    if not isinstance(probe, Ok):
        raise Undecided(probe.reason)
    trials = _tried(probe, claim)
    if not trials:
        raise NotTried(_nobody(probe.value, claim))
    yield from decided(trials)


def decided(trials: Sequence[Trial]) -> Answer:
    """A finding for each that did not end as expected; undecided where there is none and some could not tell."""
    failed = False
    for trial in trials:
        resource = Resource(trial.service, f"{trial.cell.persona}: {trial.operation} ({trial.target})")
        if trial.cell.access is not Access.UNCLEAR:
            yield Examined(resource)
        if trial.cell.access in (Access.LEAK, Access.MISSING):
            failed = True
            yield _finding(trial, resource)
    unclear = [trial for trial in trials if trial.cell.access is Access.UNCLEAR]
    if unclear and not failed:
        named = "; ".join(
            f"{one.cell.persona}: {one.operation} ({one.target}): {one.cell.said}" for one in unclear[:UNCLEAR_NAMED]
        )
        more = f"; and {len(unclear) - UNCLEAR_NAMED} more" if len(unclear) > UNCLEAR_NAMED else ""
        raise Undecided(f"{len(unclear)} of {len(trials)} operations could not be told: {named}{more}")


def _finding(trial: Trial, resource: Resource) -> Finding:
    leak = trial.cell.access is Access.LEAK
    could = "can" if leak else "cannot"
    return Finding(
        message=f"{trial.cell.persona} {could} {trial.operation} ({trial.target}): {trial.cell.said}",
        resource=resource,
        field=trial.operation,
        expected="denied" if leak else "allowed",
        seen=trial.cell.said,
    )


def _nobody(probe: RolesProbe | SharingProbe, claim: str) -> str:
    """Why nobody tried it."""
    persona = NEEDED.get(claim, "")
    if why := probe.left_out.get(persona):
        return f"the {persona} that was named does not do: {why}"
    if persona:
        return f"takes a user who is a {persona}: name an entry of clouds.yaml with `--persona {persona}=ENTRY`"
    return "the probe tried no operation that this speaks of"
