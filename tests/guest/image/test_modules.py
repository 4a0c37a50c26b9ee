# SPDX-License-Identifier: Apache-2.0
"""Drivers with those that they need, and the tables by which modprobe finds them."""

import lzma

from sovran.guest.image.contents import Contents
from sovran.guest.image.modules import chosen, tables
from sovran.guest.image.packages import Packages


def module(*, needs: str = "", aliases: tuple[str, ...] = ()) -> bytes:
    """A file with the section that tells this."""
    said = [f"depends={needs}", *(f"alias={alias}" for alias in aliases), "name=any"]
    return b"\x7fELF\0" + "".join(f"{line}\0" for line in said).encode() + b"\0rest"


FILES = {
    "./lib/modules/9/kernel/a/virtio_net.ko": module(needs="net_failover,virtio", aliases=("virtio:d00000001v*",)),
    "./lib/modules/9/kernel/b/net_failover.ko": module(needs="failover"),
    "./lib/modules/9/kernel/b/failover.ko": module(needs="virtio"),
    "./lib/modules/9/kernel/c/virtio.ko.xz": lzma.compress(module()),
    "./lib/modules/9/kernel/c/virtio-rng.ko": module(needs="virtio", aliases=("virtio:d00000004v*",)),
    "./lib/modules/9/kernel/c/unwanted.ko": module(needs="virtio"),
}


def test_what_is_needed_comes_along_first_and_unpacked() -> None:
    found = chosen(FILES)
    assert list(found) == ["virtio", "failover", "net_failover", "virtio_net", "virtio_rng"]
    assert found["virtio"].content == module()


def test_the_tables_of_modprobe() -> None:
    written = tables(chosen(FILES))
    rows = dict(line.split(":", 1) for line in written["modules.dep"].decode().splitlines())
    # it loads them from the last to the first
    assert rows["virtio_net.ko"].split() == ["net_failover.ko", "failover.ko", "virtio.ko"]
    assert rows["virtio.ko"] == ""
    assert written["modules.alias"].decode().splitlines() == [
        "alias virtio:d00000001v* virtio_net",
        "alias virtio:d00000004v* virtio_rng",
    ]


def test_debians_kernel_has_what_clouds_need(packages: Packages) -> None:
    found = chosen(Contents(packages).drivers())
    assert {"virtio_pci", "virtio_blk", "virtio_net", "virtio_scsi", "virtio_rng", "isofs", "vfat", "sr_mod"} <= set(
        found
    )
    assert not [name for name, one in found.items() for needed in one.needs if needed not in found]
