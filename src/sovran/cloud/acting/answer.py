# SPDX-License-Identifier: Apache-2.0
"""What a cloud answers to a request that acts."""

import re
from dataclasses import dataclass, field
from typing import Any

import msgspec

from sovran.cloud.recording import UNREADABLE
from sovran.model.printable import printable

LONGEST_WORDS = 300
GONE = (404, 410)
_FORBIDDEN = (401, 403)
_REFUSED = range(400, 500)
_QUOTA = re.compile(
    r"quota ?(is )?(exceeded|reached)|exceeded (for )?quota|exceeds? .{0,40}quota|limit ?exceeded|over ?quota",
    re.IGNORECASE,
)
"""How the services say it (compute 403, network 409, key manager 403, S3 403)."""
_BUSY = (413, 429, 498, 507)
"""Statuses that say by themselves that there is no room now (block storage 413), or too much was asked for at once."""
_AMBIGUOUS = (408, 499)
"""Of the refusals, those after which the service may have acted nevertheless."""


@dataclass(frozen=True)
class Answer:
    """The answer to one request, or the reason why there is none."""

    asked: str
    """The request in words, e.g. `block-storage POST /volumes`."""
    status: int = 0
    """Of the HTTP answer; 0: there was none."""
    body: bytes = field(default=b"", repr=False)
    """May be a secret that somebody stored: it stays out of the repr."""
    reason: str = ""
    """Why there was no answer."""
    words: str = ""
    """Fault text that was found already, fit to print, in a body that is no JSON."""
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    """Names in lower case."""

    @property
    def ok(self) -> bool:
        """True for 2xx."""
        return 200 <= self.status < 300

    @property
    def denied(self) -> bool:
        """True for 401 and 403."""
        return self.status in _FORBIDDEN

    @property
    def refused(self) -> bool:
        """True when the service has surely not done it: it said so with 4xx."""
        return self.status in _REFUSED and self.status not in _AMBIGUOUS

    @property
    def over_quota(self) -> bool:
        """True when it was refused since a quota, or the room behind it, is used up: this says nothing of rights."""
        if self.status in _BUSY:
            return True
        return self.status in (400, 403, 409) and bool(_QUOTA.search(self._fault()))

    @property
    def failure(self) -> "ActingFailed":
        """The exception that says how it ended; for an answer that is not `ok`, or of no use."""
        if not self.status:
            return NoAnswer(self)
        return OverQuota(self) if self.over_quota else Refused(self)

    @property
    def json(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return msgspec.json.decode(self.body)
        except UNREADABLE:
            return None

    def at(self, *keys: str) -> Any:
        """What lies in the body below these keys; None where there is nothing."""
        value = self.json
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    @property
    def said(self) -> str:
        """How it ended, in words: the status and the service's own fault text, as far as it is fit to print."""
        if not self.status or self.reason:
            return f"{self.asked}: {self.reason}"
        return f"{self.asked} ended with HTTP {self.status}" + (f": {fault}" if (fault := self._fault()) else "")

    def _fault(self) -> str:
        """The fault text of the services' various error bodies."""
        if self.ok or self.words:
            return "" if self.ok else self.words
        value = self.json
        for _ in range(3):
            if not isinstance(value, dict) or not value:
                break
            value = next(
                (
                    value[key]
                    for key in ("message", "faultstring", "description", "NeutronError", "error")
                    if key in value
                ),
                next(iter(value.values())),
            )
        if not isinstance(value, str):
            return ""
        return printable(" ".join(value.split()), LONGEST_WORDS)


class ActingFailed(Exception):
    """A probe could not go on. The text says why, in one sentence."""


class Refused(ActingFailed):
    """The cloud answered otherwise than a working one does."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.said)
        self.answer = answer


class OverQuota(Refused):
    """A quota is used up: the cloud might do it at another time."""


class NoAnswer(ActingFailed):
    """There was no answer at all."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.said)
        self.answer = answer


class Stopped(ActingFailed):
    """The time limit is over, or the user wants to stop: nothing more is begun."""


class TimedOut(ActingFailed):
    """The cloud had not done it when we stopped waiting; it might have in the end."""
