# SPDX-License-Identifier: Apache-2.0
"""A tiny identity service on loopback whose good and bad days the tests choose."""

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

PASSWORD = "s3cr3t-Pässwort-{x}"


def endpoints(service_type: str, url: str, region: str = "R1", interface: str = "public") -> dict[str, Any]:
    """One service of a catalog with one endpoint."""
    one = {"id": "e", "interface": interface, "region": region, "region_id": region, "url": url}
    return {"type": service_type, "name": service_type, "id": service_type, "endpoints": [one]}


def version(url: str) -> dict[str, Any]:
    """The version document of an identity service at that URL."""
    return {"version": {"id": "v3.14", "status": "stable", "links": [{"rel": "self", "href": url}]}}


def token(catalog: list[dict[str, Any]], *roles: str) -> dict[str, Any]:
    """What a token for a project tells, for an hour."""
    now, domain = datetime.now(UTC), {"id": "d", "name": "D"}
    return {
        "methods": ["password"],
        "user": {"id": "u1", "name": "u", "domain": domain},
        "project": {"id": "p1", "name": "p", "domain": domain},
        "roles": [{"id": f"r{number}", "name": role} for number, role in enumerate(roles, start=1)],
        "issued_at": now.isoformat(),
        "expires_at": (now + timedelta(hours=1)).isoformat(),
        "catalog": catalog,
    }


class IdentityStub:
    """Version document and token request; `answers` replaces what a request by (method, path) gets."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.connections = 0
        self.clock_offset = 0.0
        self.with_date = True
        self.answers: dict[tuple[str, str], Callable[[Handler], None]] = {}
        self.released = threading.Event()
        stub = self

        class Bound(Handler):
            identity = stub

        self._server = _Server(("127.0.0.1", 0), Bound)
        self._server.stub = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v3"
        self.auth = {
            "auth_url": self.url,
            "username": "u",
            "password": PASSWORD,
            "user_domain_name": "D",
            "project_name": "p",
            "project_domain_name": "D",
        }
        catalog = [endpoints("identity", self.url), endpoints("compute", "http://127.0.0.1:1/v2.1")]
        self.token = token(catalog, "member", "reader")
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        for one in self._server.accepted:
            # a client may keep its connection open; the handler's thread shall end all the same
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._server.server_close()

    def tokens(self, answer: Callable[["Handler"], None]) -> None:
        """Let the token request get `answer`."""
        self.answers["POST", "/v3/auth/tokens"] = answer

    def everything(self, answer: Callable[["Handler"], None]) -> None:
        """Let the version document and the token request get `answer`."""
        self.answers["GET", "/v3"] = answer
        self.tokens(answer)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 64
    stub: IdentityStub

    def __init__(self, *args: Any) -> None:
        self.accepted: list[socket.socket] = []
        super().__init__(*args)

    def get_request(self) -> tuple[socket.socket, Any]:
        self.stub.connections += 1
        connection, address = super().get_request()
        self.accepted.append(connection)
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: clients of these tests break connections on purpose."""


class Handler(BaseHTTPRequestHandler):
    """Answers one connection's requests."""

    identity: IdentityStub
    protocol_version = "HTTP/1.1"
    timeout = 5

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.identity.requests.append((self.command, self.path, dict(self.headers), body))
        special = self.identity.answers.get((self.command, self.path))
        if special:
            special(self)
        elif (self.command, self.path) == ("GET", "/v3"):
            self.reply(200, version(self.identity.url))
        elif (self.command, self.path) == ("POST", "/v3/auth/tokens"):
            self.reply(201, {"token": self.identity.token}, {"X-Subject-Token": "the-token"})
        elif self.path.startswith("/ok"):
            self.reply(200, {})
        else:
            self.reply(404, {"error": {"code": 404, "message": "no such path"}})

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _handle  # noqa: N815 (names that http.server calls)

    def reply(self, status: int, document: object, headers: dict[str, str] | None = None) -> None:
        """Send `document` as JSON."""
        self.send(status, json.dumps(document).encode(), {"Content-Type": "application/json"} | (headers or {}))

    def send(self, status: int, body: bytes, headers: dict[str, str], length: int | None = None) -> None:
        """Send `body` as it is; a `length` of its own breaks the promise of the header."""
        self.send_response_only(status)
        if self.identity.with_date:
            shifted = datetime.now(UTC) + timedelta(seconds=self.identity.clock_offset)
            self.send_header("Date", format_datetime(shifted, usegmt=True))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        if length is not None:
            self.close_connection = True

    def hang(self) -> None:
        """Say nothing until the stub ends."""
        self.identity.released.wait(5)
        self.close_connection = True

    def reset(self) -> None:
        """Break the connection with RST."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, *args: Any) -> None:
        """Print nothing."""
