# SPDX-License-Identifier: Apache-2.0
"""Answers facts from a snapshot, without any network."""

import datetime
from collections.abc import Callable
from typing import Any

import msgspec

from sovran.cloud.outcome import NotRun, Ok, Outcome, Unreachable
from sovran.cloud.recorder import Recorder, Request, exchanges
from sovran.cloud.recording import PROBE, Exchange, Kept, Principal, Seen, judge_status, variant_of
from sovran.cloud.snapshots.scrub import Scrubber
from sovran.cloud.snapshots.shape import Shape, lacking, shape_of
from sovran.cloud.snapshots.snapshot import Entry, Snapshot
from sovran.model.printable import printable

LONGEST_WORDS = 200
NOBODY = Principal(roles=(), project="", region="", interface="public", services=())


class KeptPart(Kept):
    """What a snapshot holds of one body."""

    def __init__(self, shape: Shape, error: str) -> None:
        super().__init__()
        self._shape = shape
        self.error = error

    def fields(self, kind: Any) -> str:
        """The first place of `kind` that the snapshot did not keep; empty: it holds all of it."""
        missing = lacking(self._shape, shape_of(kind))
        # only what can be read counts as read when the snapshot is written again
        return missing or super().fields(kind)


class SnapshotReader:
    """A reader of a recording; `recorder` holds what facts asked of it, so that it can be written again."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.recorder = Recorder()
        self._snapshot = snapshot
        self._scrubber = Scrubber()
        self._entries = {entry.request: entry for entry in snapshot.entries}
        self._asked: dict[Request, Entry] = {}

    @property
    def principal(self) -> Principal:
        """As whom the cloud was read."""
        return self._snapshot.principal or NOBODY

    @property
    def now(self) -> datetime.datetime:
        """When the recorded run began."""
        return self._snapshot.now

    @property
    def trust(self) -> bool | str:
        """Of no use here, since a replay connects to nothing."""
        return True

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The recorded answers that facts asked for."""
        return exchanges(self.recorder.records())

    @property
    def asked(self) -> tuple[Entry, ...]:
        """What of the recording facts asked for, each once."""
        return tuple(self._asked.values())

    def get(self, service: str, path: str, *, microversion: str = "") -> Outcome[Exchange]:
        """The recorded answer of a service."""
        answer = self._recorded(Request(service, path, microversion))
        return judge_status(answer.value) if isinstance(answer, Ok) else answer

    def anonymous(self, url: str, headers: dict[str, str]) -> Outcome[Exchange]:
        """The recorded answer of an absolute URL."""
        return self._recorded(Request(path=url, variant=variant_of(headers)))

    def observe(self, kind: type[Seen], subject: str, look: Callable[[float], Outcome[Seen]]) -> Outcome[Seen]:  # noqa: ARG002 - never called
        """What was seen when it was recorded; `look` is never called."""
        request = Request(path=self._scrubber.text(subject), observed=kind.__name__)
        entry = self._find(request)

        def see() -> Outcome[Seen]:
            if entry is None and subject.startswith(PROBE):
                return NotRun(f"it takes the {subject}, which this snapshot does not hold")
            if entry is None:
                return self._unknown(f"{kind.__name__} of {subject}")
            if entry.failed:
                return entry.failed.outcome()
            if missing := lacking(entry.shape, shape_of(kind)):
                return Unreachable(f"this snapshot did not keep {missing} of what was seen of {printable(subject)}")
            return Ok(msgspec.json.decode(entry.content or b"", type=kind))

        return self.recorder.observe(kind, subject, see, at=entry.at if entry else self.now)

    def _recorded(self, request: Request) -> Outcome[Exchange]:
        # what the run asked was scrubbed when it was written down
        known = msgspec.structs.replace(request, path=self._scrubber.text(request.path))
        entry = self._find(known)
        return self.recorder.exchange(request, lambda: self._answer(request, entry), at=entry.at if entry else self.now)

    def _find(self, request: Request) -> Entry | None:
        entry = self._entries.get(request)
        if entry:
            self._asked[request] = entry
        return entry

    def _answer(self, request: Request, entry: Entry | None) -> Outcome[Exchange]:
        asked = f"{request.service} GET {request.path}".lstrip()
        if entry is None:
            return self._unknown(asked)
        if entry.failed:
            return entry.failed.outcome()
        exchange = Exchange(
            service=request.service,
            path=request.path,
            status=entry.status,
            headers=entry.headers,
            body=entry.content or b"",
            at=entry.at,
            microversion=request.microversion,
            variant=request.variant,
            kept=KeptPart(entry.shape, entry.error),
        )
        return Ok(exchange)

    def _unknown(self, what: str) -> Unreachable:
        return Unreachable(
            f"{printable(what, LONGEST_WORDS)} is not in this snapshot: sovran {printable(self._snapshot.sovran, 40)}, "
            "which took it, did not ask for it"
        )
