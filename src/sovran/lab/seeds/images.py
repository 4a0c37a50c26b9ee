# SPDX-License-Identifier: Apache-2.0
"""Glance's images: what a profile wants beside those that users made."""

import datetime
import hashlib
from collections import Counter
from typing import Any

from sovran.lab.seeds.api import AdminApi
from sovran.lab.seeds.offers import Image
from sovran.lab.seeds.tally import Tally

TAG = "managed_by_sovran_lab"
"""Marks the images that seeding made; only those are ever removed. Tags of this form are recommended by 0102."""

OWN_FIELDS = frozenset(
    (
        *("id", "name", "status", "visibility", "owner", "protected", "tags", "os_hidden", "min_disk", "min_ram"),
        *("size", "virtual_size", "checksum", "os_hash_algo", "os_hash_value", "container_format", "disk_format"),
        *("created_at", "updated_at", "self", "file", "schema", "direct_url", "locations", "stores"),
    )
)
"""What Glance lists of an image beside its additional properties."""
_BUILD_DATE = "image_build_date"


def converge_images(
    api: AdminApi, wanted: tuple[Image, ...], today: datetime.date, bootable: bytes | None = None
) -> Tally:
    """Make the images with our tag exactly these.

    An image that is already as wanted is kept, with the build date that it has.

    Args:
        api: the lab.
        wanted: the images.
        today: the day from which build dates count back.
        bootable: a disk in the format qcow2, the content of images that boot; None: zeros are as good.

    Raises:
        SovranError: Glance refused.
    """
    listings = api.each(
        lambda hidden: api.listing(
            "glance", f"/v2/images?limit=1000&visibility=all&tag={TAG}&os_hidden={hidden}", "images"
        ),
        ["false", "true"],
    )
    free: dict[tuple[Any, ...], list[str]] = {}
    for item in listings[0] + listings[1]:
        free.setdefault(_seen(item, bootable), []).append(item["id"])
    missing = []
    for image in wanted:
        same = free.get(_asked(api, image, bootable))
        if same:
            same.pop()
        else:
            missing.append(image)
    superfluous = [image_id for same in free.values() for image_id in same]
    done = api.each(lambda image_id: _remove(api, image_id), superfluous)
    done += api.each(lambda image: _make(api, image, today, bootable), missing)
    return Tally(**Counter(done), kept=len(wanted) - len(missing))


def _content(image: Image, bootable: bytes | None) -> tuple[bytes, str]:
    """Bytes and their disk format."""
    return (bootable, "qcow2") if bootable is not None and image.boots else (bytes(image.size_kib * 1024), "raw")


def _asked(api: AdminApi, image: Image, bootable: bytes | None) -> tuple[Any, ...]:
    properties = {key: value for key, value in image.properties.items() if key != _BUILD_DATE}
    return (
        image.name,
        image.visibility,
        api.project(image.owner),
        image.min_disk,
        image.min_ram,
        *_told_apart(_content(image, bootable)[0], bootable),
        image.hidden,
        "deactivated" if image.deactivated else "active",
        tuple(sorted({TAG, *image.tags})),
        _BUILD_DATE in image.properties or image.build_age_days is not None,
        tuple(sorted(properties.items())),
    )


def _told_apart(content: bytes, bootable: bytes | None) -> tuple[int, str]:
    """What tells one content from another: guest images of one size differ."""
    return len(content), hashlib.sha512(content).hexdigest() if content is bootable else ""


def _seen(item: dict[str, Any], bootable: bytes | None) -> tuple[Any, ...]:
    properties = {key: value for key, value in item.items() if key not in OWN_FIELDS and key != _BUILD_DATE}
    return (
        item["name"],
        item["visibility"],
        item["owner"],
        item["min_disk"],
        item["min_ram"],
        item["size"],
        item["os_hash_value"] if bootable is not None and item["disk_format"] == "qcow2" else "",
        item["os_hidden"],
        item["status"],
        tuple(sorted(item["tags"])),
        _BUILD_DATE in item,
        tuple(sorted(properties.items())),
    )


def _remove(api: AdminApi, image_id: str) -> str:
    api.call("glance", "DELETE", f"/v2/images/{image_id}", allow=[404])
    return "removed"


def _make(api: AdminApi, image: Image, today: datetime.date, bootable: bytes | None) -> str:
    content, disk_format = _content(image, bootable)
    properties = dict(image.properties)
    if image.build_age_days is not None:
        properties.setdefault(_BUILD_DATE, (today - datetime.timedelta(days=image.build_age_days)).isoformat())
    body = {
        "name": image.name,
        "visibility": image.visibility,
        "owner": api.project(image.owner),
        "min_disk": image.min_disk,
        "min_ram": image.min_ram,
        "disk_format": disk_format,
        "container_format": "bare",
        "os_hidden": image.hidden,
        "tags": sorted({TAG, *image.tags}),
        **properties,
    }
    image_id = api.call("glance", "POST", "/v2/images", body)["id"]
    path = f"/v2/images/{image_id}"
    binary = {"Content-Type": "application/octet-stream"}
    api.call("glance", "PUT", f"{path}/file", content, headers=binary)
    if image.deactivated:
        api.call("glance", "POST", f"{path}/actions/deactivate")
    return "made"
