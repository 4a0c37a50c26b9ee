# SPDX-License-Identifier: Apache-2.0
"""Probe: a member finds the same bytes in what it restored from a backup; it backs up snapshots, and incrementally."""

import hashlib
import secrets
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from sovran.cloud.acting.answer import ActingFailed, Answer
from sovran.cloud.acting.kinds import IMAGE, SNAPSHOT
from sovran.cloud.acting.marker import METADATA
from sovran.cloud.at_once import at_once
from sovran.cloud.outcome import Absent, Failure, Ok, Outcome
from sovran.probes.backup import back_up, restore
from sovran.probes.block_storage import SERVICE, new_volume, ready
from sovran.probes.image_data import OCTETS
from sovran.probes.probe import Need, Probe, Stage
from sovran.probes.qcow2 import NotReadable, first_bytes
from sovran.probes.steps import Journal, Step, StepFailed

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor, Made

IMAGE_MADE, FILLED, FILLED_BACKED_UP, FILLED_RESTORED, IMAGED, READ, COMPARED = (
    "upload random bytes as an image",
    "make a volume from the image",
    "back up the volume with these bytes",
    "restore the bytes into a new volume",
    "make an image of the restored volume",
    "read that image",
    "find the same bytes in it",
)
SNAPSHOT_MADE, SNAPSHOT_BACKED_UP, INCREMENTAL = (
    "make a snapshot of the volume",
    "back up the snapshot",
    "back up incrementally",
)
SIZE = 1024 * 1024
"""Random bytes, at the beginning of a volume of 1 GiB."""


class BackupContentProbe(msgspec.Struct, frozen=True):
    """What a member found in what it restored, and which other backups it could make."""

    steps: tuple[Step, ...]
    """IMAGE_MADE, FILLED, FILLED_BACKED_UP, FILLED_RESTORED, IMAGED, READ, COMPARED, as far as it came."""
    beyond: tuple[Step, ...]
    """SNAPSHOT_MADE, SNAPSHOT_BACKED_UP, INCREMENTAL, which no requirement speaks of."""


def plan(stage: Stage) -> tuple[Need, ...] | Failure:
    """A volume made from an image of random bytes, a backup of it, the volume that this is restored into, an image of
    that one; a snapshot with its backup, and an incremental backup.
    """
    if not stage.has(SERVICE):
        return Absent("the catalog has no block storage service")
    if not stage.has("image"):
        return Absent("the catalog has no image service")
    return (Need("volume", 2, 2), Need("backup", 3, 3), Need("snapshot", 1, 1), Need("image", 2))


def run(stage: Stage) -> Outcome[BackupContentProbe]:
    """Block Storage API v3: volumes, backups, restores, snapshots of 1 GiB; Image API v2."""
    actor, content = stage.actor, secrets.token_bytes(SIZE)
    journal, snapshot, incremental = Journal(), Journal(), Journal()
    with suppress(StepFailed):
        with journal.step(IMAGE_MADE):
            image = _upload(actor, content)
        with journal.step(FILLED):
            volume = new_volume(actor, "filled", imageRef=image.id)
        with journal.step(FILLED_BACKED_UP):
            backup = back_up(actor, volume)
        at_once(
            {
                "restore": partial(_restore_and_read, actor, journal, incremental, volume, backup, content),
                "snapshot": partial(_back_up_snapshot, actor, snapshot, volume),
            }
        )
    return Ok(BackupContentProbe(journal.steps, snapshot.steps + incremental.steps))


def _restore_and_read(
    actor: "Actor", journal: Journal, incremental: Journal, volume: "Made", backup: "Made", content: bytes
) -> None:
    with journal.step(FILLED_RESTORED):
        restored = restore(actor, backup)
    # a backup that is being restored is no base for another one
    at_once(
        {
            "read": partial(_read_back, actor, journal, restored, content),
            "incremental": partial(_back_up_incrementally, actor, incremental, volume),
        }
    )


def _upload(actor: "Actor", content: bytes) -> "Made":
    image = actor.create(
        IMAGE,
        "source",
        lambda name: {
            "name": name,
            "disk_format": "raw",
            "container_format": "bare",
            "visibility": "private",
            # without any property Cinder 28 asks Glance for a broken image when it makes one of the volume
            METADATA: actor.run,
        },
    )
    _worked(actor.call("PUT", "image", f"/images/{image.id}/file", content=content, headers=OCTETS))
    ready(actor, image, until="active")
    return image


def _read_back(actor: "Actor", journal: Journal, volume: "Made", content: bytes) -> None:
    with journal.step(IMAGED):
        image, disk_format = _image_of(actor, volume)
    with journal.step(READ):
        found = _download(actor, image, disk_format)
    with journal.step(COMPARED):
        wanted, seen = (hashlib.sha256(one).hexdigest() for one in (content, found))
        if wanted != seen:
            raise ActingFailed(
                f"the restored volume begins with other bytes than the original: SHA-256 of the first {SIZE} bytes is"
                f" {seen} instead of {wanted}"
            )


def _image_of(actor: "Actor", volume: "Made") -> tuple["Made", str]:
    """An image of a volume: as qcow2, which leaves out what is empty, or raw where the service does not convert."""
    for disk_format in ("qcow2", "raw"):
        answer, image = actor.attempt(
            IMAGE,
            "copy",
            partial(_wanted_image, disk_format),
            path=f"/volumes/{volume.id}/action",
            service=SERVICE,
            id_at=("os-volume_upload_image", "image_id"),
        )
        if image:
            ready(actor, image, until="active", parent=volume.id)
            return image, disk_format
        if not answer.refused or answer.denied or answer.over_quota:
            break
    raise answer.failure


def _wanted_image(disk_format: str, name: str) -> dict[str, Any]:
    wanted = {"image_name": name, "disk_format": disk_format, "container_format": "bare"}
    return {"os-volume_upload_image": wanted}


def _download(actor: "Actor", image: "Made", disk_format: str) -> bytes:
    """The first SIZE bytes of the disk in an image. Raises ActingFailed when there are fewer."""
    asked = {"Accept": OCTETS["Content-Type"]}
    if disk_format == "raw":
        asked["Range"] = f"bytes=0-{SIZE - 1}"
    answer = _worked(actor.call("GET", "image", f"/images/{image.id}/file", headers=asked))
    try:
        return first_bytes(answer.body, SIZE)
    except NotReadable as error:
        raise ActingFailed(f"the image of the restored volume cannot be read: {error}") from None


def _back_up_snapshot(actor: "Actor", journal: Journal, volume: "Made") -> None:
    with suppress(StepFailed):
        with journal.step(SNAPSHOT_MADE):
            snapshot = actor.create(
                SNAPSHOT, "snapshot", lambda name: {"snapshot": {"name": name, "volume_id": volume.id}}
            )
            ready(actor, snapshot)
        with journal.step(SNAPSHOT_BACKED_UP):
            back_up(actor, volume, snapshot_id=snapshot.id)


def _back_up_incrementally(actor: "Actor", journal: Journal, volume: "Made") -> None:
    with journal.step(INCREMENTAL, go_on=True):
        backup = back_up(actor, volume, incremental=True)
        if actor.show(backup).at("backup", "is_incremental") is False:
            raise ActingFailed("the service made a full backup when it was asked for an incremental one")


def _worked(answer: Answer) -> Answer:
    if not answer.ok:
        raise answer.failure
    return answer


BACKUP_CONTENT = Probe("backup-content", BackupContentProbe, plan, run)
