# SPDX-License-Identifier: Apache-2.0
"""Faults that are written into a service's database, and taken out again."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sovran.lab import folders
from sovran.lab.breaks.database_states import (
    AddVolumeZone,
    ImageHashState,
    SetImageHash,
    put_image_hash,
    put_volume_zone,
    resolve_image_hash,
    resolve_volume_zone,
)
from sovran.model.errors import SovranError
from tests.lab.recorder import RecordingApi

SCHEMA = {
    "glance": "CREATE TABLE images (id, name, status, os_hash_algo, os_hash_value)",
    "cinder": "CREATE TABLE services (created_at, updated_at, deleted, host, binary, topic, report_count, disabled,"
    " availability_zone, replication_status, frozen, rpc_current_version, object_current_version, uuid UNIQUE)",
}
Ask = Callable[..., list[Any]]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Sends SQL to a database of a lab that has an image, a deleted one of the same name, and a volume service."""
    monkeypatch.setenv("SOVRAN_LAB_HOME", str(tmp_path))
    data = folders.lab_folder("test") / "data"
    data.mkdir(parents=True)

    def send(name: str, statement: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(data / f"{name}.sqlite")) as database, database:
            return database.execute(statement, values).fetchall()

    for name, statement in SCHEMA.items():
        send(name, statement)
    send("glance", "INSERT INTO images VALUES ('old', 'Debian 12', 'deleted', 'sha512', 'x')")
    send("glance", "INSERT INTO images VALUES ('i', 'Debian 12', 'active', 'sha512', 'abc')")
    values = ("", "", 0, "lab-1@file", "cinder-volume", "cinder-volume", 9, 0, "nova", "disabled", 0, "3", "1", "u")
    send("cinder", "INSERT INTO services VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *values)
    return send


def test_the_hash_of_an_image_is_replaced_and_put_back(ask: Ask) -> None:
    api = RecordingApi()
    before, after = resolve_image_hash(api, SetImageHash(image="Debian 12", algorithm="md5", digits=32))
    assert before == ImageHashState(id="i", algorithm="sha512", value="abc")
    put_image_hash(api, after)
    assert ask("glance", "SELECT id, os_hash_algo, length(os_hash_value) FROM images ORDER BY id") == [
        ("i", "md5", 32),
        ("old", "sha512", 1),
    ]
    put_image_hash(api, before)
    assert ask("glance", "SELECT os_hash_algo, os_hash_value FROM images WHERE id = 'i'") == [("sha512", "abc")]


@pytest.mark.usefixtures("ask")
def test_an_image_that_is_not_there_has_no_hash() -> None:
    with pytest.raises(SovranError, match="offers no image Debian 9 to break"):
        resolve_image_hash(RecordingApi(), SetImageHash(image="Debian 9", algorithm="md5", digits=32))


def test_a_zone_for_volumes_comes_once_and_goes(ask: Ask) -> None:
    api = RecordingApi()
    before, after = resolve_volume_zone(api, AddVolumeZone(zone="az-2"))
    put_volume_zone(api, after)
    put_volume_zone(api, after)
    zones = "SELECT availability_zone, topic, disabled FROM services ORDER BY availability_zone"
    assert ask("cinder", zones) == [("az-2", "cinder-volume", 0), ("nova", "cinder-volume", 0)]
    assert resolve_volume_zone(api, AddVolumeZone(zone="az-2"))[0] == after
    put_volume_zone(api, before)
    assert ask("cinder", zones) == [("nova", "cinder-volume", 0)]
