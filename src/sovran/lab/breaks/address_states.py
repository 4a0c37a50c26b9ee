# SPDX-License-Identifier: Apache-2.0
"""Faults of external addresses: the subnets of the provider's network, and floating IPs, before and after a break."""

import ipaddress
from typing import Any

import msgspec

from sovran.lab.seeds.api import AdminApi
from sovran.model.errors import SovranError

_SUBNETS = "/v2.0/subnets"
_FLOATING = "/v2.0/floatingips"
MARK = "made by sovran lab break"
"""Description of the floating IPs that breaks make."""


class SetSubnet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The provider's network of this name has one subnet, with these addresses."""

    network: str
    cidr: str


class AddFloatingIp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The member's project has a floating IP of the provider's network of this name."""

    network: str


class SubnetState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="subnet"):
    """The addresses of a network of the provider."""

    network: str
    cidr: str

    @property
    def subject(self) -> str:
        """Which object the state is of."""
        return f"subnet of network {self.network}"


class FloatingIpState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="floating IP"):
    """Whether the member's project has a floating IP that a break made."""

    network: str
    present: bool

    @property
    def subject(self) -> str:
        """Which object the state is of."""
        return f"floating IP of network {self.network}"


def _network(api: AdminApi, name: str) -> dict[str, Any]:
    provider = api.project("provider")
    found = api.listing("neutron", f"/v2.0/networks?project_id={provider}&name={name}", "networks")
    if not found:
        raise SovranError(f"the lab has no network {name} to break: run `sovran lab seed scs` first")
    return found[0]


def _subnets(api: AdminApi, network: dict[str, Any]) -> list[dict[str, Any]]:
    return api.listing("neutron", f"{_SUBNETS}?network_id={network['id']}", "subnets")


def resolve_subnet(api: AdminApi, action: SetSubnet) -> tuple[SubnetState, SubnetState]:
    """The addresses that the network has, and those that the action wants.

    Raises:
        SovranError: there is no such network, or it does not have exactly one subnet.
    """
    found = _subnets(api, _network(api, action.network))
    if len(found) != 1:
        raise SovranError(
            f"the network {action.network} of the lab has {len(found)} subnets: run `sovran lab seed scs` first"
        )
    before = SubnetState(network=action.network, cidr=found[0]["cidr"])
    return before, SubnetState(network=action.network, cidr=action.cidr)


def put_subnet(api: AdminApi, state: SubnetState) -> None:
    """Replace the subnet by one with these addresses, as seeding makes it.

    Raises:
        SovranError: Neutron refused.
    """
    network = _network(api, state.network)
    found = _subnets(api, network)
    if [item["cidr"] for item in found] == [state.cidr]:
        return
    for item in found:
        api.call("neutron", "DELETE", f"{_SUBNETS}/{item['id']}", allow=[404])
    subnet = {
        "name": state.network,
        "network_id": network["id"],
        "project_id": network["project_id"],
        "cidr": state.cidr,
        "ip_version": ipaddress.ip_network(state.cidr).version,
        "enable_dhcp": False,
    }
    api.call("neutron", "POST", _SUBNETS, {"subnet": subnet})


def _floating_ips(api: AdminApi) -> list[dict[str, Any]]:
    listed = api.listing("neutron", f"{_FLOATING}?project_id={api.project('member')}", "floatingips")
    return [item for item in listed if item["description"] == MARK]


def resolve_floating_ip(api: AdminApi, action: AddFloatingIp) -> tuple[FloatingIpState, FloatingIpState]:
    """Whether a break has made one, and that there is to be one."""
    before = FloatingIpState(network=action.network, present=bool(_floating_ips(api)))
    return before, FloatingIpState(network=action.network, present=True)


def put_floating_ip(api: AdminApi, state: FloatingIpState) -> None:
    """Make or delete the floating IP.

    Raises:
        SovranError: there is no such network, or Neutron refused.
    """
    found = _floating_ips(api)
    if state.present and not found:
        body = {
            "floating_network_id": _network(api, state.network)["id"],
            "project_id": api.project("member"),
            "description": MARK,
        }
        api.call("neutron", "POST", _FLOATING, {"floatingip": body})
    elif not state.present:
        for item in found:
            api.call("neutron", "DELETE", f"{_FLOATING}/{item['id']}", allow=[404])
