# SPDX-License-Identifier: Apache-2.0
"""Faults of images: what a break asks for, and how one image is before and after it."""

import uuid
from functools import cached_property
from itertools import product
from typing import Any

import msgspec

from sovran.lab.seeds.api import AdminApi
from sovran.lab.seeds.images import OWN_FIELDS, TAG
from sovran.model.errors import SovranError

ADDED = "added_by_break"
"""Tag of the images that breaks make."""
UNMANAGED = "made_by_sovran_lab"
"""Marks the images from which a break took the mark of seeding, which is a tag of the form that 0102 recommends."""
FILE = bytes(64 * 1024)
"""What is uploaded as an added image."""


class SetImage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The image of this name is so; what is not given stays, and a property that is null goes."""

    image: str
    name: str | None = None
    visibility: str | None = None
    os_hidden: bool | None = None
    active: bool | None = None
    """False: deactivated."""
    min_disk: int | None = None
    min_ram: int | None = None
    tags: tuple[str, ...] | None = None
    managed: bool = True
    """False: no tag says who manages it."""
    properties: dict[str, str | None] = {}


class AddImage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Beside the others there is a public image of this name, otherwise like the one called `like`."""

    name: str
    like: str
    visibility: str = "public"
    os_hidden: bool = False
    properties: dict[str, str | None] = {}


class ImageRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An image as breaks see it."""

    name: str
    visibility: str
    os_hidden: bool
    active: bool
    min_disk: int
    min_ram: int
    tags: tuple[str, ...]
    properties: dict[str, str]


class ImageState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="image"):
    """How an image is; None: not there."""

    id: str
    image: ImageRecord | None


def list_images(api: AdminApi) -> dict[str, ImageRecord]:
    """The images that seeding and breaks made, by id."""
    found = {}
    for mark, hidden in product((TAG, UNMANAGED), ("false", "true")):
        path = f"/v2/images?limit=1000&visibility=all&tag={mark}&os_hidden={hidden}"
        for item in api.listing("glance", path, "images"):
            found[item["id"]] = _record(item)
    return found


def _record(item: dict[str, Any]) -> ImageRecord:
    return ImageRecord(
        name=item["name"],
        visibility=item["visibility"],
        os_hidden=item["os_hidden"],
        active=item["status"] == "active",
        min_disk=item["min_disk"],
        min_ram=item["min_ram"],
        tags=tuple(sorted(item["tags"])),
        properties={key: value for key, value in item.items() if key not in OWN_FIELDS},
    )


class ImagesOfLab:
    """The lab's images as breaks find them, read once, when first needed."""

    def __init__(self, api: AdminApi) -> None:
        """Nothing is read yet."""
        self._api = api

    @cached_property
    def _images(self) -> dict[str, ImageRecord]:
        return list_images(self._api)

    def resolve(self, action: SetImage | AddImage) -> tuple[ImageState, ImageState]:
        """How the action's image is, and how the action wants it.

        Raises:
            SovranError: the image that it speaks of is not there.
        """
        wanted = action.image if isinstance(action, SetImage) else action.like
        found = next((one for one in self._images.items() if one[1].name == wanted and ADDED not in one[1].tags), None)
        if found is None:
            raise SovranError(f"the lab offers no image {wanted} to break: run `sovran lab seed scs` first")
        identifier, before = found
        if isinstance(action, SetImage):
            after = _changed(before, action)
            return ImageState(id=identifier, image=before), ImageState(id=identifier, image=after)
        added = msgspec.structs.replace(
            before,
            name=action.name,
            visibility=action.visibility,
            os_hidden=action.os_hidden,
            tags=tuple(sorted({*before.tags, ADDED})),
            properties=_merged(before.properties, action.properties),
        )
        earlier = next((one for one, image in self._images.items() if image == added), None)
        identifier = earlier or str(uuid.uuid4())
        return ImageState(id=identifier, image=None), ImageState(id=identifier, image=added)


def _merged(properties: dict[str, str], changes: dict[str, str | None]) -> dict[str, str]:
    return {key: value for key, value in (properties | changes).items() if value is not None}


def _changed(image: ImageRecord, action: SetImage) -> ImageRecord:
    given = {
        field: value
        for field in ("name", "visibility", "os_hidden", "active", "min_disk", "min_ram", "tags")
        if (value := getattr(action, field)) is not None
    }
    if "tags" in given:
        given["tags"] = tuple(sorted({*given["tags"], TAG}))
    if not action.managed:
        given["tags"] = tuple(sorted({*given.get("tags", image.tags), UNMANAGED} - {TAG}))
    return msgspec.structs.replace(image, properties=_merged(image.properties, action.properties), **given)


def put_image(api: AdminApi, state: ImageState) -> None:
    """Make the image be as described.

    Raises:
        SovranError: Glance refused.
    """
    path = f"/v2/images/{state.id}"
    item = api.call("glance", "GET", path, allow=[404])
    if state.image is None:
        if item is not None:
            api.call("glance", "DELETE", path)
        return
    wanted = state.image
    if item is None:
        body = {
            "id": state.id,
            "disk_format": "raw",
            "container_format": "bare",
            **_fields(wanted),
            **wanted.properties,
        }
        api.call("glance", "POST", "/v2/images", body)
        item = api.call("glance", "GET", path)
    if item["status"] == "queued":
        api.call("glance", "PUT", f"{path}/file", FILE, headers={"Content-Type": "application/octet-stream"})
    changes = _patch(_record(item), wanted)
    if changes:
        kind = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
        api.call("glance", "PATCH", path, changes, headers=kind)
    if wanted.active != (item["status"] in ("active", "queued")):
        api.call("glance", "POST", f"{path}/actions/{'reactivate' if wanted.active else 'deactivate'}")


def _fields(image: ImageRecord) -> dict[str, Any]:
    fields = msgspec.structs.asdict(image)
    return {key: value for key, value in fields.items() if key not in ("active", "properties")}


def _patch(there: ImageRecord, wanted: ImageRecord) -> list[dict[str, Any]]:
    """What changes one into the other, as a JSON patch."""
    old, new = there.properties, wanted.properties
    patch: list[dict[str, Any]] = [
        {"op": "replace", "path": f"/{key}", "value": value}
        for key, value in _fields(wanted).items()
        if value != _fields(there)[key]
    ]
    patch += [{"op": "remove", "path": f"/{key}"} for key in old.keys() - new.keys()]
    patch += [
        {"op": "replace" if key in old else "add", "path": f"/{key}", "value": value}
        for key, value in new.items()
        if old.get(key) != value
    ]
    return patch
