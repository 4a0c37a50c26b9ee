# SPDX-License-Identifier: Apache-2.0
"""Fact: the roles called `manager` that the identity service has."""

import msgspec

from sovran.cloud.expected import expected
from sovran.cloud.listing import listing
from sovran.cloud.outcome import Ok, Outcome
from sovran.cloud.recording import Reader

MANAGER = "manager"


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """One role (Identity API v3, `GET /v3/roles`)."""

    id: str
    name: str


class ManagerRoles(msgspec.Struct, frozen=True, eq=False):
    """The global roles of this name; none or one."""

    items: tuple[Role, ...]


def read_manager_roles(reader: Reader) -> Outcome[ManagerRoles]:
    """The listing by name, which most clouds refuse to ordinary members."""
    outcome = expected(listing(reader, "identity", f"/roles?name={MANAGER}", "roles", Role))
    if not isinstance(outcome, Ok):
        return outcome
    return Ok(ManagerRoles(tuple(role for role in outcome.value if role.name == MANAGER)))
