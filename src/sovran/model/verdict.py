# SPDX-License-Identifier: Apache-2.0
"""The five verdicts and how a set of them becomes one."""

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """What is known about one claim on one cloud."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    """Seen to hold; there is evidence."""
    FAIL = "FAIL"
    """Seen not to hold."""
    ABORT = "ABORT"
    """Could not be decided; the reason says why."""
    NOT_APPLICABLE = "NOT APPLICABLE"
    """Speaks of something that this cloud does not have."""
    MISS = "MISS"
    """Was not tried, e.g. needs written evidence."""


PRECEDENCE = (Verdict.FAIL, Verdict.MISS, Verdict.ABORT, Verdict.PASS, Verdict.NOT_APPLICABLE)
"""The first of these that occurs in a set is the verdict of the set (SCS-0003, result precedence)."""


def aggregate(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of a set of claims; MISS for an empty set, since nothing was shown."""
    present = set(verdicts)
    return next((verdict for verdict in PRECEDENCE if verdict in present), Verdict.MISS)
