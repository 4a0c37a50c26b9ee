# SPDX-License-Identifier: Apache-2.0
"""How many guests run at a time, and which are left out, so that what the quotas leave is enough."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sovran.probes.guest import OWN, PEER
from sovran.probes.guests.choice import Choice
from sovran.probes.guests.networks import Ground
from sovran.probes.guests.wanted import Wanted, needs
from sovran.probes.probe import Need

MOST = 6
"""Guests at a time, without the neighbour."""


@dataclass(frozen=True)
class Fitted:
    """What will be there at the same time."""

    guests: tuple[Wanted, ...]
    lanes: int
    peer: bool

    def needs(self, choice: Choice, ground: Ground) -> tuple[Need, ...]:
        """With all that guests are connected to."""
        several = list(needs(self.guests, self.lanes))
        if self.peer and choice.peer:
            several = list(_together(several, needs([choice.peer], 1)))
        servers = next((need.count for need in several if need.kind == "server"), 0)
        subnets = 2 if ground.pool else 1
        made = ground.existing is None
        several += [Need("image", 1)] if choice.file else []
        several += [Need("network", 1), Need("subnet", subnets), Need("router", 1)] if made else []
        # those of the router, of DHCP, and a gateway
        several += [Need("port", servers + (subnets + 2 if made else 0)), Need("security group", 1)]
        return (*several, Need("security group rule", 3))


def candidates(choice: Choice) -> Iterator[Fitted]:
    """Ever less, the most first: fewer at a time, no neighbour, then only the first guest."""
    guests = tuple(choice.guests)
    most = min(MOST, len(guests))
    for several in (guests, tuple(one for one in guests if one.role == OWN) or guests[:1]):
        for peer in (True, False) if choice.peer else (False,):
            for lanes in range(min(most, len(several)), 0, -1):
                yield Fitted(several, lanes, peer)


def _together(one: Iterable[Need], other: Iterable[Need]) -> Iterator[Need]:
    more = {need.kind: need for need in other}
    for need in one:
        beside = more.pop(need.kind, Need(need.kind, 0))
        yield Need(need.kind, need.count + beside.count, need.gib + beside.gib)
    yield from more.values()


def leave_out(choice: Choice, fitted: Fitted, why: str) -> None:
    """Note who is not booted, since a quota `why` does not leave as much."""
    for one in choice.guests:
        if one not in fitted.guests:
            choice.left_out.setdefault(one.role, f"it {why}")
    if choice.peer and not fitted.peer:
        choice.left_out.setdefault(PEER, f"it {why}")
        choice.peer = None
    choice.guests = list(fitted.guests)
