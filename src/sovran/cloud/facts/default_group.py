# SPDX-License-Identifier: Apache-2.0
"""Fact: the project's own default security group, with its rules as they are now."""

import msgspec

from sovran.cloud.listing import listing
from sovran.cloud.outcome import Ok, Outcome
from sovran.cloud.recording import Reader

PATH = "/security-groups?name=default"
"""Neutron makes the group when it is asked for it the first time, as it does for any request that needs it."""


class GroupRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of a security group (Networking API, `security-group-rule`)."""

    id: str
    direction: str
    """`ingress` or `egress`."""
    ethertype: str | None = None
    protocol: str | None = None
    port_range_min: int | None = None
    port_range_max: int | None = None
    remote_ip_prefix: str | None = None
    remote_group_id: str | None = None
    remote_address_group_id: str | None = None


class SecurityGroup(msgspec.Struct, frozen=True, kw_only=True):
    """One security group."""

    id: str
    name: str
    rules: tuple[GroupRule, ...] = msgspec.field(name="security_group_rules", default=())


class DefaultGroups(msgspec.Struct, frozen=True, eq=False):
    """The security groups called `default` that the user sees: the project's, and any shared with it."""

    items: tuple[SecurityGroup, ...]


def read_default_groups(reader: Reader) -> Outcome[DefaultGroups]:
    """One listing by name; empty where the service knows no security groups of that name."""
    outcome = listing(reader, "network", PATH, "security_groups", SecurityGroup)
    return Ok(DefaultGroups(tuple(outcome.value))) if isinstance(outcome, Ok) else outcome
