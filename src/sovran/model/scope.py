# SPDX-License-Identifier: Apache-2.0
"""A certificate scope, as data: versions, the modules they include, targets and the timeline."""

import datetime
from enum import StrEnum

import msgspec


class State(StrEnum):
    """What a scope version is worth on a given day (SCS-0003, timeline)."""

    EFFECTIVE = "effective"
    """Certifiable."""
    WARN = "warn"
    """Certifiable, about to end."""
    DRAFT = "draft"
    """Testable only."""
    DEPRECATED = "deprecated"
    """Testable only, no longer certifiable."""


class Module(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of one standard inside a scope: which testcases count for which target."""

    id: str
    """E.g. `scs-0103-v1`."""
    document: str
    """The document it speaks of, e.g. `scs-0103-v1`."""
    standard: str
    """Id of the standard, e.g. `scs-0103`."""
    targets: dict[str, tuple[str, ...]] = {}
    """Target (main, recommended, preview) to testcase ids."""


class ScopeVersion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of a scope; frozen once it has a stabilization date."""

    version: str
    include: tuple[str, ...]
    """Ids of modules."""
    stabilized_at: datetime.date | None = None


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From this day on these states hold; a version that is not named is deprecated."""

    date: datetime.date
    versions: dict[str, State]


class Scope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A certificate scope, e.g. `scs-iaas` (SCS-compatible IaaS)."""

    id: str
    name: str
    uuid: str
    url: str
    modules: tuple[Module, ...]
    versions: tuple[ScopeVersion, ...]
    timeline: tuple[TimelineEntry, ...]
    """Newest first."""
    pruned: dict[str, str] = {}
    """Versions that the body has taken out of its data, and what they were; only the timeline still names them."""
