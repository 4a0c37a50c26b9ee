# SPDX-License-Identifier: Apache-2.0
"""Faults that no API can make, since the service itself sets these values: written into its database."""

import datetime
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager

import msgspec

from sovran.lab.config.ini import BUSY_TIMEOUT
from sovran.lab.folders import lab_folder
from sovran.lab.seeds.api import AdminApi
from sovran.model.errors import SovranError

HOST = "made-by-a-break"
"""Host of the volume services that breaks make."""


class SetImageHash(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Glance has noted this hash of the file of the image."""

    image: str
    algorithm: str
    digits: int
    """Hexadecimal digits of the value."""


class AddVolumeZone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cinder has an availability zone of this name: a volume service there has reported once."""

    zone: str


class ImageHashState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="image hash"):
    """What Glance has noted as the hash of an image's file."""

    id: str
    algorithm: str
    value: str

    @property
    def subject(self) -> str:
        """Which object the state is of."""
        return f"hash of image {self.id}"


class VolumeZoneState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="volume zone"):
    """Whether there is a volume service, beside the lab's own, in an availability zone."""

    zone: str
    present: bool

    @property
    def subject(self) -> str:
        """Which object the state is of."""
        return f"volume zone {self.zone}"


@contextmanager
def _database(api: AdminApi, name: str) -> Iterator[sqlite3.Connection]:
    path = lab_folder(api.lab.name) / "data" / f"{name}.sqlite"
    with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT)) as database, database:
        yield database


def resolve_image_hash(api: AdminApi, action: SetImageHash) -> tuple[ImageHashState, ImageHashState]:
    """The hash that is noted, and the one that the action wants.

    Raises:
        SovranError: there is no such image.
    """
    with _database(api, "glance") as glance:
        found = glance.execute(
            "SELECT id, os_hash_algo, os_hash_value FROM images WHERE name = ? AND status = 'active'", (action.image,)
        ).fetchone()
    if found is None:
        raise SovranError(f"the lab offers no image {action.image} to break: run `sovran lab seed scs` first")
    before = ImageHashState(id=found[0], algorithm=found[1], value=found[2])
    return before, ImageHashState(id=found[0], algorithm=action.algorithm, value="0" * action.digits)


def put_image_hash(api: AdminApi, state: ImageHashState) -> None:
    """Let Glance have noted so."""
    with _database(api, "glance") as glance:
        glance.execute(
            "UPDATE images SET os_hash_algo = ?, os_hash_value = ? WHERE id = ?",
            (state.algorithm, state.value, state.id),
        )


def resolve_volume_zone(api: AdminApi, action: AddVolumeZone) -> tuple[VolumeZoneState, VolumeZoneState]:
    """Whether a break has made the zone, and that it is to be there."""
    with _database(api, "cinder") as cinder:
        found = cinder.execute(
            "SELECT 1 FROM services WHERE host = ? AND availability_zone = ?", (HOST, action.zone)
        ).fetchone()
    before = VolumeZoneState(zone=action.zone, present=found is not None)
    return before, VolumeZoneState(zone=action.zone, present=True)


def put_volume_zone(api: AdminApi, state: VolumeZoneState) -> None:
    """Make or remove the volume service; it is no host's, so no volume is ever put there."""
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None).isoformat(" ")
    with _database(api, "cinder") as cinder:
        cinder.execute("DELETE FROM services WHERE host = ? AND availability_zone = ?", (HOST, state.zone))
        if state.present:
            cinder.execute(
                "INSERT INTO services (created_at, updated_at, deleted, host, binary, topic, report_count, disabled,"
                " availability_zone, replication_status, frozen, rpc_current_version, object_current_version, uuid)"
                " SELECT ?, ?, 0, ?, binary, topic, 1, 0, ?, replication_status, 0, rpc_current_version,"
                " object_current_version, ? FROM services WHERE topic = 'cinder-volume' LIMIT 1",
                (now, now, HOST, state.zone, str(uuid.uuid4())),
            )
