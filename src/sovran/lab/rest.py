# SPDX-License-Identifier: Apache-2.0
"""A minimal client of the lab's own APIs, for setting it up: JSON over one kept connection per service."""

import http.client
import json
from typing import Any, Self
from urllib.parse import urlsplit

from sovran.model.errors import SovranError

AGENT = "sovran-lab"
TIMEOUT = 60.0
"""Seconds for one request."""


class Rest:
    """Signed in to a lab as one user."""

    def __init__(self, auth_url: str, auth: dict[str, Any]) -> None:
        """Sign in; `auth` is the body of POST /v3/auth/tokens below `auth`.

        Raises:
            SovranError: Keystone refused.
        """
        self._connections: dict[str, http.client.HTTPConnection] = {}
        self._token = ""
        try:
            body, headers = self._send("POST", f"{auth_url}/auth/tokens", {"auth": auth}, {})
        except SovranError:
            self.close()
            raise
        self._token = headers["X-Subject-Token"]
        self.token: dict[str, Any] = body["token"]
        """The token as Keystone describes it: user, project, roles, catalog."""

    def __enter__(self) -> Self:
        """For `with`: closes the connections at its end."""
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def endpoint(self, service_type: str) -> str:
        """The public URL of a service.

        Raises:
            SovranError: it is not in the catalog.
        """
        for service in self.token["catalog"]:
            if service["type"] == service_type:
                for endpoint in service["endpoints"]:
                    if endpoint["interface"] == "public":
                        return str(endpoint["url"])
        raise SovranError(f"the lab's catalog has no {service_type}: start the lab with that service")

    def call(
        self, service_type: str, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Any:
        """Send a request to a service; returns the decoded answer (None when it is empty).

        Raises:
            SovranError: the answer's status is 400 or above.
        """
        return self._send(method, self.endpoint(service_type) + path, body, headers or {})[0]

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def _send(self, method: str, url: str, body: Any, headers: dict[str, str]) -> tuple[Any, http.client.HTTPMessage]:
        parts = urlsplit(url)
        connection = self._connections.setdefault(
            parts.netloc, http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT)
        )
        sent = {"User-Agent": AGENT, "X-Auth-Token": self._token, "Content-Type": "application/json", **headers}
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request(method, target, data, sent)
            answer = connection.getresponse()
            content = answer.read()
        except OSError as error:
            raise SovranError(f"{method} {url} failed ({error}): look at `sovran lab status`") from None
        if answer.status >= 400:
            raise SovranError(f"{method} {url} answered {answer.status}: {content[:500].decode(errors='replace')}")
        is_json = "json" in (answer.getheader("Content-Type") or "")
        return (json.loads(content) if content and is_json else content or None), answer.headers


def password_auth(user: str, domain: str, password: str, scope: dict[str, Any]) -> dict[str, Any]:
    """The `auth` of a sign-in by password; `scope` as Keystone's API has it, e.g. {"system": {"all": True}}."""
    identity = {"user": {"name": user, "domain": {"name": domain}, "password": password}}
    return {"identity": {"methods": ["password"], "password": identity}, "scope": scope}
