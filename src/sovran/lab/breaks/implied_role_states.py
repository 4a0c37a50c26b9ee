# SPDX-License-Identifier: Apache-2.0
"""Faults of role inference: which role brings which other, before and after a break."""

import msgspec

from sovran.lab.seeds.api import AdminApi
from sovran.model.errors import SovranError

_ROLES = "/v3/roles"


class ImplyRole(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whoever has the role has the implied one too."""

    role: str
    implied: str


class ImpliedRoleState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="implied role"):
    """Whether one role implies another by itself; both by id."""

    role: str
    implied: str
    present: bool

    @property
    def subject(self) -> str:
        """Which object the state is of."""
        return f"implied role {self.role} {self.implied}"


def resolve_implied_role(api: AdminApi, action: ImplyRole) -> tuple[ImpliedRoleState, ImpliedRoleState]:
    """Whether the role implies the other, and that it is to do so.

    Raises:
        SovranError: there is no such role.
    """
    ids = {item["name"]: item["id"] for item in api.listing("keystone", _ROLES, "roles")}
    for name in (action.role, action.implied):
        if name not in ids:
            raise SovranError(f"the lab has no role {name}: run `sovran lab reset`")
    role, implied = ids[action.role], ids[action.implied]
    found = api.call("keystone", "GET", f"{_ROLES}/{role}/implies")["role_inference"]["implies"]
    present = any(item["id"] == implied for item in found)
    before = ImpliedRoleState(role=role, implied=implied, present=present)
    return before, ImpliedRoleState(role=role, implied=implied, present=True)


def put_implied_role(api: AdminApi, state: ImpliedRoleState) -> None:
    """Make the role imply the other, or not.

    Raises:
        SovranError: Keystone refused.
    """
    path = f"{_ROLES}/{state.role}/implies/{state.implied}"
    if state.present:
        api.call("keystone", "PUT", path)
    else:
        api.call("keystone", "DELETE", path, allow=[404])
