# SPDX-License-Identifier: Apache-2.0
"""A copy of the ready-made databases is made to fit its lab."""

import base64
import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sovran.lab import databases
from sovran.lab.description import Description

SCHEMA = {
    "keystone": """
        CREATE TABLE service (id TEXT, type TEXT);
        CREATE TABLE endpoint (id TEXT, service_id TEXT, url TEXT, enabled INTEGER);
        CREATE TABLE local_user (id INTEGER, name TEXT);
        CREATE TABLE password (local_user_id INTEGER, password_hash TEXT);
        CREATE TABLE application_credential (name TEXT, secret_hash TEXT);
        INSERT INTO service VALUES ('1', 'compute'), ('2', 'object-store'), ('3', 'rating');
        INSERT INTO endpoint VALUES ('a', '1', 'old', 1), ('b', '2', 'old', 1), ('c', '3', 'kept', 1);
        INSERT INTO local_user VALUES (1, 'lab'), (2, 'someone');
        INSERT INTO password VALUES (1, 'old'), (2, 'kept');
        INSERT INTO application_credential VALUES ('lab-appcred', 'old');
    """,
    "nova_api": """
        CREATE TABLE cell_mappings (name TEXT, database_connection TEXT, transport_url TEXT);
        INSERT INTO cell_mappings VALUES ('cell0', 'old', 'old'), ('cell1', 'old', 'old');
    """,
    "glance": """
        CREATE TABLE image_locations (id INTEGER, value TEXT);
        INSERT INTO image_locations VALUES (1, 'file:///elsewhere/data/images/0815');
    """,
    "cinder": """
        CREATE TABLE services (topic TEXT, availability_zone TEXT, updated_at TEXT);
        INSERT INTO services VALUES ('cinder-volume', 'nova', ''), ('cinder-volume', 'az1', '');
        INSERT INTO services VALUES ('cinder-backup', 'nova', '2020-01-01 00:00:00');
    """,
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Databases with the tables that are written to."""
    for name in databases.NAMES:
        with closing(sqlite3.connect(tmp_path / f"{name}.sqlite")) as database, database:
            database.executescript(SCHEMA.get(name, "CREATE TABLE other (x TEXT)"))
    return tmp_path


def rows(data: Path, name: str, query: str) -> list[tuple[object, ...]]:
    """What a database answers."""
    with closing(sqlite3.connect(data / f"{name}.sqlite")) as database:
        return database.execute(query).fetchall()


def verify(password: str, hashed: str) -> bool:
    """Keystone's own check, by the format's definition."""
    _, name, rounds, salt, checksum = hashed.split("$")
    assert name == "pbkdf2-sha512"
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), base64.b64decode(salt + "=="), int(rounds))
    return base64.b64decode(checksum + "==") == key


def test_the_catalog_has_the_lab_s_ports(data: Path, described: Description) -> None:
    described.services.remove("swift")
    databases.fit(data, described)
    assert rows(data, "keystone", "SELECT url, enabled FROM endpoint ORDER BY id") == [
        (f"http://127.0.0.1:{described.ports['nova']}/v2.1", 1),
        (f"http://127.0.0.1:{described.ports['swift']}/v1/AUTH_%(project_id)s", 0),
        ("kept", 1),
    ]


def test_the_passwords_are_the_lab_s(data: Path, described: Description) -> None:
    databases.fit(data, described)
    (mine,), (other,) = rows(data, "keystone", "SELECT password_hash FROM password ORDER BY local_user_id")
    assert verify(described.passwords["lab"], str(mine))
    assert not verify("old", str(mine))
    assert other == "kept"
    ((secret,),) = rows(data, "keystone", "SELECT secret_hash FROM application_credential")
    assert verify(described.passwords["lab-appcred"], str(secret))


def test_paths_are_the_lab_s(data: Path, described: Description) -> None:
    databases.fit(data, described)
    assert rows(data, "glance", "SELECT value FROM image_locations") == [(f"file://{data}/images/0815",)]
    assert rows(data, "nova_api", "SELECT name, database_connection FROM cell_mappings") == [
        (cell, f"sqlite:///{data}/nova_{cell}.sqlite?timeout=60") for cell in ("cell0", "cell1")
    ]


def test_a_copy_replaces_what_was_there_even_while_it_is_read(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    target.mkdir()
    databases.copy(data, target)
    with closing(sqlite3.connect(target / "keystone.sqlite")) as reader:
        assert reader.execute("SELECT count(*) FROM endpoint").fetchone() == (3,)
        with closing(sqlite3.connect(data / "keystone.sqlite")) as source, source:
            source.execute("DELETE FROM endpoint")
        databases.copy(data, target)
        assert reader.execute("SELECT count(*) FROM endpoint").fetchone() == (0,)


def test_volume_services_of_former_zones_are_forgotten(data: Path) -> None:
    databases.forget_zones(data, {"az1", "az2"})
    left = rows(data, "cinder", "SELECT topic, availability_zone FROM services")
    assert left == [("cinder-volume", "az1"), ("cinder-backup", "nova")]


def test_services_of_an_old_copy_are_not_taken_for_dead(data: Path, described: Description) -> None:
    databases.fit(data, described)
    ((oldest,),) = rows(data, "cinder", "SELECT strftime('%s', 'now') - min(strftime('%s', updated_at)) FROM services")
    assert 0 <= float(str(oldest)) < 60
