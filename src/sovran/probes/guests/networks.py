# SPDX-License-Identifier: Apache-2.0
"""The network of the guests: one of the project that is like what the probe would make, or one that it makes."""

import ipaddress
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sovran.cloud.acting.answer import ActingFailed, Answer
from sovran.cloud.acting.kinds import NETWORK, ROUTER, ROUTER_INTERFACE, SUBNET
from sovran.cloud.acting.marker import read_marker
from sovran.cloud.at_once import at_once
from sovran.model.errors import UsageError
from sovran.model.printable import printable
from sovran.probes.guest import NetworkUsed
from sovran.probes.guests.order import OWN_NETWORK
from sovran.probes.steps import CannotTell

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor, Made

PREFIXES = ("10.219.77.0/24", "172.27.219.0/24", "192.168.219.0/24")
"""For the probe's own network: the first that no subnet overlaps which the project sees."""
USUAL = "DHCP, a router and no resolvers of its own"
INTERFACES = "network:router_interface"
"""How the owner of a router's port begins, or of one of a distributed router."""
Item = dict[str, Any]


@dataclass(frozen=True)
class Ground:
    """Where guests will be connected."""

    existing: NetworkUsed | None
    """None: one is made."""
    why: str
    """The choice, in a sentence."""
    external: str = ""
    """Id of the external network for the router that is made; empty: there is none."""
    prefix: str = ""
    """IPv4 prefix of the subnet that is made."""
    pool: str = ""
    """Id of the default pool of IPv6 prefixes; empty: there is none."""


def choose(actor: "Actor", wanted: str) -> Ground:
    """Looks for the network; `wanted` is an id or name, OWN_NETWORK, or empty.

    Raises UsageError for one that there is not, Refused or NoAnswer where the network service does not tell.
    """
    networks, subnets = (_listed(actor, f"/{what}", what) for what in ("networks", "subnets"))
    pools = _pools(actor)
    pool = next((_text(one, "id") for one in pools if one.get("is_default") and one.get("ip_version") == 6), "")
    routed = _routed(actor)
    of: dict[str, list[Item]] = {}
    for subnet in subnets:
        of.setdefault(_text(subnet, "network_id"), []).append(subnet)
    if wanted and wanted != OWN_NETWORK:
        return Ground(_named(networks, of, routed, wanted), "it was asked for")
    why = "it was asked for"
    if not wanted:
        usual = f"IPv6, {USUAL}" if pool else USUAL
        fitting = [
            one
            for one in networks
            if one.get("project_id") == actor.project
            and not one.get("router:external")
            and not read_marker(_text(one, "name"))
            and _text(one, "id") in routed
            and _fits(of.get(_text(one, "id"), ()), with_ipv6=bool(pool))
        ]
        if len(fitting) == 1:
            why = f"it is the project's only network with {usual}"
            return Ground(_used(fitting[0], of, routed), why)
        count = f"{len(fitting)} networks" if fitting else "no network"
        why = f"the project has {count} with {usual}"
    external, more = _external(networks)
    taken = [_text(subnet, "cidr") for subnet in subnets]
    return Ground(None, "; ".join(filter(None, (why, more))), external, _free(taken), pool)


def make(actor: "Actor", ground: Ground) -> tuple[NetworkUsed, tuple[str, ...]]:
    """Makes the network, its subnets and its router; and what of it could not be had, in sentences.

    Raises Refused, NoAnswer or ActingFailed when there is no IPv4 network behind a router in the end.
    """
    if not ground.external:
        raise CannotTell("there is no external network that a router could use, so guests would reach nothing")
    notes: list[str] = []
    network = actor.create(NETWORK, "guests", lambda name: {"network": {"name": name}})
    parts: dict[str, Callable[[], Made | None]] = {
        "ipv4": lambda: actor.create(SUBNET, "guests", lambda name: {"subnet": _ipv4(name, network, ground.prefix)}),
        "router": lambda: actor.create(ROUTER, "guests", lambda name: {"router": _router(name, ground.external)}),
    }
    if ground.pool:
        parts["ipv6"] = lambda: _with_ipv6(actor, network, ground.pool, notes)
    made = at_once(parts)
    for word in ("ipv4", "ipv6"):
        if subnet := made.get(word):
            _join(actor, made["router"], subnet)
    shown = actor.show(network).at("network")
    return (
        NetworkUsed(
            id=network.id,
            name=network.name,
            own=True,
            mtu=_number(shown if isinstance(shown, dict) else network.body, "mtu"),
            ipv4=(ground.prefix,),
            ipv6=tuple(_text(one.body, "cidr") for one in (made.get("ipv6"),) if one),
            routed=True,
        ),
        tuple(notes),
    )


def _ipv4(name: str, network: "Made", prefix: str) -> Item:
    return {"name": name, "network_id": network.id, "ip_version": 4, "cidr": prefix}


def _router(name: str, external: str) -> Item:
    return {"name": name, "external_gateway_info": {"network_id": external}}


def _with_ipv6(actor: "Actor", network: "Made", pool: str, notes: list[str]) -> "Made | None":
    modes = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}
    fields = {"network_id": network.id, "ip_version": 6, "subnetpool_id": pool, **modes}
    try:
        return actor.create(SUBNET, "guests", lambda name: {"subnet": {"name": name, **fields}})
    except ActingFailed as error:
        notes.append(f"the network has no IPv6, though there is a default pool for it: {error}")
        return None


def _join(actor: "Actor", router: "Made | None", subnet: "Made") -> None:
    if router:
        actor.create(
            ROUTER_INTERFACE,
            "guests",
            lambda _: {"subnet_id": subnet.id},
            path=f"{actor.collection(ROUTER)}/{router.id}/add_router_interface",
            method="PUT",
            id_at=("port_id",),
        )


def _listed(actor: "Actor", path: str, key: str) -> list[Item]:
    answer = actor.call("GET", "network", path)
    return _items(answer, key)


def _items(answer: Answer, key: str) -> list[Item]:
    if not answer.ok:
        raise answer.failure
    found = answer.at(key)
    if not isinstance(found, list):
        raise CannotTell(f"{answer.asked} answered with something other than a list")
    return [one for one in found if isinstance(one, dict)]


def _pools(actor: "Actor") -> list[Item]:
    """None where the service has none."""
    answer = actor.call("GET", "network", "/subnetpools")
    return _items(answer, "subnetpools") if answer.ok else []


def _routed(actor: "Actor") -> set[str]:
    """Ids of the networks that hang on a router of the project with an external network."""
    routers = {
        _text(one, "id")
        for one in _listed(actor, f"/routers?project_id={actor.project}", "routers")
        if one.get("external_gateway_info") and one.get("admin_state_up", True)
    }
    ports = _listed(actor, f"/ports?project_id={actor.project}", "ports") if routers else []
    return {
        _text(one, "network_id")
        for one in ports
        if _text(one, "device_owner").startswith(INTERFACES) and one.get("device_id") in routers
    }


def _fits(subnets: Iterable[Item], *, with_ipv6: bool) -> bool:
    """Whether guests see there what they would see in a network that nobody has changed."""
    usual = [one for one in subnets if one.get("enable_dhcp") and one.get("gateway_ip")]
    versions = {one.get("ip_version") for one in usual}
    as_usual = not any(one.get("dns_nameservers") or one.get("host_routes") for one in subnets)
    return 4 in versions and as_usual and (6 in versions or not with_ipv6)


def _named(networks: list[Item], of: dict[str, list[Item]], routed: set[str], wanted: str) -> NetworkUsed:
    found = [one for one in networks if one.get("id") == wanted] or [
        one for one in networks if one.get("name") == wanted
    ]
    if len(found) != 1:
        which = "no network has" if not found else f"{len(found)} networks have"
        raise UsageError(f"`--network {wanted}`: {which} that id or name here: take an id of `openstack network list`")
    return _used(found[0], of, routed)


def _used(network: Item, of: dict[str, list[Item]], routed: set[str]) -> NetworkUsed:
    identifier = _text(network, "id")
    subnets = of.get(identifier, [])
    servers = (str(server) for one in subnets for server in one.get("dns_nameservers") or ())
    return NetworkUsed(
        id=identifier,
        name=printable(_text(network, "name"), 80),
        mtu=_number(network, "mtu"),
        ipv4=tuple(_text(one, "cidr") for one in subnets if one.get("ip_version") == 4),
        ipv6=tuple(_text(one, "cidr") for one in subnets if one.get("ip_version") == 6),
        routed=identifier in routed or bool(network.get("router:external")),
        dns_nameservers=tuple(dict.fromkeys(servers)),
    )


def _external(networks: list[Item]) -> tuple[str, str]:
    """Id of the external network for a router, and why that one where there are several."""
    several = [one for one in networks if one.get("router:external") and _text(one, "id")]
    several.sort(key=lambda one: (not one.get("is_default"), bool(one.get("is_default") is None), _text(one, "name")))
    if not several:
        return "", "there is no external network"
    first = several[0]
    name = printable(_text(first, "name") or _text(first, "id"), 80)
    why = "the default one" if first.get("is_default") else "the only one" if len(several) == 1 else "the first by name"
    return _text(first, "id"), f"its router uses the external network {name}, {why}"


def _free(taken: Iterable[str]) -> str:
    """The first of PREFIXES that overlaps nothing; the last where all do."""
    networks = []
    for text in taken:
        try:
            networks.append(ipaddress.ip_network(text, strict=False))
        except ValueError:
            continue
    for prefix in PREFIXES:
        one = ipaddress.ip_network(prefix)
        if not any(one.version == other.version and one.overlaps(other) for other in networks):
            return prefix
    return PREFIXES[-1]


def _text(item: Item, key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""


def _number(item: Item, key: str) -> int:
    value = item.get(key)
    return value if isinstance(value, int) else 0
