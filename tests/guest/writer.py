# SPDX-License-Identifier: Apache-2.0
"""Writes records to a console as guest/program/frames.awk does, for tests that have no guest."""

from base64 import b64encode
from collections.abc import Iterable

import msgspec

from sovran.guest.frames import checksum


def lines(records: Iterable[object], run: str) -> list[str]:
    """The lines of these records, numbered from 1."""
    out = []
    for number, record in enumerate(records, 1):
        text = msgspec.json.encode(record).decode().encode("ascii", "replace").decode()
        text = f"{text} {checksum(text)}"
        text += " " * (-len(text) % 3)
        pieces = [text[at : at + 114] for at in range(0, len(text), 114)]
        for part, piece in enumerate(pieces, 1):
            line = f":sovran:{run}:{number}:{part}/{len(pieces)}:{b64encode(piece.encode()).decode()}:"
            out.append(f"{line}{checksum(line)}")
    return out


def console(records: Iterable[object], run: str) -> str:
    """A console on which they stand twice, as a guest writes them."""
    written = lines(records, run)
    return "\r\n".join(["BIOS", *written, *written, "reboot: Power down", ""])
