# SPDX-License-Identifier: Apache-2.0
"""SCS-0102 and SCS-0104 as the official suite decides them: which images it takes, how it reads dates, what it excuses.

Source: scs-0102-w1 and scs-0104-w1, Automated tests.
"""

import calendar
import re
import time
from collections import defaultdict
from collections.abc import Callable
from enum import Enum
from functools import lru_cache

from sovran.cloud.facts.images import Image, Images
from sovran.cloud.facts.now import Now
from sovran.model.finding import Examined, Finding
from sovran.rules.image_findings import differs, resource
from sovran.rules.registry import Answer

GIB = 1024**3
REGISTERED = "%Y-%m-%dT%H:%M:%SZ"
DATES = (REGISTERED, "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
"""As `time.strptime` reads them, so with single digits, several blanks, and in any case of letters too."""
HOUR, DAY = 3600, 24 * 3600
PERIODS = {
    "never": 0,
    "critical_bug": 0,
    "yearly": 365 * DAY,
    "quarterly": 92 * DAY,
    "monthly": 31 * DAY,
    "weekly": 7 * 25 * HOUR,
    "daily": 25 * HOUR,
}
"""replace_frequency to seconds."""
TOLERANCE = 1.1
"""An image is outdated after this many periods."""
SCHEMES = ("http", "https", "ftp", "ftps")


@lru_cache(maxsize=4)
def official_images(images: Images) -> tuple[Image, ...]:
    """The images that the suite judges: public ones and, also those of other tenants, community ones."""
    return tuple(image for image in images.items if image.visibility in ("public", "community"))


@lru_cache(maxsize=4)
def _by_name(images: Images) -> dict[str | None, Image]:
    """One image per name: the last of the listing."""
    return {image.name: image for image in official_images(images)}


@lru_cache(maxsize=1 << 14)
def seconds_of(text: str, formats: tuple[str, ...] = DATES) -> int:
    """A date in seconds since 1970; 0 when it has none of the forms, and so for 1970-01-01 too."""
    for form in formats:
        try:
            return calendar.timegm(time.strptime(text, form))
        except ValueError:
            continue
    return 0


def _judge(images: Images, field: str, expected: str, right: Callable[[Image], bool]) -> Answer:
    """A finding for each image whose property is not right."""
    for image in official_images(images):
        yield Examined(resource(image))
        if not right(image):
            yield differs(image, field, expected, image.value(field))


def official_value(images: Images, *, field: str, values: list[str], may_lack: bool = False) -> Answer:
    """Passes when the property of every public or community image is, verbatim, one of the values, or, where it may
    lack, not set.
    """
    expected = f"one of {', '.join(values)}" + (" or not set" if may_lack else "")
    return _judge(
        images,
        field,
        expected,
        lambda image: image.value(field) in values or (may_lack and image.value(field) is None),
    )


def official_set(images: Images, *, field: str) -> Answer:
    """Passes when every public or community image has the property and it is not empty or 0."""
    return _judge(images, field, "set", lambda image: bool(getattr(image, field)))


def official_min_disk(images: Images) -> Answer:
    """Passes when min_disk of every public or community image is set and at least the size of its file."""
    for image in official_images(images):
        yield Examined(resource(image))
        if not image.min_disk:
            yield differs(image, "min_disk", "set", "0")
        elif image.min_disk * GIB < (image.size or 0):
            yield differs(image, "min_disk", f"at least the file's {image.size} bytes", f"{image.min_disk} GiB")


def official_build_date(images: Images, now: Now) -> Answer:
    """Passes when image_build_date of every public or community image is a date, not later than its registration and
    not in the future.
    """
    present = now.at.timestamp()
    for image in official_images(images):
        yield Examined(resource(image))
        registered = seconds_of(image.created_at, (REGISTERED,))
        built = seconds_of(image.image_build_date or "")
        if not built:
            yield differs(image, "image_build_date", "a date", image.image_build_date)
        elif built > registered:
            yield differs(image, "image_build_date", f"not after {image.created_at}", image.image_build_date)
        if (built or registered) > present:
            yield differs(image, "image_build_date", "not in the future", image.image_build_date or image.created_at)


def official_image_source(images: Images) -> Answer:
    """Passes when image_source of every public or community image is `private` or begins with http, https, ftp or ftps
    and `://`.
    """

    def right(image: Image) -> bool:
        scheme, separator, _ = (image.image_source or "").partition("://")
        return image.image_source == "private" or (bool(separator) and scheme in SCHEMES)

    return _judge(images, "image_source", "a URL or private", right)


def official_uuid_validity(images: Images) -> Answer:
    """Passes when uuid_validity of every public or community image is none, notice, forever, last-N, a date or not
    set.
    """

    def right(image: Image) -> bool:
        said = image.uuid_validity
        if said in (None, "none", "notice", "forever"):
            return True
        return (said.startswith("last-") and said.removeprefix("last-").isdecimal()) or bool(seconds_of(said))

    return _judge(images, "uuid_validity", "none, notice, forever, last-N or a date", right)


def official_hotfix_hours(images: Images) -> Answer:
    """Passes when hotfix_hours of every public or community image consists of digits or is not set."""
    return _judge(
        images,
        "hotfix_hours",
        "digits or not set",
        lambda image: not image.hotfix_hours or image.hotfix_hours.isdecimal(),
    )


class _Age(Enum):
    CURRENT = "current"
    OUTDATED = "outdated"
    NO_END = "outdated, and without a date or keyword in provided_until"


def _age(image: Image, present: float) -> _Age:
    """Whether the image should have been replaced; the crash on a missing provided_until is decided (see docs)."""
    built = seconds_of(image.image_build_date or "") or seconds_of(image.created_at, (REGISTERED,))
    period = PERIODS.get("never" if image.replace_frequency is None else image.replace_frequency, 0)
    if not period or present <= built + TOLERANCE * period:
        return _Age.CURRENT
    if image.provided_until in ("none", "notice"):
        return _Age.CURRENT
    until = seconds_of(image.provided_until or "")
    if not until:
        return _Age.NO_END
    return _Age.CURRENT if present > until else _Age.OUTDATED


def official_recency(images: Images, now: Now) -> Answer:
    """Passes when no public or community image is older than 1.1 times the period of its replace_frequency, unless
    provided_until is over, none or notice, or an image of that name without its last word is recent enough.
    """
    by_name, present = _by_name(images), now.at.timestamp()
    for image in official_images(images):
        yield Examined(resource(image))
        age = _age(image, present)
        if age is _Age.CURRENT:
            continue
        if age is _Age.NO_END:
            yield differs(image, "provided_until", "a date, none or notice", image.provided_until)
            continue
        name = image.name or ""
        base = name.rsplit(" ", 1)[0].rstrip()
        newer = by_name.get(base) if base != name else None
        if newer is None or _age(newer, present) is not _Age.CURRENT:
            expected = f"recent, since it is replaced {image.replace_frequency}"
            yield differs(image, "image_build_date", expected, image.image_build_date or image.created_at)


def official_uniqueness(images: Images) -> Answer:
    """Passes when no two public images with os_purpose generic have the same os_distro, os_version and architecture,
    each compared verbatim; images without os_distro or os_version do not count.
    """
    groups: dict[tuple[str, str, str], list[Image]] = defaultdict(list)
    for image in official_images(images):
        if image.visibility != "public" or image.os_hidden or image.os_purpose != "generic":
            continue
        if image.os_distro and image.os_version:
            groups[(image.architecture or "", image.os_distro, image.os_version)].append(image)
    for (architecture, distro, version), group in groups.items():
        yield from map(Examined, map(resource, group))
        if len(group) > 1:
            what = " ".join(part for part in (distro, version, architecture) if part)
            yield differs(group[1], "os_purpose", f"generic on one image of {what}", f"so on {len(group)}")


def _standing_for(images: Images, name: str, scheme: str) -> list[Image]:
    by_name = _by_name(images)
    if not scheme:
        return [by_name[name]] if name in by_name else []
    form = re.compile(scheme)
    return [image for called, image in by_name.items() if called is not None and form.match(called)]


def official_source(images: Images, *, name: str, sources: str, scheme: str = "") -> Answer:
    """Passes when image_source of the public or community images of this name, or whose name begins as the scheme
    says, begins with one of the sources (separated by blanks); of several of one name the last of the listing counts.
    """
    starts = sources.split()
    for image in _standing_for(images, name, scheme):
        yield Examined(resource(image))
        if not (image.image_source or "").startswith(tuple(starts)):
            yield differs(image, "image_source", f"a URL below {' or '.join(starts)}", image.image_source)


def official_presence(images: Images, *, name: str, scheme: str = "") -> Answer:
    """Passes when there is a public or community image of this name, or one whose name begins as the scheme says."""
    found = _standing_for(images, name, scheme)
    yield from map(Examined, map(resource, found))
    if not found:
        yield Finding(
            message=f"standard image {name} is missing",
            resource=resource(None, name),
            field="name",
            expected=scheme or name,
            seen="no such image",
        )
