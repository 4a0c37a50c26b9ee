# SPDX-License-Identifier: Apache-2.0
"""Probe: a member backs up an empty volume and restores it (SCS-0117)."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from sovran.cloud.acting.answer import ActingFailed
from sovran.cloud.acting.kinds import BACKUP, VOLUME
from sovran.cloud.outcome import Absent, Failure, Ok, Outcome
from sovran.probes.block_storage import SERVICE, new_volume, ready
from sovran.probes.probe import Need, Probe, Stage
from sovran.probes.steps import Journal, Step, StepFailed

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor, Made

VOLUME_MADE, BACKED_UP, RESTORED = (
    "make an empty volume",
    "back up the empty volume",
    "restore that backup into a new volume",
)


class BackupProbe(msgspec.Struct, frozen=True):
    """What a member could do with a backup of an empty volume of its own."""

    steps: tuple[Step, ...]
    """VOLUME_MADE, BACKED_UP, RESTORED, as far as it came."""


def plan(stage: Stage) -> tuple[Need, ...] | Failure:
    """An empty volume, a backup of it, and the volume that this is restored into."""
    if not stage.has(SERVICE):
        return Absent("the catalog has no block storage service")
    return (Need("volume", 2, 2), Need("backup", 1, 1))


def run(stage: Stage) -> Outcome[BackupProbe]:
    """Block Storage API v3: volumes of 1 GiB, backup, restore."""
    journal = Journal()
    with suppress(StepFailed):
        with journal.step(VOLUME_MADE):
            volume = new_volume(stage.actor, "empty")
        with journal.step(BACKED_UP):
            backup = back_up(stage.actor, volume)
        with journal.step(RESTORED):
            restore(stage.actor, backup)
    return Ok(BackupProbe(journal.steps))


def back_up(actor: "Actor", volume: "Made", **fields: Any) -> "Made":
    """A backup of the volume, as soon as it is available; `fields` go into the request. Raises as `ready` does."""
    backup = actor.create(BACKUP, "backup", lambda name: {"backup": {"name": name, "volume_id": volume.id, **fields}})
    ready(actor, backup)
    return backup


def restore(actor: "Actor", backup: "Made") -> "Made":
    """The volume that the backup is restored into, as soon as it is available. Raises as `ready` does."""
    volume = actor.create(
        VOLUME,
        "restored",
        lambda name: {"restore": {"name": name}},
        path=f"/backups/{backup.id}/restore",
        id_at=("restore", "volume_id"),
    )
    try:
        # the backup is busy as long as it is restored, and cheaper to look at
        ready(actor, backup)
        ready(actor, volume, soon=True)
    except ActingFailed as failed:
        if type(failed) is not ActingFailed:
            raise
        # the volume says that it failed, the backup why
        why = str(actor.show(backup).at("backup", "fail_reason") or "")
        raise ActingFailed(f"{failed}: {why}" if why else str(failed)) from None
    return volume


BACKUPS = Probe("backup", BackupProbe, plan, run)
