# SPDX-License-Identifier: Apache-2.0
"""Compares what a flavor name claims with what the flavor has (SCS-0100-02, by the text)."""

from sovran.naming.records import FlavorName


def overpromises(
    flavor: FlavorName, vcpus: int | None = None, ram_mib: int | None = None, disk_gb: int | None = None
) -> tuple[str, ...]:
    """Return a clause for each of vCPUs, RAM and root disk of which the flavor has less than its name claims.

    `vcpus`, `ram_mib` and `disk_gb` are the flavor's as Nova tells them; None: not known, not compared. The text knows
    no tolerance, unlike the reference suite, which lets up to 51 MiB of RAM be missing.
    """
    found: list[str] = []
    if vcpus is not None and vcpus < flavor.cpus:
        found.append(f"it has {vcpus} vCPUs, the name claims {flavor.cpus}")
    claimed_mib = int(flavor.ram_gib * 1024)
    if ram_mib is not None and ram_mib < claimed_mib:
        found.append(f"it has {ram_mib} MiB RAM, the name claims {claimed_mib}")
    claimed_gb = flavor.disk.size_gb if flavor.disk is not None else None
    if disk_gb is not None and claimed_gb is not None and disk_gb < claimed_gb:
        found.append(f"it has {disk_gb} GB disk, the name claims {claimed_gb}")
    return tuple(found)
