# SPDX-License-Identifier: Apache-2.0
"""Writes flavor names: canonical, short, in the spelling of another version, and the extra specs that go with them."""

from sovran.naming.records import Cpu, Disk, FlavorName, Gpu
from sovran.naming.tables import CPU_TYPE_SPECS, DISK_TYPE_SPECS, Version

PREFIX = "SCS-"
_TO_V1 = str.maketrans("-_", ":-")
_FROM_V1 = str.maketrans(":-", "-_")


def render(flavor: FlavorName, version: Version = "v3") -> str:
    """Return the canonical name: no leading zeros, no disk count 1, no CPU generation 0 (SCS-0100, all versions).

    Only the delimiters depend on `version`; whether a version knows what `flavor` says is `problems`' business.
    """
    ram = flavor.ram_gib
    whole = int(ram)
    name = (
        f"{PREFIX}{flavor.cpus}{flavor.cpu_type}{'i' if flavor.insecure else ''}-"
        f"{whole if whole == ram else ram}{'u' if flavor.no_ecc else ''}{'o' if flavor.ram_oversubscribed else ''}"
    )
    if flavor.disk is not None:
        name += _disk(flavor.disk)
    if flavor.hypervisor:
        name += f"_{flavor.hypervisor}"
    if flavor.nested_virt:
        name += "_hwv"
    if flavor.cpu is not None:
        cpu = flavor.cpu
        name += f"_{cpu.vendor}{cpu.generation or ''}{cpu.frequency or ''}"
    if flavor.gpu is not None:
        name += _gpu(flavor.gpu)
    if flavor.infiniband:
        name += "_ib"
    return to_v1(name) if version == "v1" else name


def _disk(disk: Disk) -> str:
    count = "" if disk.count == 1 else f"{disk.count}x"
    return f"-{count}{disk.size_gb or ''}{disk.type or ''}"


def _gpu(gpu: Gpu) -> str:
    part = f"_{gpu.kind}{gpu.vendor}{gpu.generation or ''}"
    if gpu.units:
        part += f"-{gpu.units}{gpu.units_freq or ''}"
        if gpu.vram_gib:
            part += f"-{gpu.vram_gib}{gpu.vram_bw or ''}"
    return part


def short(flavor: FlavorName) -> FlavorName:
    """Return what the short name says: no hypervisor, nested virtualization, x86 CPU details or GPU modifiers.

    ARM and RISC-V keep their vendor letter, since it tells the architecture (SCS-0100-10; as the reference suite does).
    """
    cpu, gpu = flavor.cpu, flavor.gpu
    return FlavorName(
        cpus=flavor.cpus,
        cpu_type=flavor.cpu_type,
        ram_gib=flavor.ram_gib,
        insecure=flavor.insecure,
        no_ecc=flavor.no_ecc,
        ram_oversubscribed=flavor.ram_oversubscribed,
        disk=flavor.disk,
        cpu=None if cpu is None or cpu.vendor in "iz" else Cpu(cpu.vendor),
        gpu=gpu and Gpu(gpu.kind, gpu.vendor, gpu.generation, gpu.units, None, gpu.vram_gib),
        infiniband=flavor.infiniband,
    )


def to_v1(name: str) -> str:
    """Respell a v2 or v3 name with v1's delimiters; one to one, and the inverse of `to_v2`."""
    return PREFIX + name[len(PREFIX) :].translate(_TO_V1)


def to_v2(name: str) -> str:
    """Respell a v1 name with the delimiters of v2 and v3; one to one, and the inverse of `to_v1`."""
    return PREFIX + name[len(PREFIX) :].translate(_FROM_V1)


def extra_specs(flavor: FlavorName) -> dict[str, str]:
    """Return the `scs:` extra specs of a flavor with this name (SCS-0103, properties).

    `scs:cpu-type`; one `scs:diskN-type` per disk (a disk of no stated type counts as `network`, as the reference suite
    writes it); `scs:name-vN` for the distinct long and short names, longest first, v1 spelling before v2, N from 1.
    """
    specs = {"scs:cpu-type": CPU_TYPE_SPECS[flavor.cpu_type]}
    if flavor.disk is not None:
        for number in range(flavor.disk.count):
            specs[f"scs:disk{number}-type"] = DISK_TYPE_SPECS[flavor.disk.type or "n"]
    names: list[str] = []
    for said in (flavor, short(flavor)):
        names += [render(said, "v1"), render(said, "v2")]
    for number, name in enumerate(dict.fromkeys(names), start=1):
        specs[f"scs:name-v{number}"] = name
    return specs
