# SPDX-License-Identifier: Apache-2.0
"""An image of the cloud that a guest boots: by its id or name, and what it takes to run."""

import math
from collections import Counter

from sovran.cloud.facts.images import Image, Images
from sovran.model.errors import UsageError
from sovran.probes.guest import ImageUsed

GIB = 1024**3
DEFAULT_ARCHITECTURE = "x86_64"


def by_word(images: Images, word: str) -> Image:
    """The image of that id, or else that name.

    Raises UsageError when there is none, or several of that name.
    """
    found = [image for image in images.items if image.id == word] or [
        image for image in images.items if image.name == word
    ]
    if len(found) == 1:
        return found[0]
    which = "no image" if not found else f"{len(found)} images"
    raise UsageError(
        f"`--image {word}`: {which} of this cloud has that id or name: take an id of `openstack image list`"
    )


def used(image: Image) -> ImageUsed:
    """An image of the cloud, as a report tells it."""
    return ImageUsed(
        id=image.id,
        name=image.name or "",
        os_distro=image.os_distro or "",
        os_version=image.os_version or "",
        architecture=image.architecture or "",
        hw_rng_model=image.hw_rng_model or "",
        min_disk=image.min_disk,
        min_ram=image.min_ram,
    )


def disk_gib(image: Image) -> int:
    """How large a disk it takes, whole GiB, one at least."""
    return max(image.min_disk, math.ceil((image.virtual_size or 0) / GIB), 1)


def architecture(images: Images) -> str:
    """That of most images that the provider offers, as `uname -m` says it."""
    told = Counter(image.architecture for image in images.items if image.visibility == "public" and image.architecture)
    return told.most_common(1)[0][0] if told else DEFAULT_ARCHITECTURE
