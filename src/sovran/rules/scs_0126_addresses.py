# SPDX-License-Identifier: Apache-2.0
"""SCS-0126: external addresses that a project can get."""

import ipaddress
from collections.abc import Iterable

from sovran.cloud.facts.floating_ips import FloatingIps
from sovran.cloud.facts.networks import Networks
from sovran.cloud.facts.subnet_pools import SubnetPool, SubnetPools
from sovran.cloud.facts.subnets import Subnet, Subnets
from sovran.cloud.outcome import Absent, Ok, Outcome
from sovran.model.finding import Examined, Finding, NotApplicable, NotTried, Resource, Undecided
from sovran.rules.registry import Answer
from sovran.rules.scs_0126 import resource_of, standard_networks

PREFIX_OF_A_SUBNET = 64
"""Length of the IPv6 prefix that each project can take."""
POOLS = Resource("listing of subnet pools")
UNICAST_6 = ipaddress.IPv6Network("2000::/3")
"""Global unicast addresses."""


def _pools(outcome: Outcome[SubnetPools]) -> SubnetPools:
    """The pools; none where the service has no such API. Raises Undecided where they could not be read."""
    if isinstance(outcome, Ok):
        return outcome.value
    if isinstance(outcome, Absent):
        return SubnetPools(())
    raise Undecided(outcome.reason)


def _resource(pool: SubnetPool) -> Resource:
    return Resource("subnet pool", pool.name, pool.id)


def _external_subnets(networks: Networks, subnets: Subnets, ip_version: int) -> tuple[list[Subnet], bool]:
    """The subnets of a family on the standard provider networks that this project sees, and whether it sees all."""
    wanted = {name for network in standard_networks(networks) for name in network.subnets}
    seen = {subnet.id: subnet for subnet in subnets.items}
    found = [seen[name] for name in sorted(wanted) if name in seen]
    return [subnet for subnet in found if subnet.ip_version == ip_version], wanted <= seen.keys()


def _public(prefix: str) -> bool:
    network = ipaddress.ip_network(prefix, strict=False)
    if isinstance(network, ipaddress.IPv6Network):
        return network.subnet_of(UNICAST_6) and network.is_global
    return network.is_global and not network.is_multicast


def public_addresses(networks: Networks, subnets: Subnets, pools: Outcome[SubnetPools]) -> Answer:
    """Holds when the subnets of the standard provider network and the shared pools have public IPv4 and global unicast
    IPv6 addresses only. Others are right on a cloud that is not public, and whether it is no API shows.

    Source: scs-0126-v1, External Addresses.
    """
    other: list[str] = []
    complete = True
    for version in (4, 6):
        found, all_seen = _external_subnets(networks, subnets, version)
        complete = complete and all_seen
        for subnet in found:
            yield Examined(Resource("subnet", subnet.name or subnet.cidr, subnet.id))
            other += [] if _public(subnet.cidr) else [subnet.cidr]
        for pool in _pools(pools).shared(version):
            yield Examined(_resource(pool))
            other += [prefix for prefix in pool.prefixes if not _public(prefix)]
    if other:
        raise Undecided(
            f"{', '.join(other)}: no public addresses, as a public cloud must have; whether this is one no API shows"
        )
    if not complete:
        raise Undecided("the subnets of the provider network are not shown to this project")


def ipv6_offered(networks: Networks, subnets: Subnets, pools: Outcome[SubnetPools]) -> Answer:
    """Holds when there is a shared IPv6 subnet pool, or an IPv6 subnet on the standard provider network.

    Source: scs-0126-v1, External Addresses.
    """
    yield from _offered(networks, subnets, pools, 6)


def ipv4_offered(networks: Networks, subnets: Subnets, pools: Outcome[SubnetPools]) -> Answer:
    """Holds when there is an IPv4 subnet on the standard provider network, or a shared IPv4 subnet pool.

    Source: scs-0126-v1, External Addresses.
    """
    yield from _offered(networks, subnets, pools, 4)


def _offered(networks: Networks, subnets: Subnets, pools: Outcome[SubnetPools], version: int) -> Answer:
    found, complete = _external_subnets(networks, subnets, version)
    for network in standard_networks(networks):
        yield Examined(resource_of(network))
    for subnet in found:
        yield Examined(Resource("subnet", subnet.name or subnet.cidr, subnet.id))
    if found:
        return
    shared = _pools(pools).shared(version)
    for pool in shared:
        yield Examined(_resource(pool))
    if shared:
        return
    if not complete:
        raise Undecided("the subnets of the provider network are not shown to this project, and no shared pool is")
    yield Examined(POOLS)
    yield Finding(
        message=f"no external IPv{version} addresses are offered: no shared subnet pool has them, nor has a subnet of "
        "the provider network",
        resource=POOLS,
        field="ip_version",
        expected=f"a shared subnet pool of IPv{version}, or a subnet of the standard provider network",
        seen="neither",
    )


def ipv6_pool(networks: Networks, pools: Outcome[SubnetPools]) -> Answer:
    """Holds when exactly one shared IPv6 subnet pool is the default, and a /64 can be taken from it. Whether it has one
    left for each project no API shows.

    Source: scs-0126-v1, IPv6 Allocation.
    """
    del networks  # where they cannot be read, a listing of pools that is not there may come from a wrong endpoint
    found = _pools(pools).shared(6)
    yield Examined(POOLS)
    yield from _examined(found)
    marked = [pool for pool in found if pool.is_default]
    if len(marked) != 1:
        yield _not_one_default(6, marked)
    for pool in marked:
        if not _has_room(pool):
            yield Finding(
                message=f"no /{PREFIX_OF_A_SUBNET} can be taken from the subnet pool {pool.name or pool.id}",
                resource=_resource(pool),
                field="prefixes",
                expected=f"a prefix of /{PREFIX_OF_A_SUBNET} or shorter, that length allowed, a quota of at least one",
                seen=f"{', '.join(pool.prefixes) or 'none'}; lengths {pool.min_prefixlen} to {pool.max_prefixlen}; "
                f"quota {'none' if pool.default_quota is None else pool.default_quota}",
            )


def _has_room(pool: SubnetPool) -> bool:
    lengths = [ipaddress.ip_network(prefix, strict=False).prefixlen for prefix in pool.prefixes]
    return (
        any(length <= PREFIX_OF_A_SUBNET for length in lengths)
        and pool.min_prefixlen <= PREFIX_OF_A_SUBNET <= pool.max_prefixlen
        and pool.default_quota != 0
    )


def _examined(pools: Iterable[SubnetPool]) -> Answer:
    for pool in pools:
        yield Examined(_resource(pool))


def _not_one_default(version: int, marked: list[SubnetPool]) -> Finding:
    names = ", ".join(pool.name or pool.id for pool in marked) or "none"
    return Finding(
        message=f"of the shared IPv{version} subnet pools not exactly one has is_default true, but {names}",
        resource=_resource(marked[1]) if marked else POOLS,
        field="is_default",
        expected=f"true on one shared IPv{version} pool",
        seen=names,
    )


def ipv4_pool(networks: Networks, pools: Outcome[SubnetPools]) -> Answer:
    """Speaks of clouds with a shared IPv4 subnet pool, and holds when exactly one of those is the default.

    Source: scs-0126-v1, IPv4 Allocation.
    """
    del networks  # as in ipv6_pool
    found = _pools(pools).shared(4)
    if not found:
        raise NotApplicable("there is no shared IPv4 subnet pool")
    yield from _examined(found)
    marked = [pool for pool in found if pool.is_default]
    if len(marked) != 1:
        yield _not_one_default(4, marked)


def floating_ips(networks: Networks, subnets: Subnets, floating: Outcome[FloatingIps]) -> Answer:
    """Holds when the project has a floating IP of the standard provider network. Without one, it fails where the
    service has no floating IPs, and otherwise only the attempt to take one shows. Speaks of clouds that offer IPv4.

    Source: scs-0126-v1, IPv4 Allocation.
    """
    found, complete = _external_subnets(networks, subnets, 4)
    standard = standard_networks(networks)
    if not standard or (complete and not found):
        raise NotApplicable("the standard provider network has no IPv4 addresses")
    if isinstance(floating, Absent) and floating.status:
        yield Examined(resource_of(standard[0]))
        yield Finding(
            message="the network service has no floating IPs",
            resource=resource_of(standard[0]),
            field="GET /floatingips",
            expected="a listing",
            seen=floating.reason,
        )
        return
    if not isinstance(floating, Ok):
        raise Undecided(floating.reason)
    ids = {network.id for network in standard}
    mine = [one for one in floating.value.items if one.floating_network_id in ids]
    for one in mine:
        yield Examined(Resource("floating IP", one.floating_ip_address, one.id))
    if not mine:
        raise NotTried(
            "the project has no floating IP; whether it can get one needs a probe that acts (not in this version)"
        )
