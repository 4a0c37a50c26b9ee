# SPDX-License-Identifier: Apache-2.0
"""What a guest writes to its console, as its program does (guest/program/frames.awk)."""

from base64 import b64encode

import msgspec

from sovran.guest.frames import checksum
from sovran.guest.records import Record

CHUNK = 90
"""Bytes of a line; threes, so that base64 needs no padding."""


def console_of(run: str, *several: Record) -> str:
    """Their lines, the whole set twice."""
    lines = [line for number, record in enumerate(several, start=1) for line in lines_of(run, number, record)]
    return "\n".join([*lines, *lines]) + "\n"


def lines_of(run: str, number: int, record: Record) -> list[str]:
    """The lines of one record."""
    text = msgspec.json.encode(record)
    whole = text + f" {checksum(text.decode())}".encode()
    whole += b" " * (-len(whole) % 3)
    chunks = [whole[start : start + CHUNK] for start in range(0, len(whole), CHUNK)]
    found = []
    for part, chunk in enumerate(chunks, start=1):
        line = f":sovran:{run}:{number}:{part}/{len(chunks)}:{b64encode(chunk).decode()}:"
        found.append(f"{line}{checksum(line)}")
    return found
