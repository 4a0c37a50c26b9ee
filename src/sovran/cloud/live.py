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

from sovran.cloud.cloud_config import without_userinfo
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
}
"""API versions that the facts are written for; keystoneauth asks the service only where the catalog leaves it open."""
MOST_BYTES = 256 * 1024 * 1024
"""Of all answers together; 100,000 images are about as much, so more is no listing but an attack on our memory."""
CHUNK = 64 * 1024
MOST_REDIRECTS = 3
LONGEST_WORDS = 300
"""Characters of a reason that come from the cloud or the libraries."""


class _Endless(Exception):
    """A body did not end within our limits."""


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
        endpoint = self._endpoint(service)
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

    def _endpoint(self, service: str) -> Outcome[str]:
        config = self._connection.config
        region, (least, most) = config.region_for(service), VERSIONS[service]
        look_up = partial(
            self._connection.session.get_endpoint,
            service_type=service,
            interface=config.interface_for(service),
            region_name=region,
        )
        try:
            url = config.endpoint_override(service) or look_up(min_version=least, max_version=most)
            listed = url or look_up()
        except ksa.EndpointNotFound:
            url = listed = None
        except ksa.ClientException as error:
            return self._unreachable(service, error)
        if url:
            return Ok(str(url).rstrip("/"))
        if listed:
            return Unreachable(f"{service} at {printable(str(listed))} offers no version {least} to {most}")
        return Absent(f"the catalog has no {service} endpoint{f' in region {region}' if region else ''}")

    def _send(
        self, service: str, path: str, url: str, headers: dict[str, str], *, with_token: bool
    ) -> Outcome[Exchange]:
        left = self._deadline - time.monotonic()
        if left <= 0:
            return Unreachable(f"the time limit was over before GET {printable(path)} could be sent")
        whom = service or printable(url)
        try:
            response: requests.Response = self._connection.session.get(
                url,
                headers=headers,
                authenticated=with_token,
                raise_exc=False,
                redirect=MOST_REDIRECTS if with_token else False,
                timeout=left,
                log=False,
                stream=True,
            )
            with response:
                body = self._body(response)
        except _Endless as error:
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
        """The whole body, decompressed; raises _Endless when the time limit or MOST_BYTES comes first."""
        chunks: list[bytes] = []
        # read1 returns what has arrived, so that an answer of one byte a second cannot hold us beyond the limit
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            chunks.append(chunk)
            with self._lock:
                self._bytes_left -= len(chunk)
            if self._bytes_left < 0:
                raise _Endless(f"the answers are larger than {MOST_BYTES // 1024**2} MiB in all")
            if time.monotonic() > self._deadline:
                raise _Endless("the answer was not complete when the time limit was over")
        return b"".join(chunks)

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
