# SPDX-License-Identifier: Apache-2.0
"""SCS-0127: the name servers that guests are told, as a guest finds them."""

import ipaddress
from collections.abc import Callable, Iterator

from sovran.cloud.outcome import Outcome
from sovran.guest.records import Names, Network, Ports, Query, Resolver
from sovran.model.finding import Finding, NotApplicable
from sovran.probes.guest import GuestProbe, TriedGuest
from sovran.rules.guest_evidence import Open, address_of, finding, per_guest, record_of, seen_by
from sovran.rules.registry import Answer

IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
QUESTIONS = 6
"""So many are asked of each server; with fewer targets they cannot be told apart."""
GOOD, GOOD_IPV6, SIGNED, BOGUS = 0, 1, 2, 3
"""Places of the questions."""
FINE, REFUSED = "NOERROR", "SERVFAIL"


def told(names: Names) -> tuple[Resolver, ...]:
    """The servers that DHCP or the system's configuration names."""
    return tuple(one for one in names.resolvers if one.told)


def question(resolver: Resolver, place: int) -> Query | None:
    """What came back to one of the questions; None: it was not asked, or no answer came."""
    found = resolver.queries[place] if len(resolver.queries) == QUESTIONS else None
    return found if found is not None and found.rcode else None


def resolves(resolver: Resolver) -> bool:
    """Whether the server gives an address for a name that has one."""
    return any(
        answer is not None and answer.rcode == FINE and bool(answer.answers)
        for answer in (question(resolver, GOOD), question(resolver, GOOD_IPV6))
    )


def is_local(address: str) -> bool:
    """Whether an address can only be reached within the cloud. A public one may be the cloud's own too."""
    found = address_of(address)
    return found is not None and not found.is_global


def _within(address: str, networks: list[IpNetwork]) -> bool:
    found = address_of(address)
    return found is not None and any(found in network for network in networks)


def _own_networks(guest: TriedGuest) -> list[IpNetwork]:
    prefixes = (*guest.network.ipv4, *guest.network.ipv6) if guest.network else ()
    return [ipaddress.ip_network(prefix, strict=False) for prefix in prefixes]


def _chosen_by_user(guest: TriedGuest) -> Open | None:
    """That the network names servers of its own, so that what is told is not the cloud's setting."""
    if guest.network is not None and guest.network.dns_nameservers:
        return Open(f"the network {guest.network.name} names name servers of its own", evidence=True)
    return None


def local_only(probe: Outcome[GuestProbe]) -> Answer:
    """Fails when guests are told servers within the cloud and public ones beside them; holds when all are within the
    cloud. Servers in the guest's own network are agents that hand questions on, and public ones may be the cloud's own:
    where these go no API shows.

    Source: scs-0127-v1, Default DNS servers.
    """

    def look(guest: TriedGuest, names: Names) -> Iterator[Finding | Open]:
        servers = [one.address for one in told(names)]
        own = _own_networks(guest)
        forwarders = [one for one in servers if _within(one, own)]
        public = [one for one in servers if not is_local(one)]
        within = [one for one in servers if is_local(one) and one not in forwarders]
        if not servers:
            yield Open(f"the guest on {guest.where} was told no name servers")
        elif chosen := _chosen_by_user(guest):
            yield chosen
        elif within and public:
            said = f"{', '.join(within)} within the cloud and {', '.join(public)} outside"
            yield finding(
                guest,
                f"guests are told the name servers {said}",
                field="domain-name-servers",
                expected="local recursive servers only",
                seen=", ".join(servers),
            )
        elif forwarders or public:
            asked = ", ".join(forwarders or public)
            yield Open(f"whom {asked} asks, or whether it is the cloud's own, no API shows", evidence=True)

    yield from per_guest(probe, Names, "whether guests are told local name servers only", look)


def local_validate(probe: Outcome[GuestProbe]) -> Answer:
    """Fails when a server within the cloud that guests are told answers for a wrongly signed name, or gives no
    signatures of a signed one. Speaks of clouds whose guests are told servers within the cloud.

    Source: scs-0127-v1, Default DNS servers.
    """
    yield from _validation(probe, is_local, "servers within the cloud")


def public_validate(probe: Outcome[GuestProbe]) -> Answer:
    """As `local_validate`, of the public servers that guests are told.

    Source: scs-0127-v1, Default DNS servers.
    """
    yield from _validation(probe, lambda address: not is_local(address), "public servers")


def _validation(probe: Outcome[GuestProbe], chosen: Callable[[str], bool], kind: str) -> Answer:
    judged = 0

    def look(guest: TriedGuest, names: Names) -> Iterator[Finding | Open]:
        nonlocal judged
        if not told(names):
            yield Open(f"the guest on {guest.where} was told no name servers{': ' if names.error else ''}{names.error}")
        elif own := _chosen_by_user(guest):
            yield own
        for resolver in told(names):
            if chosen(resolver.address) and not _chosen_by_user(guest):
                judged += 1
                yield from _validates(guest, resolver)

    yield from per_guest(probe, Names, "whether name servers validate DNSSEC", look)
    if not judged:
        raise NotApplicable(f"guests are told no {kind}")


def _validates(guest: TriedGuest, resolver: Resolver) -> Iterator[Finding | Open]:
    address = resolver.address
    signed, bogus = question(resolver, SIGNED), question(resolver, BOGUS)
    if bogus is not None and bogus.rcode == FINE and bogus.answers:
        yield finding(
            guest,
            f"the name server {address} answers for {bogus.name}, which is signed wrongly",
            field="DNSSEC validation",
            expected=REFUSED,
            seen=", ".join(bogus.answers),
        )
    elif bogus is None or bogus.rcode != REFUSED or not resolves(resolver):
        seen = bogus.rcode if bogus else "no answer"
        yield Open(f"whether the name server {address} validates was not seen: {seen} for the wrongly signed name")
    if signed is not None and signed.rcode == FINE and signed.answers and not signed.signed:
        yield finding(
            guest,
            f"the name server {address} gives {signed.name} without its signatures though they were asked for",
            field="DNSSEC records",
            expected="an RRSIG record",
            seen="none",
        )
    elif signed is None or not signed.signed:
        seen = signed.rcode if signed else "no answer"
        yield Open(f"whether the name server {address} offers DNSSEC was not seen: {seen} for the signed name")


def public_names(probe: Outcome[GuestProbe]) -> Answer:
    """Fails when a server that guests are told gives no address for a public name, while the guest reaches the
    internet. Speaks of guests whose network does.

    Source: scs-0127-v1, Default DNS servers.
    """
    whole = seen_by(probe, "whether name servers resolve public names")
    routed = any(guest.network is None or guest.network.routed for guest in whole.guests)
    if whole.guests and not routed:
        raise NotApplicable("the network of the guests has no way to the internet")

    def look(guest: TriedGuest, names: Names) -> Iterator[Finding | Open]:
        if not told(names):
            yield Open(f"the guest on {guest.where} was told no name servers")
        elif own := _chosen_by_user(guest):
            yield own
        else:
            for resolver in told(names):
                yield from _public_name(guest, resolver)

    yield from per_guest(probe, Names, "whether name servers resolve public names", look)


def _public_name(guest: TriedGuest, resolver: Resolver) -> Iterator[Finding | Open]:
    if resolves(resolver):
        return
    asked = resolver.queries[GOOD] if resolver.queries else None
    seen = (asked.rcode or "no answer") if asked else "not asked"
    if asked is None or not reaches_internet(guest):
        yield Open(f"{seen} from {resolver.address}, and the guest on {guest.where} does not reach the internet either")
        return
    yield finding(
        guest,
        f"the name server {resolver.address} does not resolve {asked.name}",
        field="domain-name-servers",
        expected="an address",
        seen=seen,
    )


def reaches_internet(guest: TriedGuest) -> bool:
    """Whether the guest reached anything outside of its cloud."""
    network, ports = record_of(guest, Network), record_of(guest, Ports)
    control = ports.control if ports else None
    reached = network is not None and bool(network.ipv4_reachable or network.ipv6_reachable or network.egress_ipv4)
    return reached or (control is not None and control.outcome == "open")
