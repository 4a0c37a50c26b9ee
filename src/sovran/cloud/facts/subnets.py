# SPDX-License-Identifier: Apache-2.0
"""Fact: the subnets that the project can see."""

import msgspec

from sovran.cloud.expected import expected
from sovran.cloud.listing import listing
from sovran.cloud.outcome import Ok, Outcome
from sovran.cloud.recording import Reader


class Subnet(msgspec.Struct, frozen=True, kw_only=True):
    """One subnet (Networking API, `GET /v2.0/subnets`)."""

    id: str
    name: str = ""
    network_id: str
    ip_version: int
    """4 or 6."""
    cidr: str


class Subnets(msgspec.Struct, frozen=True, eq=False):
    """All subnets that the project can see; those of external networks are hidden from it by older releases."""

    items: tuple[Subnet, ...]


def read_subnets(reader: Reader) -> Outcome[Subnets]:
    """The whole listing."""
    outcome = expected(listing(reader, "network", "/subnets", "subnets", Subnet))
    return Ok(Subnets(tuple(outcome.value))) if isinstance(outcome, Ok) else outcome
