# SPDX-License-Identifier: Apache-2.0
"""Values that no flavor name can carry are named one by one."""

import pytest

from sovran.naming.records import Cpu, Disk, FlavorName, Gpu
from sovran.naming.tables import Version
from sovran.naming.validate import problems


@pytest.mark.parametrize(
    ("flavor", "version", "words"),
    [
        (FlavorName(0, "V", 4), "v3", ["number of vCPUs must be from 1 to 9999999999"]),
        (FlavorName(2, "X\x1b", 4), "v3", ["unknown CPU type 'X\\x1b' (known: C, T, V, L)"]),
        (FlavorName(2, "V", 4.2), "v3", ["multiple of 0.5 GiB, not 4.2"]),
        (FlavorName(2, "V", 4, disk=Disk(3)), "v3", ["a disk count needs a disk size"]),
        (FlavorName(2, "V", 4, disk=Disk(3)), "v2", []),
        (FlavorName(2, "V", 4, disk=Disk(10_000, 0, "q")), "v3", ["1 to 9999", "unknown disk type", "the disk size"]),
        (FlavorName(2, "V", 4, hypervisor="chy"), "v2", ["unknown hypervisor 'chy' (known: kvm, xen, vmw, hyv, bms)"]),
        (FlavorName(2, "V", 4, cpu=Cpu("i", 5)), "v3", []),
        (FlavorName(2, "V", 4, cpu=Cpu("i", 5)), "v2", ["Intel has CPU generations 0 to 4 in naming v2, not 5"]),
        (FlavorName(2, "V", 4, cpu=Cpu("q", 5, "f")), "v3", ["unknown CPU vendor", "unknown CPU frequency"]),
        (FlavorName(2, "V", 4, gpu=Gpu("G", "N", "3.1")), "v3", ["unknown Nvidia GPU generation '3.1'"]),
        (FlavorName(2, "V", 4, gpu=Gpu("x", "X", "a")), "v3", ["unknown GPU kind", "unknown GPU vendor"]),
        (FlavorName(2, "V", 4, gpu=Gpu("G", "N", vram_gib=4)), "v3", ["need its number of units"]),
        (FlavorName(2, "V", 4, gpu=Gpu("G", "N", units_freq="h")), "v3", ["need its number of units"]),
        (FlavorName(2, "V", 4, gpu=Gpu("G", "N", units=4, vram_bw="h")), "v3", ["bandwidth needs its video memory"]),
        (FlavorName(2, "V", 4, gpu=Gpu("G", "N", units=0, vram_gib=0)), "v3", ["number of GPU units", "video memory"]),
    ],
)
def test_problems(flavor: FlavorName, version: Version, words: list[str]) -> None:
    found = problems(flavor, version)
    assert len(found) == len(words)
    assert all(word in clause for word, clause in zip(words, found, strict=True))
