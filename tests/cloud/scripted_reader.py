# SPDX-License-Identifier: Apache-2.0
"""A reader whose answers the tests write down."""

import datetime
import json
from collections.abc import Callable

from sovran.cloud.outcome import Absent, Ok, Outcome
from sovran.cloud.recording import Exchange, Principal, Seen, Service

NOW = datetime.datetime(2026, 5, 4, 3, 2, 1, tzinfo=datetime.UTC)
Answer = Outcome[Exchange] | bytes | dict[str, object] | Callable[[], Outcome[Exchange]]


class ScriptedReader:
    """Answers by path, or by (path, microversion) where that is written down; `asked` lists what facts asked for."""

    def __init__(
        self, answers: dict[str | tuple[str, str], Answer] | None = None, services: tuple[Service, ...] = ()
    ) -> None:
        self.answers = answers or {}
        self.asked: list[str] = []
        self.headers: dict[str, str] = {}
        self.services = services
        self.region = ""
        self.interface = "public"
        self.trust: bool | str = True

    @property
    def principal(self) -> Principal:
        return Principal(
            roles=("member",), project="p", region=self.region, interface=self.interface, services=self.services
        )

    @property
    def now(self) -> datetime.datetime:
        return NOW

    def get(self, service: str, path: str, *, microversion: str = "") -> Outcome[Exchange]:
        self.asked.append(path)
        answer = self.answers.get((path, microversion), self.answers.get(path))
        return _outcome(service, path, answer)

    def anonymous(self, url: str, headers: dict[str, str]) -> Outcome[Exchange]:
        self.asked.append(url)
        self.headers = headers
        return _outcome("", url, self.answers.get(url))

    def observe(self, kind: type[Seen], subject: str, look: Callable[[float], Outcome[Seen]]) -> Outcome[Seen]:
        self.asked.append(subject)
        return look(60.0)


def exchange(body: bytes, *, service: str = "", path: str = "", status: int = 200) -> Exchange:
    """An answer with this body."""
    return Exchange(service=service, path=path, status=status, headers={}, body=body, at=NOW)


def _outcome(service: str, path: str, answer: Answer | None) -> Outcome[Exchange]:
    if answer is None:
        return Absent(f"{service} GET {path} does not exist (HTTP 404)", 404)
    if isinstance(answer, dict):
        answer = json.dumps(answer).encode()
    if isinstance(answer, bytes):
        return Ok(exchange(answer, service=service, path=path))
    return answer() if callable(answer) else answer
