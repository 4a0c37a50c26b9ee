# SPDX-License-Identifier: Apache-2.0
"""What block storage, network and identity services tell, made by hand, and the verdict of a shipped claim on it."""

from collections.abc import Mapping
from typing import Any

from sovran.cloud.facts.availability_zones import ComputeZones, NetworkZones, VolumeZones, Zone
from sovran.cloud.facts.network_extensions import NetworkExtensions
from sovran.cloud.facts.networks import Network, Networks
from sovran.cloud.facts.subnet_pools import SubnetPool, SubnetPools
from sovran.cloud.facts.subnets import Subnet, Subnets
from sovran.cloud.facts.volume_types import VolumeType, VolumeTypes
from sovran.cloud.fetch import Facts
from sovran.cloud.outcome import Absent, Denied, Ok, Partial, Unreachable
from sovran.conformance.judge import judge
from sovran.model.report import Judgement
from sovran.model.verdict import Verdict
from tests.rules.facts_by_hand import NO_PROBES, claims

FAILURES = (Absent, Denied, Partial, Unreachable)
UNKNOWN = Unreachable("gone")
FORBIDDEN = Denied("refused (HTTP 403)", 403)
NOT_FOUND = Absent("does not exist (HTTP 404)", 404)


def judged(claim: str, *facts: Any, unread: Mapping[Any, Any] | None = None) -> Judgement:
    """The judgement of a shipped claim on these facts; `unread`: fact type to how its reading ended. No probe acted."""
    outcomes: dict[type, Any] = {**NO_PROBES, **{type(fact): Ok(fact) for fact in facts}}
    return judge(claims()[claim].for_document("v1"), "", Facts({**outcomes, **(unread or {})}))


def verdict(claim: str, *facts: Any, unread: Mapping[Any, Any] | None = None) -> Verdict:
    """As `judged`, the verdict alone."""
    return judged(claim, *facts, unread=unread).verdict


def volume_types(*descriptions: str | None, **extra_specs: str) -> VolumeTypes:
    """A cloud with types that are described so; the first has the extra_specs."""
    return VolumeTypes(
        tuple(
            VolumeType(id=f"id {n}", name=f"type {n}", description=text, extra_specs={} if n else dict(extra_specs))
            for n, text in enumerate(descriptions)
        )
    )


def compute_zones(*names: str) -> ComputeZones:
    """Zones of servers, all available."""
    return ComputeZones(tuple(Zone(name, available=True) for name in names))


def volume_zones(*names: str, out: str = "") -> VolumeZones:
    """Zones of volumes, available but for `out`."""
    return VolumeZones(tuple(Zone(name, available=name != out) for name in names))


def network_zones(*names: str) -> NetworkZones:
    """Zones of networks, all available."""
    return NetworkZones(tuple(Zone(name, available=True) for name in names))


def network(name: str = "public", **changes: Any) -> Network:
    """An external default network with the subnets v4; `changes` are its fields."""
    fields: dict[str, Any] = {
        "external": True,
        "is_default": True,
        "project_id": "csp",
        "port_security_enabled": True,
        "subnets": ("v4",),
    }
    return Network(**{"id": f"id {name}", "name": name, **fields, **changes})


def networks(*items: Network) -> Networks:
    """What a project sees."""
    return Networks(items)


def subnets(**cidrs: str) -> Subnets:
    """Id to range, all of the network `public`."""
    return Subnets(
        tuple(
            Subnet(id=name, name=name, network_id="id public", ip_version=6 if ":" in cidr else 4, cidr=cidr)
            for name, cidr in cidrs.items()
        )
    )


def pool(name: str = "v6", **changes: Any) -> SubnetPool:
    """A shared default IPv6 pool of /64; `changes` are its fields."""
    fields: dict[str, Any] = {
        "ip_version": 6,
        "shared": True,
        "is_default": True,
        "prefixes": ("2a00:1450::/40",),
        "min_prefixlen": 64,
        "max_prefixlen": 64,
    }
    return SubnetPool(**{"id": f"id {name}", "name": name, **fields, **changes})


def pools(*items: SubnetPool) -> SubnetPools:
    """What a project sees."""
    return SubnetPools(items)


def extensions(*aliases: str) -> NetworkExtensions:
    """A network service with these."""
    return NetworkExtensions(frozenset(aliases))
