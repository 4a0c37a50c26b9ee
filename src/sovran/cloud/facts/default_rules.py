# SPDX-License-Identifier: Apache-2.0
"""Fact: the templates from which the rules of new security groups are made."""

import msgspec

from sovran.cloud.listing import decode, listing
from sovran.cloud.outcome import Absent, Ok, Outcome, Unreachable
from sovran.cloud.recording import Reader

EXTENSION = "security-groups-default-rules"
"""Alias of the Networking API's extension that brings the templates."""
NOT_FOUND = 404


class DefaultRule(msgspec.Struct, frozen=True, kw_only=True):
    """One template (Networking API, `GET /v2.0/default-security-group-rules`, since 2023.2)."""

    id: str
    direction: str
    """`ingress` or `egress`."""
    ethertype: str | None
    """`IPv4` or `IPv6`."""
    protocol: str | None
    port_range_min: int | None
    port_range_max: int | None
    remote_ip_prefix: str | None
    remote_group_id: str | None
    """`PARENT`: the group itself."""
    remote_address_group_id: str | None = None
    used_in_default_sg: bool
    used_in_non_default_sg: bool


class DefaultRules(msgspec.Struct, frozen=True, eq=False):
    """All templates of the cloud."""

    items: tuple[DefaultRule, ...]


class _Extension(msgspec.Struct, frozen=True):
    alias: str


class _Extensions(msgspec.Struct, frozen=True):
    extensions: list[_Extension]


def read_default_rules(reader: Reader) -> Outcome[DefaultRules]:
    """The listing; Absent on clouds before 2023.2, which answer 404 and do not list the extension.

    A 404 alone could also come from a wrong endpoint, which exempts nobody.
    """
    path, key = "/default-security-group-rules", "default_security_group_rules"
    outcome = listing(reader, "network", path, key, DefaultRule)
    if isinstance(outcome, Ok):
        return Ok(DefaultRules(tuple(outcome.value)))
    if not (isinstance(outcome, Absent) and outcome.status == NOT_FOUND):
        return outcome
    answer = reader.get("network", "/extensions")
    extensions = decode(answer.value, _Extensions, "its extensions") if isinstance(answer, Ok) else answer
    if not isinstance(extensions, Ok):
        return Unreachable(f"{outcome.reason}, and whether the cloud is too old for it is unknown: {extensions.reason}")
    if EXTENSION in {one.alias for one in extensions.value.extensions}:
        return Unreachable(f"{outcome.reason}, though the service says that it has the extension {EXTENSION}")
    reason = "this cloud has no default security group rule templates (OpenStack before 2023.2)"
    return Absent(reason, outcome.status)
