# SPDX-License-Identifier: Apache-2.0
"""Compares what a flavor name claims with what the flavor has (SCS-0100-02, by the text)."""

from typing import NamedTuple

from sovran.naming.records import FlavorName

MIB_PER_GIB = 1024
UNITS = {"vcpus": "", "ram": " MiB", "disk": " GB"}
"""Figures of a flavor, by their field of the Compute API, and the units in which Nova shows them."""


class Shortfall(NamedTuple):
    """A figure of which the flavor has less than its name claims; the values carry their unit."""

    field: str
    """`vcpus`, `ram` or `disk`."""
    claimed: str
    there: str


def shortfalls(
    name: FlavorName, vcpus: int | None = None, ram_mib: int | None = None, disk_gb: int | None = None
) -> list[Shortfall]:
    """The figures among vCPUs, RAM and root disk of which the flavor has less than its name claims.

    `vcpus`, `ram_mib` and `disk_gb` are the flavor's as Nova tells them; None: not known, not compared. The text knows
    no tolerance, unlike the reference suite, which lets up to 51 MiB of RAM be missing. A disk whose size the name
    leaves to the cloud claims none.
    """
    claimed_gb = name.disk.size_gb if name.disk is not None else None
    figures = (
        ("vcpus", name.cpus, vcpus),
        ("ram", int(name.ram_gib * MIB_PER_GIB), ram_mib),
        ("disk", claimed_gb, disk_gb),
    )
    return [
        Shortfall(field, f"{claimed}{UNITS[field]}", f"{there}{UNITS[field]}")
        for field, claimed, there in figures
        if claimed is not None and there is not None and there < claimed
    ]
