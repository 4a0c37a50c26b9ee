# SPDX-License-Identifier: Apache-2.0
"""Sends requests that act, as one user on one cloud, each once."""

import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import requests
from keystoneauth1 import exceptions as ksa
from urllib3.exceptions import HTTPError

from sovran.cloud.acting.answer import Answer, Stopped
from sovran.cloud.acting.kinds import Kind
from sovran.cloud.acting.patience import Patience
from sovran.cloud.bodies import Endless, at_most, read_body
from sovran.cloud.live import LiveReader
from sovran.cloud.outcome import Absent, Ok
from sovran.cloud.session import Connection
from sovran.model.printable import printable

MOST_BYTES = 64 * 1024 * 1024
"""Of one answer."""
REVOCATION_SECONDS = 1.1
LONGEST_WORDS = 300
REQUEST_SECONDS = 60.0
"""For one request that acts; services answer such requests before the work is done."""
Json = Mapping[str, Any]


class Caller:
    """One user on one cloud; usable from many threads at once."""

    def __init__(self, connection: Connection, reader: LiveReader, *, seconds: float) -> None:
        """`reader` finds the endpoints; after `seconds`, or `stop`, nothing is begun but the cleanup."""
        self.connection = connection
        self._reader = reader
        self._deadline = time.monotonic() + seconds
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

    def sign_in_again(self) -> None:
        """Have a new token asked for. Keystone tells times of revocations in whole seconds: one that is issued in the
        second of a revocation is revoked with the others, so that this waits for the next.
        """
        time.sleep(REVOCATION_SECONDS)
        self.connection.forget_token()

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

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes,
        *,
        asked: str,
        cleaning: bool = False,
    ) -> Answer:
        """Send one request without the token to an absolute URL; `asked` names it in words.

        `cleaning` goes on after the end of the run. Raises Stopped otherwise.
        """
        if not cleaning and (self._stopped.is_set() or self._left() <= 0):
            raise Stopped(f"{asked} was not sent: the run was over")
        return self._send(method, asked, url, dict(headers), None, content, with_token=False)

    def unauthenticated(self, method: str, service: str, path: str) -> Answer:
        """Send one request to a service without the token, which ought to be refused. Raises Stopped."""
        asked = f"{service} {method} {printable(path, 120)} without a token"
        place = self._reader.endpoint(service)
        if not isinstance(place, Ok):
            return Answer(asked, reason=place.reason)
        return self.send(method, place.value + path, {}, b"", asked=asked)

    def has(self, service: str) -> bool:
        """Whether the catalog has the service, by its type or an alias, with an endpoint where this cloud is judged."""
        return not isinstance(self._reader.endpoint(service), Absent)

    def collection(self, kind: Kind) -> str:
        """Path of the collection."""
        return kind.path.format(user=self.user, project=self.project)

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
        try:
            limit = REQUEST_SECONDS
            with self.connection.send(method, url, headers, data, seconds=limit, with_token=with_token) as response:
                body = read_body(response, deadline=time.monotonic() + limit, take=at_most(MOST_BYTES))
        except (ksa.ClientException, requests.RequestException, HTTPError, OSError, ValueError, Endless) as error:
            words = printable(" ".join(str(error).split()) or type(error).__name__, LONGEST_WORDS)
            return Answer(asked, reason=f"no answer: {words}")
        kept = {name.lower(): value for name, value in response.headers.items()}
        token = str(response.request.headers.get("X-Auth-Token") or "").encode()
        # fault texts are told, and a service, or what stands before it, may quote the request
        return Answer(asked, response.status_code, body.replace(token, b"***") if token else body, headers=kept)


def _headers(service: str, more: Mapping[str, str] | None, microversion: str) -> dict[str, str]:
    headers = {"Accept": "application/json", **(more or {})}
    if microversion:
        named = "volume" if service == "block-storage" else service
        headers["OpenStack-API-Version"] = f"{named} {microversion}"
    return headers
