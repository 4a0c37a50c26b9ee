# SPDX-License-Identifier: Apache-2.0
"""How rules on images name them, say what is wrong and read dates; which images the text of the standards means."""

import datetime
import re
from functools import lru_cache

from sovran.cloud.facts.images import Image, Images
from sovran.model.finding import Finding, Resource, Weight

NOT_SET = "not set"


def resource(image: Image | None, name: str = "") -> Resource:
    """The image as findings name it; None: one that is missing, by the name that it should have."""
    return Resource("image", name) if image is None else Resource("image", image.name or "", image.id)


def differs(image: Image, field: str, expected: str, seen: str | None, weight: Weight = Weight.VIOLATION) -> Finding:
    """A property that is not as it should be; `seen` None: it is not set."""
    there = NOT_SET if seen is None else seen
    return Finding(
        message=f"image {image.name or image.id}: {field} should be {expected} and is {there or 'empty'}",
        resource=resource(image),
        field=field,
        expected=expected,
        seen=there,
        weight=weight,
    )


@lru_cache(maxsize=4)
def offered(images: Images) -> tuple[Image, ...]:
    """The provider's images on offer: public, not hidden, and in a state in which they can be used.

    Source: scs-0102-v1, Motivation (images that the provider manages and offers publicly). Community images are those
    of other tenants; making an image public takes the provider's permission.
    """
    return tuple(
        image
        for image in images.items
        if image.visibility == "public" and not image.os_hidden and image.status == "active"
    )


_MOMENT = re.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)Z?)?")


def day_of(text: str) -> datetime.date | None:
    """A date in the form YYYY-MM-DD; None for everything else, such as days that do not exist."""
    moment = moment_of(text) if len(text) == len("YYYY-MM-DD") else None
    return None if moment is None else moment.date()


def moment_of(text: str) -> datetime.datetime | None:
    """A moment in UTC: YYYY-MM-DD, the same with hh:mm or hh:mm:ss, or as the Image API writes it; None: another form.

    Source: scs-0102-v1, Image build info.
    """
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    try:
        return datetime.datetime.fromisoformat(f"{found[1]}T{found[2] or '00:00'}+00:00")
    except ValueError:
        return None


def built_on(image: Image) -> datetime.date | None:
    """The day of image_build_date; None: not set, or no date."""
    moment = moment_of(image.image_build_date or "")
    return None if moment is None else moment.date()
