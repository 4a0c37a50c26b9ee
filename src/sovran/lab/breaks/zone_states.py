# SPDX-License-Identifier: Apache-2.0
"""Faults of availability zones: which zone a compute host is in, before and after a break."""

from typing import Any

import msgspec

from sovran.lab.seeds.aggregates import NO_AGGREGATE
from sovran.lab.seeds.api import COMPUTE, AdminApi
from sovran.model.errors import SovranError

_PATH = "/v2.1/os-aggregates"
MARK = "lab:break"
"""Metadata of the aggregates that breaks make."""


class MoveHost(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The compute host of this name is in this availability zone."""

    host: str
    zone: str


class HostZoneState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="host"):
    """The zone into which a break has put a host; `nova`: into none, so that seeding decides."""

    host: str
    zone: str

    @property
    def subject(self) -> str:
        """Which object the state is of."""
        return f"compute host {self.host}"


def _aggregates(api: AdminApi, host: str) -> list[dict[str, Any]]:
    """The aggregates of breaks that the host is in."""
    found = api.listing("nova", _PATH, "aggregates", COMPUTE)
    return [item for item in found if MARK in item["metadata"] and host in item["hosts"]]


def resolve_host(api: AdminApi, action: MoveHost) -> tuple[HostZoneState, HostZoneState]:
    """Where the action's host is, and where the action wants it.

    Raises:
        SovranError: there is no such host, or seeding has put it into a zone.
    """
    if api.lab.zones.get(action.host) != NO_AGGREGATE:
        raise SovranError(
            f"the lab has no compute host {action.host} that is in no zone: run `sovran lab seed scs` first"
        )
    there = [item["availability_zone"] for item in _aggregates(api, action.host)]
    before = HostZoneState(host=action.host, zone=there[0] if there else NO_AGGREGATE)
    return before, HostZoneState(host=action.host, zone=action.zone)


def put_host(api: AdminApi, state: HostZoneState) -> None:
    """Put the host into the zone.

    Raises:
        SovranError: Nova refused.
    """
    kept = False
    for item in _aggregates(api, state.host):
        if item["availability_zone"] == state.zone:
            kept = True
            continue
        path = f"{_PATH}/{item['id']}"
        api.call("nova", "POST", f"{path}/action", {"remove_host": {"host": state.host}}, headers=COMPUTE)
        api.call("nova", "DELETE", path, headers=COMPUTE)
    if kept or state.zone == NO_AGGREGATE:
        return
    body = {"aggregate": {"name": f"break {state.zone}", "availability_zone": state.zone}}
    path = f"{_PATH}/{api.call('nova', 'POST', _PATH, body, headers=COMPUTE)['aggregate']['id']}/action"
    api.call("nova", "POST", path, {"set_metadata": {"metadata": {MARK: "yes"}}}, headers=COMPUTE)
    api.call("nova", "POST", path, {"add_host": {"host": state.host}}, headers=COMPUTE)
