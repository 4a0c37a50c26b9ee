# SPDX-License-Identifier: Apache-2.0
"""Images that QEMU's own tool reads back as they were."""

import random
import subprocess
from pathlib import Path

import pytest

from sovran.guest.image.qcow2 import CLUSTER, qcow2


def as_qemu_reads(image: bytes, folder: Path) -> bytes:
    """The disk in it."""
    (folder / "image").write_bytes(image)
    subprocess.run(["qemu-img", "check", "-q", "-f", "qcow2", folder / "image"], check=True)
    subprocess.run(["qemu-img", "convert", "-f", "qcow2", "-O", "raw", folder / "image", folder / "raw"], check=True)
    return (folder / "raw").read_bytes()


@pytest.mark.parametrize("seed", range(8))
def test_what_compresses_what_does_not_and_what_is_zero(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same disk each time
    kinds = (
        bytes(CLUSTER),
        chance.randbytes(CLUSTER),
        chance.randbytes(CLUSTER // 2) + bytes(CLUSTER // 2),
        b"text " * (CLUSTER // 5) + b"\0",
    )
    disk = b"".join(chance.choices(kinds, k=40)) + b"end".ljust(512, b"\0")
    image = qcow2(disk)
    assert as_qemu_reads(image, tmp_path) == disk
    assert len(image) < len(disk)


def test_an_empty_disk_is_only_tables(tmp_path: Path) -> None:
    image = qcow2(bytes(1 << 20))
    assert len(image) == 5 * CLUSTER
    assert as_qemu_reads(image, tmp_path) == bytes(1 << 20)


def test_a_disk_beyond_one_table_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        qcow2(bytes(CLUSTER * (CLUSTER // 8) + 512))
