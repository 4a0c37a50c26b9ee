# SPDX-License-Identifier: Apache-2.0
"""What guests are asked for: images, flavors, zones, hosts, how many, and what they shall measure."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sovran.guest.targets import Targets

OWN_IMAGE, CANONICAL_IMAGE = "own", "canonical"
"""Words for images: that of sovran, and that which the official suite would take."""
ALL_ZONES = "all"
OWN_NETWORK = "own"
"""Word for a network that the probe makes."""


@dataclass(frozen=True)
class Order:
    """What is asked for; nothing is: the probe chooses."""

    images: tuple[str, ...] = (OWN_IMAGE, CANONICAL_IMAGE)
    """OWN_IMAGE, CANONICAL_IMAGE, an id or name of the cloud, or a qcow2 file that is uploaded."""
    flavors: tuple[str, ...] = ()
    """Ids or names; none: the smallest that fits each image."""
    zones: tuple[str, ...] = ()
    """Availability zones, or ALL_ZONES; none: any."""
    hosts: tuple[str, ...] = ()
    """Names of compute hosts, which administrators may ask for; none: any."""
    network: str = ""
    """Id or name, or OWN_NETWORK; empty: an existing one that fits, else one that is made."""
    count: int = 1
    """Guests of each sort."""
    fips_blocks: int | None = None
    """Blocks of 20,000 bits for each statistical test; None: as many as the guest's program tests by itself."""
    targets: "Targets | None" = None
    """What is asked on the internet; None: what sovran asks by default."""
    parts: tuple[str, ...] = ()
    """Records that are wanted; none: all."""
    keep_console: Path | None = None
    """Folder for what the consoles showed."""
    download: bool = False
    """Whether packages may be fetched to build the own image, where it was not built before."""

    @property
    def peer(self) -> bool:
        """Whether a neighbour is wanted, for the record `peer`."""
        return not self.parts or "peer" in self.parts
