# SPDX-License-Identifier: Apache-2.0
"""Fact: the pools from which the project can take addresses for its subnets."""

import msgspec

from sovran.cloud.listing import listing
from sovran.cloud.outcome import Ok, Outcome, Unreachable
from sovran.cloud.recording import Reader


class _Pool(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str = ""
    ip_version: int
    """4 or 6."""
    shared: bool = False
    """Other projects than its owner may use it."""
    is_default: bool = False
    prefixes: tuple[str, ...] = ()
    default_quota: int | None = None
    """What one project may take, in /64 of IPv6 or addresses of IPv4; None: no limit."""


class SubnetPool(_Pool, frozen=True, kw_only=True):
    """One subnet pool (Networking API, `GET /v2.0/subnetpools`)."""

    min_prefixlen: int
    max_prefixlen: int
    """The longest prefix that may be taken, i.e. the smallest subnet."""


class _Listed(_Pool, frozen=True, kw_only=True):
    """A pool as Neutron lists it: lengths of prefixes as text, though its reference says numbers."""

    min_prefixlen: int | str
    max_prefixlen: int | str


class SubnetPools(msgspec.Struct, frozen=True, eq=False):
    """All pools that the project can see."""

    items: tuple[SubnetPool, ...]

    def shared(self, ip_version: int) -> tuple[SubnetPool, ...]:
        """The pools of a family that all projects may use."""
        return tuple(pool for pool in self.items if pool.shared and pool.ip_version == ip_version)


def read_subnet_pools(reader: Reader) -> Outcome[SubnetPools]:
    """The whole listing; Absent with status 404 where the network service has no pools."""
    outcome = listing(reader, "network", "/subnetpools", "subnetpools", _Listed)
    if not isinstance(outcome, Ok):
        return outcome
    try:
        return Ok(SubnetPools(tuple(_with_numbers(one) for one in outcome.value)))
    except msgspec.ValidationError as error:
        return Unreachable(f"network answered GET /subnetpools with something other than subnet pools: {error}")


def _with_numbers(listed: _Listed) -> SubnetPool:
    return msgspec.convert(msgspec.structs.asdict(listed), SubnetPool, strict=False)
