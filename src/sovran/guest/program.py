# SPDX-License-Identifier: Apache-2.0
"""The POSIX-shell program that measures inside a guest, put together for one request."""

import hashlib
from importlib.resources import files
from typing import Annotated

import msgspec

from sovran.guest.targets import Targets, shipped

LIMIT_BYTES = 48 * 1024
"""Nova takes 65,535 octets of user-data in base64."""
PARTS = ("system", "entropy")
"""Tags of the records that every guest can write; `peer` is only written where a request names one."""
_END = "#sovran-end "
_LIMIT = "#sovran-limit "
"""How many seconds sovran's own image lets it run; by this line it also knows a program that was cut."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What one guest shall measure."""

    run: Annotated[str, msgspec.Meta(pattern=r"\A([a-z0-9]{8,16})?\Z")] = ""
    """Marks the lines of this run; empty: the guest takes `uuid-` and the first 12 digits of its machine's uuid."""
    parts: tuple[str, ...] = PARTS
    targets: Targets = msgspec.field(default_factory=shipped)
    fips_blocks: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 10
    """Blocks of 20,000 bits of each source."""
    power_off: bool = False
    """Whether the machine powers off at the end; sovran's own image always does."""


def build(request: Request) -> bytes:
    """Return the whole program: a script in ASCII whose last line bears the SHA-256 of all before it."""
    room = files("sovran.guest").joinpath("program")
    sources = {entry.name: entry.read_text(encoding="ascii") for entry in room.iterdir()}
    awks = [
        _assign(f"AWK_{name.removesuffix('.awk').upper()}", _strip(text))
        for name, text in sorted(sources.items())
        if name.endswith(".awk")
    ]
    shells = [_strip(sources[name]) for name in ("common.sh", *(f"{part}.sh" for part in request.parts), "main.sh")]
    text = "\n".join(
        ["#!/bin/sh", f"{_LIMIT}{limit_seconds(request)}", *_variables(request), *awks, *shells, "main", ""]
    )
    body = text.encode("ascii")
    return body + f"{_END}{hashlib.sha256(body).hexdigest()}\n".encode("ascii")


def limit_seconds(request: Request) -> int:
    """Seconds after which even the slowest program is done: each part has a limit of its own, and output takes time."""
    return 150 + 2 * (5 + request.fips_blocks // 30)


def _variables(request: Request) -> list[str]:
    values = {
        "RUN": request.run,
        "PARTS": " ".join(request.parts),
        "FIPS_BLOCKS": str(request.fips_blocks),
        "FIPS_SECONDS": str(5 + request.fips_blocks // 30),
        "POWER_OFF": "1" if request.power_off else "",
    }
    return [_assign(name, value) for name, value in values.items()]


def _assign(name: str, value: str) -> str:
    return f"{name}='" + value.replace("'", "'\\''") + "'"


def _strip(source: str) -> str:
    """Leave out comments that stand alone, empty lines and indentation: every octet counts."""
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("#"))
