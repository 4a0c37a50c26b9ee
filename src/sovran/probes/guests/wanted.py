# SPDX-License-Identifier: Apache-2.0
"""One guest that is going to be booted, and what it takes of the quotas."""

from collections.abc import Iterable
from dataclasses import dataclass

from sovran.probes.guest import FlavorUsed, ImageUsed
from sovran.probes.probe import Need


@dataclass(frozen=True)
class Wanted:
    """One guest."""

    role: str
    image: ImageUsed
    """Where `own`: its id is only known when it was uploaded."""
    flavor: FlavorUsed
    volume_gib: int = 0
    """Of the root volume; 0: the flavor's own disk is used."""
    zone: str = ""
    host: str = ""

    @property
    def boot(self) -> str:
        """`image` or `volume`."""
        return "volume" if self.volume_gib else "image"


def needs(several: Iterable[Wanted], lanes: int) -> tuple[Need, ...]:
    """What they take, `lanes` of them at a time, without what they are connected to."""
    guests = tuple(several)
    cores = sum(sorted((one.flavor.vcpus for one in guests), reverse=True)[:lanes])
    ram = sum(sorted((one.flavor.ram for one in guests), reverse=True)[:lanes])
    volumes = sorted((one.volume_gib for one in guests if one.volume_gib), reverse=True)[:lanes]
    found = (
        Need("server", min(lanes, len(guests))),
        Need("core", cores),
        Need("MiB of RAM", ram),
        Need("volume", len(volumes), sum(volumes)),
    )
    return tuple(one for one in found if one.count)
