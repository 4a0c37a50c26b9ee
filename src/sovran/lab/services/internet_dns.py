# SPDX-License-Identifier: Apache-2.0
"""The resolver of the lab's internet: answers as one that validates DNSSEC would, for the few names that there are.

Signatures are there in form only (RFC 4034, section 3): nobody in the lab can verify them, and probes look at what a
resolver says, not at keys.
"""

import hashlib
import ipaddress
import socketserver
import struct
from dataclasses import dataclass
from typing import Any

from sovran.lab.services.internet_world import World

A, SOA, AAAA, OPT, RRSIG, ANY = 1, 6, 28, 41, 46, 255
NO_ERROR, FORMAT_ERROR, SERVER_FAILURE, NAME_ERROR, NOT_IMPLEMENTED = 0, 1, 2, 3, 4
TTL = 300
ECDSA_P256 = 13
LARGEST = 1232
"""Octets of an answer by UDP, as resolvers set it since 2020; the lab's answers are shorter."""
SIGNED_FROM, SIGNED_UNTIL = 1735689600, 4102444800
"""2025-01-01 and 2100-01-01, in seconds since the epoch."""


class BadQueryError(ValueError):
    """What came is not a query that can be answered."""


@dataclass(frozen=True)
class Query:
    """A query with one question."""

    number: int
    name: str
    """In lower case, without the last dot."""
    question: bytes
    """The question as it came, with the case of its letters."""
    kind: int
    recursion: bool
    authentic: bool
    """AD: the client wants to know whether the answer is authentic (RFC 6840, section 5.7)."""
    unchecked: bool
    """CD: the client checks by itself."""
    extended: bool
    """EDNS."""
    signatures: bool
    """DO: the client wants signatures."""


def parse(packet: bytes) -> Query:
    """Read a query.

    Raises:
        BadQueryError: it is none, or is cut off.
    """
    try:
        number, flags, questions, _, _, additional = struct.unpack_from("!6H", packet)
        if flags & 0xF800 or questions != 1:
            raise BadQueryError("not a standard query with one question")
        labels, at = [], 12
        while length := packet[at]:
            if length > 63:
                raise BadQueryError("a compressed question")
            labels.append(packet[at + 1 : at + 1 + length])
            at += 1 + length
        kind, _class = struct.unpack_from("!2H", packet, at + 1)
        end = at + 5
        extended = bool(additional) and packet[end : end + 3] == b"\0\0\x29"
        signatures = extended and bool(struct.unpack_from("!H", packet, end + 7)[0] & 0x8000)
    except (struct.error, IndexError):
        raise BadQueryError("cut off") from None
    name = b".".join(labels).decode("ascii", "replace").lower()
    authentic, unchecked = bool(flags & 0x20), bool(flags & 0x10)
    recursion = bool(flags & 0x100)
    question = packet[12:end]
    return Query(number, name, question, kind, recursion, authentic, unchecked, extended, signatures)


def answer(packet: bytes, world: World) -> bytes:
    """The resolver's answer to a packet; empty when there is nothing to be said."""
    try:
        query = parse(packet)
    except BadQueryError:
        return packet[:2] + struct.pack("!5H", 0x8000 | FORMAT_ERROR, 0, 0, 0, 0) if len(packet) >= 12 else b""
    names, validating = world.names, bool(world.resolver["validating"])
    found = names.get(query.name)
    if found is None:
        exists = any(name.endswith("." + query.name) for name in names) or not query.name
        return _reply(query, NO_ERROR if exists else NAME_ERROR, [], secure=False)
    if found.get("bogus") and validating and not query.unchecked:
        return _reply(query, SERVER_FAILURE, [], secure=False)
    records = _records(query, found)
    secure = validating and bool(found.get("signed")) and not query.unchecked and not found.get("bogus")
    if records and found.get("signed") and query.signatures:
        records.append((RRSIG, _signature(query, records)))
    return _reply(query, NO_ERROR, records, secure=secure)


def _records(query: Query, found: dict[str, Any]) -> list[tuple[int, bytes]]:
    kinds = ((A, "A"), (AAAA, "AAAA"))
    return [
        (kind, ipaddress.ip_address(address).packed)
        for kind, name in kinds
        if query.kind in (kind, ANY)
        for address in found[name]
    ]


def _signature(query: Query, records: list[tuple[int, bytes]]) -> bytes:
    labels = query.name.split(".")
    signer = b"".join(bytes([len(part)]) + part.encode() for part in labels[-2:]) + b"\0"
    head = struct.pack("!HBBIIIH", records[0][0], ECDSA_P256, len(labels), TTL, SIGNED_UNTIL, SIGNED_FROM, 0x50AE)
    return head + signer + hashlib.sha512(repr(records).encode()).digest()


def _reply(query: Query, code: int, records: list[tuple[int, bytes]], *, secure: bool) -> bytes:
    flags = 0x8080 | code | (0x100 if query.recursion else 0) | (0x10 if query.unchecked else 0)
    if secure and (query.authentic or query.signatures):
        flags |= 0x20
    body = b"".join(struct.pack("!HHHIH", 0xC00C, kind, 1, TTL, len(data)) + data for kind, data in records)
    authority = b""
    if not records and code in (NO_ERROR, NAME_ERROR):
        # how long the absence may be remembered (RFC 2308)
        start = b"\0" + struct.pack("!HHIH", SOA, 1, TTL, 22) + b"\0\0"
        authority = start + struct.pack("!5I", 1, 3600, 600, 86400, 60)
    more = b"\0" + struct.pack("!HHIH", OPT, LARGEST, 0x8000 if query.signatures else 0, 0) if query.extended else b""
    counts = (1, len(records), bool(authority), bool(more))
    return struct.pack("!6H", query.number, flags, *counts) + query.question + body + authority + more


def datagrams(world: World) -> type[socketserver.BaseRequestHandler]:
    """Handler for queries by UDP."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            packet, sock = self.request
            if said := answer(packet, world):
                sock.sendto(said, self.client_address)

    return Handler


def streams(world: World) -> type[socketserver.BaseRequestHandler]:
    """Handler for queries by TCP, each with its length before it."""

    class Handler(socketserver.StreamRequestHandler):
        timeout = 5

        def handle(self) -> None:
            try:
                while len(head := self.rfile.read(2)) == 2:
                    said = answer(self.rfile.read(int.from_bytes(head, "big")), world)
                    self.wfile.write(len(said).to_bytes(2, "big") + said)
            except OSError:
                return  # the client is gone, or says nothing

    return Handler
