# SPDX-License-Identifier: Apache-2.0
"""Acts on a cloud as one user: whatever it makes stands in the ledger first and is deleted at the end."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import requests
from keystoneauth1 import exceptions as ksa
from urllib3.exceptions import HTTPError

from sovran.cloud.acting.answer import ActingFailed, Answer, Stopped, TimedOut
from sovran.cloud.acting.kinds import Kind
from sovran.cloud.acting.ledger import Intent, Ledger
from sovran.cloud.acting.patience import Patience
from sovran.cloud.bodies import Endless, read_body
from sovran.cloud.live import LiveReader
from sovran.cloud.outcome import Absent, Ok
from sovran.cloud.session import Connection
from sovran.model.printable import printable

MOST_BYTES = 64 * 1024 * 1024
"""Of one answer."""
LONGEST_WORDS = 300
REQUEST_SECONDS = 60.0
"""For one request that acts; services answer such requests before the work is done."""
GONE = (404, 410)
SERVER_ERROR = 500
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Made:
    """Something that this run made."""

    kind: Kind
    id: str
    name: str
    intent: Intent
    body: Any
    """What the service answered, unwrapped."""


class Actor:
    """One user on one cloud during one run; usable from many threads at once."""

    def __init__(
        self,
        connection: Connection,
        reader: LiveReader,
        ledger: Ledger,
        *,
        seconds: float,
        persona: str = "",
    ) -> None:
        """`reader` finds the endpoints; after `seconds`, or `stop`, nothing is begun but the cleanup.

        `persona` names the user's entry of clouds.yaml where it is another than the ledger's.
        """
        self.connection = connection
        self.ledger = ledger
        self.persona = persona
        self._reader = reader
        self._deadline = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._intents: set[int] = set()
        self.made: Counter[str] = Counter()
        """Kind to how many were made."""
        self._stopped = threading.Event()

    @property
    def user(self) -> str:
        """Id of the user."""
        return self.connection.access.user_id or ""

    @property
    def project(self) -> str:
        """Id of the project that the token is for; empty for another scope."""
        return self.connection.access.project_id or ""

    @property
    def domain(self) -> str:
        """Id of the domain that the token is for; empty for another scope."""
        return self.connection.access.domain_id or ""

    @property
    def roles(self) -> tuple[str, ...]:
        """Names of the token's roles."""
        return tuple(self.connection.access.role_names or ())

    @property
    def run(self) -> str:
        """Id of the run."""
        return self.ledger.head.run

    def stop(self) -> None:
        """Let nothing more be begun but the cleanup."""
        self._stopped.set()

    def patience(self, seconds: float) -> Patience:
        """For waiting for a state, `seconds` at most and never beyond the end of the run."""
        return Patience(min(seconds, self._left()), self._stopped)

    def call(
        self,
        method: str,
        service: str,
        path: str,
        json: Json | None = None,
        *,
        content: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        microversion: str = "",
        cleaning: bool = False,
    ) -> Answer:
        """Send one request, once: only a token that is refused is renewed and used again.

        `content` is sent as octets. `cleaning` goes on after the end of the run. Raises Stopped otherwise.
        """
        asked = f"{service} {method} {printable(path.partition('?')[0], 120)}"
        if not cleaning and (self._stopped.is_set() or self._left() <= 0):
            raise Stopped(f"{asked} was not sent: the run was over")
        place = self._reader.endpoint(service)
        if not isinstance(place, Ok):
            return Answer(asked, reason=place.reason)
        return self._send(method, asked, place.value + path, _headers(service, headers, microversion), json, content)

    def send(self, method: str, url: str, headers: Mapping[str, str], content: bytes, *, asked: str) -> Answer:
        """Send one request without the token to an absolute URL; `asked` names it in words. Raises Stopped."""
        if self._stopped.is_set() or self._left() <= 0:
            raise Stopped(f"{asked} was not sent: the run was over")
        return self._send(method, asked, url, dict(headers), None, content, with_token=False)

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
        *,
        path: str = "",
        service: str = "",
        id_at: tuple[str, ...] = (),
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
        microversion: str = "",
    ) -> Made:
        """Make something that is called by a marked name: `body` is given the name.

        `path`, `service` and `id_at` (keys of the answer) are for resources that are made through another. Raises
        Refused or NoAnswer, when it was not made as far as can be seen; the ledger remembers what may come to exist later.
        """
        answer, made = self.attempt(
            kind,
            purpose,
            body,
            path=path,
            service=service,
            id_at=id_at,
            method=method,
            headers=headers,
            microversion=microversion,
        )
        if made:
            return made
        raise answer.failure

    def attempt(
        self,
        kind: Kind,
        purpose: str,
        body: Callable[[str], Json],
        *,
        path: str = "",
        service: str = "",
        id_at: tuple[str, ...] = (),
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
        microversion: str = "",
    ) -> tuple[Answer, Made | None]:
        """As `create`, for a request that may well be refused: the answer, and what was made, if anything."""
        name = self.name(purpose)
        where = path or self.collection(kind)
        intent = self._intend(kind, name, where)
        try:
            answer = self.call(
                method,
                service or kind.service,
                where,
                body(name),
                headers=headers,
                microversion=microversion or kind.microversion,
            )
        except Stopped:
            self.ledger.gone(intent)
            raise
        if not answer.ok:
            self._not_made(intent, answer)
            return answer, None
        identifier = answer.at(*id_at) if id_at else answer.at(*((kind.key,) if kind.key else ()), kind.id_field)
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
        return self.call(
            "GET", made.kind.service, f"{self.collection(made.kind)}/{made.id}", microversion=made.kind.microversion
        )

    def wait(self, made: Made, *, until: str, bad: Iterable[str] = ("error",), seconds: float = 300.0) -> Any:
        """Wait until its status is `until`; what the service answered then, unwrapped.

        Statuses that begin with one of `bad` end the waiting: ActingFailed. Raises Refused with the service's answer,
        NoAnswer when it cannot be seen, TimedOut when `seconds` were not enough.
        """
        patience = self.patience(seconds)
        ends = tuple(bad)
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
        path = made.id if not made.kind.path else f"{self.collection(made.kind)}/{made.id}"
        answer = self.call("DELETE", made.kind.service, path + made.kind.deletion, microversion=made.kind.microversion)
        if not answer.ok:
            raise answer.failure
        patience = self.patience(seconds)
        while made.kind.slow:
            shown = self.show(made)
            if shown.status in GONE:
                break
            status = str((shown.at(made.kind.key, "status") if made.kind.key else shown.at("status")) or "")
            if status.lower().startswith("error"):
                raise ActingFailed(f"the {made.kind.name} went to {printable(status, 40)} when it was deleted")
            if not patience.wait():
                raise TimedOut(f"the {made.kind.name} was still there {patience.spent:.0f} s after it was deleted")
        self.ledger.gone(made.intent)

    def has(self, service: str) -> bool:
        """Whether the catalog has the service, by its type or an alias, with an endpoint where this cloud is judged."""
        return not isinstance(self._reader.endpoint(service), Absent)

    def name(self, purpose: str) -> str:
        """A marked name that was not given before in this run; `purpose` is small letters."""
        who = "".join(letter for letter in self.persona.lower() if letter.isascii() and letter.isalnum())[:20]
        return self.ledger.name(purpose, who)

    def collection(self, kind: Kind) -> str:
        """Path of the collection."""
        return kind.path.format(user=self.user, project=self.project)

    @property
    def open(self) -> tuple[Intent, ...]:
        """What this actor made, or may have made, and did not delete yet."""
        with self._lock:
            return tuple(intent for intent in self.ledger.open if intent.n in self._intents)

    def _intend(self, kind: Kind, name: str, path: str) -> Intent:
        # of the run's own user the ledger's head tells
        whose = {"user": self.user, "project": self.project} if self.persona else {}
        intent = self.ledger.intend(kind.name, name, path, self.persona, **whose)
        with self._lock:
            self._intents.add(intent.n)
        return intent

    def _not_made(self, intent: Intent, answer: Answer) -> None:
        if answer.refused:
            self.ledger.gone(intent)
        elif not answer.status or answer.status >= SERVER_ERROR:
            self.ledger.unanswered(intent)

    def _note(self, intent: Intent, identifier: str) -> Intent:
        with self._lock:
            self.made[intent.kind] += 1
        return self.ledger.made(intent, identifier)

    def _left(self) -> float:
        return self._deadline - time.monotonic()

    def _send(
        self,
        method: str,
        asked: str,
        url: str,
        headers: dict[str, str],
        json: Json | None,
        content: bytes | Iterable[bytes] | None,
        *,
        with_token: bool = True,
    ) -> Answer:
        data: bytes | Iterable[bytes] | None = content
        if json is not None:
            data = msgspec.json.encode(json)
            headers.setdefault("Content-Type", "application/json")
        left = MOST_BYTES

        def take(size: int) -> None:
            nonlocal left
            left -= size
            if left < 0:
                raise Endless(f"the answer is larger than {MOST_BYTES // 1024**2} MiB")

        try:
            limit = REQUEST_SECONDS
            with self.connection.send(method, url, headers, data, seconds=limit, with_token=with_token) as response:
                body = read_body(response, deadline=time.monotonic() + limit, take=take)
        except (ksa.ClientException, requests.RequestException, HTTPError, OSError, ValueError, Endless) as error:
            words = printable(" ".join(str(error).split()) or type(error).__name__, LONGEST_WORDS)
            return Answer(asked, reason=f"no answer: {words}")
        kept = {name.lower(): value for name, value in response.headers.items()}
        return Answer(asked, response.status_code, body, headers=kept)


def _headers(service: str, more: Mapping[str, str] | None, microversion: str) -> dict[str, str]:
    headers = {"Accept": "application/json", **(more or {})}
    if microversion:
        named = "volume" if service == "block-storage" else service
        headers["OpenStack-API-Version"] = f"{named} {microversion}"
    return headers
