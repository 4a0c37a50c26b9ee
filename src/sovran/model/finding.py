# SPDX-License-Identifier: Apache-2.0
"""Findings: what a rule saw on one resource."""

from enum import StrEnum

import msgspec

from sovran.model.waiver import Waiver


class Weight(StrEnum):
    """What a finding does to the verdict."""

    VIOLATION = "violation"
    """Makes it FAIL."""
    NOTE = "note"
    """Changes nothing; worth knowing."""


class Resource(msgspec.Struct, frozen=True):
    """A thing in the cloud."""

    kind: str
    """Lower case, the field's term: flavor, image, service, security group rule template."""
    name: str = ""
    id: str = ""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing seen: on which resource, what was expected, what was there. All text may be hostile: escape it."""

    message: str
    """A sentence that stands alone, naming the resource."""
    resource: Resource | None = None
    field: str = ""
    """The property it is about, e.g. `vcpus` or `scs:cpu-type`."""
    expected: str = ""
    seen: str = ""
    weight: Weight = Weight.VIOLATION
    waiver: Waiver | None = None
    """Who accepts this violation, and until when; it still makes the verdict FAIL, but not the exit code."""
    known: bool = False
    """True: the baseline has this violation too."""


class Examined(msgspec.Struct, frozen=True):
    """What a rule yields for each resource that it judged: the evidence without which nothing passes."""

    resource: Resource


class NotApplicable(Exception):
    """Raised by a rule: it speaks of something that this cloud does not have. The text says what."""


class NotTried(Exception):
    """Raised by a rule: nothing that can be read would tell; it takes a probe that acts, or written evidence. The text
    says which.
    """


class Undecided(Exception):
    """Raised by a rule: what was seen does not suffice. The text says why."""
