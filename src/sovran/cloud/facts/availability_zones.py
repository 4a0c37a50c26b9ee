# SPDX-License-Identifier: Apache-2.0
"""Facts: the availability zones of compute, block storage and network, one fact per service."""

import msgspec

from sovran.cloud.expected import expected
from sovran.cloud.listing import decode
from sovran.cloud.outcome import Absent, Ok, Outcome
from sovran.cloud.recording import Reader


class Zone(msgspec.Struct, frozen=True):
    """One availability zone."""

    name: str
    available: bool


class ComputeZones(msgspec.Struct, frozen=True, eq=False):
    """Zones in which servers can be (Compute API, `GET /os-availability-zone`)."""

    items: tuple[Zone, ...]


class VolumeZones(msgspec.Struct, frozen=True, eq=False):
    """Zones in which volumes can be (Block Storage API v3, `GET /os-availability-zone`)."""

    items: tuple[Zone, ...]


class NetworkZones(msgspec.Struct, frozen=True, eq=False):
    """Zones in which networks and routers can be (Networking API, `GET /availability_zones`), each name once."""

    items: tuple[Zone, ...]


class _State(msgspec.Struct, frozen=True):
    available: bool


class _ZoneInfo(msgspec.Struct, frozen=True, rename="camel"):
    zone_name: str
    zone_state: _State


class _ZoneInfos(msgspec.Struct, frozen=True):
    zones: tuple[_ZoneInfo, ...] = msgspec.field(name="availabilityZoneInfo")


class _NetworkZone(msgspec.Struct, frozen=True):
    name: str
    state: str


class _NetworkZonePage(msgspec.Struct, frozen=True):
    availability_zones: tuple[_NetworkZone, ...]


def _zones(reader: Reader, service: str) -> Outcome[tuple[Zone, ...]]:
    answer = expected(reader.get(service, "/os-availability-zone"))
    if not isinstance(answer, Ok):
        return answer
    page = decode(answer.value, _ZoneInfos, "a list of availability zones")
    if not isinstance(page, Ok):
        return page
    return Ok(tuple(Zone(one.zone_name, one.zone_state.available) for one in page.value.zones))


def read_compute_zones(reader: Reader) -> Outcome[ComputeZones]:
    """The zones of the compute service; ordinary users are not shown those of its own hosts."""
    zones = _zones(reader, "compute")
    return Ok(ComputeZones(zones.value)) if isinstance(zones, Ok) else zones


def read_volume_zones(reader: Reader) -> Outcome[VolumeZones]:
    """The zones of the block storage service."""
    zones = _zones(reader, "block-storage")
    return Ok(VolumeZones(zones.value)) if isinstance(zones, Ok) else zones


def read_network_zones(reader: Reader) -> Outcome[NetworkZones]:
    """The zones of the network service, available where one of their resources is; Absent where the service knows none,
    since zones are an extension of its API.
    """
    answer = reader.get("network", "/availability_zones")
    if isinstance(answer, Absent) and answer.status:
        return Absent("the network service has no availability zones", answer.status)
    if not isinstance(answer, Ok):
        return answer
    page = decode(answer.value, _NetworkZonePage, "a list of availability zones")
    if not isinstance(page, Ok):
        return page
    available = {zone.name for zone in page.value.availability_zones if zone.state == "available"}
    names = dict.fromkeys(zone.name for zone in page.value.availability_zones)
    return Ok(NetworkZones(tuple(Zone(name, name in available) for name in names)))
