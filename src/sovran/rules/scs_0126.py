# SPDX-License-Identifier: Apache-2.0
"""SCS-0126: the standard provider network of a project."""

import ipaddress

from sovran.cloud.facts.network_extensions import NetworkExtensions
from sovran.cloud.facts.networks import Network, Networks
from sovran.cloud.facts.rbac_policies import RbacPolicies
from sovran.cloud.facts.subnet_pools import SubnetPools
from sovran.cloud.facts.subnets import Subnets
from sovran.cloud.outcome import NotRun, Ok, Outcome
from sovran.guest.records import Network as GuestNetwork
from sovran.model.finding import Examined, Finding, NotApplicable, NotTried, Resource, Undecided, Weight
from sovran.probes.guest import GuestProbe, TriedGuest
from sovran.rules.guest_evidence import JUDGED, NO_GUESTS, address_of, record_of, resource
from sovran.rules.registry import Answer

DEFAULTS = "auto-allocated-topology"
"""Extension of Neutron that brings `is_default` of networks."""
RBAC = "rbac-policies"
LISTING = Resource("listing of networks")


def resource_of(network: Network) -> Resource:
    """The network, for findings."""
    return Resource("network", network.name, network.id)


def standard_networks(networks: Networks) -> tuple[Network, ...]:
    """The networks from outside of the project that are marked as default, or without any the external ones."""
    foreign = [network for network in networks.items if network.by_provider]
    marked = tuple(network for network in foreign if network.is_default)
    return marked or tuple(network for network in foreign if network.external)


def _none() -> Finding:
    return Finding(
        message="the project sees no provider network",
        resource=LISTING,
        field="router:external",
        expected="a network with router:external true",
        seen="no such network",
    )


def provider_network(
    networks: Networks,
    pools: Outcome[SubnetPools],
    subnets: Outcome[Subnets],
    probe: Outcome[GuestProbe] = NO_GUESTS,
) -> Answer:
    """Fails when the project sees no external network; that it routes the project's addresses shows a guest that is
    seen from outside with its own IPv6 address, of a shared subnet pool, and by IPv4 too unless no subnet has that.

    Source: scs-0126-v1, Standard Provider Network.
    """
    yield Examined(LISTING)
    found = [network for network in networks.items if network.external]
    for network in found:
        yield Examined(resource_of(network))
    if not found:
        yield _none()
        return
    seen = [guest for guest in _guests(probe) if _seen_outside(guest, pools, subnets)]
    for guest in seen:
        yield Examined(resource(guest))
    if not seen:
        why = f" ({probe.reason})" if isinstance(probe, NotRun) else ""
        raise NotTried(
            "that addresses from the subnet pools are routed shows on traffic, and no guest with such an address was "
            f"seen from outside{why}"
        )


def _guests(probe: Outcome[GuestProbe]) -> tuple[TriedGuest, ...]:
    return probe.value.of(*JUDGED) if isinstance(probe, Ok) and not probe.value.unreal else ()


def _seen_outside(guest: TriedGuest, pools: Outcome[SubnetPools], subnets: Outcome[Subnets]) -> bool:
    """Whether the guest was seen with an IPv6 address of its own that is from a shared pool, and by IPv4 if offered."""
    network = record_of(guest, GuestNetwork)
    if network is None or not network.egress_ipv6 or not isinstance(pools, Ok) or not isinstance(subnets, Ok):
        return False
    own = {text.partition("/")[0] for interface in network.interfaces for text in interface.ipv6}
    source = address_of(network.egress_ipv6)
    if source is None or network.egress_ipv6 not in own:
        return False
    prefixes = [prefix for pool in pools.value.shared(6) for prefix in pool.prefixes]
    ipv4_offered = any(subnet.ip_version == 4 for subnet in subnets.value.items)
    pooled = any(source in ipaddress.ip_network(prefix, strict=False) for prefix in prefixes)
    return pooled and (bool(network.egress_ipv4) or not ipv4_offered)


def one_default(networks: Networks, extensions: Outcome[NetworkExtensions]) -> Answer:
    """Holds when exactly one network from outside of the project has is_default true.

    Source: scs-0126-v1, Standard Provider Network.
    """
    yield Examined(LISTING)
    foreign = [network for network in networks.items if network.by_provider]
    marked = [network for network in foreign if network.is_default]
    for network in foreign:
        yield Examined(resource_of(network))
    if len(marked) == 1:
        return
    external = [network for network in foreign if network.external]
    if not marked and external and all(network.is_default is None for network in external):
        if not isinstance(extensions, Ok):
            raise Undecided(f"the network service shows no is_default, and {extensions.reason}")
        if DEFAULTS in extensions.value.aliases:
            raise Undecided("the network service has is_default of networks, but does not show it to this user")
    names = ", ".join(network.name or network.id for network in marked) or "none"
    yield Finding(
        message=f"of the provider networks not exactly one has is_default true, but {names}",
        resource=resource_of(marked[1]) if marked else LISTING,
        field="is_default",
        expected="true on one provider network",
        seen=names,
    )


def only_one(networks: Networks) -> Answer:
    """Fails when the project sees several external networks, or beside one a network that the same owner shares with
    it; others may have been shared by other projects and are noted.

    Source: scs-0126-v1, Standard Provider Network.
    """
    external = [network for network in networks.items if network.external]
    if not external:
        raise NotApplicable("the project sees no provider network")
    standard = next((network for network in external if network.is_default), external[0])
    providers = {network.project_id for network in external}
    yield Examined(resource_of(standard))
    for network in networks.items:
        if not network.by_provider or network is standard:
            continue
        by_csp = network.external or network.project_id in providers
        yield Finding(
            message=f"beside {standard.name or standard.id} the project sees the "
            f"{'external' if network.external else 'shared'} network {network.name or network.id}",
            resource=resource_of(network),
            field="router:external" if network.external else "shared",
            expected="one provider network, unless others were granted to this project alone",
            seen="true",
            weight=Weight.VIOLATION if by_csp else Weight.NOTE,
        )


def external_gateway(networks: Networks) -> Answer:
    """Holds when the default provider network, or without a default some network, has router:external true.

    Source: scs-0126-v1, Standard Provider Network.
    """
    yield Examined(LISTING)
    found = standard_networks(networks)
    if not found:
        yield _none()
    for network in found:
        yield Examined(resource_of(network))
        if not network.external:
            yield Finding(
                message=f"the default network {network.name or network.id} cannot be a router's gateway",
                resource=resource_of(network),
                field="router:external",
                expected="true",
                seen="false",
            )


def shared_network(networks: Networks) -> Answer:
    """Fails when the standard provider network is shared and has no subnet or no port security. Speaks of no others.

    Source: scs-0126-v1, Standard Provider Network.
    """
    shared = [network for network in standard_networks(networks) if network.shared]
    if not shared:
        raise NotApplicable("the standard provider network is not shared")
    hidden = ""
    for network in shared:
        name = network.name or network.id
        yield Examined(resource_of(network))
        if not network.subnets:
            yield _shared_without(network, "subnets", "at least one, from which ports get addresses", "none")
        if network.port_security_enabled is False:
            yield _shared_without(network, "port_security_enabled", "true", "false")
        if network.port_security_enabled is None:
            hidden = f"whether the shared network {name} has port security is not shown to this user"
    if hidden:
        raise Undecided(hidden)


def _shared_without(network: Network, field: str, expected: str, seen: str) -> Finding:
    return Finding(
        message=f"the shared provider network {network.name or network.id} has {field} {seen}",
        resource=resource_of(network),
        field=field,
        expected=expected,
        seen=seen,
    )


def no_rbac_rules(extensions: NetworkExtensions, policies: Outcome[RbacPolicies]) -> Answer:
    """Holds where the network service has no RBAC rules at all. Elsewhere only the attempt to make one shows whether
    members are prevented; rules that the project owns are noted.

    Source: scs-0126-v1, RBAC Restrictions.
    """
    resource = Resource("network extension", RBAC)
    yield Examined(resource)
    if RBAC not in extensions.aliases:
        return
    owned = [one for one in policies.value.items if one.object_type == "network"] if isinstance(policies, Ok) else []
    for one in owned:
        yield Finding(
            message=f"the project owns the network RBAC rule {one.id}, which a member or an operator made",
            resource=Resource("network RBAC rule", one.action, one.id),
            field="project_id",
            expected="no rules of members",
            seen="this project's",
            weight=Weight.NOTE,
        )
    raise NotTried(
        "whether members may make network RBAC rules shows when one is made, which needs a probe that acts (not in"
        " this version)"
    )
