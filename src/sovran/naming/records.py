# SPDX-License-Identifier: Apache-2.0
"""What a flavor name says, as plain records, and the error that a wrong name ends as (SCS-0100)."""

import msgspec


class Disk(msgspec.Struct, frozen=True):
    """The disk part; all defaults mean a lone delimiter: the cloud picks type and size."""

    count: int = 1
    size_gb: int | None = None
    """GB each; None: chosen by the cloud, large enough for the image."""
    type: str | None = None
    """n, h, s or p; None: no promise."""


class Cpu(msgspec.Struct, frozen=True):
    """The CPU extension."""

    vendor: str
    """i, z, a or r."""
    generation: int | None = None
    """Per vendor; 0 means old or unspecified and is left out when a name is written."""
    frequency: str | None = None
    """h, hh or hhh: above 2.75, 3.25 or 3.75 GHz on all cores."""


class Gpu(msgspec.Struct, frozen=True):
    """The GPU extension."""

    kind: str
    """G pass-through, g virtual."""
    vendor: str
    """N, A or I."""
    generation: str | None = None
    units: int | None = None
    """Streaming multiprocessors, compute units or execution units, by vendor."""
    units_freq: str | None = None
    """h or hh; only with units."""
    vram_gib: int | None = None
    """Video memory; only with units."""
    vram_bw: str | None = None
    """h or hh; only with video memory."""


class FlavorName(msgspec.Struct, frozen=True):
    """A parsed flavor name; independent of the naming version it was written in."""

    cpus: int
    cpu_type: str
    """C, T, V or L."""
    ram_gib: float
    """A positive multiple of 0.5."""
    insecure: bool = False
    no_ecc: bool = False
    ram_oversubscribed: bool = False
    disk: Disk | None = None
    """None: no disk; the user brings a volume to boot from."""
    hypervisor: str | None = None
    nested_virt: bool = False
    cpu: Cpu | None = None
    """None: generic x86-64."""
    gpu: Gpu | None = None
    infiniband: bool = False


class FlavorNameError(ValueError):
    """A name does not follow the grammar: where, why, and the spelling that was probably meant."""

    def __init__(self, position: int, reason: str, suggestion: str | None = None) -> None:
        super().__init__(f"position {position}: {reason}")
        self.position = position
        """Index into the name, from 0, of the first character that cannot stand there; its length if cut short."""
        self.reason = reason
        """One clause without final stop; safe to print."""
        self.suggestion = suggestion
        """The canonical spelling, only where the meaning is beyond doubt."""
