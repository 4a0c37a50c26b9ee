# SPDX-License-Identifier: Apache-2.0
"""How an attempt to read something ends: the six outcomes, each failure with its reason."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Ok(Generic[T_co]):
    """It was read whole."""

    value: T_co


@dataclass(frozen=True, slots=True)
class Absent:
    """The service, or this part of its API, does not exist here."""

    reason: str
    status: int = 0
    """404 when the service said so; 0: there is no such service."""


@dataclass(frozen=True, slots=True)
class Denied:
    """The service refused to show it to this user (401, 403)."""

    reason: str
    status: int = 0
    """401: the token does not count there; 403: the policy forbids it to this user; 0: no token could be had."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No usable answer: no connection, a server error, a time limit, or something other than the API's form."""

    reason: str
    status: int = 0
    """HTTP status of the answer; 0: there was none, or its body was unusable."""
    no_connection: bool = False
    """True: the other side refused or broke the connection, or its name does not resolve; the time was not up."""
    refused: bool = False
    """True: nobody listens there, so that the service is gone rather than slow or cut off for a moment."""


@dataclass(frozen=True, slots=True)
class Partial:
    """Only a part could be read; a verdict needs the whole, so the part is not passed on."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotRun:
    """It takes a probe that acts, and that was not run."""

    reason: str


Failure = Absent | Denied | Unreachable | Partial | NotRun
Outcome = Ok[T_co] | Failure
