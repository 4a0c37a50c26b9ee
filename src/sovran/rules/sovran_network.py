# SPDX-License-Identifier: Apache-2.0
"""What the network gives guests, beyond what SCS standards say: mail, IPv6, packet sizes, gateway, clock, resolvers."""

import ipaddress
from collections.abc import Iterator

from sovran.cloud.outcome import Outcome
from sovran.guest.records import Names, Network, Peer, Port, Ports, Time
from sovran.model.finding import Finding
from sovran.probes.guest import GuestProbe, TriedGuest
from sovran.rules.guest_evidence import Open, address_of, finding, note, per_guest
from sovran.rules.registry import Answer
from sovran.rules.scs_0127_guests import resolves, told

OPEN, REJECTED, DROPPED = "open", "rejected", "dropped"
SUBMISSION = (465, 587)
RELAY = 25
USUAL_MTU = 1500
"""Octets: paths through the internet carry no larger packets."""
UNIQUE_LOCAL = ipaddress.IPv6Network("fc00::/7")


def submission_open(probe: Outcome[GuestProbe]) -> Answer:
    """Holds when guests reach mail servers by TCP ports 465 and 587, one server for each at least. Undecided where a
    port that is known to be open cannot be reached either.
    """

    def look(guest: TriedGuest, ports: Ports) -> Iterator[Finding | Open]:
        for number in SUBMISSION:
            state = _state(guest, ports, number)
            if isinstance(state, Open):
                yield state
            elif state != OPEN:
                yield finding(
                    guest,
                    f"connections to mail servers by TCP port {number} are {state}",
                    field=f"tcp/{number}",
                    expected=OPEN,
                    seen=state,
                )

    yield from per_guest(probe, Ports, "whether guests can submit mail", look)


def relay_told(probe: Outcome[GuestProbe]) -> Answer:
    """Holds when guests reach mail servers by TCP port 25. Many providers block it, which is right as long as they say
    so; that they do takes their documentation. A port that rejects connections at least tells the guest.
    """

    def look(guest: TriedGuest, ports: Ports) -> Iterator[Finding | Open]:
        state = _state(guest, ports, RELAY)
        if isinstance(state, Open):
            yield state
        elif state != OPEN:
            yield note(guest, f"connections by TCP port {RELAY} are {state}", field=f"tcp/{RELAY}", seen=state)
            said = f"outgoing TCP port {RELAY} is blocked ({state}) for the guest on {guest.where}"
            yield Open(f"{said}; whether the provider says so shows its documentation", evidence=True)

    yield from per_guest(probe, Ports, "whether guests can deliver mail", look)


def _state(guest: TriedGuest, ports: Ports, number: int) -> str | Open:
    """How connections to a port end: open if any is, else rejected if any is, else dropped."""
    outcomes = {port.outcome for port in ports.ports if port.port == number}
    if OPEN in outcomes:
        return OPEN
    if not ports.control or ports.control.outcome != OPEN:
        return Open(f"the guest on {guest.where} does not reach the port that is known to be open either")
    for state in (REJECTED, DROPPED):
        if state in outcomes and "unknown" not in outcomes:
            return state
    return Open(f"TCP port {number} could not be tried from the guest on {guest.where}")


def ipv6_usable(probe: Outcome[GuestProbe]) -> Answer:
    """Holds when guests have a global IPv6 address and reach the internet with it. Undecided where they do not reach it
    by IPv4 either.
    """

    def look(guest: TriedGuest, network: Network) -> Iterator[Finding | Open]:
        addresses = [one for interface in network.interfaces for one in interface.ipv6 if global_ipv6(one)]
        if not addresses:
            yield finding(
                guest,
                "a guest gets no global IPv6 address",
                field="IPv6 address",
                expected="one at least",
                seen="none",
            )
        elif network.ipv6_reachable:
            return
        elif network.ipv6_reachable is None or not network.ipv4_reachable:
            yield Open(f"the guest on {guest.where} did not reach the internet by IPv4 either, or did not try")
        else:
            yield finding(
                guest,
                f"a guest with the address {addresses[0]} reaches the internet by IPv4 and not by IPv6",
                field="IPv6",
                expected="an answer",
                seen="none",
            )

    yield from per_guest(probe, Network, "whether guests can use IPv6", look)


def global_ipv6(written: str) -> bool:
    """Whether an address, with or without prefix length, is neither link-local nor unique local."""
    address = address_of(written.partition("/")[0])
    if not isinstance(address, ipaddress.IPv6Address):
        return False
    other = address.is_link_local or address.is_loopback or address.is_multicast or address.is_unspecified
    return not other and address not in UNIQUE_LOCAL


def mtu_works(probe: Outcome[GuestProbe]) -> Answer:
    """Holds when packets as large as DHCP tells, or 1500 octets where it tells more, get out of the cloud unfragmented.
    Where DHCP tells nothing, what the interface took counts.
    """

    def look(guest: TriedGuest, network: Network) -> Iterator[Finding | Open]:
        promised = _mtu(network)
        if promised is None or network.path_mtu is None:
            why = network.path_mtu_error or "no answer"
            yield Open(f"the guest on {guest.where} did not find out how large packets may be: {why}")
        elif network.path_mtu < min(promised, USUAL_MTU):
            yield finding(
                guest,
                f"guests are told packets of {promised} octets, and the largest that gets out has {network.path_mtu}",
                field="interface-mtu",
                expected=f"{min(promised, USUAL_MTU)} octets get out",
                seen=f"{network.path_mtu} octets",
            )

    yield from per_guest(probe, Network, "whether the MTU that guests are told works", look)


def _mtu(network: Network) -> int | None:
    """What the first interface was told, or has."""
    for lease in network.leases:
        if lease.options.get("mtu", "").isdecimal():
            return int(lease.options["mtu"])
    return next((interface.mtu for interface in network.interfaces if interface.mtu and interface.ipv4), None)


def gateway_answers(probe: Outcome[GuestProbe]) -> Answer:
    """Holds when the default gateway that DHCP tells answers the guest."""

    def look(guest: TriedGuest, network: Network) -> Iterator[Finding | Open]:
        if network.gateway_answers is None:
            yield Open(f"the guest on {guest.where} did not ask its default gateway, or has none")
        elif not network.gateway_answers:
            gateway = next((lease.options["router"] for lease in network.leases if lease.options.get("router")), "")
            yield finding(
                guest,
                f"the default gateway {gateway or 'of the guest'} does not answer",
                field="router",
                expected="an answer",
                seen="none",
            )

    yield from per_guest(probe, Network, "whether the default gateway answers", look)


def clock_right(probe: Outcome[GuestProbe], *, seconds: float) -> Answer:
    """Holds when the clock of a guest that has just booted is at most so many seconds off, by all time servers that
    answered. Where they disagree about that, nothing is decided.
    """

    def look(guest: TriedGuest, time: Time) -> Iterator[Finding | Open]:
        answers = [one for one in time.servers if one.offset_seconds is not None]
        for one in answers:
            said = f"{one.name or one.address} ({one.source or 'of the system'}) is {one.offset_seconds:+.3f} s off"
            yield note(guest, f"the clock of {said}", field=one.address, seen=f"{one.offset_seconds:+.3f} s")
        offsets = [abs(one.offset_seconds or 0.0) for one in answers]
        wrong = [offset > seconds for offset in offsets]
        if not wrong or (any(wrong) and not all(wrong)):
            why = "time servers disagree" if wrong else f"no time server answered {time.error}".rstrip()
            yield Open(f"how far the clock of the guest on {guest.where} is off is not known: {why}")
        elif all(wrong):
            seen = f"{min(offsets):.3f} s"
            yield finding(
                guest,
                f"the clock of a guest that has just booted is {seen} off",
                field="clock",
                expected=f"at most {seconds:g} s",
                seen=seen,
            )

    yield from per_guest(probe, Time, "whether the clock of guests is right", look)


def not_intercepted(probe: Outcome[GuestProbe]) -> Answer:
    """Fails when a question for a name is answered though it was sent to an address where nobody listens. Holds only
    where the servers that the guest is told do answer.
    """

    def look(guest: TriedGuest, names: Names) -> Iterator[Finding | Open]:
        strangers = [one for one in names.resolvers if not one.told]
        answered = [one for one in strangers if any(query.rcode for query in one.queries)]
        for one in answered:
            yield finding(
                guest,
                f"questions to {one.address}, where nobody listens, are answered",
                field="DNS",
                expected="no answer",
                seen=next(query.rcode for query in one.queries if query.rcode),
            )
        if not answered and (not strangers or not any(resolves(one) for one in told(names))):
            yield Open(f"the guest on {guest.where} did not ask there, or its own name servers do not answer either")

    yield from per_guest(probe, Names, "whether questions for names are intercepted", look)


def group_enforced(probe: Outcome[GuestProbe]) -> Answer:
    """Fails when a guest reaches a port of its neighbour that no rule of the security group allows. Holds where that
    port drops its connections and the one that is allowed takes them.
    """

    def look(guest: TriedGuest, peer: Peer) -> Iterator[Finding | Open]:
        if peer.denied is not None and peer.denied.outcome == OPEN:
            yield finding(
                guest,
                f"a port of the neighbour that no rule allows takes connections (tcp/{peer.denied.port})",
                field=f"tcp/{peer.denied.port}",
                expected=DROPPED,
                seen=OPEN,
            )
        elif not _is(peer.allowed, OPEN) or not _is(peer.denied, DROPPED):
            outcomes = [port.outcome if port else "not tried" for port in (peer.allowed, peer.denied)]
            told = peer.error or f"the allowed port is {outcomes[0]}, the other {outcomes[1]}"
            yield Open(f"the guest on {guest.where} saw nothing of its security group: {told}")

    yield from per_guest(probe, Peer, "whether security groups hold between guests", look)


def _is(port: Port | None, outcome: str) -> bool:
    return port is not None and port.outcome == outcome
