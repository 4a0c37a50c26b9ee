# SPDX-License-Identifier: Apache-2.0
"""Fact: the floating IPs that the project has."""

import msgspec

from sovran.cloud.listing import listing
from sovran.cloud.outcome import Ok, Outcome
from sovran.cloud.recording import Reader


class FloatingIp(msgspec.Struct, frozen=True, kw_only=True):
    """One floating IP (Networking API, `GET /v2.0/floatingips`)."""

    id: str
    floating_ip_address: str
    floating_network_id: str


class FloatingIps(msgspec.Struct, frozen=True, eq=False):
    """Those of the project."""

    items: tuple[FloatingIp, ...]


def read_floating_ips(reader: Reader) -> Outcome[FloatingIps]:
    """The whole listing; Absent with status 404 where the network service has no floating IPs."""
    outcome = listing(reader, "network", "/floatingips", "floatingips", FloatingIp)
    return Ok(FloatingIps(tuple(outcome.value))) if isinstance(outcome, Ok) else outcome
