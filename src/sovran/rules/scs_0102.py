# SPDX-License-Identifier: Apache-2.0
"""SCS-0102 by the text: the properties of each public image of the provider."""

import re
from collections.abc import Callable

from sovran.cloud.facts.images import Images
from sovran.cloud.facts.now import Now
from sovran.model.finding import Examined, NotTried, Undecided, Weight
from sovran.rules.image_findings import day_of, differs, moment_of, offered, resource
from sovran.rules.registry import Answer

GIB = 1024**3
LEAST_RAM_MIB = 64
"""Below this no system of today boots; the official suite warns, since the text names no figure."""
MOST_NAMED = 8
"""Values that a finding names; `sovran explain` shows all."""
URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#]+\S*", re.IGNORECASE)
URI = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)
BOOLEANS = frozenset(("true", "false", "1", "0", "yes", "no", "on", "off", "t", "f", "y", "n"))
"""What OpenStack reads as a boolean, in any case of letters."""
TRUE = frozenset(("true", "1", "yes", "on", "t", "y"))

FORMS: dict[str, tuple[str, Callable[[str], bool]]] = {
    "boolean": ("true or false", lambda text: text.strip().lower() in BOOLEANS),
    "date": ("YYYY-MM-DD", lambda text: day_of(text) is not None),
    "last-n": ("last-N", lambda text: re.fullmatch("last-[0-9]+", text) is not None),
    "number": ("a decimal number", lambda text: re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) is not None),
    "uri": ("a URI", lambda text: URI.fullmatch(text) is not None),
    "url": ("a URL", lambda text: URL.fullmatch(text) is not None),
}
"""Forms that parameters name: how a finding calls it, and whether a text has it."""


def _is_right(text: str, values: list[str], forms: list[str]) -> bool:
    """Whether the text is one of the values or has one of the forms; any text, where neither is given."""
    return text in values or any(FORMS[form][1](text) for form in forms) or not (values or forms)


def _expected(values: list[str], forms: list[str]) -> str:
    words = [FORMS[form][0] for form in forms] + values
    if len(words) > MOST_NAMED:
        words = [*words[:MOST_NAMED], f"{len(words) - MOST_NAMED} others"]
    return ("one of " if len(words) > 1 else "") + ", ".join(words) if words else "set"


def has_property(
    images: Images,
    *,
    field: str,
    values: list[str] | None = None,
    forms: list[str] | None = None,
    tolerated: dict[str, str] | None = None,
    needed: bool = True,
) -> Answer:
    """Holds when the property of every public image is one of the values or has one of the forms; without either,
    when it is not empty. Values that are tolerated, each for a reason, are noted. Where it is not needed, images
    without it are left out.

    Source: scs-0102-v1 and scs-0102-v2, sections on the properties.
    """
    wanted, shapes, excused = values or [], forms or [], tolerated or {}
    for image in offered(images):
        said = image.value(field)
        if not said:
            if needed or said is not None:
                yield Examined(resource(image))
                yield differs(image, field, _expected(wanted, shapes), said)
            continue
        yield Examined(resource(image))
        if _is_right(said, wanted, shapes):
            continue
        weight = Weight.NOTE if said in excused else Weight.VIOLATION
        yield differs(image, field, excused.get(said, _expected(wanted, shapes)), said, weight)


def openstack_values(
    images: Images, *, values: dict[str, list[str]], forms: dict[str, list[str]] | None = None
) -> Answer:
    """Holds when the properties that OpenStack defines bear, where they are set, values that it defines.

    Source: scs-0102-v1 and scs-0102-v2, Technical requirements and features; Glance, useful image properties.
    """
    for field in (*values, *(forms or {})):
        yield from has_property(
            images, field=field, values=values.get(field), forms=(forms or {}).get(field), needed=False
        )


def min_disk(images: Images) -> Answer:
    """Holds when min_disk of every public image is set and has room for the disk that the image describes, or for its
    file where the cloud does not show how large that disk is.

    Source: scs-0102-v1, Technical requirements and features.
    """
    for image in offered(images):
        yield Examined(resource(image))
        least = image.size if image.virtual_size is None else image.virtual_size
        if image.min_disk <= 0:
            yield differs(image, "min_disk", "set", str(image.min_disk))
        elif least is not None and image.min_disk * GIB < least:
            yield differs(image, "min_disk", f"at least {-(-least // GIB)} GiB", f"{image.min_disk} GiB")


def min_ram(images: Images) -> Answer:
    """Holds when min_ram of every public image is set; less than 64 MiB is noted.

    Source: scs-0102-v1, Technical requirements and features.
    """
    for image in offered(images):
        yield Examined(resource(image))
        if image.min_ram <= 0:
            yield differs(image, "min_ram", "set", str(image.min_ram))
        elif image.min_ram < LEAST_RAM_MIB:
            yield differs(image, "min_ram", "enough to boot", f"{image.min_ram} MiB", Weight.NOTE)


def numeric_version(images: Images, *, numbered: list[str], words: list[str]) -> Answer:
    """Holds when os_version of public images is a number where the distribution numbers its versions; the words are
    versions without a number.

    Source: scs-0102-v1, Technical requirements and features.
    """
    for image in offered(images):
        if not image.os_version or image.os_distro not in numbered or image.os_version in words:
            continue
        yield Examined(resource(image))
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)*", image.os_version):
            yield differs(image, "os_version", "a version number, such as 24.04", image.os_version)


def scsi_disks(images: Images) -> Answer:
    """Holds when hw_disk_bus of every public image is scsi and hw_scsi_model is set with it.

    Source: scs-0102-v1, Technical requirements and features.
    """
    for image in offered(images):
        yield Examined(resource(image))
        if image.hw_disk_bus != "scsi":
            yield differs(image, "hw_disk_bus", "scsi", image.hw_disk_bus)
        elif not image.hw_scsi_model:
            yield differs(image, "hw_scsi_model", "set beside hw_disk_bus scsi", image.hw_scsi_model)


def random_numbers(images: Images) -> Answer:
    """Holds when every public image names a random number generator in hw_rng_model; undecided when one does not,
    since the text recommends it only where the feature is supported.

    Source: scs-0102-v1, Technical requirements and features.
    """
    lacking = []
    for image in offered(images):
        yield Examined(resource(image))
        if not image.hw_rng_model:
            lacking.append(image.name or image.id)
            yield differs(image, "hw_rng_model", "set, where it is supported", image.hw_rng_model, Weight.NOTE)
    if lacking:
        further = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
        raise Undecided(
            f"image {lacking[0]}{further} lacks hw_rng_model; whether the feature is supported is not visible"
        )


def supported_features(images: Images, *, fields: list[str]) -> Answer:
    """Holds when every public image sets all of these properties. Fails when one asks for Secure Boot or for encrypted
    memory, both of which take UEFI, and does not set hw_firmware_type. Otherwise not tried, since an image that lacks
    a property may not support the feature.

    Source: scs-0102-v1, Technical requirements and features; Nova, UEFI, Secure Boot and AMD SEV.
    """
    open_for = []
    for image in offered(images):
        yield Examined(resource(image))
        if not image.hw_firmware_type:
            for field, asked in (
                ("os_secure_boot", image.os_secure_boot == "required"),
                ("hw_mem_encryption", _is_true(image.hw_mem_encryption)),
            ):
                if asked:
                    expected = f"uefi, as {field} {image.value(field)} takes"
                    yield differs(image, "hw_firmware_type", expected, image.hw_firmware_type)
        if lacking := [field for field in fields if not image.value(field)]:
            open_for.append(f"image {image.name or image.id} sets no {lacking[0]}")
    if open_for:
        further = f", {len(open_for) - 1} more lack some property" if len(open_for) > 1 else ""
        raise NotTried(f"{open_for[0]}{further}; whether hosts and images support the features no API shows")


def build_date(images: Images, now: Now) -> Answer:
    """Holds when image_build_date of every public image is a date, with or without a time, and lies neither in the
    future nor after the last change of the image's entry; one after the registration is noted, since data may come
    later.

    Source: scs-0102-v1, Image build info.
    """
    for image in offered(images):
        yield Examined(resource(image))
        said = image.image_build_date
        built = moment_of(said or "")
        registered, changed = moment_of(image.created_at), moment_of(image.updated_at)
        if built is None:
            yield differs(image, "image_build_date", "YYYY-MM-DD or YYYY-MM-DD hh:mm[:ss]", said)
        elif "T" in (said or ""):
            yield differs(image, "image_build_date", "a blank between date and time", said)
        elif built > now.at:
            yield differs(image, "image_build_date", "not in the future", said)
        elif changed is not None and built > changed:
            yield differs(image, "image_build_date", f"not after the last change at {image.updated_at}", said)
        elif registered is not None and built > registered:
            yield differs(image, "image_build_date", f"not after {image.created_at}", said, Weight.NOTE)


def hashes(images: Images, *, digits: dict[str, int]) -> Answer:
    """Holds when every public image has the hash of its file: os_hash_algo is one of the algorithms and os_hash_value
    has its number of hexadecimal digits.

    Source: scs-0102-v1, Image build info.
    """
    for image in offered(images):
        yield Examined(resource(image))
        wanted = digits.get(image.os_hash_algo or "")
        if wanted is None:
            yield differs(image, "os_hash_algo", f"one of {', '.join(digits)}", image.os_hash_algo)
        elif not re.fullmatch(f"[0-9a-fA-F]{{{wanted}}}", image.os_hash_value or ""):
            yield differs(image, "os_hash_value", f"{wanted} hexadecimal digits", image.os_hash_value)


def tags(images: Images, *, prefix: str) -> Answer:
    """Holds when every public image has a tag that begins with the prefix and goes on.

    Source: scs-0102-v1, Image Origin and Image build info.
    """
    for image in offered(images):
        yield Examined(resource(image))
        if not any(tag.startswith(prefix) and len(tag) > len(prefix) for tag in image.tags):
            yield differs(image, "tags", f"a tag {prefix}…", ", ".join(image.tags) or None)


def _is_true(text: str | None) -> bool:
    return (text or "").strip().lower() in TRUE


def one_license(images: Images) -> Answer:
    """Holds when no public image says both that the license is included and that the customer has to bring one.

    Source: scs-0102-v1, Licensing / Maintenance subscription / Support.
    """
    for image in offered(images):
        if image.license_included is None and image.license_required is None:
            continue
        yield Examined(resource(image))
        if _is_true(image.license_included) and _is_true(image.license_required):
            yield differs(image, "license_required", "false where license_included is true", image.license_required)


def license_named(images: Images, *, distros: list[str]) -> Answer:
    """Fails when a public image of these distributions, which need a commercial license, says neither license_included
    nor license_required; otherwise not tried, since software in other images is not visible.

    Source: scs-0102-v1, Licensing / Maintenance subscription / Support.
    """
    for image in offered(images):
        if image.os_distro in distros or (image.os_type or "") in distros:
            yield Examined(resource(image))
            if not (_is_true(image.license_included) or _is_true(image.license_required)):
                yield differs(image, "license_included", "true, or license_required true", image.license_included)
    if offered(images):
        raise NotTried("which images hold commercial software takes the operator's word")
