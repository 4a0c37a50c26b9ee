# SPDX-License-Identifier: Apache-2.0
"""The user-data of one guest: the program that measures, for what the order asks."""

import hashlib
import secrets
from dataclasses import dataclass

import msgspec

from sovran.guest.program import Neighbour, Request, build
from sovran.probes.guest import CANONICAL, PEER
from sovran.probes.guests.group import ALLOWED, DENIED
from sovran.probes.guests.order import Order

OFFICIAL_BLOCKS = 1000
"""Blocks of random bytes that the official suite tests (scs-0101-w1)."""
OFFICIAL_PARTS = ("system", "cpu", "entropy")
"""What is asked of the guest that stands for the official suite's server."""

NEIGHBOUR_SECONDS = 600
"""For which a neighbour goes on to listen; it is deleted sooner."""


@dataclass(frozen=True)
class Script:
    """What one guest is sent."""

    run: str
    """Marks its lines."""
    body: bytes
    parts: tuple[str, ...]
    """Tags of the records that it writes."""

    @property
    def sha256(self) -> str:
        """Of the body, in hexadecimal digits."""
        return hashlib.sha256(self.body).hexdigest()


def script(order: Order, role: str, *, neighbour: str = "") -> Script:
    """For a guest of that role; `neighbour` is the IPv4 address of one to talk to."""
    request = Request(run=secrets.token_hex(6))
    if order.targets is not None:
        request = msgspec.structs.replace(request, targets=order.targets)
    if order.fips_blocks is not None:
        request = msgspec.structs.replace(request, fips_blocks=order.fips_blocks)
    parts = tuple(part for part in request.parts if not order.parts or part in order.parts)
    if role == CANONICAL:
        blocks = order.fips_blocks or OFFICIAL_BLOCKS
        wanted = parts if order.parts else OFFICIAL_PARTS
        request = msgspec.structs.replace(request, parts=wanted, fips_blocks=blocks)
    elif role == PEER:
        request = msgspec.structs.replace(
            request, parts=("system",), server_ports=(ALLOWED, DENIED), server_seconds=NEIGHBOUR_SECONDS
        )
    else:
        peer = Neighbour(address=neighbour, allowed=ALLOWED, denied=DENIED) if neighbour else None
        request = msgspec.structs.replace(request, parts=parts, peer=peer)
    parts = (*request.parts, "peer") if request.peer else request.parts
    return Script(request.run, build(request), parts)
