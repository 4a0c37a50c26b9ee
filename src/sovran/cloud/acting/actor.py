# SPDX-License-Identifier: Apache-2.0
"""Acts on a cloud as one user: whatever it makes stands in the ledger first and is deleted at the end."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict, Unpack

from sovran.cloud.acting.answer import GONE, ActingFailed, Answer, Stopped, TimedOut
from sovran.cloud.acting.caller import LONGEST_WORDS, Caller, Json
from sovran.cloud.acting.kinds import Kind
from sovran.cloud.acting.ledger import Intent, Ledger
from sovran.cloud.live import LiveReader
from sovran.cloud.session import Connection
from sovran.model.printable import printable

SERVER_ERROR = 500


@dataclass(frozen=True)
class Made:
    """Something that this run made."""

    kind: Kind
    id: str
    name: str
    intent: Intent
    body: Any = field(repr=False)
    """What the service answered, unwrapped; that of EC2 credentials holds their secret."""


class How(TypedDict, total=False):
    """How something is asked for that is not made by a POST to its own collection, or takes more than that."""

    path: str
    service: str
    """Of the path, where something is made through another resource."""
    id_at: tuple[str, ...]
    """Keys of the answer below which its id is."""
    method: str
    headers: Mapping[str, str] | None
    microversion: str


class Actor(Caller):
    """One user on one cloud during one run; usable from many threads at once."""

    def __init__(
        self,
        connection: Connection,
        reader: LiveReader,
        ledger: Ledger,
        *,
        seconds: float,
        persona: str = "",
        maker: "Actor | None" = None,
    ) -> None:
        """`reader` finds the endpoints; after `seconds`, or `stop`, nothing is begun but the cleanup.

        `persona` names the user's entry of clouds.yaml where it is another than the ledger's. `maker`: who has made the
        user itself, and answers for what it makes.
        """
        super().__init__(connection, reader, seconds=seconds)
        self.ledger = ledger
        self.persona = persona
        self._maker = maker
        self._guests: list[Actor] = []
        if maker:
            maker._guests.append(self)
        self._lock = threading.Lock()
        self._intents: set[int] = set()
        self.made: Counter[str] = Counter()
        """Kind to how many were made."""

    @property
    def run(self) -> str:
        """Id of the run."""
        return self.ledger.head.run

    @property
    def connections(self) -> tuple[Connection, ...]:
        """Its own, and those of the users that it made."""
        return (self.connection, *(one for guest in self._guests for one in guest.connections))

    def promise(self, kind: Kind, name: str) -> Intent:
        """Write down that something is about to be made by `send`, whose id will be its name; `keep` it or `forget` it
        then, and do neither when there was no answer.
        """
        return self._intend(kind, name, self.collection(kind))

    def keep(self, intent: Intent) -> None:
        """What was promised exists."""
        self._note(intent, intent.name)

    def forget(self, intent: Intent) -> None:
        """What was promised does not exist, or not any more."""
        self.ledger.gone(intent)

    def create(
        self,
        kind: Kind,
        purpose: str,
        body: Callable[[str], Json],
        **how: Unpack[How],
    ) -> Made:
        """Make something that is called by a marked name: `body` is given the name.

        Raises Refused or NoAnswer, when it was not made as far as can be seen; the ledger remembers what may come to
        exist.
        """
        answer, made = self.attempt(kind, purpose, body, **how)
        if made:
            return made
        raise answer.failure

    def attempt(
        self,
        kind: Kind,
        purpose: str,
        body: Callable[[str], Json],
        **how: Unpack[How],
    ) -> tuple[Answer, Made | None]:
        """As `create`, for a request that may well be refused: the answer, and what was made, if anything."""
        name = self.name(purpose)
        where = how.get("path") or self.collection(kind)
        id_at = how.get("id_at", ())
        intent = self._intend(kind, name, where)
        try:
            answer = self.call(
                how.get("method", "POST"),
                how.get("service") or kind.service,
                where,
                body(name),
                headers=how.get("headers"),
                microversion=how.get("microversion") or kind.microversion,
            )
        except Stopped:
            self.ledger.gone(intent)
            raise
        if not answer.ok:
            self._not_made(intent, answer)
            return answer, None
        identifier = answer.at(*id_at) if id_at else answer.at(*((kind.key,) if kind.key else ()), kind.id_field)
        # aggregates are numbered
        identifier = str(identifier) if type(identifier) is int else identifier
        if not isinstance(identifier, str) or not identifier:
            return Answer(answer.asked, answer.status, answer.body, "the answer has no id"), None
        identifier = identifier.rstrip("/").rpartition("/")[2] if kind.id_field.endswith("_ref") else identifier
        intent = self._note(intent, identifier)
        return answer, Made(kind, identifier, name, intent, answer.at(kind.key) if kind.key else answer.json)

    def place(
        self,
        kind: Kind,
        path: str,
        *,
        json: Json | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[Answer, Made | None]:
        """PUT something that is known by its path, such as a role assignment; deleting that path removes it.

        The caller has made sure that it was not there before.
        """
        intent = self._intend(kind, "", path)
        try:
            answer = self.call("PUT", kind.service, path, json, content=content, headers=headers)
        except Stopped:
            self.ledger.gone(intent)
            raise
        if not answer.ok:
            self._not_made(intent, answer)
            return answer, None
        intent = self._note(intent, path)
        return answer, Made(kind, path, "", intent, answer.json)

    def show(self, made: Made) -> Answer:
        """Ask for it."""
        return self.call("GET", made.kind.service, self._path(made), microversion=made.kind.microversion)

    def wait(
        self, made: Made, *, until: str, bad: Iterable[str] = ("error",), seconds: float = 300.0, soon: bool = False
    ) -> Any:
        """Wait until its status is `until`; what the service answered then, unwrapped. `soon`: it may be so already.

        Statuses that begin with one of `bad` end the waiting: ActingFailed. Raises Refused with the service's answer,
        NoAnswer when it cannot be seen, TimedOut when `seconds` were not enough.
        """
        patience = self.patience(seconds)
        ends = tuple(bad)
        if made.kind.slow and not soon:
            # never so at once, and each look costs the service a good part of the time that the work takes
            patience.wait()
        while True:
            answer = self.show(made)
            if not answer.ok and (answer.refused or patience.over):
                raise answer.failure
            shown = answer.at(made.kind.key) if made.kind.key else answer.json
            status = str(shown.get("status", "")) if isinstance(shown, dict) else ""
            if status.lower() == until:
                return shown
            if ends and status.lower().startswith(ends):
                why = str(shown.get("fail_reason") or shown.get("fault") or "")
                reason = printable(" ".join(why.split()), LONGEST_WORDS)
                raise ActingFailed(
                    f"the {made.kind.name} went to {printable(status, 40)}" + (f": {reason}" * bool(reason))
                )
            if not patience.wait():
                seen = printable(status, 40) or "unseen"
                raise TimedOut(f"the {made.kind.name} was still {seen} after {patience.spent:.0f} s")

    def delete(self, made: Made, *, seconds: float = 120.0) -> None:
        """Delete it as a user does, and wait until it is gone.

        Raises Refused or NoAnswer, ActingFailed when it goes to an error, TimedOut when `seconds` were not enough:
        then it is left for the cleanup.
        """
        path = self._path(made)
        method, where, body = made.kind.removal(path)
        answer = self.call(method, made.kind.service, where, body, microversion=made.kind.microversion)
        if not answer.ok:
            raise answer.failure
        patience = self.patience(seconds)
        while made.kind.slow:
            shown = self.show(made)
            if shown.status in GONE:
                break
            status = str((shown.at(made.kind.key, "status") if made.kind.key else shown.at("status")) or "")
            going = made.kind.key and shown.at(made.kind.key, "OS-EXT-STS:task_state") == "deleting"
            if status.lower().startswith("error") and not going:
                raise ActingFailed(f"the {made.kind.name} went to {printable(status, 40)} when it was deleted")
            if not patience.wait():
                raise TimedOut(f"the {made.kind.name} was still there {patience.spent:.0f} s after it was deleted")
        self.ledger.gone(made.intent)

    def name(self, purpose: str) -> str:
        """A marked name that was not given before in this run; `purpose` is small letters."""
        who = "".join(letter for letter in self.persona.lower() if letter.isascii() and letter.isalnum())[:20]
        return self.ledger.name(purpose, who)

    @property
    def open(self) -> tuple[Intent, ...]:
        """What this actor, or a user that it made, made or may have made, and did not delete yet."""
        with self._lock:
            return tuple(intent for intent in self.ledger.open if intent.n in self._intents)

    def _path(self, made: Made) -> str:
        if made.kind.placed:
            return made.id
        # the collection may be that of another user
        base = made.intent.path if "{" in made.kind.path else self.collection(made.kind)
        if made.kind.parting:
            base = made.intent.path.rpartition("/")[0]
        return f"{base}/{made.id}"

    def _intend(self, kind: Kind, name: str, path: str) -> Intent:
        head = self.ledger.head
        other = (self.user, self.project) != (head.user, head.project)
        user, project = (self.user, self.project) if other else ("", "")
        intent = self.ledger.intend(kind.name, name, path, self.persona, user=user, project=project)
        self._answer_for(intent)
        return intent

    def _answer_for(self, intent: Intent) -> None:
        with self._lock:
            self._intents.add(intent.n)
        if self._maker:
            self._maker._answer_for(intent)

    def _not_made(self, intent: Intent, answer: Answer) -> None:
        if answer.refused:
            self.ledger.gone(intent)
        elif not answer.status or answer.status >= SERVER_ERROR:
            self.ledger.unanswered(intent)

    def _note(self, intent: Intent, identifier: str) -> Intent:
        self._count(intent.kind)
        return self.ledger.made(intent, identifier)

    def _count(self, kind: str) -> None:
        with self._lock:
            self.made[kind] += 1
        if self._maker:
            self._maker._count(kind)
