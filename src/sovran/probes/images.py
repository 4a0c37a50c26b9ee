# SPDX-License-Identifier: Apache-2.0
"""Probe: a member uploads an image, downloads it, compares it with its hash and deletes it (SCS-0104)."""

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from sovran.cloud.acting.answer import ActingFailed, NoAnswer, OverQuota, Refused, TimedOut
from sovran.cloud.acting.kinds import IMAGE
from sovran.cloud.outcome import Absent, Failure, Ok, Outcome, Unreachable
from sovran.model.printable import printable
from sovran.probes.image_data import FORMATS, OCTETS, Data, compare, download, worked
from sovran.probes.probe import Need, Probe, Stage
from sovran.probes.settle import settled
from sovran.probes.steps import CannotTell, Journal, Step, StepFailed

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor, Made

UPLOAD, DOWNLOAD, HASH, IMPORT, DELETE = (
    "upload an image",
    "download the image",
    "find the hash of what was uploaded",
    "import an image",
    "delete the image",
)
STAGED = "glance-direct"
"""The import method that takes what the user uploads; the others fetch it from elsewhere."""
IMPORT_SECONDS = 300.0


class ImagesProbe(msgspec.Struct, frozen=True):
    """What a member could do with an image of its own."""

    steps: tuple[Step, ...]
    """UPLOAD, DOWNLOAD, HASH, IMPORT where there is STAGED, DELETE, as far as it came."""
    format: str
    """Disk format that was uploaded."""
    methods: tuple[str, ...]
    """Import methods that the cloud offers."""


def plan(stage: Stage) -> tuple[Need, ...] | Failure:
    """One image at a time; two only where the first cannot be deleted."""
    return plan_images(stage.actor, 1) or (Need("image", 2),)


def plan_images(actor: "Actor", count: int) -> Failure | None:
    """Why so many images cannot be made; None: nothing that can be read speaks against it."""
    if not actor.has("image"):
        return Absent("the catalog has no image service")
    told = actor.call("GET", "image", "/info/usage").at("usage", "image_count_total")
    left = told["limit"] - told["usage"] if isinstance(told, dict) and _counted(told) else count
    return Unreachable(f"the probe needs {count} images, and the quota leaves {max(left, 0)}") if left < count else None


def _counted(told: dict[str, object]) -> bool:
    return all(isinstance(told.get(key), int) for key in ("limit", "usage")) and told["limit"] != -1


def run(stage: Stage) -> Outcome[ImagesProbe]:
    """Image API v2: create, PUT file, GET file, import by STAGED, DELETE; of random bytes, raw where that is taken."""
    actor, journal = stage.actor, Journal()
    formats = _names(actor.call("GET", "image", "/schemas/image").at("properties", "disk_format", "enum"))
    taken = [one for one in FORMATS if one in formats] or list(FORMATS if not formats else FORMATS[-1:])
    methods = _names(actor.call("GET", "image", "/info/import").at("import-methods", "value"))
    data = Data(taken[0])
    with suppress(StepFailed):
        data = _upload(actor, journal, taken)
    if STAGED in methods:
        with journal.step(IMPORT, go_on=True):
            _import(actor, data)
    return Ok(ImagesProbe(journal.steps, data.format, methods))


def _names(value: object) -> tuple[str, ...]:
    return tuple(printable(one, 40) for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _upload(actor: "Actor", journal: Journal, formats: Sequence[str]) -> Data:
    """Upload, look, delete; what was uploaded."""
    with journal.step(UPLOAD):
        image, data = _put(actor, formats)
        shown = actor.wait(image, until="active", bad=("killed", "deleted"))
    with journal.step(DOWNLOAD, go_on=True):
        download(actor, image, shown, data)
    with journal.step(HASH, go_on=True):
        compare(shown, data)
    with journal.step(DELETE):
        actor.delete(image)
        settled(actor, lambda: _is_gone(actor, image))
    return data


def _put(actor: "Actor", formats: Sequence[str]) -> "tuple[Made, Data]":
    """An image with its data, in the first of these formats that the service takes; raises Refused or NoAnswer."""
    for number, disk_format in enumerate(formats, start=1):
        data, image = Data(disk_format), None
        try:
            image = new_image(actor, disk_format)
            worked(actor.call("PUT", "image", f"/images/{image.id}/file", content=data.content, headers=OCTETS))
        except OverQuota:
            raise
        except Refused as refused:
            # it may be the format that is not wanted
            if number == len(formats) or not refused.answer.refused:
                raise
            if image:
                with suppress(Refused, NoAnswer):
                    actor.delete(image)
            continue
        return image, data
    raise ActingFailed("there is no disk format to upload")


def new_image(actor: "Actor", disk_format: str) -> "Made":
    """The record of a private image; raises Refused or NoAnswer."""
    return actor.create(
        IMAGE,
        "image",
        lambda name: {
            "name": name,
            "disk_format": disk_format,
            "container_format": "bare",
            "visibility": "private",
        },
    )


def _import(actor: "Actor", data: Data) -> None:
    image = new_image(actor, data.format)
    worked(actor.call("PUT", "image", f"/images/{image.id}/stage", content=data.content, headers=OCTETS))
    worked(actor.call("POST", "image", f"/images/{image.id}/import", {"method": {"name": STAGED}}))
    shown = _imported(actor, image)
    try:
        download(actor, image, shown, data)
    except Refused as refused:
        # who may not download can still know the data by their hash
        if not refused.answer.denied:
            raise CannotTell(str(refused)) from None
        compare(shown, data)


def _imported(actor: "Actor", image: "Made") -> Any:
    """The image as soon as it is active; raises as `Actor.wait`, and ActingFailed when an import is said to fail."""
    patience = actor.patience(IMPORT_SECONDS)
    while True:
        shown = worked(actor.show(image)).json
        shown = shown if isinstance(shown, dict) else {}
        if shown.get("status") == "active":
            return shown
        if failed := shown.get("os_glance_failed_import"):
            raise ActingFailed(f"image could not import by {printable(str(failed), 80)}")
        if not patience.wait():
            seen = printable(str(shown.get("status")), 40)
            raise TimedOut(f"the image was still {seen} after {patience.spent:.0f} s")


def _is_gone(actor: "Actor", image: "Made") -> None:
    answer = actor.show(image)
    if answer.ok and answer.at("status") not in ("deleted", "pending_delete"):
        raise ActingFailed(f"{answer.asked} still shows the image after it was deleted")
    if not answer.status:
        raise answer.failure


IMAGES = Probe("images", ImagesProbe, plan, run)
