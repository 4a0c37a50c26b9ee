# SPDX-License-Identifier: Apache-2.0
"""Neutron's networks that a profile wants."""

import ipaddress
from collections import Counter
from typing import Any

from sovran.lab.seeds.api import AdminApi
from sovran.lab.seeds.offers import Network
from sovran.lab.seeds.tally import Tally

MARK = "made by sovran lab seed"
"""Description of the networks that seeding made; only those are ever removed."""
INTERNET = ipaddress.ip_address("203.0.113.1")
"""Where a lab with guests has an internet of its own: the external network with this address leads to it, ..."""
INTERNET6 = ipaddress.ip_interface("2001:db8:113::1/64")
"""... and this one beside it."""
FLAT = {"provider:network_type": "flat", "provider:physical_network": "physnet1"}


def converge_networks(api: AdminApi, wanted: tuple[Network, ...]) -> Tally:
    """Make the networks with our mark exactly these; one that ports use is left, and the lab's own external network
    serves where a profile wants one of the same name.

    Raises:
        SovranError: Neutron refused.
    """
    listed = api.listing("neutron", "/v2.0/networks", "networks")
    found = {(item["name"], item["project_id"]): item for item in listed}
    keys = {(item.name, api.project(item.owner)) for item in wanted}
    superfluous = [item for key, item in found.items() if item["description"] == MARK and key not in keys]
    done = api.each(lambda item: _remove(api, item["id"]), superfluous)
    there = [(item, found.get((item.name, api.project(item.owner)))) for item in wanted]
    changed = [(item, network) for item, network in there if network and _is_default(network) != item.default]
    # Neutron refuses a second default, so the old one goes first
    for item, network in sorted(changed, key=lambda pair: pair[0].default):
        api.call("neutron", "PUT", f"/v2.0/networks/{network['id']}", {"network": {"is_default": item.default}})
    missing = [item for item, network in there if network is None]
    done += api.each(lambda item: _make(api, item), missing)
    kept = len(wanted) - len(missing) - len(changed)
    return Tally(**Counter(done), changed=len(changed), kept=kept)


def _is_default(network: dict[str, Any]) -> bool:
    return bool(network.get("is_default"))


def _remove(api: AdminApi, network_id: str) -> str:
    path = f"/v2.0/networks/{network_id}"
    api.call("neutron", "DELETE", path, allow=[404, 409])
    left = api.call("neutron", "GET", path, allow=[404])
    return "stuck" if left else "removed"


def _make(api: AdminApi, wanted: Network) -> str:
    project = api.project(wanted.owner)
    body: dict[str, Any] = {
        "name": wanted.name,
        "description": MARK,
        "project_id": project,
        "shared": wanted.shared,
        "router:external": wanted.external,
    }
    if wanted.default:
        body["is_default"] = True
    real = api.lab.guests and wanted.external and wanted.cidr and INTERNET in ipaddress.ip_network(wanted.cidr)
    if real:
        body |= FLAT
    network = api.call("neutron", "POST", "/v2.0/networks", {"network": body})["network"]
    subnets: list[dict[str, Any]] = []
    if wanted.cidr is not None:
        version = ipaddress.ip_network(wanted.cidr).version
        subnets.append({"name": wanted.name, "cidr": wanted.cidr, "ip_version": version})
    if real:
        link = {"cidr": str(INTERNET6.network), "ip_version": 6, "gateway_ip": str(INTERNET6.ip)}
        subnets.append({"name": f"{wanted.name}-v6", **link})
    for subnet in subnets:
        whose = {"network_id": network["id"], "project_id": project, "enable_dhcp": not wanted.external}
        api.call("neutron", "POST", "/v2.0/subnets", {"subnet": {**subnet, **whose}})
    return "made"
