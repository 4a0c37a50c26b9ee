# SPDX-License-Identifier: Apache-2.0
"""Makes one server, with its root volume or its port where it needs one."""

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sovran.cloud.acting.answer import ActingFailed
from sovran.cloud.acting.kinds import PORT, SERVER, VOLUME
from sovran.cloud.acting.marker import METADATA
from sovran.probes.block_storage import ready
from sovran.probes.guests.wanted import Wanted
from sovran.probes.steps import CannotTell

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor, Made

MOST_USER_DATA = 65535
"""Characters of base64 that the compute API takes."""
ON_HOST = "2.74"
"""Compute microversion in which administrators can name a host beside a zone."""


@dataclass(frozen=True)
class Place:
    """Where servers are connected, and what keeps them apart."""

    network: str
    """Id."""
    group: str
    """Id of the security group."""
    apart: str = ""
    """Id of a server group whose servers shall be on different hosts; empty: there is none."""


def new_volume(actor: "Actor", wanted: Wanted, zones: frozenset[str]) -> "Made":
    """The root volume of a guest, when it is ready; in the guest's zone where block storage has one of that name.

    Raises as `block_storage.ready`.
    """
    fields: dict[str, Any] = {"size": wanted.volume_gib, "imageRef": wanted.image.id}
    if wanted.zone in zones:
        fields["availability_zone"] = wanted.zone
    volume = actor.create(VOLUME, "guest", lambda name: {"volume": {"name": name, **fields}})
    ready(actor, volume)
    return volume


def new_port(actor: "Actor", place: Place) -> tuple["Made", str]:
    """A port for a neighbour, and its IPv4 address. Raises Refused, NoAnswer, or CannotTell where it has none."""
    fields = {"network_id": place.network, "security_groups": [place.group]}
    port = actor.create(PORT, "peer", lambda name: {"port": {"name": name, **fields}})
    told = port.body.get("fixed_ips") if isinstance(port.body, dict) else None
    addresses = [one.get("ip_address") for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    address = next((one for one in addresses if isinstance(one, str) and ":" not in one), "")
    if not address:
        raise CannotTell("the port of the neighbour has no IPv4 address")
    return port, address


def new_server(
    actor: "Actor",
    wanted: Wanted,
    place: Place,
    user_data: bytes,
    *,
    config_drive: bool,
    volume: "Made | None" = None,
    port: "Made | None" = None,
) -> "Made":
    """Ask for the server; it is not waited for.

    Raises Refused, NoAnswer, or ActingFailed for user-data that no server could get.
    """
    text = base64.b64encode(user_data).decode("ascii")
    if len(text) > MOST_USER_DATA:
        raise ActingFailed(f"the guest's program is too long for user-data: {len(user_data)} bytes")
    fields: dict[str, Any] = {
        "flavorRef": wanted.flavor.id,
        "networks": [{"port": port.id} if port else {"uuid": place.network}],
        "user_data": text,
        "metadata": {METADATA: actor.run},
    }
    if config_drive:
        fields["config_drive"] = True
    if not port:
        fields["security_groups"] = [{"name": place.group}]
    if volume:
        disk = {"boot_index": 0, "uuid": volume.id, "source_type": "volume", "destination_type": "volume"}
        fields["block_device_mapping_v2"] = [disk | {"delete_on_termination": False}]
    else:
        fields["imageRef"] = wanted.image.id
    if wanted.zone:
        fields["availability_zone"] = wanted.zone
    if wanted.host:
        fields["host"] = wanted.host
    body: dict[str, Any] = {"os:scheduler_hints": {"group": place.apart}} if place.apart else {}
    return actor.create(
        SERVER,
        wanted.role,
        lambda name: {"server": {"name": name, **fields}, **body},
        microversion=ON_HOST if wanted.host else "",
    )
