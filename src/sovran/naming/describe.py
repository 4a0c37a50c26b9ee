# SPDX-License-Identifier: Apache-2.0
"""Puts into plain words, for tenants, what a flavor name promises (meanings: SCS-0100, value tables)."""

from sovran.naming.records import Cpu, Disk, FlavorName, Gpu
from sovran.naming.tables import (
    CPU_FREQUENCIES,
    CPU_GENERATIONS,
    CPU_TYPES,
    CPU_VENDORS,
    DISK_TYPES,
    GPU_GENERATIONS,
    GPU_GENERATIONS_BEFORE_V3,
    GPU_KINDS,
    GPU_UNITS,
    GPU_VENDORS,
    HYPERVISORS,
    MODIFIERS,
    Version,
)

_SHARED = "Each shared vCPU gets at least 20% of a core during more than 99% of a month."
_CROWDED = "No share of a core is guaranteed to these vCPUs."
_INSECURE = "Protection against CPU vulnerabilities is weak: mitigations or microcode may be missing."
_NO_ECC = "The RAM has no error correction (ECC)."
_OVERSUBSCRIBED = "The RAM is oversubscribed."
_NO_DISK = "There is no disk: boot from a volume."


def describe(flavor: FlavorName, version: Version = "v3") -> str:
    """Return one sentence on what the flavor offers, then one for each thing to know before choosing it.

    `version` is that of the name: some GPU generations meant something else before v3.
    """
    parts = [_cpus(flavor), f"{flavor.ram_gib:.10g} GiB RAM"]
    if flavor.disk is not None:
        parts.append(_disk(flavor.disk))
    if flavor.gpu is not None:
        parts.append(_gpu(flavor.gpu, version))
    if flavor.infiniband:
        parts.append("Infiniband")
    if flavor.hypervisor is not None:
        parts.append("bare metal" if flavor.hypervisor == "bms" else f"on {HYPERVISORS[flavor.hypervisor]}")
    if flavor.nested_virt:
        parts.append("hardware virtualization usable inside")
    notes = {
        _SHARED: flavor.cpu_type == "V",
        _CROWDED: flavor.cpu_type == "L",
        _INSECURE: flavor.insecure,
        _NO_ECC: flavor.no_ecc,
        _OVERSUBSCRIBED: flavor.ram_oversubscribed,
        _NO_DISK: flavor.disk is None,
    }
    return " ".join([", ".join(parts) + ".", *(note for note, applies in notes.items() if applies)])


def _counted(number: int, plural: str) -> str:
    return f"{number} {plural if number != 1 else plural.removesuffix('s')}"


def _cpus(flavor: FlavorName) -> str:
    return f"{_counted(flavor.cpus, CPU_TYPES[flavor.cpu_type])} ({_cpu(flavor.cpu)})"


def _cpu(cpu: Cpu | None) -> str:
    if cpu is None:
        return "x86-64 of any make"
    words = CPU_VENDORS[cpu.vendor]
    if cpu.generation is not None:
        words += f", {CPU_GENERATIONS[cpu.vendor][cpu.generation]}"
    if cpu.frequency is not None:
        words += f", above {CPU_FREQUENCIES[cpu.frequency]} on all cores"
    return words


def _disk(disk: Disk) -> str:
    kind = DISK_TYPES[disk.type] if disk.type else "disk of unspecified type"
    size = f"{disk.size_gb} GB " if disk.size_gb else ""
    chosen = "" if disk.size_gb else " with a size that the cloud chooses"
    return f"{f'{disk.count} x ' if disk.count > 1 else ''}{size}{kind}{chosen}"


def _gpu(gpu: Gpu, version: Version) -> str:
    words = f"{GPU_KINDS[gpu.kind]} {GPU_VENDORS[gpu.vendor]}"
    if gpu.generation is not None:
        labels = GPU_GENERATIONS[gpu.vendor]
        if version != "v3":
            labels = labels | GPU_GENERATIONS_BEFORE_V3.get(gpu.vendor, {})
        words += f" {labels[gpu.generation]}"
    if gpu.units is not None:
        words += f" with {_counted(gpu.units, GPU_UNITS[gpu.vendor])}"
        words += f" of {MODIFIERS[gpu.units_freq]} frequency" if gpu.units_freq else ""
    if gpu.vram_gib is not None:
        words += f" and {gpu.vram_gib} GiB of "
        words += f"{MODIFIERS[gpu.vram_bw]}-bandwidth video memory" if gpu.vram_bw else "video memory"
    return words
