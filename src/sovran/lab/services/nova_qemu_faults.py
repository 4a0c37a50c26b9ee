# SPDX-License-Identifier: Apache-2.0
"""Faults of machines: what a host that does not give what it promises makes of them."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sovran.lab.services.faults import Faults
from sovran.lab.services.nova_qemu_machine import PROCESSOR, Boot, Machine
from sovran.lab.services.place import Place

LEFT = 1 << 20
"""Bytes."""
LONG_AGO = "2001-09-09T01:46:40"
_faults: list[Faults] = []


def tell(place: Place) -> None:
    """Where the driver, which gets no place, finds its fault."""
    _faults[:] = [Faults(place, "nova")]


def fault() -> str:
    """The fault of the compute service that is on; empty: none."""
    return _faults[0].on if _faults else ""


SPOILED: dict[str, Callable[[Machine], Machine]] = {
    "guests-without-rng": lambda machine: replace(machine, random_device=False),
    "guests-with-less-ram": lambda machine: replace(machine, memory_mib=machine.memory_mib // 4 * 3),
    "guests-with-fewer-cpus": lambda machine: replace(machine, processors=1, sockets=1, cores=1, threads=1),
    "guests-with-old-clock": lambda machine: replace(machine, clock=LONG_AGO),
    "guests-without-instructions": lambda machine: replace(machine, processor=f"{PROCESSOR},-rdrand,-rdseed"),
    # neither a disk nor a network to boot from
    "guests-do-not-boot": lambda machine: replace(machine, boot=Boot(), disks=()),
}
"""Name of a fault to what becomes of a machine."""


def as_it_comes(machine: Machine) -> Machine:
    """The machine that the host really makes of one."""
    spoil = SPOILED.get(fault())
    return spoil(machine) if spoil else machine


def leave_over(disk: Path, size: int) -> None:
    """Let a root disk of this size hold at its end what somebody else left there; 0: it is as large as its image."""
    if size and fault() == "disks-with-leftovers":
        write = f"write -P 0x5a {size - LEFT} {LEFT}"
        subprocess.run(["qemu-io", "-f", "qcow2", "-c", write, str(disk)], check=True, capture_output=True)


def root_bytes(wanted: int) -> int:
    """The size of a root disk that the host really gives, in bytes; 0: the image's."""
    return wanted // 2 if fault() == "guests-with-smaller-disks" else wanted
