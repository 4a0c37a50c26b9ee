# SPDX-License-Identifier: Apache-2.0
"""Raw answers of a cloud, as facts read them, and the one interface through which facts ask for them."""

import datetime
from typing import Protocol

import msgspec

from sovran.cloud.outcome import Outcome

KEPT_HEADERS = ("content-type", "date", "openstack-api-version", "x-openstack-request-id", "x-trans-id")
"""Response headers that are recorded, in lower case; no other header leaves the session."""


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

    def get(self, service: str, path: str, *, microversion: str = "") -> Outcome[Exchange]:
        """Ask `service` (a service type; aliases are tried) for `path`; Ok only for a 2xx answer.

        `microversion` is sent in the OpenStack-API-Version header, e.g. `2.61`.
        """
        ...

    def anonymous(self, url: str, headers: dict[str, str]) -> Outcome[Exchange]:
        """Ask an absolute URL without a token; Ok for an answer of any status."""
        ...
