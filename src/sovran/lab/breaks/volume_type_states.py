# SPDX-License-Identifier: Apache-2.0
"""Faults of volume types: what a break asks for, and how one type is before and after it."""

from typing import Any

import msgspec

from sovran.lab.seeds.api import AdminApi
from sovran.model.errors import SovranError

_PATH = "/v3/types"


class AddVolumeType(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """There is a public volume type of this name."""

    volume_type: str
    description: str
    extra_specs: dict[str, str] = {}


class DescribeVolumeType(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The volume type of this name is described so."""

    volume_type: str
    description: str


class VolumeTypeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What breaks change of a volume type."""

    description: str
    extra_specs: dict[str, str]


class VolumeTypeState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="volume type"):
    """How a volume type is; None: not there. The name tells it apart, since Cinder chooses the id."""

    name: str
    type: VolumeTypeRecord | None

    @property
    def subject(self) -> str:
        """Which object the state is of."""
        return f"volume type {self.name}"


def _found(api: AdminApi, name: str) -> dict[str, Any] | None:
    types = api.listing("cinder", f"{_PATH}?is_public=None", "volume_types")
    return next((item for item in types if item["name"] == name), None)


def _record(item: dict[str, Any]) -> VolumeTypeRecord:
    return VolumeTypeRecord(description=item["description"] or "", extra_specs=item.get("extra_specs") or {})


def resolve_volume_type(
    api: AdminApi, action: AddVolumeType | DescribeVolumeType
) -> tuple[VolumeTypeState, VolumeTypeState]:
    """How the action's volume type is, and how the action wants it.

    Raises:
        SovranError: the volume type that is to be described is not there.
    """
    item = _found(api, action.volume_type)
    before = VolumeTypeState(name=action.volume_type, type=_record(item) if item else None)
    if isinstance(action, AddVolumeType):
        wanted = VolumeTypeRecord(description=action.description, extra_specs=action.extra_specs)
    elif before.type is None:
        raise SovranError(f"the lab has no volume type {action.volume_type} to break: run `sovran lab seed scs` first")
    else:
        wanted = msgspec.structs.replace(before.type, description=action.description)
    return before, VolumeTypeState(name=action.volume_type, type=wanted)


def put_volume_type(api: AdminApi, state: VolumeTypeState) -> None:
    """Make the volume type be as described.

    Raises:
        SovranError: Cinder refused, e.g. to delete a type that volumes have.
    """
    item = _found(api, state.name)
    if state.type is None:
        if item:
            api.call("cinder", "DELETE", f"{_PATH}/{item['id']}", allow=[404])
        return
    fields: dict[str, Any] = {"name": state.name, "description": state.type.description}
    if item is None:
        body = {**fields, "os-volume-type-access:is_public": True, "extra_specs": state.type.extra_specs}
        api.call("cinder", "POST", _PATH, {"volume_type": body})
    elif _record(item).description != state.type.description:
        api.call("cinder", "PUT", f"{_PATH}/{item['id']}", {"volume_type": fields})
