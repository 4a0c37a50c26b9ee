# SPDX-License-Identifier: Apache-2.0
"""A cloud of a few dictionaries, for what a real one cannot be brought to do at will."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from sovran.cloud.acting.answer import Answer
from sovran.cloud.acting.caller import Caller
from sovran.cloud.acting.kinds import KINDS, PORT, Kind

INTERFACE = "network:router_interface"
"""Owner of a port that only the router gives up."""


@dataclass
class Thing:
    """One resource."""

    kind: Kind
    body: dict[str, Any]
    number: int = 0
    """The later it was made, the higher."""
    below: tuple[str, ...] = ()
    """Ids of what has to go first."""


@dataclass
class SmallCloud:
    """What there is, and what was deleted, in order."""

    things: dict[str, Thing] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    page: int = 100
    knows_queries: bool = True
    """False: listings pass over every query."""
    answers: dict[tuple[str, str], Callable[[], Answer]] = field(default_factory=dict)
    """What requests by method and path without query are answered instead."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, kind: Kind, identifier: str, name: str, *below: str, **fields: Any) -> Thing:
        """Let something exist."""
        self.things[identifier] = thing = Thing(
            kind, {"id": identifier, "name": name, **fields}, len(self.things), below
        )
        return thing

    def call(self, method: str, service: str, path: str, json: Mapping[str, Any] | None = None) -> Answer:
        """Answer one request."""
        where, query = urlsplit(path).path, dict(parse_qsl(urlsplit(path).query))
        if answer := self.answers.get((method, where)):
            return answer()
        if method == "PUT" and where.endswith("/remove_router_interface"):
            return self._part(where.split("/")[-2], str((json or {}).get("port_id")))
        for kind in KINDS.values():
            if kind.service != service or not kind.path:
                continue
            base = kind.path.format(user=SmallCaller.user)
            if method == "GET" and where in (base, kind.listed):
                return self._listing(kind, query)
            if where.startswith(f"{base}/"):
                return self._one(method, where.rpartition("/")[2])
        return Answer(path, 404)

    def _listing(self, kind: Kind, query: Mapping[str, str]) -> Answer:
        after = int(query.get("after", -1))
        asked = {key: value for key, value in query.items() if key not in ("after", "limit")}
        wanted = asked if self.knows_queries else {}
        with self.lock:
            found = [
                thing
                for thing in self.things.values()
                if thing.kind == kind
                and thing.number > after
                and all(str(thing.body.get(key, value)) == value for key, value in wanted.items())
            ]
        shown = found[: self.page]
        body: dict[str, Any] = {kind.plural: [thing.body for thing in shown]}
        if len(found) > self.page:
            # as markers do: what is deleted meanwhile moves nothing that comes after
            more = "&".join(f"{key}={value}" for key, value in {**wanted, "after": shown[-1].number}.items())
            body[f"{kind.plural}_links"] = [{"rel": "next", "href": f"https://cloud{kind.path}?{more}"}]
        return Answer("list", 200, msgspec.json.encode(body))

    def _part(self, router: str, port: str) -> Answer:
        with self.lock:
            if router not in self.things or self.things.get(port, Thing(PORT, {})).body.get("device_id") != router:
                return Answer("part", 404)
            del self.things[port]
            self.deleted.append(port)
            return Answer("part", 200, b"{}")

    def _one(self, method: str, identifier: str) -> Answer:
        with self.lock:
            thing = self.things.get(identifier)
            if thing is None:
                return Answer("one", 404)
            if method == "GET":
                return Answer(
                    "one", 200, msgspec.json.encode({thing.kind.key: thing.body} if thing.kind.key else thing.body)
                )
            if any(one in self.things for one in thing.below) or thing.body.get("device_owner") == INTERFACE:
                return Answer("one", 409, b'{"error": {"message": "in use"}}')
            del self.things[identifier]
            self.deleted.append(identifier)
            return Answer("one", 204)


class SmallCaller(Caller):
    """A user of it."""

    user, project, domain = "u1", "p1", ""

    def __init__(self, cloud: SmallCloud) -> None:
        self.cloud = cloud

    def call(
        self,
        method: str,
        service: str,
        path: str,
        json: Mapping[str, Any] | None = None,
        *,
        content: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        microversion: str = "",
        cleaning: bool = False,
    ) -> Answer:
        """Ask the small cloud."""
        return self.cloud.call(method, service, path, json)

    def has(self, service: str) -> bool:
        """It has everything."""
        return True
