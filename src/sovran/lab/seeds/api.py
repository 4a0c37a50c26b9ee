# SPDX-License-Identifier: Apache-2.0
"""The lab's APIs as its administrator sees them, for many requests at a time."""

import http.client
import json
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self, TypeVar

from sovran.lab import topology
from sovran.lab.description import Description
from sovran.lab.rest import AGENT, TIMEOUT, password_auth
from sovran.model.errors import SovranError

AT_A_TIME = 8
"""Requests in flight; more gain nothing on the few cores that the services share."""

COMPUTE = {"OpenStack-API-Version": "compute 2.75"}
"""Flavors with extra_specs and description; before 2.86, which refuses values that it does not know."""

_OWNERS = {"provider": ("admin", "Default"), "member": ("lab", "Default"), "other": ("project-a", "lab-domain-a")}

T = TypeVar("T")


class AdminApi:
    """Signed in to a lab as its administrator; requests go straight to the services, so that they arrive also while the
    catalog is broken. Safe to use from several threads.
    """

    def __init__(self, lab: Description) -> None:
        """Sign in.

        Raises:
            SovranError: Keystone cannot be reached or refuses.
        """
        self.lab = lab
        self._local = threading.local()
        self._connections: list[http.client.HTTPConnection] = []
        self._token = ""
        self._stopped = False
        scope = {"project": {"name": "admin", "domain": {"name": "Default"}}}
        auth = password_auth("admin", "Default", lab.passwords["admin"], scope)
        _, _, headers = self._send("keystone", "POST", "/v3/auth/tokens", json.dumps({"auth": auth}).encode(), {})
        self._token = headers["X-Subject-Token"]
        self._projects: dict[str, str] = {}

    def __enter__(self) -> Self:
        """For use in a `with` statement, which closes the connections."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        for connection in self._connections:
            connection.close()

    def stop(self) -> None:
        """Let every further request fail, so that threads end soon after an interrupt."""
        self._stopped = True

    def has(self, service: str) -> bool:
        """Whether the lab runs this service (nova, glance, ...)."""
        return service in self.lab.services

    def call(
        self,
        service: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        allow: Iterable[int] = (),
    ) -> Any:
        """Send a request; returns the decoded answer, None when it is empty or its status is one of `allow`.

        `path` begins behind the host, e.g. `/v2.1/flavors`; a body of bytes is sent as it is, other bodies as JSON.

        Raises:
            SovranError: there was no answer, or its status is 400 or above and not in `allow`.
        """
        sent = {"Content-Type": "application/json", **(headers or {})}
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        status, content, _ = self._send(service, method, path, data, sent)
        if status in allow:
            return None
        if status >= 400:
            raise SovranError(
                f"{method} {path} of {service} answered {status} ({_reason(content)}): see `sovran lab logs {service}`"
            )
        return json.loads(content) if content.strip() else None

    def listing(self, service: str, path: str, key: str, headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
        """All items of a listing, page after page."""
        items: list[dict[str, Any]] = []
        while path:
            page = self.call(service, "GET", path, headers=headers)
            items += page[key]
            path = _next_page(page, key)
        return items

    def each(self, work: Callable[[Any], T], items: Iterable[Any]) -> list[T]:
        """Do the work for all items, AT_A_TIME at once; the first error ends it."""
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            futures = [pool.submit(work, item) for item in items]
            try:
                return [future.result() for future in futures]
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def project(self, owner: str) -> str:
        """Id of the project of an owner: `provider`, `member`, `other`; an id stands for itself."""
        if owner not in _OWNERS:
            return owner
        if owner not in self._projects:
            domains = {item["id"]: item["name"] for item in self.listing("keystone", "/v3/domains", "domains")}
            found = {
                (item["name"], domains.get(item["domain_id"])): item["id"]
                for item in self.listing("keystone", "/v3/projects", "projects")
            }
            self._projects = {name: found[place] for name, place in _OWNERS.items() if place in found}
        try:
            return self._projects[owner]
        except KeyError:
            name, domain = _OWNERS[owner]
            raise SovranError(f"the lab has no project {name} in domain {domain}: run `sovran lab reset`") from None

    def _send(
        self, service: str, method: str, path: str, data: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        if self._stopped:
            raise SovranError("stopped")
        if service not in self.lab.services:
            raise SovranError(
                f"lab {self.lab.name} runs without {service}:"
                f" `sovran lab up --name {self.lab.name} --services {service}` adds it"
            )
        open_ones: dict[str, http.client.HTTPConnection] = self._local.__dict__.setdefault("open", {})
        if service not in open_ones:
            open_ones[service] = http.client.HTTPConnection(topology.LOOPBACK, self.lab.ports[service], timeout=TIMEOUT)
            self._connections.append(open_ones[service])
        connection = open_ones[service]
        sent = {"User-Agent": AGENT, "Accept": "application/json", **headers}
        if self._token:
            sent["X-Auth-Token"] = self._token
        try:
            connection.request(method, path, data, sent)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        except (OSError, http.client.HTTPException) as error:
            raise SovranError(
                f"{service} of lab {self.lab.name} does not answer ({error or type(error).__name__}):"
                " look at `sovran lab status`"
            ) from None


def _next_page(page: dict[str, Any], key: str) -> str:
    """Path of the next page, in the forms of Glance (`next`) and Nova (`flavors_links`); empty on the last."""
    links = page.get(f"{key}_links") or []
    following = page.get("next") or next((link["href"] for link in links if link["rel"] == "next"), "")
    start = following.find("/", following.find("//") + 2) if "//" in following else 0
    return str(following[start:])


def _reason(content: bytes) -> str:
    """What an OpenStack service gives as the reason of an error, in one line."""
    try:
        body = json.loads(content)
    except ValueError:
        return " ".join(content[:200].decode(errors="replace").split())
    while isinstance(body, dict) and body:
        body = body.get("message") or body.get("detail") or body.get("faultstring") or next(iter(body.values()))
    return " ".join(str(body).split())[:300]
