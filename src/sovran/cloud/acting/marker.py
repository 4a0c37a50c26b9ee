# SPDX-License-Identifier: Apache-2.0
"""The marker in the name of everything that a probe makes: which run made it, when, and that it was us."""

import datetime
import hashlib
import re
import secrets
from dataclasses import dataclass

PREFIX = "sovran-probe"
METADATA = "sovran-probe"
"""Key of the run's id where a resource can carry metadata."""
_NAME = re.compile(PREFIX + r"-([0-9a-f]{8})([0-9a-f]{6})-([a-z0-9]{1,40})-([0-9a-f]{6})")


@dataclass(frozen=True)
class Marker:
    """What a marked name says."""

    run: str
    """Id of the run, 14 hexadecimal digits."""
    purpose: str
    """What the resource was made for, e.g. `restored2`."""

    @property
    def began(self) -> datetime.datetime:
        """When the run began, UTC, to the second."""
        return datetime.datetime.fromtimestamp(int(self.run[:8], 16), datetime.UTC)


def new_run(now: datetime.datetime | None = None) -> str:
    """The id of a run: its beginning in seconds since 1970 and 24 random bits, 14 hexadecimal digits."""
    began = now or datetime.datetime.now(datetime.UTC)
    return f"{int(began.timestamp()):08x}{secrets.token_hex(3)}"


def marked(run: str, purpose: str) -> str:
    """A name with the marker, at most 75 characters of `a-z 0-9 -`.

    The digits at the end are a check over the rest: a name that somebody derived from one of ours, or made up in its
    likeness, does not have them. Raises ValueError for a purpose with other characters than small letters and digits.
    """
    name = f"{PREFIX}-{run}-{purpose}-{_check(run, purpose)}"
    if read_marker(name) is None:
        raise ValueError(f"not a name that would be known again: {name!r}")
    return name


def read_marker(name: str | None) -> Marker | None:
    """What a name says that bears our marker; None for any other, however similar."""
    match = _NAME.fullmatch(name or "")
    if match is None:
        return None
    run, purpose = match[1] + match[2], match[3]
    return Marker(run, purpose) if match[4] == _check(run, purpose) else None


def _check(run: str, purpose: str) -> str:
    return hashlib.sha256(f"{PREFIX} {run} {purpose}".encode()).hexdigest()[:6]
