# SPDX-License-Identifier: Apache-2.0
"""Fact: the network RBAC rules that belong to the project."""

import msgspec

from sovran.cloud.listing import listing
from sovran.cloud.outcome import Ok, Outcome
from sovran.cloud.recording import Reader


class RbacPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """One rule that shares an object with other projects (Networking API, `GET /v2.0/rbac-policies`)."""

    id: str
    object_type: str = ""
    """`network`, `security_group`, ..."""
    action: str = ""
    """`access_as_shared` or `access_as_external`."""


class RbacPolicies(msgspec.Struct, frozen=True, eq=False):
    """The rules that the project can see: those that it owns."""

    items: tuple[RbacPolicy, ...]


def read_rbac_policies(reader: Reader) -> Outcome[RbacPolicies]:
    """The whole listing; Absent with status 404 where the network service has no such rules."""
    outcome = listing(reader, "network", "/rbac-policies", "rbac_policies", RbacPolicy)
    return Ok(RbacPolicies(tuple(outcome.value))) if isinstance(outcome, Ok) else outcome
