# SPDX-License-Identifier: Apache-2.0
"""The vCPUs, RAM and disks that a guest has, against those that it was promised."""

from collections.abc import Iterator
from typing import NamedTuple

from sovran.guest.records import Cpu, Disk, Disks, Memory
from sovran.probes.guest import TriedGuest
from sovran.rules.guest_evidence import Open, record_of

MIB = 1024
"""KiB."""
GIB, GB = 1024**3, 1000**3
"""Bytes: what Nova means by its disk sizes, and what a name may mean by GB."""
FIRMWARE_KIB = 64 * MIB
"""So much of the RAM firmware may keep for itself at most; what is missing beyond that was not given."""
KERNEL_SHARE, CRASH_SHARE = 0.05, 0.25
"""Share of the RAM that a kernel takes for its tables, and that it may take if it keeps room for a crash kernel too."""


class Lack(NamedTuple):
    """A figure of which the machine has less than was promised."""

    field: str
    promised: str
    there: str


def lacking_cpus(guest: TriedGuest, promised: int) -> Iterator[Lack | Open]:
    """Fewer processors than promised; in an image that is not ours the kernel may have left some out."""
    cpu = record_of(guest, Cpu)
    if cpu is None or cpu.count is None:
        yield Open(f"the guest on {guest.where} did not tell its number of processors")
    elif cpu.count < promised and not guest.image.own:
        yield Open(f"{cpu.count} of {promised} vCPUs are online in the guest on {guest.where}; its image may say so")
    elif cpu.count < promised:
        yield Lack("vcpus", str(promised), str(cpu.count))


def lacking_ram(guest: TriedGuest, promised_mib: int) -> Iterator[Lack | Open]:
    """Less RAM than promised. What the firmware tells as RAM is exact but for its own part; of what the kernel has left
    less can be said.
    """
    memory = record_of(guest, Memory)
    wanted = promised_mib * MIB
    if memory is not None and memory.given_kib is not None:
        if memory.given_kib + FIRMWARE_KIB < wanted:
            yield Lack("ram", f"{promised_mib} MiB", f"{memory.given_kib // MIB} MiB given")
    elif memory is None or memory.total_kib is None:
        yield Open(f"the guest on {guest.where} did not tell its RAM")
    elif memory.total_kib + FIRMWARE_KIB < wanted * (1 - CRASH_SHARE):
        yield Lack("ram", f"{promised_mib} MiB", f"{memory.total_kib // MIB} MiB usable")
    elif memory.total_kib + FIRMWARE_KIB < wanted * (1 - KERNEL_SHARE):
        yield Open(f"the kernel of the guest on {guest.where} has {memory.total_kib // MIB} of {promised_mib} MiB left")


def root_disk(guest: TriedGuest) -> Disk | None:
    """The disk from which the guest booted, or that it would have if it booted from elsewhere; None: not told."""
    disks = record_of(guest, Disks)
    return next((disk for disk in disks.disks if disk.root), None) if disks else None


def further_disks(guest: TriedGuest) -> tuple[Disk, ...]:
    """Disks beside the root disk that can be written to; a config drive cannot."""
    disks = record_of(guest, Disks)
    return tuple(disk for disk in disks.disks if not disk.root and not disk.read_only) if disks else ()


def lacking_disks(guest: TriedGuest, root: int, further: int, unit: int) -> Iterator[Lack | Open]:
    """Smaller disks than promised, in bytes of `root` and of all `further` ones, told in units of `unit` bytes. A root
    disk that is a volume says nothing about the flavor's.
    """
    word = "GiB" if unit == GIB else "GB"
    disks = record_of(guest, Disks)
    if disks is None or not disks.disks:
        error = f": {disks.error}" if disks and disks.error else ""
        yield Open(f"the guest on {guest.where} did not tell its disks{error}")
        return
    there = root_disk(guest)
    if root and guest.boot == "image":
        if there is None:
            yield Open(f"which disk the guest on {guest.where} booted from it did not tell")
        elif there.size_bytes < root:
            yield Lack("disk", f"{root // unit} {word}", f"{there.size_bytes / unit:.1f} {word}")
    # an unknown root disk would be taken for a further one
    if further and there is not None:
        found = sum(disk.size_bytes for disk in further_disks(guest))
        if found < further:
            yield Lack("further disks", f"{further // unit} {word}", f"{found / unit:.1f} {word}")
