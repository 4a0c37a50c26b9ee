# SPDX-License-Identifier: Apache-2.0
"""The POSIX-shell program that measures inside a guest, put together for one request."""

import hashlib
from importlib.resources import files
from typing import Annotated

import msgspec

from sovran.guest.targets import Door, Host, PortNumber, Targets, shipped
from sovran.model.errors import UsageError

LIMIT_BYTES = 48 * 1024
"""Nova takes 65,535 octets of user-data in base64."""
PARTS = ("system", "cpu", "entropy", "memory", "disks", "metadata", "network", "names", "time", "ports")
"""Tags of the records that every guest can write; `peer` is only written where a request names one."""
_END = "#sovran-end "
_LIMIT = "#sovran-limit "
"""How many seconds sovran's own image lets it run; by this line it also knows a program that was cut."""


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """Another guest of the run, which listens on both ports."""

    address: Host
    allowed: PortNumber
    """Port that a rule allows between them."""
    denied: PortNumber
    """Port that none allows."""
    wait_seconds: Annotated[int, msgspec.Meta(ge=1, le=300)] = 60
    """For it to listen on the allowed port: it may boot later."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What one guest shall measure."""

    run: Annotated[str, msgspec.Meta(pattern=r"\A([a-z0-9]{8,16})?\Z")] = ""
    """Marks the lines of this run; empty: the guest takes `uuid-` and the first 12 digits of its machine's uuid."""
    parts: tuple[str, ...] = PARTS
    targets: Targets = msgspec.field(default_factory=shipped)
    fips_blocks: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 10
    """Blocks of 20,000 bits of each source."""
    peer: Neighbour | None = None
    """Whom to try to reach; then the record `peer` is written too."""
    server_ports: Annotated[tuple[PortNumber, ...], msgspec.Meta(max_length=4)] = ()
    """TCP ports to listen on, from the beginning to `server_seconds` after the last record."""
    server_seconds: Annotated[int, msgspec.Meta(ge=0, le=600)] = 0
    power_off: bool = False
    """Whether the machine powers off at the end; sovran's own image always does."""


def build(request: Request) -> bytes:
    """Return the whole program: a script in ASCII whose last line bears the SHA-256 of all before it.

    Raises UsageError when its targets make it longer than user-data can be.
    """
    room = files("sovran.guest").joinpath("program")
    sources = {entry.name: _strip(entry.read_text(encoding="ascii")) for entry in room.iterdir() if entry.is_file()}
    inner = [
        _assign(f"{ending}_{stem}".upper(), text)
        for (stem, _, ending), text in sorted((name.partition("."), text) for name, text in sources.items())
        if ending != "sh"
    ]
    shells = [sources[f"{name}.sh"] for name in ("common", "net", "http", "lease", "serve", *_parts(request), "main")]
    text = "\n".join(
        ["#!/bin/sh", f"{_LIMIT}{limit_seconds(request)}", *_variables(request), *inner, *shells, "main", ""]
    )
    body = text.encode("ascii")
    program = body + f"{_END}{hashlib.sha256(body).hexdigest()}\n".encode("ascii")
    if len(program) > LIMIT_BYTES:
        raise UsageError(
            f"the guest's program has {len(program)} octets with these targets, user-data has room for {LIMIT_BYTES}:"
            " give fewer or shorter ones"
        )
    return program


def limit_seconds(request: Request) -> int:
    """Seconds after which even the slowest program is done: each part has a limit of its own, and output takes time."""
    waited = request.peer.wait_seconds if request.peer else 0
    return min(150 + 2 * _fips_seconds(request) + waited + request.server_seconds, 999)


def _parts(request: Request) -> tuple[str, ...]:
    return (*request.parts, *(("peer",) if request.peer and "peer" not in request.parts else ()))


def _fips_seconds(request: Request) -> int:
    return 5 + request.fips_blocks // 30


def _variables(request: Request) -> list[str]:
    targets, peer = request.targets, request.peer
    names = targets.names
    values = {
        "RUN": request.run,
        "PARTS": " ".join(_parts(request)),
        "FIPS_BLOCKS": request.fips_blocks,
        "FIPS_SECONDS": _fips_seconds(request),
        "SERVER_PORTS": " ".join(map(str, request.server_ports)),
        "SERVER_SECONDS": request.server_seconds,
        "POWER_OFF": "1" if request.power_off else "",
        "NAME_GOOD": names.good,
        "NAME_SIGNED": names.signed,
        "NAME_BOGUS": names.bogus,
        "NAME_MISSING": names.missing,
        "NAME_IPV4_ONLY": names.ipv4_only,
        "NOBODY": targets.nobody,
        "NTP": " ".join(targets.ntp),
        "MAIL": " ".join(map(_door, targets.mail)),
        "CONTROL": _door(targets.control),
        "REACH_IPV4": _door(targets.reach_ipv4),
        "REACH_IPV6": _door(targets.reach_ipv6),
        "PATH_MTU": targets.path_mtu,
        "EGRESS_IPV4": targets.egress_ipv4,
        "EGRESS_IPV6": targets.egress_ipv6,
        "DNS_PORT": targets.dns_port,
        "NTP_PORT": targets.ntp_port,
        "METADATA": targets.metadata,
        "PEER": peer.address if peer else "",
        "PEER_ALLOWED": peer.allowed if peer else "",
        "PEER_DENIED": peer.denied if peer else "",
        "PEER_WAIT": peer.wait_seconds if peer else 0,
    }
    return [_assign(name, str("" if value is None else value)) for name, value in values.items()]


def _door(door: Door | None) -> str:
    """`host=port`: hosts may be addresses of IPv6."""
    return f"{door.host}={door.port}" if door else ""


def _assign(name: str, value: str) -> str:
    return f"{name}='" + value.replace("'", "'\\''") + "'"


def _strip(source: str) -> str:
    """Leave out comments that stand alone, empty lines and indentation (Python's apart): every octet counts."""
    lines = [line.rstrip() for line in source.splitlines()]
    if not any(line.startswith("import ") for line in lines):
        lines = [line.strip() for line in lines]
    return "\n".join(line for line in lines if line and not line.startswith("#"))
