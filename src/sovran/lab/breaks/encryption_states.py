# SPDX-License-Identifier: Apache-2.0
"""Faults of volume types: whether one encrypts, before and after a break."""

import msgspec

from sovran.lab.seeds.api import AdminApi
from sovran.lab.seeds.volume_types import LUKS
from sovran.model.errors import SovranError


class SetEncryption(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The volume type of this name encrypts, or does not."""

    volume_type: str
    encrypts: bool


class EncryptionState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="volume type encryption"):
    """Whether a volume type encrypts."""

    id: str
    encrypts: bool

    @property
    def subject(self) -> str:
        """Which object the state is of."""
        return f"encryption of volume type {self.id}"


def _encryption(api: AdminApi, type_id: str) -> str:
    """Id of the type's encryption; empty: it has none."""
    shown = api.call("cinder", "GET", f"/v3/types/{type_id}/encryption") or {}
    return str(shown.get("encryption_id") or "")


def resolve_encryption(api: AdminApi, action: SetEncryption) -> tuple[EncryptionState, EncryptionState]:
    """Whether the type encrypts, and what the action wants.

    Raises:
        SovranError: there is no such volume type.
    """
    types = api.listing("cinder", "/v3/types?is_public=None", "volume_types")
    found = next((item["id"] for item in types if item["name"] == action.volume_type), None)
    if found is None:
        raise SovranError(f"the lab has no volume type {action.volume_type} to break: run `sovran lab seed scs` first")
    before = EncryptionState(id=found, encrypts=bool(_encryption(api, found)))
    return before, EncryptionState(id=found, encrypts=action.encrypts)


def put_encryption(api: AdminApi, state: EncryptionState) -> None:
    """Make it be so.

    Raises:
        SovranError: Cinder refused, e.g. since there are volumes of the type.
    """
    path = f"/v3/types/{state.id}/encryption"
    there = _encryption(api, state.id)
    if there and not state.encrypts:
        api.call("cinder", "DELETE", f"{path}/{there}")
    elif state.encrypts and not there:
        api.call("cinder", "POST", path, {"encryption": LUKS})
