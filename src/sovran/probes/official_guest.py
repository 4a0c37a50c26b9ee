# SPDX-License-Identifier: Apache-2.0
"""Which image and flavor the official suite takes for the one server that it starts (SCS-0101)."""

import re

from sovran.cloud.facts.flavors import Flavor, Flavors
from sovran.cloud.facts.images import Image, Images

OPEN = ("public", "community")
DEBIAN, UBUNTU, OTHER = 2, 1, 0
"""Ranks of distributions, the best first."""
CODENAMES = {"buster": 10, "bullseye": 11, "bookworm": 12, "trixie": 13}
"""Of Debian, as far as the suite knows them, to the version."""
RNG_ALLOWED = "hw_rng:allowed"
RAM_WEIGHT, DISK_WEIGHT = 3.0, 10.0
"""A flavor costs its vCPUs, its MiB of RAM by the one and its GiB of disk by the other."""
LEAST_VOLUME_GIB = 8
"""Size of the root volume where the image does not ask for more."""


def canonical_image(images: Images) -> Image | None:
    """The image that the suite takes: Debian before Ubuntu before all else, then the highest version, then the first
    of the listing. None where no image is public or a community's.
    """
    return max((image for image in images.items if image.visibility in OPEN), key=_fitness, default=None)


def frugal_flavor(flavors: Flavors, image: Image) -> Flavor | None:
    """The flavor that the suite takes for an image: with RAM enough, those with a random number generator before all
    others, then the cheapest by its weights, then the first of the listing. None where none has enough RAM.
    """
    fitting = [flavor for flavor in flavors.items if flavor.ram_mib >= image.min_ram]
    with_rng = [flavor for flavor in fitting if (flavor.extra_specs or {}).get(RNG_ALLOWED, "").lower() == "true"]
    return min(with_rng or fitting, key=_cost, default=None)


def volume_gib(image: Image) -> int:
    """Size of the root volume that the suite makes of the image."""
    return max(image.min_disk, LEAST_VOLUME_GIB)


def _cost(flavor: Flavor) -> float:
    return flavor.vcpus + flavor.ram_mib / RAM_WEIGHT + flavor.disk_gb / DISK_WEIGHT


def _fitness(image: Image) -> tuple[int, int]:
    if not image.os_version:
        return OTHER, 0
    distribution, version = ((text or "").strip().lower() for text in (image.os_distro, image.os_version))
    if distribution == "debian":
        return DEBIAN, int(version) if re.fullmatch(r"[0-9]{1,9}", version) else CODENAMES.get(version, 0)
    if distribution == "ubuntu":
        return UBUNTU, int(version.replace(".", "")) if re.fullmatch(r"[0-9]{2}\.[0-9]{2}", version) else 0
    return OTHER, 0
