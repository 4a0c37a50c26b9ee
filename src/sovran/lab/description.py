# SPDX-License-Identifier: Apache-2.0
"""What is remembered of a named lab (lab.json, mode 0600): ports, hosts, secrets, profile."""

import base64
import secrets
from pathlib import Path

import msgspec

from sovran.lab import topology
from sovran.lab.folders import write_private
from sovran.model.errors import SovranError

FILE = "lab.json"
EXTENSION_DRIVERS = ("port_security", "qos")
"""Of Neutron's core plugin, unless a break wants others."""


class Description(msgspec.Struct, kw_only=True):
    """A named lab; random parts are drawn once, by `draw`."""

    name: str
    marker: str
    """Random; stands in the environment of each process of the lab, which is how they are found again."""
    services: list[str]
    ports: dict[str, int]
    zones: dict[str, str]
    """Compute host to availability zone (of Neutron's agents and Cinder's back ends)."""
    passwords: dict[str, str]
    """User to password; also the secret of the application credential, under its name."""
    keys: dict[str, str]
    """Purpose to secret, for what is not a user's password."""
    extension_drivers: tuple[str, ...] = EXTENSION_DRIVERS
    """Of Neutron's core plugin."""
    packages: str = ""
    """Digest of the pinned set that made the lab's databases."""
    profile: str = ""
    """The seed profile whose state `reset` restores; empty: as after the first `up`."""
    guests: bool = False
    """Whether its servers are real machines on a real network (root and Debian packages needed)."""


def draw(name: str, services: tuple[str, ...], ports: dict[str, int], guests: bool = False) -> Description:
    """A new lab with secrets of its own; of one with guests there is one compute host."""
    users = ("admin", *topology.SERVICE_USERS, *(user.name for user in topology.PEOPLE))
    return Description(
        name=name,
        marker=secrets.token_hex(16),
        services=list(services),
        ports=ports,
        zones={"lab-1": "nova"} if guests else {"lab-1": "nova", "lab-2": "nova"},
        passwords={user: secrets.token_urlsafe(18) for user in (*users, topology.APPLICATION_CREDENTIAL)},
        keys={
            "barbican_kek": base64.b64encode(secrets.token_bytes(32)).decode(),
            "swift_hash_prefix": secrets.token_hex(16),
            "swift_hash_suffix": secrets.token_hex(16),
            "octavia_ca_passphrase": secrets.token_urlsafe(18),
            "octavia_server_certs": secrets.token_hex(16),
            "octavia_heartbeat": secrets.token_hex(16),
            **({"metadata_proxy": secrets.token_hex(16)} if guests else {}),
        },
        guests=guests,
    )


def load(folder: Path) -> Description | None:
    """The description in a lab's folder; None when there is none.

    Raises:
        SovranError: the file is not one of ours.
    """
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Description)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise SovranError(f"{path} cannot be read ({error}): remove {folder} after `sovran lab down`") from None


def save(folder: Path, description: Description) -> None:
    """Write lab.json."""
    write_private(folder / FILE, msgspec.json.format(msgspec.json.encode(description), indent=1).decode() + "\n")
