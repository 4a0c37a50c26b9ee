# SPDX-License-Identifier: Apache-2.0
"""SCS-0102 by the text: how new images replace old ones, and that users find exactly the one that they look for."""

import datetime
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from sovran.cloud.facts.images import HiddenImages, Image, Images
from sovran.cloud.facts.now import Now
from sovran.model.finding import Examined, NotApplicable, NotTried, Undecided, Weight
from sovran.rules.image_findings import built_on, day_of, differs, moment_of, offered, resource
from sovran.rules.registry import Answer

RENAMED = re.compile("(.+) (?:old|prev|([0-9]{8})|[0-9]{4}-[0-9]{2}-[0-9]{2})")
"""Name of an image that was replaced: that of its successor and a mark, of which the text knows the date YYYYMMDD."""
OLD = "oldgeneric"
"""os_purpose of a replaced image since version 2."""

Product = tuple[str, str, str]


def _product(image: Image) -> Product:
    """What the image is of: distribution, version, architecture; empty where it does not say."""
    return (image.os_distro or "", image.os_version or "", image.architecture or "")


def _replaced(images: Iterable[Image], names: frozenset[str]) -> list[Image]:
    """Those of the images that another one with a name among `names` has replaced."""
    found = []
    for image in images:
        renamed = RENAMED.fullmatch(image.name or "")
        if image.os_purpose == OLD or (renamed and renamed[1] in names):
            found.append(image)
    return found


def _names(images: Images) -> frozenset[str]:
    return frozenset(image.name for image in offered(images) if image.name)


def _hidden_old(images: Images, hidden: HiddenImages) -> list[Image]:
    """Public images that are hidden, and replaced by one on offer: under its name, or renamed."""
    names = _names(images)
    public = [image for image in hidden.items if image.visibility == "public"]
    renamed = {image.id for image in _replaced(public, names)}
    return [image for image in public if image.name in names or image.id in renamed]


def clear_names(images: Images) -> Answer:
    """Holds when no two public images of the same distribution, version and architecture have the same name, so that a
    replaced one was hidden or renamed; different products under one name are noted.

    Source: scs-0102-v1, Image updating.
    """
    by_name: dict[str, list[Image]] = defaultdict(list)
    for image in offered(images):
        if image.name:
            by_name[image.name].append(image)
            yield Examined(resource(image))
    for group in by_name.values():
        if len(group) == 1:
            continue
        products = {_product(image) for image in group}
        weight = Weight.VIOLATION if len(products) < len(group) else Weight.NOTE
        yield differs(group[-1], "name", "that of one image", f"that of {len(group)}", weight)


def datestamps(images: Images) -> Answer:
    """Holds when the name of every replaced image that is still visible ends with its build date as YYYYMMDD.

    Source: scs-0102-v1, Image updating.
    """
    for image in _replaced(offered(images), _names(images)):
        yield Examined(resource(image))
        renamed, built = RENAMED.fullmatch(image.name or ""), built_on(image)
        stamp = renamed[2] if renamed else None
        if stamp is None:
            expected = f"one that ends with {built:%Y%m%d}" if built else "one that ends with the build date"
            yield differs(image, "name", expected, image.name)
        elif built is None or stamp != f"{built:%Y%m%d}":
            yield differs(image, "name", f"one that ends with the build date {image.image_build_date}", image.name)


def old_ones_hidden(images: Images, hidden: HiddenImages) -> Answer:
    """Holds when the images that were replaced are hidden; nothing to judge where none is left.

    Source: scs-0102-v1, Image updating.
    """
    for image in _hidden_old(images, hidden):
        yield Examined(resource(image))
    for image in _replaced(offered(images), _names(images)):
        yield Examined(resource(image))
        yield differs(image, "os_hidden", "true, since a newer one replaces it", "false")


def old_purpose(images: Images, hidden: HiddenImages) -> Answer:
    """Holds when no image that was replaced, hidden or renamed, still has os_purpose generic.

    Source: scs-0102-v2, Image updating.
    """
    for image in _hidden_old(images, hidden) + _replaced(offered(images), _names(images)):
        yield Examined(resource(image))
        if image.os_purpose == "generic":
            yield differs(image, "os_purpose", OLD, image.os_purpose)


def unique_generic(images: Images) -> Answer:
    """Holds when of each distribution, version and architecture at most one public image has os_purpose generic.

    Source: scs-0102-v1 and scs-0102-v2, uniqueness requirement.
    """
    groups: dict[Product, list[Image]] = defaultdict(list)
    for image in offered(images):
        if image.os_purpose == "generic" and all(_product(image)):
            groups[_product(image)].append(image)
            yield Examined(resource(image))
    for product, group in groups.items():
        if len(group) > 1:
            names = [image.name or image.id for image in group[:3]] + ([f"{len(group) - 3} more"] if group[3:] else [])
            yield differs(
                group[-1], "os_purpose", f"generic on one image of {' '.join(product)}", f"so on {', '.join(names)}"
            )


def uuids_kept(images: Images, hidden: HiddenImages) -> Answer:
    """Holds when every public image that promises `last-N` has that many predecessors, hidden or renamed; not tried
    where there are fewer or another promise was made, since images that are gone leave no trace.

    Source: scs-0102-v1, Image updating.
    """
    old = _hidden_old(images, hidden) + _replaced(offered(images), _names(images))
    promises = [image for image in offered(images) if image.uuid_validity and image.uuid_validity != "none"]
    if offered(images) and not promises:
        raise NotApplicable("no public image promises that its UUID stays valid")
    earlier = Counter(_name_before(image) for image in old)
    replaced = {image.id for image in old}
    unseen = []
    for image in promises:
        if image.id in replaced:
            continue
        yield Examined(resource(image))
        number = re.fullmatch("last-([0-9]{1,9})", image.uuid_validity or "")
        if not (number and earlier[image.name or ""] >= int(number[1])):
            unseen.append(image.name or image.id)
    if unseen:
        further = f" and {len(unseen) - 1} more" if len(unseen) > 1 else ""
        raise NotTried(f"whether earlier images of {unseen[0]}{further} are gone takes a record of former listings")


def _name_before(image: Image) -> str:
    """The name under which the image was offered before it was replaced."""
    renamed = RENAMED.fullmatch(image.name or "")
    return renamed[1] if renamed else image.name or ""


def recency(images: Images, now: Now, *, days: dict[str, int], grace: int) -> Answer:
    """Holds when every public image was registered within the period of its replace_frequency and the days of grace;
    undecided when it was registered in time but built earlier (upstream may have nothing newer), or when it is to be
    provided until a notice, which may have come. Images that were replaced, whose provided_until is over or none, or
    that are never replaced, are left out.

    Source: scs-0102-v1, Image updating; days by replace_frequency.
    """
    today = now.at.date()
    replaced = {image.id for image in _replaced(offered(images), _names(images))}
    unknown = []
    for image in offered(images):
        period = days.get(image.replace_frequency or "")
        until = day_of(image.provided_until or "")
        if period is None or image.id in replaced or image.provided_until == "none" or (until and until < today):
            continue
        yield Examined(resource(image))
        limit = datetime.timedelta(days=period + grace)
        registered = moment_of(image.created_at)
        published = registered.date() if registered else None
        if published is None:
            unknown.append((image, f"registered at {image.created_at!r}, which is no date"))
        elif today - published > limit:
            if image.provided_until == "notice":
                unknown.append((image, f"registered {image.created_at}, and a notice may have ended its updates"))
            else:
                yield differs(image, "created_at", f"at most {limit.days} days ago", image.created_at)
        elif today - (built_on(image) or published) > limit:
            unknown.append((image, f"built {image.image_build_date}, and upstream may have nothing newer"))
    if unknown:
        image, why = unknown[0]
        raise Undecided(f"image {image.name or image.id} ({image.replace_frequency}) was {why}")
