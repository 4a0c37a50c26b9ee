# SPDX-License-Identifier: Apache-2.0
"""Probe: a member uploads an image, downloads it, compares it with its hash and deletes it (SCS-0104)."""

import hashlib
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from sovran.cloud.acting.answer import ActingFailed, Answer, NoAnswer, Refused
from sovran.cloud.acting.kinds import IMAGE
from sovran.cloud.outcome import Absent, Failure, Ok, Outcome, Unreachable
from sovran.model.printable import printable
from sovran.probes.probe import Need, Probe, Stage
from sovran.probes.qcow2 import empty_qcow2
from sovran.probes.steps import Journal, Step, StepFailed

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor, Made

UPLOAD, DOWNLOAD, HASH, IMPORT, DELETE = (
    "upload an image",
    "download the image",
    "find the hash of what was uploaded",
    "import an image",
    "delete the image",
)
SIZE = 1024 * 1024
"""Bytes that are uploaded."""
OCTETS = {"Content-Type": "application/octet-stream"}
STAGED = "glance-direct"
"""The import method that takes what the user uploads; the others fetch it from elsewhere."""


class ImagesProbe(msgspec.Struct, frozen=True):
    """What a member could do with an image of its own."""

    steps: tuple[Step, ...]
    """UPLOAD, DOWNLOAD, HASH, IMPORT where there is STAGED, DELETE, as far as it came."""
    format: str
    """Disk format that was uploaded."""
    methods: tuple[str, ...]
    """Import methods that the cloud offers."""


def plan(stage: Stage) -> tuple[Need, ...] | Failure:
    """Two images of SIZE at most."""
    return plan_images(stage.actor, 2) or (Need("image", 2),)


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
    disk_format = "raw" if not formats or "raw" in formats else "qcow2"
    content = secrets.token_bytes(SIZE) if disk_format == "raw" else empty_qcow2(1)
    methods = _names(actor.call("GET", "image", "/info/import").at("import-methods", "value"))
    with suppress(StepFailed):
        _upload(actor, journal, disk_format, content)
    if STAGED in methods:
        with journal.step(IMPORT, go_on=True):
            _import(actor, disk_format, content)
    return Ok(ImagesProbe(journal.steps, disk_format, methods))


def _names(value: object) -> tuple[str, ...]:
    return tuple(printable(one, 40) for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _upload(actor: "Actor", journal: Journal, disk_format: str, content: bytes) -> None:
    with journal.step(UPLOAD):
        image = new_image(actor, disk_format)
        worked(actor.call("PUT", "image", f"/images/{image.id}/file", content=content, headers=OCTETS))
        shown = actor.wait(image, until="active", bad=("killed", "deleted"))
    with journal.step(DOWNLOAD, go_on=True):
        accept = {"Accept": OCTETS["Content-Type"]}
        if worked(actor.call("GET", "image", f"/images/{image.id}/file", headers=accept)).body != content:
            raise ActingFailed("image gave back other bytes than those that were uploaded")
    with journal.step(HASH, go_on=True):
        _compare(shown, content)
    with journal.step(DELETE):
        actor.delete(image)


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


def worked(answer: Answer) -> Answer:
    """The answer, if it is a good one; raises Refused or NoAnswer."""
    if answer.ok:
        return answer
    raise Refused(answer) if answer.status else NoAnswer(answer)


def _compare(shown: dict[str, object], content: bytes) -> None:
    algorithm, value = str(shown.get("os_hash_algo") or ""), shown.get("os_hash_value")
    if not algorithm or not value:
        raise ActingFailed("image shows no hash of what was uploaded (os_hash_algo, os_hash_value)")
    if algorithm not in hashlib.algorithms_guaranteed or algorithm.startswith("shake"):
        raise ActingFailed(f"image shows a hash by {printable(algorithm, 40)}, which is no algorithm known here")
    if hashlib.new(algorithm, content, usedforsecurity=False).hexdigest() != value:
        raise ActingFailed(f"image shows another {algorithm} hash than that of what was uploaded")


def _import(actor: "Actor", disk_format: str, content: bytes) -> None:
    image = new_image(actor, disk_format)
    worked(actor.call("PUT", "image", f"/images/{image.id}/stage", content=content, headers=OCTETS))
    worked(actor.call("POST", "image", f"/images/{image.id}/import", {"method": {"name": STAGED}}))
    actor.wait(image, until="active", bad=("killed", "deleted"))


IMAGES = Probe("images", ImagesProbe, plan, run)
