# SPDX-License-Identifier: Apache-2.0
"""Fact: how much of everything the project may have, as the services tell a member."""

from typing import Any
from urllib.parse import quote

import msgspec

from sovran.cloud.expected import expected
from sovran.cloud.listing import decode
from sovran.cloud.outcome import Absent, Denied, Ok, Outcome
from sovran.cloud.recording import Exchange, Reader

FORBIDDEN = 403
WRITTEN = {"gib": "GiB", "mib": "MiB", "ram": "RAM", "vcpus": "vCPUs", "ips": "IPs"}
"""Words of the names below, as users know them."""


class ComputeLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Compute API, `GET /limits`; -1: no limit, None: not told."""

    servers: int | None = msgspec.field(name="maxTotalInstances", default=None)
    vcpus: int | None = msgspec.field(name="maxTotalCores", default=None)
    ram_mib: int | None = msgspec.field(name="maxTotalRAMSize", default=None)
    key_pairs: int | None = msgspec.field(name="maxTotalKeypairs", default=None)
    server_groups: int | None = msgspec.field(name="maxServerGroups", default=None)


class VolumeLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Block Storage API v3, `GET /limits`; -1: no limit, None: not told."""

    volumes: int | None = msgspec.field(name="maxTotalVolumes", default=None)
    gib_of_volumes: int | None = msgspec.field(name="maxTotalVolumeGigabytes", default=None)
    snapshots: int | None = msgspec.field(name="maxTotalSnapshots", default=None)
    backups: int | None = msgspec.field(name="maxTotalBackups", default=None)
    gib_of_backups: int | None = msgspec.field(name="maxTotalBackupGigabytes", default=None)


class NetworkQuota(msgspec.Struct, frozen=True, kw_only=True):
    """Networking API, `GET /v2.0/quotas/{id of the project}`; -1: no limit, None: not told."""

    networks: int | None = msgspec.field(name="network", default=None)
    subnets: int | None = msgspec.field(name="subnet", default=None)
    ports: int | None = msgspec.field(name="port", default=None)
    routers: int | None = msgspec.field(name="router", default=None)
    floating_ips: int | None = msgspec.field(name="floatingip", default=None)
    security_groups: int | None = msgspec.field(name="security_group", default=None)
    security_group_rules: int | None = msgspec.field(name="security_group_rule", default=None)


class Quotas(msgspec.Struct, frozen=True, eq=False):
    """What each of the three services tells; None where it does not, with the reason."""

    compute: ComputeLimits | None = None
    volumes: VolumeLimits | None = None
    network: NetworkQuota | None = None
    refused: dict[str, str] = {}
    """Service that lets the user see no quotas, to the reason."""
    unclear: dict[str, str] = {}
    """Service that there is no usable answer of, to the reason."""

    def rows(self) -> tuple[tuple[str, str, int], ...]:
        """The table of quotas: service, what, limit."""
        parts: dict[str, Any] = {"compute": self.compute, "block-storage": self.volumes, "network": self.network}
        return tuple(
            (service, " ".join(WRITTEN.get(word, word) for word in name.split("_")), limit)
            for service, part in parts.items()
            if part is not None
            for name, limit in msgspec.structs.asdict(part).items()
            if limit is not None
        )


class _Absolute(msgspec.Struct, frozen=True):
    absolute: ComputeLimits


class _Compute(msgspec.Struct, frozen=True):
    limits: _Absolute


class _AbsoluteVolumes(msgspec.Struct, frozen=True):
    absolute: VolumeLimits


class _Volumes(msgspec.Struct, frozen=True):
    limits: _AbsoluteVolumes


class _Network(msgspec.Struct, frozen=True):
    quota: NetworkQuota


class _Project(msgspec.Struct, frozen=True):
    tenant_id: str


class _Own(msgspec.Struct, frozen=True):
    tenant: _Project


def read_quotas(reader: Reader) -> Outcome[Quotas]:
    """A request or two to each of the three services; one that is not in the catalog is left out. Absent: none is."""
    answers = {
        "compute": reader.get("compute", "/limits"),
        "block-storage": reader.get("block-storage", "/limits"),
        "network": _of_network(reader),
    }
    there = {name: answer for name, answer in answers.items() if not (isinstance(answer, Absent) and not answer.status)}
    if not there:
        return Absent("the catalog has none of the services that have quotas")
    refused: dict[str, str] = {}
    unclear: dict[str, str] = {}
    found: dict[str, Any] = {}
    kinds: dict[str, type] = {"compute": _Compute, "block-storage": _Volumes, "network": _Network}
    for name, answer in there.items():
        page = _decoded(answer, kinds[name])
        if isinstance(page, Ok):
            found[name] = page.value
        elif isinstance(page, Denied) and page.status == FORBIDDEN:
            refused[name] = page.reason
        else:
            unclear[name] = page.reason
    compute, volumes, network = (found.get(name) for name in ("compute", "block-storage", "network"))
    return Ok(
        Quotas(
            compute.limits.absolute if compute else None,
            volumes.limits.absolute if volumes else None,
            network.quota if network else None,
            refused,
            unclear,
        )
    )


def _of_network(reader: Reader) -> Outcome[Exchange]:
    """Neutron tells quotas by the id of the project only, and that id by a path of its own."""
    own = reader.get("network", "/quotas/tenant")
    if not isinstance(own, Ok):
        return own
    told = decode(own.value, _Own, "the id of the project")
    return reader.get("network", f"/quotas/{quote(told.value.tenant.tenant_id)}") if isinstance(told, Ok) else told


def _decoded(answer: Outcome[Exchange], kind: type) -> Outcome[Any]:
    answer = expected(answer)
    return decode(answer.value, kind, "its quotas") if isinstance(answer, Ok) else answer
