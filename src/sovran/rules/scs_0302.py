# SPDX-License-Identifier: Apache-2.0
"""SCS-0302: the role of domain managers, as far as it can be seen without one."""

from sovran.cloud.facts.roles import MANAGER, ManagerRoles
from sovran.cloud.outcome import Ok, Outcome
from sovran.model.finding import Examined, Finding, Resource, Undecided
from sovran.rules.registry import Answer


def role_exists(roles: Outcome[ManagerRoles]) -> Answer:
    """Holds when the identity service lists a role called manager; most clouds show members no roles.

    Source: scs-0302-v1, Domain Manager persona.
    """
    if not isinstance(roles, Ok):
        raise Undecided(f"{roles.reason}; a domain manager or an operator can see it")
    found = roles.value.items
    resource = Resource("role", MANAGER, found[0].id if found else "")
    yield Examined(resource)
    if not found:
        yield Finding(
            message=f"the identity service has no role {MANAGER}",
            resource=resource,
            field="name",
            expected=MANAGER,
            seen="no such role",
        )
