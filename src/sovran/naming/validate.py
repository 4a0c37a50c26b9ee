# SPDX-License-Identifier: Apache-2.0
"""Says which values of a `FlavorName` that was put together by hand no name of a version can carry."""

from sovran.model.printable import printable
from sovran.naming.limits import MAX_COUNT_DIGITS, MAX_DIGITS
from sovran.naming.records import Cpu, Disk, FlavorName, Gpu
from sovran.naming.tables import (
    CPU_FREQUENCIES,
    CPU_TYPES,
    CPU_VENDORS,
    DISK_TYPES,
    GPU_GENERATIONS,
    GPU_KINDS,
    GPU_VENDORS,
    HYPERVISORS,
    HYPERVISORS_SINCE_V3,
    MODIFIERS,
    NEWEST_CPU_GENERATION,
    Version,
)


def problems(flavor: FlavorName, version: Version = "v3") -> tuple[str, ...]:
    """Return what is wrong with `flavor` as a name of naming `version`, one clause each; empty when it can be rendered.

    For a flavor without problems `parse(render(flavor, version), version)` gives it back (CPU generation 0 as None).
    """
    found = [
        *_number(flavor.cpus, "the number of vCPUs"),
        *_choice(flavor.cpu_type, CPU_TYPES, "CPU type"),
    ]
    if not 0 < flavor.ram_gib < 10**MAX_DIGITS or flavor.ram_gib * 2 % 1:
        found.append(f"the RAM must be a positive multiple of 0.5 GiB, not {flavor.ram_gib:g}")
    if flavor.disk is not None:
        found += _disk(flavor.disk, version)
    if flavor.hypervisor is not None:
        known = [name for name in HYPERVISORS if version == "v3" or name not in HYPERVISORS_SINCE_V3]
        found += _choice(flavor.hypervisor, known, "hypervisor")
    if flavor.cpu is not None:
        found += _cpu(flavor.cpu, version)
    if flavor.gpu is not None:
        found += _gpu(flavor.gpu)
    return tuple(found)


def _number(value: int, what: str, digits: int = MAX_DIGITS) -> list[str]:
    return [] if 0 < value < 10**digits else [f"{what} must be from 1 to {10**digits - 1}"]


def _choice(value: str | None, known: "dict[str, str] | list[str]", what: str) -> list[str]:
    if value is None or value in known:
        return []
    return [f"unknown {what} '{printable(value, 20)}' (known: {', '.join(known)})"]


def _disk(disk: Disk, version: Version) -> list[str]:
    found = [*_number(disk.count, "the disk count", MAX_COUNT_DIGITS), *_choice(disk.type, DISK_TYPES, "disk type")]
    if disk.size_gb is not None:
        found += _number(disk.size_gb, "the disk size in GB")
    elif disk.count > 1 and version == "v3":
        found.append("a disk count needs a disk size in naming v3")
    return found


def _cpu(cpu: Cpu, version: Version) -> list[str]:
    found = [*_choice(cpu.vendor, CPU_VENDORS, "CPU vendor"), *_choice(cpu.frequency, CPU_FREQUENCIES, "CPU frequency")]
    newest = NEWEST_CPU_GENERATION[version].get(cpu.vendor)
    if newest is not None and cpu.generation is not None and not 0 <= cpu.generation <= newest:
        vendor = CPU_VENDORS[cpu.vendor]
        found.append(f"{vendor} has CPU generations 0 to {newest} in naming {version}, not {cpu.generation}")
    return found


def _gpu(gpu: Gpu) -> list[str]:
    found = [
        *_choice(gpu.kind, GPU_KINDS, "GPU kind"),
        *_choice(gpu.vendor, GPU_VENDORS, "GPU vendor"),
        *_choice(gpu.units_freq, MODIFIERS, "GPU frequency"),
        *_choice(gpu.vram_bw, MODIFIERS, "GPU memory bandwidth"),
    ]
    if gpu.vendor in GPU_VENDORS:
        found += _choice(gpu.generation, GPU_GENERATIONS[gpu.vendor], f"{GPU_VENDORS[gpu.vendor]} GPU generation")
    if gpu.units is not None:
        found += _number(gpu.units, "the number of GPU units")
    elif gpu.units_freq is not None or gpu.vram_gib is not None:
        found.append("a GPU's frequency and video memory need its number of units")
    if gpu.vram_gib is not None:
        found += _number(gpu.vram_gib, "the GPU's video memory in GiB")
    elif gpu.vram_bw is not None:
        found.append("a GPU's memory bandwidth needs its video memory")
    return found
