# SPDX-License-Identifier: Apache-2.0
"""The letters and numbers a flavor name may hold and what they stand for (SCS-0100, value tables of v1, v2 and v3).

Data, kept as Python rather than YAML: the grammar is compiled from it on import, and reading it from YAML would add
PyYAML (about 50 ms) to every command that meets a name; these change only with a new revision of the standard.
"""

from typing import Final, Literal

Version = Literal["v1", "v2", "v3"]
VERSIONS: Final[tuple[Version, ...]] = ("v3", "v2", "v1")
"""Naming versions, the preferred one first."""

CPU_TYPES: Final = {
    "C": "dedicated cores",
    "T": "dedicated SMT threads",
    "V": "shared vCPUs",
    "L": "heavily oversubscribed vCPUs",
}
CPU_TYPE_SPECS: Final = {"C": "dedicated-core", "T": "dedicated-thread", "V": "shared-core", "L": "crowded-core"}
"""Values of the extra spec `scs:cpu-type` (SCS-0103)."""

DISK_TYPES: Final = {"n": "network disk", "h": "local hard disk", "s": "local SSD", "p": "local high-performance NVMe"}
DISK_TYPE_SPECS: Final = {"n": "network", "h": "hdd", "s": "ssd", "p": "nvme"}
"""Values of the extra spec `scs:diskN-type` (SCS-0103)."""

HYPERVISORS: Final = {
    "kvm": "KVM",
    "chy": "Cloud Hypervisor",
    "xen": "Xen",
    "vmw": "VMware",
    "hyv": "Hyper-V",
    "bms": "bare metal",
}
HYPERVISORS_SINCE_V3: Final = frozenset({"chy"})

CPU_VENDORS: Final = {"i": "Intel", "z": "AMD", "a": "ARM", "r": "RISC-V"}
CPU_GENERATIONS: Final = {
    "i": (
        "older than Skylake",
        "Skylake",
        "Cascade Lake",
        "Ice Lake",
        "Sapphire Rapids",
        "Sierra Forest (E-cores)",
        "Granite Rapids (P-cores)",
    ),
    "z": (
        "older than Zen",
        "Zen 1 (Naples)",
        "Zen 2 (Rome)",
        "Zen 3 (Milan)",
        "Zen 4/4c (Genoa, Bergamo)",
        "Zen 5/5c (Turin)",
        "Zen 6 (Venice)",
    ),
    "a": (
        "older than Cortex-A76",
        "Cortex-A76 or Neoverse N1 class",
        "Cortex-A78, X1 or Neoverse V1 class",
        "Cortex-A71x or Neoverse N2/V2 class (ARMv9)",
        "AmpereOne (ARMv8.6)",
        "Cortex-A72x or Neoverse N3/V3 class (ARMv9.2)",
    ),
    "r": ("unspecified generation",),
}
"""Labels by vendor; the index is the generation. For RISC-V the text leaves 1 and above to be defined."""

NEWEST_CPU_GENERATION: Final[dict[Version, dict[str, int]]] = {
    "v1": {"i": 3, "z": 4, "a": 3, "r": 0},
    "v2": {"i": 4, "z": 4, "a": 3, "r": 0},
    "v3": {"i": 6, "z": 6, "a": 5, "r": 0},
}

CPU_FREQUENCIES: Final = {"h": "2.75 GHz", "hh": "3.25 GHz", "hhh": "3.75 GHz"}
"""Lower bounds of the all-core frequency."""

GPU_KINDS: Final = {"G": "pass-through GPU", "g": "virtual GPU"}
GPU_VENDORS: Final = {"N": "Nvidia", "A": "AMD", "I": "Intel"}
GPU_UNITS: Final = {"N": "streaming multiprocessors", "A": "compute units", "I": "execution units"}
GPU_GENERATIONS: Final = {
    "N": {
        "f": "Fermi",
        "k": "Kepler",
        "m": "Maxwell",
        "p": "Pascal",
        "v": "Volta",
        "t": "Turing",
        "a": "Ampere",
        "l": "Ada Lovelace",
        "g": "Grace Hopper",
        "b": "Blackwell",
        "u": "Blackwell Ultra",
    },
    "A": {
        "0.4": "GCN 4 (Polaris)",
        "0.5": "GCN 5 (Vega)",
        "1": "CDNA 1",
        "1.1": "RDNA 1",
        "2": "CDNA 2",
        "2.1": "RDNA 2",
        "3": "CDNA 3",
        "3.1": "RDNA 3",
        "3.5": "RDNA 3.5",
        "4": "CDNA 4",
        "4.1": "RDNA 4",
        "5.1": "RDNA 5",
    },
    "I": {
        "0.9": "Gen9",
        "0.95": "Gen9.5",
        "1": "Xe 12.1 (DG1)",
        "2": "Xe 12.2",
        "3": "Arc 12.7 (DG2)",
        "4": "Battlemage 20.0",
    },
}
"""One table for all versions: the lists in v1 and v2 are open-ended, so what the reference suite knows counts."""

GPU_GENERATIONS_BEFORE_V3: Final = {"A": {"1": "RDNA 1", "2": "RDNA 2", "3": "RDNA 3"}}
"""Where the same spelling meant something else in v1 and v2 (v3.3 moved RDNA x to x.1)."""

MODIFIERS: Final = {"h": "high", "hh": "very high"}
"""`h` and `hh` behind a GPU's units (frequency) or video memory (bandwidth)."""
