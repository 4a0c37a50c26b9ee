# SPDX-License-Identifier: Apache-2.0
"""SCS-0302: the role of domain managers, and what they can and cannot do."""

from sovran.cloud.facts.roles import MANAGER, ManagerRoles
from sovran.cloud.outcome import Ok, Outcome
from sovran.model.finding import Examined, Finding, NotTried, Resource, Undecided, Weight
from sovran.model.matrix import Access, Cell, Row
from sovran.probes.domain_manager import DomainManagerProbe
from sovran.rules.registry import Answer


def role_exists(roles: Outcome[ManagerRoles], probe: Outcome[DomainManagerProbe]) -> Answer:
    """Holds when the identity service lists a role called manager, or has given somebody a token with it; most clouds
    show members no roles, but domain managers.

    Source: scs-0302-v1, Decision.
    """
    if isinstance(roles, Ok):
        identifier = roles.value.items[0].id if roles.value.items else ""
        found: bool | None = bool(roles.value.items)
    else:
        identifier, found = "", probe.value.role_found if isinstance(probe, Ok) else None
        if found is None:
            raise Undecided(f"{roles.reason}; a domain manager or an operator can see it")
    resource = Resource("role", MANAGER, identifier)
    yield Examined(resource)
    if not found:
        yield Finding(
            message=f"the identity service has no role {MANAGER}",
            resource=resource,
            field="name",
            expected=MANAGER,
            seen="no such role",
        )


def persona(probe: DomainManagerProbe, *, claims: list[str]) -> Answer:
    """Holds when domain managers, who tried all operations of the probe's table that belong to these claims, could do
    what they must be able to do and could not do anything else; what came of each was read back.

    Source: scs-0302-v1, Decision, and scs-0302-w1.
    """
    rows = [row for row in probe.matrix.rows if row.claim in claims]
    if probe.lacking and not probe.matrix.rows:
        raise NotTried(f"takes the probe domain-manager: {probe.lacking}")
    failed, unclear = False, "" if rows else "the probe did not come to try it"
    for row in rows:
        for cell in row.cells:
            yield Examined(Resource("domain manager", cell.persona))
            if cell.access in (Access.LEAK, Access.MISSING):
                failed = True
                yield _finding(row, cell)
            elif cell.access is Access.UNCLEAR:
                unclear = unclear or f"{cell.persona}: {row.operation} ({row.target}): {cell.said}"
    if failed:
        return
    if set(claims) & set(probe.untried):
        raise NotTried(f"takes the probe domain-manager with a manager in each of two domains: {probe.lacking}")
    if unclear:
        raise Undecided(unclear)


def outside(probe: DomainManagerProbe, *, claims: list[str]) -> Answer:
    """As the other claims on domain managers; that they see the names of other domains, as before Keystone's newer
    filter of the listing, is no violation, and is told.

    Source: scs-0302-v1, Decision, and scs-0302-w1.
    """
    if probe.others_seen > 0:
        yield Finding(
            message=f"the listing of domains shows domain managers {probe.others_seen} other domains",
            resource=Resource("domain", "other domains"),
            field="listing of domains",
            expected="the own domain, as Keystone shows since its listing is filtered; before, all",
            seen=f"{probe.others_seen} others",
            weight=Weight.NOTE,
        )
    yield from persona(probe, claims=claims)


def roles_assigned(probe: DomainManagerProbe, *, claims: list[str]) -> Answer:
    """As the other claims on domain managers: each role of the cloud was tried, and none that is administrative in the
    whole cloud or a service may be assigned; the set that can be assigned is told.

    Source: scs-0302-v1, Decision.
    """
    assigned = [role.name for role in probe.roles if role.assigned]
    if assigned:
        yield Finding(
            message=f"domain managers can assign {', '.join(assigned)}, of {len(probe.roles)} roles",
            resource=Resource("role", assigned[0]),
            field="roles that can be assigned",
            expected="the set of the provider's choice",
            seen=", ".join(assigned),
            weight=Weight.NOTE,
        )
    yield from persona(probe, claims=claims)


def _finding(row: Row, cell: Cell) -> Finding:
    leak = cell.access is Access.LEAK
    could = "can do what it must not" if leak else "cannot do what it must be able to"
    return Finding(
        message=f"the domain {cell.persona} {could}: {row.operation} ({row.target}): {cell.said}",
        resource=Resource("domain manager", cell.persona),
        field=f"{row.operation} ({row.target})",
        expected="denied" if leak else "allowed",
        seen="done" if leak else "denied",
    )
