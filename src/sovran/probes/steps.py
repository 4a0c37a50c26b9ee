# SPDX-License-Identifier: Apache-2.0
"""What a probe did, step by step, in the form in which rules judge it and a snapshot keeps it."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from sovran.cloud.acting.answer import ActingFailed, NoAnswer, OverQuota, Refused, Stopped, TimedOut
from sovran.cloud.snapshots.scrub import MARK, Scrubber


class CannotTell(ActingFailed):
    """What the cloud answered shows neither that it works nor that it does not."""


UNCLEAR = (CannotTell, NoAnswer, OverQuota, Stopped, TimedOut)
"""Failures that say nothing about what the cloud can do."""


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step, and whether the cloud did what a working one does."""

    what: str
    """What was done, e.g. `read the secret's payload`; the same words on every cloud."""
    ok: bool
    status: int = 0
    """HTTP status that decided; 0: there was none, or it is not what decided."""
    said: str = ""
    """Why not ok, in one sentence fit to print."""
    seconds: float = 0.0
    unclear: bool = False
    """True: there was no answer, or none that tells, a quota was used up, or the time over; this says nothing about the
    cloud.
    """


TELLING = 8
"""Characters of a secret by which it is known in a text that may be cut off."""


class StepFailed(Exception):
    """A step failed without which the rest makes no sense; the journal has it."""


class Journal:
    """Writes down the steps of one probe as it goes."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._hidden: list[re.Pattern[str]] = []

    @property
    def steps(self) -> tuple[Step, ...]:
        """What was done so far, in order."""
        return tuple(self._steps)

    def hide(self, secret: str) -> None:
        """Let no step tell this secret, which is about to be sent: a service may quote it, or its beginning."""
        self._hidden.append(re.compile(re.escape(secret[:TELLING]) + r"[A-Za-z0-9+/=]*"))

    @contextmanager
    def step(self, what: str, *, go_on: bool = False) -> Iterator[None]:
        """A step; an ActingFailed inside is its failure, and raises StepFailed unless the probe can `go_on`."""
        began = time.monotonic()
        try:
            yield
        except ActingFailed as error:
            status = error.answer.status if isinstance(error, Refused) else 0
            unclear = isinstance(error, UNCLEAR)
            self._note(what, began, ok=False, status=status, said=str(error), unclear=unclear)
            if not go_on:
                raise StepFailed from error
        else:
            self._note(what, began, ok=True)

    def _note(
        self, what: str, began: float, *, ok: bool, status: int = 0, said: str = "", unclear: bool = False
    ) -> None:
        seconds = round(time.monotonic() - began, 3)
        for secret in self._hidden:
            said = secret.sub(MARK.format("secret"), said)
        # a recording would hold it scrubbed, and says the same then
        self._steps.append(Step(what, ok, status, Scrubber().text(said), seconds, unclear))
