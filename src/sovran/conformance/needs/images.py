# SPDX-License-Identifier: Apache-2.0
"""Needs of images: by name, or by distribution, version and purpose."""

from collections.abc import Sequence

from sovran.cloud.facts.images import Image, Images
from sovran.conformance.needs.answer import NotThere
from sovran.conformance.needs.profile import ImageNeed
from sovran.model.finding import Resource, Undecided
from sovran.standards.near import did_you_mean

USABLE = "active"
GENERAL = "generic"
PROPERTIES = {"distro": "os_distro", "version": "os_version", "purpose": "os_purpose"}
"""Key of a profile to the image property that tells."""


def words(need: ImageNeed | str) -> str:
    """The need in words."""
    if isinstance(need, str):
        return f"image {need}"
    parts = [part for part in (need.distro, need.version) if part]
    return " ".join(["image with", *parts] + ([f"for {need.purpose}"] if need.purpose else []))


def find(need: ImageNeed | str, images: Images) -> tuple[str, Sequence[Resource]]:
    """What fits: those for general use first, of these the newest; raises NotThere or Undecided."""
    newest_first = sorted(images.items, key=lambda one: one.created_at, reverse=True)
    usable = sorted((one for one in newest_first if one.status == USABLE), key=lambda one: one.os_purpose != GENERAL)
    if isinstance(need, str):
        called = [one for one in usable if one.name == need]
        if not called:
            raise NotThere(f"no usable image has this name{did_you_mean(need, [one.name or '' for one in usable])}")
        return _shown(called)
    fitting = [one for one in usable if _fits(one, need) is True]
    if fitting:
        return _shown(fitting)
    # a user's own images need no properties, and exclude nothing
    silent = [one for one in usable if one.visibility == "public" and _fits(one, need) is None]
    if silent:
        more = f" and {len(silent) - 1} more" if len(silent) > 1 else ""
        raise Undecided(
            f"no image says that it is that, but {silent[0].name or silent[0].id}{more} may be and do not tell"
        )
    raise NotThere(f"none of {len(usable)} usable images is that")


def _fits(image: Image, need: ImageNeed) -> bool | None:
    """Whether it has the wanted properties; None: those that it has fit, others are not set."""
    result: bool | None = True
    for key, name in PROPERTIES.items():
        wanted, there = getattr(need, key), image.value(name)
        if wanted is None:
            continue
        if there is None:
            result = None
        elif there.casefold() != wanted.casefold():
            return False
    return result


def _shown(images: Sequence[Image]) -> tuple[str, Sequence[Resource]]:
    first = images[0]
    more = f" and {len(images) - 1} more" if len(images) > 1 else ""
    own = "" if first.visibility == "public" else f", {first.visibility}"
    what = f"{first.name or 'without a name'} ({first.id}{own}, made {first.created_at[:10]}){more}"
    return what, [Resource("image", one.name or "", one.id) for one in images]
