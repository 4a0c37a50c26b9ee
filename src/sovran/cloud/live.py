# SPDX-License-Identifier: Apache-2.0
"""Reads a real cloud over its session and records every answer."""

import datetime
import threading
import time
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import msgspec
import requests
from keystoneauth1 import exceptions as ksa
from urllib3.exceptions import HTTPError

from sovran.cloud.bodies import Endless, read_body
from sovran.cloud.config.cloud_config import without_userinfo
from sovran.cloud.outcome import Absent, Denied, Failure, Ok, Outcome, Unreachable
from sovran.cloud.recorder import Recorder, Request, exchanges
from sovran.cloud.recording import (
    KEPT_HEADERS,
    Endpoint,
    Exchange,
    Principal,
    Seen,
    Service,
    judge_status,
    variant_of,
)
from sovran.cloud.session import Connection
from sovran.model.printable import printable

VERSIONS: dict[str, tuple[str, str]] = {
    "block-storage": ("3.0", "3.latest"),
    "compute": ("2.1", "2.latest"),
    "identity": ("3", "3.latest"),
    "image": ("2.0", "2.latest"),
    "key-manager": ("1", "1.latest"),
    "load-balancer": ("2.0", "2.latest"),
    "network": ("2.0", "2.latest"),
    "object-store": ("1", "1.latest"),
}
"""API versions that the facts are written for; keystoneauth asks the service only where the catalog leaves it open."""
MOST_BYTES = 256 * 1024 * 1024
"""Of all answers together; 100,000 images are about as much, so more is no listing but an attack on our memory."""
LARGEST_SHARE = 0.5
"""Of MOST_BYTES, for one answer."""
MOST_REDIRECTS = 3
NOT_THE_FORM = (TypeError, ValueError, KeyError, AttributeError, IndexError, RecursionError)
"""What keystoneauth raises on JSON that is no version document."""
LONGEST_WORDS = 300
"""Characters of a reason that come from the cloud or the libraries."""


class _Place:
    """Where a service is, once that was found out."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.found: Outcome[str] | None = None


class LiveReader:
    """Answers facts from a connection; `recorder` holds what the cloud said."""

    def __init__(self, connection: Connection, *, seconds: float) -> None:
        """`seconds`: no request is begun later than this after now, and none goes on for longer."""
        self.recorder = Recorder()
        self._bytes_left = MOST_BYTES
        self.now = datetime.datetime.now(datetime.UTC)
        self._connection = connection
        self._deadline = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._places: dict[str, _Place] = {}

    def prolong(self, seconds: float) -> None:
        """Let what is asked from now on have so much more time, e.g. that in which something else was done."""
        self._deadline += seconds

    @cached_property
    def principal(self) -> Principal:
        """As whom the cloud is read; asks for a token unless there is one."""
        access, config = self._connection.access, self._connection.config
        interface = config.interface if isinstance(config.interface, str) else config.interface[0]
        return Principal(
            roles=tuple(access.role_names or ()),
            project=access.project_name or "",
            region=config.region_name or "",
            interface=interface.removesuffix("URL"),
            services=_services(access.service_catalog.catalog if access.has_service_catalog() else []),
        )

    @property
    def trust(self) -> bool | str:
        """Which certificates count, as clouds.yaml says."""
        return self._connection.config.verify

    def get(self, service: str, path: str, *, microversion: str = "") -> Outcome[Exchange]:
        """Ask a service of the catalog, with the token; Ok only for a 2xx answer."""
        request = Request(service, path, microversion)
        answer = self.recorder.exchange(request, lambda: self._ask(service, path, microversion))
        return judge_status(answer.value) if isinstance(answer, Ok) else answer

    def anonymous(self, url: str, headers: dict[str, str]) -> Outcome[Exchange]:
        """Ask an absolute URL without a token and without following redirects; Ok for an answer of any status."""
        variant = variant_of(headers)

        def ask() -> Outcome[Exchange]:
            answer = self._send("", url, url, headers, with_token=False)
            return Ok(msgspec.structs.replace(answer.value, variant=variant)) if isinstance(answer, Ok) else answer

        return self.recorder.exchange(Request(path=url, variant=variant), ask)

    def observe(self, kind: type[Seen], subject: str, look: Callable[[float], Outcome[Seen]]) -> Outcome[Seen]:
        """Call `look` with the seconds that are left, unless this was seen before."""

        def see() -> Outcome[Seen]:
            left = self._deadline - time.monotonic()
            if left <= 0:
                return Unreachable(f"the time limit was over before {printable(subject)} could be looked at")
            return look(left)

        return self.recorder.observe(kind, subject, see)

    def _ask(self, service: str, path: str, microversion: str) -> Outcome[Exchange]:
        endpoint = self.endpoint(service)
        if not isinstance(endpoint, Ok):
            return endpoint
        headers = {"Accept": "application/json"}
        if microversion:
            headers["OpenStack-API-Version"] = f"{service} {microversion}"
        answer = self._send(service, path, endpoint.value + path, headers, with_token=True)
        return (
            Ok(msgspec.structs.replace(answer.value, microversion=microversion)) if isinstance(answer, Ok) else answer
        )

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What the cloud answered so far, in the order in which it was asked."""
        return exchanges(self.recorder.records())

    def endpoint(self, service: str) -> Outcome[str]:
        """Where a service is, found out once; threads that need the same service wait for that."""
        with self._lock:
            place = self._places.setdefault(service, _Place())
        with place.lock:
            if place.found is None:
                place.found = self._locate(service)
            return place.found

    def _locate(self, service: str) -> Outcome[str]:
        config = self._connection.config
        region, (least, most) = config.region_for(service), VERSIONS[service]
        if override := config.endpoint_override(service):
            return Ok(override.rstrip("/"))
        look_up = partial(
            self._connection.endpoint,
            service_type=service,
            interface=config.interface_for(service),
            region_name=region,
            # asks for versions nevertheless, where the catalog leaves them open
            discover_versions=False,
        )
        try:
            found = look_up(min_version=least, max_version=most)
            if found is not None and found.url and found.api_version:
                return Ok(str(found.url).rstrip("/"))
            listed = look_up()
        except ksa.EndpointNotFound:
            found = listed = None
        except ksa.ClientException as error:
            return self._unreachable(service, error)
        except NOT_THE_FORM as error:
            # keystoneauth takes version documents as it gets them
            return Unreachable(f"{service} answered with no version document ({type(error).__name__})")
        if listed is None or not listed.url:
            return Absent(f"the catalog has no {service} endpoint{f' in region {region}' if region else ''}")
        where = f"{service} at {printable(str(listed.url))}"
        return self._unversioned(where, str(listed.url)) if found else self._no_version(where, least, most)

    @staticmethod
    def _no_version(where: str, least: str, most: str) -> Unreachable:
        return Unreachable(f"{where} offers no version {least} to {most}")

    def _unversioned(self, where: str, url: str) -> Unreachable:
        """The catalog names no version, and the service does not tell its versions: what it answers when asked again.

        keystoneauth would take the address as it is, below which every path is a 404.
        """
        answer = self.anonymous(url, {})
        if isinstance(answer, Unreachable):
            return answer
        said = f"HTTP {answer.value.status}" if isinstance(answer, Ok) else answer.reason
        return Unreachable(f"{where} does not tell its versions ({said})")

    def _send(
        self, service: str, path: str, url: str, headers: dict[str, str], *, with_token: bool
    ) -> Outcome[Exchange]:
        left = self._deadline - time.monotonic()
        if left <= 0:
            return Unreachable(f"the time limit was over before GET {printable(path)} could be sent")
        whom = service or printable(url)
        try:
            response = self._connection.get(
                url,
                headers,
                with_token=with_token,
                redirects=MOST_REDIRECTS if with_token else 0,
                deadline=self._deadline,
            )
            with response:
                body = self._body(response)
        except Endless as error:
            return Unreachable(f"{whom} GET {printable(path)}: {error}")
        except (ksa.ClientException, requests.RequestException, HTTPError, OSError, ValueError) as error:
            return self._unreachable(whom, error)
        kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        exchange = Exchange(
            service=service,
            path=path,
            status=response.status_code,
            headers=kept,
            body=body,
            at=datetime.datetime.now(datetime.UTC),
        )
        return Ok(exchange)

    def _body(self, response: requests.Response) -> bytes:
        """The whole body; raises Endless at the time limit, or when it or all answers together are too large.

        What is given up no longer counts, so that one such answer does not spoil the others.
        """
        size = 0

        def take(more: int) -> None:
            nonlocal size
            size += more
            with self._lock:
                self._bytes_left -= more
            if size > MOST_BYTES * LARGEST_SHARE:
                raise Endless(f"the answer is larger than {MOST_BYTES * LARGEST_SHARE / 1024**2:g} MiB")
            if self._bytes_left < 0:
                raise Endless(f"the answers are larger than {MOST_BYTES // 1024**2} MiB in all")

        try:
            return read_body(response, deadline=self._deadline, take=take)
        except BaseException:
            with self._lock:
                self._bytes_left += size
            raise

    def _unreachable(self, whom: str, error: Exception) -> Failure:
        """Why there was no answer, in one line; keystoneauth's sentences name the URL."""
        if isinstance(error, ksa.Unauthorized):
            return Denied(f"{whom}: the token was refused and could not be renewed")
        words = printable(" ".join(str(error).split()) or type(error).__name__, LONGEST_WORDS)
        refused = isinstance(error, ksa.ConnectFailure | ksa.SSLError) and time.monotonic() < self._deadline
        return Unreachable(f"{whom} gave no answer: {words}", no_connection=refused, refused=_refused(error))


def _refused(error: BaseException | None) -> bool:
    """True when nobody listens there; a proxy that does not answer says nothing about what is behind it."""
    refused = False
    while error is not None:
        if isinstance(error, requests.exceptions.ProxyError):
            return False
        refused = refused or isinstance(error, ConnectionRefusedError)
        # urllib3 keeps the cause of its MaxRetryError in `reason`
        reason = getattr(error, "reason", None)
        error = reason if isinstance(reason, BaseException) else error.__cause__ or error.__context__
    return refused


def _services(catalog: list[dict[str, Any]]) -> tuple[Service, ...]:
    """The catalog of a v3 token; entries that lack a type or an endpoint's URL are kept with empty text."""
    return tuple(
        Service(
            type=str(entry.get("type") or ""),
            name=str(entry.get("name") or ""),
            id=str(entry.get("id") or ""),
            endpoints=tuple(
                Endpoint(
                    interface=str(endpoint.get("interface") or ""),
                    region=endpoint.get("region_id") or endpoint.get("region"),
                    url=without_userinfo(str(endpoint.get("url") or "")),
                    id=str(endpoint.get("id") or ""),
                )
                for endpoint in entry.get("endpoints") or []
            ),
        )
        for entry in catalog
    )
