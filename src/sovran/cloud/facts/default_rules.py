# SPDX-License-Identifier: Apache-2.0
"""Fact: the templates from which the rules of new security groups are made."""

import msgspec

from sovran.cloud.listing import listing
from sovran.cloud.outcome import Ok, Outcome
from sovran.cloud.recording import Reader


class DefaultRule(msgspec.Struct, frozen=True, kw_only=True):
    """One template (Networking API, `GET /v2.0/default-security-group-rules`, since 2023.2)."""

    id: str
    direction: str
    """`ingress` or `egress`."""
    ethertype: str | None = None
    """`IPv4` or `IPv6`."""
    protocol: str | None = None
    port_range_min: int | None = None
    port_range_max: int | None = None
    remote_ip_prefix: str | None = None
    remote_group_id: str | None = None
    """`PARENT`: the group itself."""
    remote_address_group_id: str | None = None
    used_in_default_sg: bool
    used_in_non_default_sg: bool


class DefaultRules(msgspec.Struct, frozen=True, eq=False):
    """All templates of the cloud."""

    items: tuple[DefaultRule, ...]


def read_default_rules(reader: Reader) -> Outcome[DefaultRules]:
    """The listing; Absent on clouds before 2023.2, which answer 404."""
    path, key = "/default-security-group-rules", "default_security_group_rules"
    outcome = listing(reader, "network", path, key, DefaultRule)
    return Ok(DefaultRules(tuple(outcome.value))) if isinstance(outcome, Ok) else outcome
