# SPDX-License-Identifier: Apache-2.0
"""Lines on a console that carry records: `:sovran:<run>:<number>:<part>/<parts>:<base64>:<check>`.

`check` is a polynomial of the characters before it (see guest/program/frames.awk, which writes these lines). A record
ends with its own check, so that parts of two boots are never taken for one record.
"""

import re
from base64 import b64decode
from collections.abc import Iterator

import msgspec

MOST_PARTS = 1000
"""A record of more is not read: 114 kB."""
_LINE = re.compile(
    r":sovran:(?P<run>[a-z0-9-]{1,24}):(?P<number>[0-9]{1,3}):(?P<part>[0-9]{1,4})/(?P<parts>[0-9]{1,4}):"
    r"(?P<chunk>[A-Za-z0-9+/]{4,160}):(?P<check>[0-9]{1,10})(?![0-9])"
)


class Frame(msgspec.Struct, frozen=True):
    """One line that arrived whole."""

    run: str
    number: int
    part: int
    parts: int
    chunk: bytes


def checksum(text: str) -> int:
    """The check of a text in ASCII: a polynomial over 65,599, modulo 2**31 - 1."""
    check = 0
    for code in text.encode("ascii"):
        check = (check * 65599 + code) % 2147483647
    return check


def find_frames(text: str) -> Iterator[Frame]:
    """Yield the lines that stand whole anywhere in a console's text, in their order."""
    for match in _LINE.finditer(text):
        part, parts, chunk = int(match["part"]), int(match["parts"]), match["chunk"]
        if not 1 <= part <= parts <= MOST_PARTS or len(chunk) % 4:
            continue
        if checksum(text[match.start() : match.start("check")]) == int(match["check"]):
            yield Frame(match["run"], int(match["number"]), part, parts, b64decode(chunk))


def join(chunks: list[bytes]) -> bytes | None:
    """Return the record that these parts make, without its check; None if they do not belong together."""
    text, _, check = b"".join(chunks).rstrip(b" ").rpartition(b" ")
    try:
        told = int(check) if check.isdigit() and len(check) <= 10 else -1
        return text if checksum(text.decode("ascii")) == told else None
    except UnicodeDecodeError:
        return None
