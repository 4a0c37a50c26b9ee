# SPDX-License-Identifier: Apache-2.0
"""Keeps what a run saw, each thing once, in the form in which a snapshot can give it back."""

import dataclasses
import datetime
import threading
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from sovran.cloud.outcome import Absent, Denied, Failure, NotRun, Ok, Outcome, Partial, Unreachable
from sovran.cloud.recording import Exchange, Seen


class Request(msgspec.Struct, frozen=True, omit_defaults=True):
    """What tells one thing that was asked from all others."""

    service: str = ""
    """Service type; empty for an absolute URL and for an observation."""
    path: str = ""
    """Path, absolute URL, or the subject of an observation."""
    microversion: str = ""
    variant: str = ""
    """See `recording.variant_of`."""
    observed: str = ""
    """Name of the type that was observed; empty for HTTP requests."""


KINDS: dict[str, type[Failure]] = {
    "absent": Absent,
    "denied": Denied,
    "notrun": NotRun,
    "partial": Partial,
    "unreachable": Unreachable,
}


class Failed(msgspec.Struct, frozen=True):
    """A failure, as it is written down."""

    how: Literal["absent", "denied", "notrun", "partial", "unreachable"]
    details: dict[str, str | int | bool]
    """The fields of the outcome that are not at their defaults."""

    @classmethod
    def of(cls, failure: Failure) -> "Failed":
        """Write down a failure."""
        details = {
            field.name: getattr(failure, field.name)
            for field in dataclasses.fields(failure)
            if getattr(failure, field.name) != field.default
        }
        how = type(failure).__name__.lower()
        return msgspec.convert({"how": how, "details": details}, cls)

    def outcome(self) -> Failure:
        """The failure that was written down; raises msgspec.ValidationError for details that it cannot have."""
        return msgspec.convert(self.details, KINDS[self.how])


class Record(msgspec.Struct, frozen=True):
    """One thing that was asked, and how it ended."""

    request: Request
    at: datetime.datetime
    """When it had ended, UTC."""
    outcome: Outcome[Any]
    """Of an Exchange (of any status), or of what was observed."""


class _Slot:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.record: Record | None = None


class Recorder:
    """All that one run saw; usable from many threads at once."""

    def __init__(self) -> None:
        self._slots: dict[Request, _Slot] = {}
        self._lock = threading.Lock()

    def exchange(
        self, request: Request, ask: Callable[[], Outcome[Exchange]], *, at: datetime.datetime | None = None
    ) -> Outcome[Exchange]:
        """What `ask` returns; the same request is sent once, and whoever repeats it waits for that answer.

        `at`: when it happened, if not now.
        """
        return self._once(request, ask, at)

    def observe(
        self,
        kind: type[Seen],
        subject: str,
        look: Callable[[], Outcome[Seen]],
        *,
        at: datetime.datetime | None = None,
    ) -> Outcome[Seen]:
        """What `look` returns, once per kind and subject."""
        return self._once(Request(path=subject, observed=kind.__name__), look, at)

    def records(self) -> tuple[Record, ...]:
        """What had ended by now, in the order in which it was asked."""
        with self._lock:
            slots = list(self._slots.values())
        return tuple(slot.record for slot in slots if slot.record is not None)

    def _once(self, request: Request, ask: Callable[[], Outcome[Any]], at: datetime.datetime | None) -> Outcome[Any]:
        with self._lock:
            slot = self._slots.setdefault(request, _Slot())
        with slot.lock:
            if slot.record is None:
                outcome = ask()
                slot.record = Record(request, at or datetime.datetime.now(datetime.UTC), outcome)
            return slot.record.outcome


def exchanges(records: tuple[Record, ...]) -> tuple[Exchange, ...]:
    """The answers among the records, of any status."""
    values = (record.outcome.value for record in records if isinstance(record.outcome, Ok))
    return tuple(value for value in values if isinstance(value, Exchange))
