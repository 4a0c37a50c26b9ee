# SPDX-License-Identifier: Apache-2.0
"""Bodies of answers, read whole within limits of time and size, whatever the other side sends."""

import time
from collections.abc import Callable

import requests

CHUNK = 64 * 1024


class Endless(Exception):
    """A body did not end within our limits."""


def at_most(size: int) -> Callable[[int], None]:
    """A `take` for `read_body` of a body of `size` bytes, whole MiB, and no more."""
    left = size

    def take(more: int) -> None:
        nonlocal left
        left -= more
        if left < 0:
            raise Endless(f"the answer is larger than {size // 1024**2} MiB")

    return take


def read_body(response: requests.Response, *, deadline: float, take: Callable[[int], None]) -> bytes:
    """The whole body, decompressed; `take` is told the size of each piece, and may raise Endless.

    Raises Endless when it is not complete at `deadline` (of time.monotonic), and urllib3's exceptions.
    """
    chunks: list[bytes] = []
    # read1 returns what has arrived, so that an answer of one byte a second cannot hold us beyond the limit
    while chunk := response.raw.read1(CHUNK, decode_content=True):
        take(len(chunk))
        chunks.append(chunk)
        if time.monotonic() > deadline:
            raise Endless("the answer was not complete when the time limit was over")
    return b"".join(chunks)
