# SPDX-License-Identifier: Apache-2.0
"""Reads flavor names by the text of SCS-0100 v1, v2 and v3; the public face of the flavor-name grammar.

One compiled expression per version recognizes a correct name; only a wrong one is looked at again, by `diagnose`, to
say where and why. Every part of the expression has a bounded length, so the cost is bounded whatever the name.
"""

import re
from dataclasses import dataclass

from sovran.model.printable import printable
from sovran.naming.diagnose import diagnose
from sovran.naming.limits import MAX_COUNT_DIGITS, MAX_DIGITS
from sovran.naming.records import Cpu, Disk, FlavorName, FlavorNameError, Gpu
from sovran.naming.render import PREFIX, extra_specs, render, short, to_v1, to_v2
from sovran.naming.tables import (
    CPU_TYPES,
    DISK_TYPES,
    GPU_GENERATIONS,
    GPU_KINDS,
    HYPERVISORS,
    HYPERVISORS_SINCE_V3,
    NEWEST_CPU_GENERATION,
    VERSIONS,
    Version,
)

__all__ = [
    "PREFIX",
    "Cpu",
    "Disk",
    "FlavorName",
    "FlavorNameError",
    "Gpu",
    "NameReport",
    "Version",
    "check",
    "claims_grammar",
    "detect",
    "extra_specs",
    "parse",
    "render",
    "short",
    "to_v1",
    "to_v2",
]


def _expression(version: Version) -> re.Pattern[str]:
    """The grammar of one version as an expression whose groups `parse` takes in order."""
    part, extension = (":", "-") if version == "v1" else ("-", "_")
    number = f"[1-9][0-9]{{0,{MAX_DIGITS - 1}}}"
    count = f"[1-9][0-9]{{0,{MAX_COUNT_DIGITS - 1}}}"
    size = f"(?:({count})x)?({number})?" if version != "v3" else f"(?:(?:({count})x)?({number}))?"
    hypervisors = [name for name in HYPERVISORS if version == "v3" or name not in HYPERVISORS_SINCE_V3]
    cpus = [f"{vendor}[0-{newest}]?" for vendor, newest in NEWEST_CPU_GENERATION[version].items()]
    gpus = [f"{vendor}(?:{'|'.join(map(re.escape, known))})?" for vendor, known in GPU_GENERATIONS.items()]
    return re.compile(
        f"{PREFIX}({number})([{''.join(CPU_TYPES)}])(i)?"
        rf"{part}({number}(?:\.5)?|0\.5)(u)?(o)?"
        f"({part}{size}([{''.join(DISK_TYPES)}])?)?"
        f"(?:{extension}({'|'.join(hypervisors)}))?"
        f"({extension}hwv)?"
        f"(?:{extension}({'|'.join(cpus)})(h{{1,3}})?)?"
        f"(?:{extension}([{''.join(GPU_KINDS)}])({'|'.join(gpus)})"
        f"(?:{part}({number})(h{{1,2}})?(?:{part}({number})(h{{1,2}})?)?)?)?"
        f"({extension}ib)?"
    )


_EXPRESSIONS = {version: _expression(version) for version in VERSIONS}


def parse(name: str, version: Version = "v3") -> FlavorName:
    """Return what `name` says, read by the text of naming `version` (SCS-0100).

    Raises:
        FlavorNameError: `name` does not follow the grammar; nothing else is ever raised, whatever the text.
            Numbers of more than 10 digits (disk counts: 4) are refused too, although the text sets no bound:
            Nova keeps them as 32-bit integers, so no flavor could fulfil them.
    """
    match = _EXPRESSIONS[version].fullmatch(name)
    if match is None:
        raise diagnose(name, version)
    (
        cpus, cpu_type, insecure, ram, no_ecc, oversubscribed, disk, disks, size, disk_type, hypervisor, nested,
        cpu, frequency, gpu_kind, gpu, units, units_freq, vram, vram_bw, infiniband,
    ) = match.groups()  # fmt: skip
    return FlavorName(
        int(cpus),
        cpu_type,
        float(ram),
        insecure is not None,
        no_ecc is not None,
        oversubscribed is not None,
        Disk(int(disks) if disks else 1, int(size) if size else None, disk_type) if disk else None,
        hypervisor,
        nested is not None,
        Cpu(cpu[0], int(cpu[1]) if len(cpu) > 1 else None, frequency) if cpu else None,
        Gpu(
            gpu_kind,
            gpu[0],
            gpu[1:] or None,
            int(units) if units else None,
            units_freq,
            int(vram) if vram else None,
            vram_bw,
        )
        if gpu
        else None,
        infiniband is not None,
    )


def claims_grammar(name: str) -> bool:
    """Whether `name` starts with `SCS-` and so must follow the grammar; other names are free (SCS-0100-01, -06)."""
    return name.startswith(PREFIX)


def detect(name: str) -> tuple[Version, ...]:
    """Return the naming versions in which `name` is valid, v3 before v2; a v1 name (colons) is valid in v1 only."""
    return tuple(version for version in VERSIONS if _EXPRESSIONS[version].fullmatch(name))


@dataclass(frozen=True, slots=True)
class NameReport:
    """What `check` found out about one name: either parsed and version are set, or error is."""

    name: str
    parsed: FlavorName | None
    version: Version | None
    """The newest version in which the name is valid."""
    error: FlavorNameError | None
    warnings: tuple[str, ...]
    """Discouraged or tolerated, not wrong; whole clauses, safe to print."""


def check(name: str) -> NameReport:
    """Judge `name` by the text of all versions, v3 first; never raises.

    The error is that of v1 when a colon is the first delimiter after the prefix, else that of v3.
    """
    versions = detect(name)
    if versions:
        flavor = parse(name, versions[0])
        return NameReport(name, flavor, versions[0], None, _warnings(name, flavor, versions[0]))
    delimiter = re.compile("[:-]").search(name, len(PREFIX))
    error = diagnose(name, "v1" if delimiter and delimiter[0] == ":" else "v3")
    return NameReport(name, None, None, error, ())


def _warnings(name: str, flavor: FlavorName, version: Version) -> tuple[str, ...]:
    """What the text discourages or only an old version shows (SCS-0100-09 and the decisions in docs/flavor.md)."""
    found: list[str] = []
    if version == "v1":
        found.append(
            f"a name of the deprecated naming v1; with the delimiters of v2 and v3 it is {printable(to_v2(name))}"
        )
    if flavor.disk is not None and flavor.disk.count > 1 and flavor.disk.size_gb is None:
        found.append(f"a disk count without a size is only shown in naming v1 and v2, not in v3 ({version} accepts it)")
    if flavor.ram_gib >= 10 and flavor.ram_gib != int(flavor.ram_gib):
        found.append("half GiB should not be used from 10 GiB RAM on")
    if flavor.cpu is not None and flavor.cpu.generation == 0:
        found.append(f"CPU generation 0 is better left out: {render(flavor, version)}")
    if version == "v1" and flavor.gpu is not None and flavor.gpu.vram_gib is not None:
        found.append("video memory of a GPU is not described before naming v3")
    return tuple(found)
