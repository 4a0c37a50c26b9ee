# SPDX-License-Identifier: Apache-2.0
"""Waivers: an operator accepts a finding until a day. The verdict stays; only the exit code looks away."""

import datetime

import msgspec


class Waiver(msgspec.Struct, frozen=True, kw_only=True):
    """Who accepts which findings, why, and until when."""

    id: str
    """Of the claim, or a glob over ids, e.g. `scs-0103-flavor-*`."""
    resource: str = "*"
    """Glob over name or id of the finding's resource; `*` also covers findings without a resource."""
    reason: str
    owner: str
    """Who answers for it."""
    until: datetime.date
    """The last day on which it holds, UTC."""


class WaiverUse(msgspec.Struct, frozen=True, kw_only=True):
    """A waiver that a run was given, and what it did there."""

    waiver: Waiver
    place: str
    """File and line of the waiver."""
    expired: bool
    """True: its last day was before that of the check, so it waives nothing."""
    findings: int
    """How many findings it covers, or would cover if it had not expired; 0: it can go, or is mistyped."""
