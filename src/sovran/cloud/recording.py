# SPDX-License-Identifier: Apache-2.0
"""Raw answers of a cloud, as facts read them, and the one interface through which facts ask for them."""

import datetime
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import msgspec

from sovran.cloud.outcome import Absent, Denied, Ok, Outcome, Unreachable
from sovran.model.printable import printable

Seen = TypeVar("Seen", bound=msgspec.Struct)

KEPT_HEADERS = ("content-type", "date", "openstack-api-version", "x-openstack-request-id", "x-trans-id")
"""Response headers that are recorded, in lower case; no other header leaves the session."""


UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises on a body that is not of the wanted form; the last on one that is nested too deep."""
VARYING_HEADERS = ("accept", "origin", "range")
"""Request headers whose values make another request of it; of others only the names do, since values may be secret."""


PROBE = "probe "
"""How the subject of an observation begins that a probe made."""


class Kept:
    """What facts read of one body: all that a snapshot keeps of it. Two of them are always equal."""

    error = ""
    """Why no JSON could be read from the recorded body; empty: it could, or this is no recording."""

    def __init__(self) -> None:
        self.types: list[Any] = []
        """msgspec types as which the body was decoded; the snapshot keeps their fields."""
        self.bodies: list[bytes] = []
        """Bodies that read the same to the fact that gave them."""

    def fields(self, kind: Any) -> str:
        """The body is about to be decoded as `kind`; returns the first place of it that is not there, since a snapshot
        did not keep it; empty: the body is whole.
        """
        self.types.append(kind)
        return ""

    def body(self, minimal: bytes) -> None:
        """Keep `minimal` in place of the body, which is no JSON; it must read the same and hold no secret."""
        self.bodies.append(minimal)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Kept)

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "Kept()"


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One request and the cloud's answer to it. Holds no token: requests' headers are not kept."""

    service: str
    """Service type asked for, e.g. `compute`."""
    path: str
    """Below the service's endpoint, with the query."""
    status: int
    headers: dict[str, str]
    """Names in lower case, KEPT_HEADERS only."""
    body: bytes
    at: datetime.datetime
    """When the answer was complete, UTC."""
    microversion: str = ""
    """Asked for in the OpenStack-API-Version header."""
    variant: str = ""
    """What else tells the request from others for the same path: see `variant_of`."""
    kept: Kept = msgspec.field(default_factory=Kept)


class Endpoint(msgspec.Struct, frozen=True):
    """Where a service of the catalog can be reached."""

    interface: str = ""
    region: str | None = None
    url: str = ""
    id: str = ""


class Service(msgspec.Struct, frozen=True):
    """One entry of the catalog."""

    type: str
    name: str = ""
    id: str = ""
    endpoints: tuple[Endpoint, ...] = ()


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """As whom the cloud is read."""

    roles: tuple[str, ...]
    project: str
    region: str
    """Region chosen in clouds.yaml; empty: the cloud's only or first one."""
    interface: str
    """`public`, `internal` or `admin`."""
    services: tuple[Service, ...]
    """The catalog that the token came with."""


class Reader(Protocol):
    """Answers what facts ask: live from a cloud, or from a recording."""

    @property
    def principal(self) -> Principal:
        """As whom, and with which catalog."""
        ...

    @property
    def now(self) -> datetime.datetime:
        """When this run began, UTC; the only clock that facts and rules know."""
        ...

    @property
    def trust(self) -> bool | str:
        """Which certificates count, for `look` of `observe`: True: the usual authorities'; False: any; or a file's."""
        ...

    def get(self, service: str, path: str, *, microversion: str = "") -> Outcome[Exchange]:
        """Ask `service` (a service type; aliases are tried) for `path`; Ok only for a 2xx answer.

        `microversion` is sent in the OpenStack-API-Version header, e.g. `2.61`.
        """
        ...

    def anonymous(self, url: str, headers: dict[str, str]) -> Outcome[Exchange]:
        """Ask an absolute URL without a token; Ok for an answer of any status."""
        ...

    def observe(self, kind: type[Seen], subject: str, look: Callable[[float], Outcome[Seen]]) -> Outcome[Seen]:
        """See something that is no HTTP exchange, such as a TLS handshake with `subject`; seen once per run.

        `look` is called with the seconds that are left; a replay answers from the recording instead. `kind` declares
        what is recorded: a msgspec Struct without secrets that JSON can hold.
        """
        ...


def judge_status(exchange: Exchange) -> Outcome[Exchange]:
    """What the status of a service's answer means; Ok for 2xx only."""
    asked = f"{exchange.service} GET {printable(exchange.path)}"
    status = exchange.status
    if 200 <= status < 300:
        return Ok(exchange)
    if status in (401, 403):
        return Denied(f"{asked} was refused (HTTP {status})", status)
    if status == 404:
        return Absent(f"{asked} does not exist (HTTP 404)", status)
    return Unreachable(f"{asked} ended with HTTP {status}", status)


def variant_of(headers: dict[str, str]) -> str:
    """Tells requests for one URL apart by their headers: names in order, values only of VARYING_HEADERS."""
    lowered = sorted((name.lower(), value) for name, value in headers.items())
    return ";".join(f"{name}={value}" if name in VARYING_HEADERS else name for name, value in lowered)
