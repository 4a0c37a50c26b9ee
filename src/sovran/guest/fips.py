# SPDX-License-Identifier: Apache-2.0
"""FIPS 140-2 power-up tests of a random number source (section 4.9.1 with change notice 2), in plain Python.

The guest computes the same in awk (guest/program/fips.awk); both are tested against each other.
"""

from itertools import groupby

from sovran.guest.records import Fips

BLOCK_BYTES = 2500
"""20,000 bits."""
_RUNS = ((2315, 2685), (1114, 1386), (527, 723), (240, 384), (103, 209), (103, 209))
"""Least and most runs of 1, 2, 3, 4, 5 and at least 6 bits, of zeros and of ones each."""


def examine(data: bytes, source: str = "") -> Fips:
    """Test the whole blocks of these bytes; a rest is left out. Bits are read from the highest of each byte on."""
    blocks = [data[at : at + BLOCK_BYTES] for at in range(0, len(data) - BLOCK_BYTES + 1, BLOCK_BYTES)]
    failed = [(_monobit(block), _poker(block), *_runs(block)) for block in blocks]
    monobit, poker, runs, long_run = (sum(column) for column in zip(*failed, strict=True)) if failed else (0, 0, 0, 0)
    return Fips(
        source=source,
        blocks=len(blocks),
        failures=sum(any(tests) for tests in failed),
        monobit=monobit,
        poker=poker,
        runs=runs,
        long_run=long_run,
    )


def _monobit(block: bytes) -> bool:
    return not 9725 < int.from_bytes(block, "big").bit_count() < 10275


def _poker(block: bytes) -> bool:
    counts = [0] * 16
    for byte in block:
        counts[byte >> 4] += 1
        counts[byte & 15] += 1
    return not 2.16 < 16 / 5000 * sum(count * count for count in counts) - 5000 < 46.17


def _runs(block: bytes) -> tuple[bool, bool]:
    """Whether the runs test fails, and the long run test."""
    counts = {(bit, length): 0 for bit in "01" for length in range(1, 7)}
    longest = 0
    for bit, run in groupby(f"{int.from_bytes(block, 'big'):0{8 * BLOCK_BYTES}b}"):
        length = len(list(run))
        longest = max(longest, length)
        counts[bit, min(length, 6)] += 1
    bad = any(not _RUNS[length - 1][0] <= count <= _RUNS[length - 1][1] for (_, length), count in counts.items())
    return bad, longest >= 26
