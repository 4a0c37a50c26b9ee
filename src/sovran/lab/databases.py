# SPDX-License-Identifier: Apache-2.0
"""The services' SQLite databases: fitting a copy to the lab that it now belongs to, and copying them whole.

A ready-made state is made once and used for every lab. What differs between labs (ports, paths, secrets) is written
into the copy before its services start.
"""

import base64
import hashlib
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from sovran.lab import topology
from sovran.lab.config.identity import PASSWORD_ROUNDS
from sovran.lab.config.ini import BUSY_TIMEOUT, IN_MEMORY_RPC, database_url
from sovran.lab.description import Description

NAMES = tuple(name for service in topology.SERVICES for name in service.databases)


def hash_password(password: str) -> str:
    """The form in which Keystone's `pbkdf2_sha512` hasher stores a password."""
    salt = secrets.token_bytes(16)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, PASSWORD_ROUNDS)
    encoded = (base64.b64encode(part).rstrip(b"=").decode() for part in (salt, key))
    return f"$pbkdf2-sha512${PASSWORD_ROUNDS}${'$'.join(encoded)}"


def fit(data: Path, lab: Description) -> None:
    """Write the lab's URLs, paths and secrets into its databases; Keystone and Nova must not run."""
    with closing(sqlite3.connect(data / "keystone.sqlite", timeout=BUSY_TIMEOUT)) as keystone, keystone:
        _fit_catalog(keystone, lab)
        for user, password in lab.passwords.items():
            keystone.execute(
                "UPDATE password SET password_hash = ? WHERE local_user_id IN"
                " (SELECT id FROM local_user WHERE name = ?)",
                (hash_password(password), user),
            )
        keystone.execute(
            "UPDATE application_credential SET secret_hash = ? WHERE name = ?",
            (hash_password(lab.passwords[topology.APPLICATION_CREDENTIAL]), topology.APPLICATION_CREDENTIAL),
        )
    with closing(sqlite3.connect(data / "nova_api.sqlite", timeout=BUSY_TIMEOUT)) as nova, nova:
        for cell in ("cell0", "cell1"):
            nova.execute(
                "UPDATE cell_mappings SET database_connection = ?, transport_url = ? WHERE name = ?",
                (database_url(data, f"nova_{cell}"), "none:///" if cell == "cell0" else IN_MEMORY_RPC, cell),
            )
    with closing(sqlite3.connect(data / "glance.sqlite", timeout=BUSY_TIMEOUT)) as glance, glance:
        for key, location in glance.execute("SELECT id, value FROM image_locations").fetchall():
            image = Path(location.removeprefix("file://")).name
            glance.execute(
                "UPDATE image_locations SET value = ? WHERE id = ?", (f"file://{data / 'images' / image}", key)
            )
    with closing(sqlite3.connect(data / "cinder.sqlite", timeout=BUSY_TIMEOUT)) as cinder, cinder:
        # the copy is older than Cinder's patience with silent services; those that run report only now and then
        cinder.execute("UPDATE services SET updated_at = datetime('now')")


def _fit_catalog(keystone: sqlite3.Connection, lab: Description) -> None:
    """Give the endpoints of the lab's own services its ports; those of services that it does not run are off."""
    for service in topology.SERVICES:
        for kind, _name, path in service.endpoints:
            keystone.execute(
                "UPDATE endpoint SET url = ?, enabled = ? WHERE service_id IN (SELECT id FROM service WHERE type = ?)",
                (endpoint_url(lab, service.name, path), service.name in lab.services, kind),
            )


def endpoint_url(lab: Description, service: str, path: str) -> str:
    """What the catalog says of a service."""
    return f"http://{topology.LOOPBACK}:{lab.ports[service]}{path}"


def copy(source: Path, target: Path) -> None:
    """Copy the databases of a folder into another, also while services use either of them."""
    for name in NAMES:
        (target / f"{name}.sqlite").touch(mode=0o600)  # SQLite gives its journals the mode of the database
        with (
            closing(sqlite3.connect(source / f"{name}.sqlite")) as read,
            closing(sqlite3.connect(target / f"{name}.sqlite", timeout=BUSY_TIMEOUT)) as written,
        ):
            read.backup(written)
            written.execute("PRAGMA journal_mode = WAL")


def forget_zones(data: Path, zones: set[str]) -> None:
    """Remove the volume services of zones that are no more; Cinder must not run."""
    with closing(sqlite3.connect(data / "cinder.sqlite")) as cinder, cinder:
        marks = ",".join("?" * len(zones))
        cinder.execute(
            f"DELETE FROM services WHERE topic = 'cinder-volume' AND availability_zone NOT IN ({marks})",  # noqa: S608  # only question marks
            tuple(zones),
        )
