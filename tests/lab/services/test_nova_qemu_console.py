# SPDX-License-Identifier: Apache-2.0
"""What is kept of a guest's console."""

from pathlib import Path

from sovran.lab.services.nova_qemu_console import KEPT, SHOWN, forget_beginning, last_bytes


def test_a_machine_that_never_ran_printed_nothing(tmp_path: Path) -> None:
    console = tmp_path / "console.log"
    assert last_bytes(console) == b""
    forget_beginning(console)
    assert not console.exists()


def test_the_end_is_shown(tmp_path: Path) -> None:
    console = tmp_path / "console.log"
    console.write_bytes(b"x" * SHOWN + b"the end\xff")
    assert last_bytes(console) == (b"x" * SHOWN + b"the end\xff")[-SHOWN:]


def test_a_guest_that_prints_without_end_does_not_fill_the_disk(tmp_path: Path) -> None:
    console = tmp_path / "console.log"
    with console.open("wb", buffering=0) as writer:
        for _ in range(8):
            writer.write(b"y" * KEPT)
        writer.write(b"before")
        forget_beginning(console)
        # whoever had it open goes on where it was
        writer.write(b" and after")
    size = 8 * KEPT + len(b"before and after")
    assert console.stat().st_size == size
    assert console.stat().st_blocks * 512 < 2 * KEPT
    assert last_bytes(console).endswith(b"yybefore and after")
