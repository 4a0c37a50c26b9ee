# SPDX-License-Identifier: Apache-2.0
"""The answer to one need, and to all needs on one cloud."""

import datetime
from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

import msgspec

from sovran.cloud.fetch import Facts
from sovran.cloud.outcome import Absent, Ok, Unreachable
from sovran.model.errors import ExitCode
from sovran.model.finding import Resource, Undecided
from sovran.model.report import CloudInfo

Fact = TypeVar("Fact")


class Answer(StrEnum):
    """Whether a cloud has what is needed."""

    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"


class Met(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one need."""

    need: str
    """In words, the same for every cloud."""
    answer: Answer
    where: str
    """What fits and what is known about it, or why nothing does. May hold the cloud's own text: escape it."""
    resources: tuple[Resource, ...] = ()
    """All that fit, the smallest or newest first."""


class CloudMet(msgspec.Struct, frozen=True, kw_only=True):
    """The answers of one cloud, in the order of the profile."""

    cloud: CloudInfo
    checked_at: datetime.datetime
    """UTC; of a snapshot when it was taken."""
    seconds: float
    requests: int
    answers: tuple[Met, ...]
    notes: tuple[str, ...] = ()
    """What the preflight saw."""
    obstacle: str = ""
    """Why nothing could be asked; all answers are undecided then."""
    snapshot: str = ""
    """SHA-256 of the snapshot that was asked in place of the cloud."""
    interrupted: bool = False


class NotThere(Exception):
    """The cloud does not have what a need asks for; the text says what is not there."""


def read(facts: Facts, kind: type[Fact]) -> Fact:
    """The fact; raises NotThere where the cloud has no such service, Undecided where it could not be read."""
    outcome = facts.outcomes.get(kind, Unreachable(f"{kind.__name__} was not read"))
    if isinstance(outcome, Ok):
        value: Fact = outcome.value
        return value
    raise (NotThere if isinstance(outcome, Absent) else Undecided)(outcome.reason)


def exit_code(clouds: Sequence[CloudMet]) -> ExitCode:
    """Of the worst cloud: some need is not met, some is undecided, or all are met."""
    found = {met.answer for cloud in clouds for met in cloud.answers}
    if Answer.NO in found:
        return ExitCode.NOT_CONFORMANT
    return ExitCode.UNDECIDED if Answer.UNDECIDED in found or not found else ExitCode.OK
