# SPDX-License-Identifier: Apache-2.0
"""Faults of policies and roles: what a service allows to whom, before and after a break."""

from pathlib import Path

import msgspec
import yaml

from sovran.lab.folders import lab_folder, write_private
from sovran.lab.seeds.api import AdminApi
from sovran.lab.state import POLICY_FILE
from sovran.model.errors import SovranError

_FOLDERS = {"barbican": "barbican/home/.barbican"}
"""Of the configuration that a service reads policies from, below etc/, where that is not its name."""
_ROLES = "/v3/roles"


class SetPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The service has these rules in its policy file beside others."""

    service: str
    """keystone, cinder, barbican, ..."""
    rules: dict[str, str]


class RenameRole(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The role of this name is called otherwise."""

    role: str
    to: str


class PolicyState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="policy"):
    """One rule in the policy file of a service; None: not there, so that the default counts."""

    service: str
    rules: dict[str, str | None]

    @property
    def subject(self) -> str:
        """Which object the state is of."""
        return f"policy {self.service} {' '.join(sorted(self.rules))}"


class RoleState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="role"):
    """What a role is called."""

    id: str
    name: str

    @property
    def subject(self) -> str:
        """Which object the state is of."""
        return f"role {self.id}"


def _file(api: AdminApi, service: str) -> Path:
    """The policy file of a service, which reads it again when it has changed."""
    return lab_folder(api.lab.name) / "etc" / _FOLDERS.get(service, service) / POLICY_FILE


def read_policy(api: AdminApi, service: str) -> dict[str, str]:
    """The rules in the policy file of a service; empty where there is none."""
    try:
        return dict(yaml.safe_load(_file(api, service).read_text()) or {})
    except FileNotFoundError:
        return {}


def resolve_policy(api: AdminApi, action: SetPolicy) -> tuple[PolicyState, PolicyState]:
    """Which of the action's rules there are, and what the action wants."""
    there = read_policy(api, action.service)
    before = PolicyState(service=action.service, rules={name: there.get(name) for name in action.rules})
    return before, PolicyState(service=action.service, rules=dict(action.rules))


def put_policy(api: AdminApi, state: PolicyState) -> None:
    """Make the rules be so; when the last goes, an empty file stays, since services look only for what has changed."""
    merged: dict[str, str | None] = {**read_policy(api, state.service), **state.rules}
    rules = {name: rule for name, rule in merged.items() if rule is not None}
    write_private(_file(api, state.service), yaml.safe_dump(rules))


def resolve_role(api: AdminApi, action: RenameRole) -> tuple[RoleState, RoleState]:
    """What the action's role is called, and what the action wants.

    Raises:
        SovranError: there is no such role.
    """
    found = {item["name"]: item["id"] for item in api.listing("keystone", _ROLES, "roles")}
    name = action.role if action.role in found else action.to
    if name not in found:
        raise SovranError(f"the lab has no role {action.role}: run `sovran lab reset`")
    return RoleState(id=found[name], name=name), RoleState(id=found[name], name=action.to)


def put_role(api: AdminApi, state: RoleState) -> None:
    """Make the role be called so; Keystone's own roles are immutable, which is lifted for that moment.

    Raises:
        SovranError: Keystone refused.
    """
    path = f"{_ROLES}/{state.id}"
    role = api.call("keystone", "GET", path)["role"]
    if role["name"] == state.name:
        return
    immutable = bool(role.get("options", {}).get("immutable"))
    if immutable:
        api.call("keystone", "PATCH", path, {"role": {"options": {"immutable": False}}})
    api.call("keystone", "PATCH", path, {"role": {"name": state.name}})
    if immutable:
        api.call("keystone", "PATCH", path, {"role": {"options": {"immutable": True}}})
