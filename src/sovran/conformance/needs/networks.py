# SPDX-License-Identifier: Apache-2.0
"""Needs of the network: an external one, floating IPs, IPv6."""

from collections.abc import Sequence

from sovran.cloud.facts.floating_ips import FloatingIps
from sovran.cloud.facts.networks import Network, Networks
from sovran.cloud.facts.subnet_pools import SubnetPools
from sovran.cloud.facts.subnets import Subnet, Subnets
from sovran.cloud.fetch import Facts
from sovran.conformance.needs.answer import NotThere, read
from sovran.conformance.needs.profile import NetworkNeed
from sovran.model.finding import Resource, Undecided

PREFIX_OF_A_SUBNET = 64
"""Length of the prefix by which servers give themselves IPv6 addresses."""
WORDS = {
    NetworkNeed.EXTERNAL: "an external network",
    NetworkNeed.FLOATING_IP: "floating IPs",
    NetworkNeed.IPV6: "IPv6 addresses from the cloud",
}
Found = tuple[str, Sequence[Resource]]


def find(need: NetworkNeed, facts: Facts) -> Found:
    """What fits; raises NotThere or Undecided."""
    return {NetworkNeed.EXTERNAL: _external, NetworkNeed.FLOATING_IP: _floating, NetworkNeed.IPV6: _ipv6}[need](facts)


def _external(facts: Facts) -> Found:
    found = [network for network in read(facts, Networks).items if network.external]
    if not found:
        raise NotThere("the project sees no external network")
    default = sorted(found, key=lambda network: not network.is_default)
    return ", ".join(map(_called, default)), [_resource(network) for network in default]


def _floating(facts: Facts) -> Found:
    where, external = _external(facts)
    ips = read(facts, FloatingIps)
    if ips.items:
        return f"from {where}; the project has {len(ips.items)} already", external
    networks = [network for network in read(facts, Networks).items if network.external]
    subnets, complete = _subnets(facts, networks, 4)
    if subnets:
        return f"from {where}; free addresses and quota were not looked at", external
    if not complete:
        raise Undecided(f"there is {where}, but whether it has IPv4 addresses is not shown to this project")
    raise NotThere(f"{where} has no IPv4 subnet")


def _ipv6(facts: Facts) -> Found:
    pools = read_pools(facts)
    usable = [
        pool
        for pool in pools.shared(6)
        if pool.prefixes and pool.min_prefixlen <= PREFIX_OF_A_SUBNET <= pool.max_prefixlen
    ]
    if usable:
        where = ", ".join(f"subnet pool {pool.name or pool.id} ({', '.join(pool.prefixes)})" for pool in usable)
        return where, [Resource("subnet pool", pool.name, pool.id) for pool in usable]
    networks = read(facts, Networks).items
    shared = [network for network in networks if network.shared]
    subnets, complete = _subnets(facts, shared, 6)
    if subnets:
        where = ", ".join(f"subnet {subnet.name or subnet.id} ({subnet.cidr})" for subnet in subnets)
        return f"{where} of a shared network", [Resource("subnet", one.name, one.id) for one in subnets]
    outside, _ = _subnets(facts, [network for network in networks if network.external], 6)
    if outside:
        raise Undecided(
            f"the external network has {outside[0].cidr}, but no subnet pool for the project's own subnets; how they "
            "would be routed no API shows"
        )
    if not complete:
        raise Undecided("the subnets of the shared networks are not shown to this project")
    raise NotThere("no shared subnet pool and no shared network has IPv6")


def read_pools(facts: Facts) -> SubnetPools:
    """The pools; none where the network service has no such API."""
    try:
        return read(facts, SubnetPools)
    except NotThere:
        return SubnetPools(())


def _subnets(facts: Facts, networks: Sequence[Network], ip_version: int) -> tuple[list[Subnet], bool]:
    """Their subnets of a family as far as this project sees them, and whether it sees all."""
    wanted = {name for network in networks for name in network.subnets}
    seen = {subnet.id: subnet for subnet in read(facts, Subnets).items}
    found = [seen[name] for name in sorted(wanted) if name in seen]
    return [subnet for subnet in found if subnet.ip_version == ip_version], wanted <= seen.keys()


def _called(network: Network) -> str:
    return f"{network.name or 'network'} ({network.id})"


def _resource(network: Network) -> Resource:
    return Resource("network", network.name, network.id)
