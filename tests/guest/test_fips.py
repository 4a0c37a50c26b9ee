# SPDX-License-Identifier: Apache-2.0
"""FIPS 140-2 power-up tests: the reference, and the guest's in awk against it on the same bytes."""

import random
import subprocess
from importlib.resources import files

import pytest

from sovran.guest import fips
from sovran.guest.records import Fips

AWKS = (("mawk",), ("busybox", "awk"), ("original-awk",))


def good(seed: int) -> bytes:
    """A block that a good source could give."""
    return random.Random(seed).randbytes(fips.BLOCK_BYTES)  # noqa: S311  # the same bytes in each run are wanted


def with_run(bits: int, bit: str, at: int) -> bytes:
    """A good block with a run of so many bits, no longer, at a place."""
    text = f"{int.from_bytes(good(1), 'big'):020000b}"
    other = "1" if bit == "0" else "0"
    text = text[:at] + other + bit * bits + other + text[at + bits + 2 :]
    return int(text, 2).to_bytes(fips.BLOCK_BYTES, "big")


def cases() -> dict[str, tuple[bytes, Fips]]:
    """Blocks by name, and what is wrong with each."""
    none = Fips(source="", blocks=1, failures=0)
    return {
        "good": (good(1), none),
        "zeros": (bytes(2500), Fips(source="", blocks=1, failures=1, monobit=1, poker=1, runs=1, long_run=1)),
        "ones": (b"\xff" * 2500, Fips(source="", blocks=1, failures=1, monobit=1, poker=1, runs=1, long_run=1)),
        "alternating": (b"\xaa" * 2500, Fips(source="", blocks=1, failures=1, poker=1, runs=1)),
        "bytes in turn": (bytes(i % 256 for i in range(2500)), none),
        "run of 25 zeros": (with_run(25, "0", 100), none),
        "run of 26 zeros": (with_run(26, "0", 100), Fips(source="", blocks=1, failures=1, long_run=1)),
        "run of 26 ones over borders": (with_run(26, "1", 8003), Fips(source="", blocks=1, failures=1, long_run=1)),
        "run of 26 at the end": (good(1)[:-4] + b"\x00" * 4, Fips(source="", blocks=1, failures=1, long_run=1)),
        "too many ones": (
            b"".join(bytes([b | (1 << (n % 8)) if n % 3 == 0 else b]) for n, b in enumerate(good(1))),
            Fips(source="", blocks=1, failures=1, monobit=1),
        ),
    }


@pytest.mark.parametrize("name", cases())
def test_reference_finds_what_is_wrong(name: str) -> None:
    """Each constructed block fails exactly the tests that it was made to fail."""
    data, expected = cases()[name]
    assert fips.examine(data) == expected


def test_a_rest_is_left_out() -> None:
    """Half a block is no block."""
    assert fips.examine(good(1) + bytes(2499)) == Fips(source="", blocks=1, failures=0)
    assert fips.examine(b"") == Fips(source="", blocks=0, failures=0)


def awk(command: tuple[str, ...], data: bytes) -> str:
    """What the guest's program says of these bytes."""
    numbers = subprocess.run(["od", "-An", "-v", "-tu1"], input=data, capture_output=True, check=True).stdout
    program = files("sovran.guest").joinpath("program/fips.awk").read_text(encoding="ascii")
    return subprocess.run([*command, program], input=numbers, capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize("command", AWKS, ids=" ".join)
def test_awk_agrees(command: tuple[str, ...]) -> None:
    """Every awk counts as the reference does: of constructed blocks, good ones, and a rest."""
    blocks = [data for data, _ in cases().values()]
    blocks += [good(seed) for seed in range(100, 130)]
    generator = random.Random(7)  # noqa: S311  # the same bytes in each run are wanted
    # sources that are a little off, so that each limit is met from both sides
    for share in (0.47, 0.485, 0.49, 0.51, 0.515, 0.53):
        bits = "".join("1" if generator.random() < share else "0" for _ in range(20000))
        blocks.append(int(bits, 2).to_bytes(fips.BLOCK_BYTES, "big"))
    for one in [*blocks, b"".join(blocks) + b"\x55" * 100]:
        told = fips.examine(one)
        expected = (told.blocks, told.failures, told.monobit, told.poker, told.runs, told.long_run)
        if one in blocks and command[0] != "mawk" and blocks.index(one) % 3:
            continue  # the slow ones see each third, and all of them together
        assert tuple(map(int, awk(command, one).split())) == expected
