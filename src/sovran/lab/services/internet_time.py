# SPDX-License-Identifier: Apache-2.0
"""The time server of the lab's internet: this machine's clock by NTP (RFC 5905), or off by what a break wants."""

import socketserver
import struct
import time

from sovran.lab.services.internet_world import World

EPOCH = 2208988800
"""Seconds from 1900 to 1970."""
SERVER, STRATUM, PRECISION = 4, 2, -20
REFERENCE = b"LAB\0"


def stamp(seconds: float) -> bytes:
    """A time since 1970 as NTP writes it: 32 bits of seconds since 1900, 32 of fractions."""
    whole = int(seconds)
    return struct.pack("!II", (whole + EPOCH) & 0xFFFFFFFF, int((seconds - whole) * (1 << 32)) & 0xFFFFFFFF)


def answer(packet: bytes, now: float) -> bytes:
    """The reply to a client's packet; empty when it is none."""
    if len(packet) < 48 or packet[0] & 7 not in (1, 3):
        return b""
    version = packet[0] >> 3 & 7
    head = struct.pack("!BBbb", version << 3 | SERVER, STRATUM, max(4, packet[2] & 0x7F), PRECISION)
    return head + struct.pack("!II", 66, 66) + REFERENCE + stamp(now - 8) + packet[40:48] + stamp(now) + stamp(now)


def datagrams(world: World) -> type[socketserver.BaseRequestHandler]:
    """Handler for clients' packets."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            packet, sock = self.request
            if said := answer(packet, time.time() + float(world.time["offset"])):
                sock.sendto(said, self.client_address)

    return Handler
