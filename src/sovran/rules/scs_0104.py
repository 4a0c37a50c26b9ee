# SPDX-License-Identifier: Apache-2.0
"""SCS-0104 by the text: standard images, and where they must come from."""

import datetime
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from sovran.cloud.facts.images import Image, Images
from sovran.cloud.facts.now import Now
from sovran.model.finding import Examined, Finding, Undecided
from sovran.rules.image_findings import differs, offered, resource
from sovran.rules.registry import Answer


@dataclass(frozen=True)
class Standard:
    """One entry of the list of images: an exact name, or a class of names with a label."""

    name: str
    sources: str
    """Beginnings of image_source, separated by blanks."""
    scheme: str | None = None
    """Regular expression for the whole name; None: `name` is the name."""


@dataclass(frozen=True)
class Release:
    """One version of a distribution."""

    version: str
    """As in os_version."""
    codename: str
    due: datetime.date | None = None
    """Day until which clouds may still lack it; None: of no version that clouds must or should have."""


def _standing_for(images: Images, wanted: Standard) -> list[Image]:
    if wanted.scheme is None:
        return [image for image in offered(images) if image.name == wanted.name]
    form = re.compile(wanted.scheme)
    return [image for image in offered(images) if form.fullmatch(image.name or "")]


def _missing(name: str, field: str, expected: str) -> Finding:
    return Finding(
        message=f"standard image {name} is missing",
        resource=resource(None, name),
        field=field,
        expected=expected,
        seen="no such public image",
    )


def present(images: Images, *, wanted: list[Standard]) -> Answer:
    """Holds when for each entry there is a public image of that name, or one whose whole name has the form.

    Source: scs-0104-v1, Standard images YAML; scs-0104-v2, Mandatory and recommended images.
    """
    for entry in wanted:
        found = _standing_for(images, entry)
        yield Examined(resource(found[0] if found else None, entry.name))
        if not found:
            yield _missing(entry.name, "name", entry.scheme or entry.name)


def sources(images: Images, *, wanted: list[Standard]) -> Answer:
    """Holds when image_source of every public image that has the name of an entry, or a name of its form, begins with
    one of the entry's sources.

    Source: scs-0104-v1, Standard images YAML.
    """
    for entry in wanted:
        for image in _standing_for(images, entry):
            yield Examined(resource(image))
            if not (image.image_source or "").startswith(tuple(entry.sources.split())):
                yield differs(
                    image, "image_source", f"a URL below {' or '.join(entry.sources.split())}", image.image_source
                )


def generic_sources(
    images: Images, *, distro: str, version_form: str, releases: list[Release], prefixes: list[str]
) -> Answer:
    """Holds when image_source of every public generic image of the distribution begins with one of the prefixes, in
    which the version's codename stands; undecided for a version whose codename sovran does not know.

    Source: scs-0104-v2, Generic OS images.
    """
    codenames = {release.version: release.codename for release in releases}
    unknown = []
    for image in offered(images):
        if image.os_purpose != "generic" or image.os_distro != distro:
            continue
        if not re.fullmatch(version_form, image.os_version or ""):
            continue
        yield Examined(resource(image))
        codename = codenames.get(image.os_version or "")
        # a version without a known codename may stand under any
        starts = [prefix.replace("{codename}", codename or "") for prefix in prefixes]
        if codename is None:
            unknown.append(image.os_version or "")
            starts = [prefix.partition("{codename}")[0] for prefix in prefixes]
        if not (image.image_source or "").startswith(tuple(starts)):
            yield differs(image, "image_source", f"a URL below {' or '.join(starts)}", image.image_source)
    if unknown:
        raise Undecided(f"the codename of {distro} {unknown[0]} is newer than this version of sovran")


def vendor_sources(images: Images, *, hosts: dict[str, str]) -> Answer:
    """Holds when image_source of every public generic image leads to a host in the domain of its distribution;
    undecided for distributions whose domain sovran does not know.

    Source: scs-0104-v2, Generic OS images.
    """
    unknown = []
    for image in offered(images):
        if image.os_purpose != "generic":
            continue
        yield Examined(resource(image))
        domain = hosts.get(image.os_distro or "")
        if image.image_source == "private":
            yield differs(image, "image_source", "at the original vendor", image.image_source)
        elif domain is None:
            unknown.append(image.name or image.id)
        elif not _is_in(domain, image.image_source or ""):
            yield differs(image, "image_source", f"on a host of {domain}", image.image_source)
    if unknown:
        raise Undecided(f"sovran does not know the vendor's hosts of image {unknown[0]}")


def _is_in(domain: str, url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host == domain or host.endswith(f".{domain}")


def cluster_images(images: Images, *, scheme: str, sources: list[str], purpose: str, description: str) -> Answer:
    """Holds when the public images whose names have the form of cluster images come from one of the sources and have
    the os_purpose and image_description that belong to them.

    Source: scs-0104-v2, Official SCS CAPI images.
    """
    form = re.compile(scheme)
    for image in offered(images):
        if not form.fullmatch(image.name or ""):
            continue
        yield Examined(resource(image))
        if not (image.image_source or "").startswith(tuple(sources)):
            yield differs(image, "image_source", f"a URL below {' or '.join(sources)}", image.image_source)
        if image.os_purpose != purpose:
            yield differs(image, "os_purpose", purpose, image.os_purpose)
        if image.image_description != description:
            yield differs(image, "image_description", description, image.image_description)


def latest_release(
    images: Images, now: Now, *, distro: str, releases: list[Release], known_until: datetime.date, back: int = 0
) -> Answer:
    """Holds when there is a public generic image of the distribution's newest release that is due, or of the one that
    is `back` releases older; undecided after `known_until`, when there may be releases that sovran does not know.

    Source: scs-0104-v2, Mandatory and recommended images.
    """
    today = now.at.date()
    due = sorted((one.due, one.version) for one in releases if one.due is not None and one.due < today)
    if today > known_until or len(due) <= back:
        raise Undecided(f"which release of {distro} is the latest on {today} is newer than this version of sovran")
    version = due[-1 - back][1]
    found = [
        image
        for image in offered(images)
        if (image.os_distro, image.os_version, image.os_purpose) == (distro, version, "generic")
    ]
    yield Examined(resource(found[0] if found else None, f"{distro} {version}"))
    if not found:
        yield _missing(f"{distro} {version}", "os_version", f"os_distro {distro}, os_version {version}, generic")
