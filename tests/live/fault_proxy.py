# SPDX-License-Identifier: Apache-2.0
"""An HTTP forward proxy in front of a cloud that remembers its answers and spoils those that a test chooses."""

import contextlib
import http.client
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "trailer", "upgrade"}
NOT_REPEATED = HOP_BY_HOP | {"content-length", "date", "server"}
HOME = "127.0.0.1"
TOKENS = "/auth/tokens"


@dataclass(frozen=True)
class Asked:
    """A request as far as its answer depends on it."""

    method: str
    url: str
    microversion: str = ""
    with_token: bool = False

    @property
    def path(self) -> str:
        """Without scheme, host and query."""
        return urlsplit(self.url).path

    def __str__(self) -> str:
        return " ".join(filter(None, (self.method, self.url, self.microversion and f"({self.microversion})")))


@dataclass(frozen=True)
class Answer:
    """What is sent back."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    reset: bool = False
    """The connection is reset instead."""
    chunks: Callable[[threading.Event], Iterable[bytes]] | None = None
    """The body in pieces, without a length and until the event is set, instead of `body`."""

    def with_header(self, name: str, value: str) -> "Answer":
        """The same with one header set."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return replace(self, headers=(*kept, (name, value)))

    def with_json(self, document: Any) -> "Answer":
        """The same with this body."""
        return replace(self, body=json.dumps(document).encode()).with_header("Content-Type", "application/json")

    def json(self) -> Any:
        """The body; None when it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


Spoil = Callable[[Asked, Answer], Answer]
"""Makes of an answer what is sent in its place."""


@dataclass
class Scenario:
    """One run through the proxy: which answers are spoilt in it, and what was asked."""

    host: str
    """Loopback address that stands for HOME in it, so that runs at the same time can be told apart."""
    spoil: Spoil
    asked: list[Asked] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 64 * 1024
    server: "FaultProxy"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        scenario = self.server.scenarios[str(urlsplit(self.path).hostname)]
        url = self.path.replace(scenario.host, HOME, 1)
        asked = Asked(self.command, url, self.headers.get("OpenStack-API-Version", ""), "X-Auth-Token" in self.headers)
        scenario.asked.append(asked)
        recorded = self.server.recorded(asked, dict(self.headers.items()), body)
        answer = scenario.spoil(asked, recorded)
        if answer.reset:
            self.close_connection = True
            self.server.reset(self.connection)
            return
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value.replace(HOME, scenario.host))
        if answer.chunks is not None:
            self.close_connection = True
            self.send_header("Connection", "close")
            self.end_headers()
            with contextlib.suppress(OSError):
                for chunk in answer.chunks(scenario.over):
                    self.wfile.write(chunk)
                    self.wfile.flush()
            return
        content = answer.body.replace(HOME.encode(), scenario.host.encode())
        if answer.status != http.HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Every method is answered alike; the base class looks for do_GET, do_POST, ..."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_request(self, *_: object) -> None:
        """Say nothing."""


class FaultProxy(ThreadingHTTPServer):
    """Forwards to the cloud what it was not asked before, and answers the rest from memory."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self) -> None:
        super().__init__((HOME, 0), _Handler)
        self.scenarios: dict[str, Scenario] = {}
        self._memory: dict[Asked, Answer] = {}
        self._lock = threading.Lock()
        self._number = 0

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    @property
    def url(self) -> str:
        """For `http_proxy`."""
        return f"http://{HOME}:{self.server_port}"

    @contextlib.contextmanager
    def scenario(self, spoil: Spoil = lambda _asked, answer: answer) -> Iterator[Scenario]:
        """A run in which `spoil` sees every answer; requests to its host belong to it."""
        with self._lock:
            self._number += 1
            scenario = Scenario(
                f"127.{1 + self._number // 60000}.{self._number // 250 % 240}.{self._number % 250 + 2}", spoil
            )
            self.scenarios[scenario.host] = scenario
        try:
            yield scenario
        finally:
            scenario.over.set()

    def recorded(self, asked: Asked, headers: dict[str, str], body: bytes) -> Answer:
        """What the cloud answers, asked once; a token is given to whoever asks the same way."""
        if asked not in self._memory:
            answer = _forward(asked, headers, body)
            with self._lock:
                self._memory.setdefault(asked, answer)
        return self._memory[asked]

    @staticmethod
    def reset(connection: Any) -> None:
        """End a connection so that the other side sees a reset and no orderly end."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    def handle_error(self, *_: Any) -> None:
        """A client that goes away is what some tests are about."""


def _forward(asked: Asked, headers: dict[str, str], body: bytes) -> Answer:
    """Ask the cloud itself."""
    target = urlsplit(asked.url)
    connection = http.client.HTTPConnection(target.hostname or "", target.port or 80, timeout=60)
    sent = {
        name: value for name, value in headers.items() if name.lower() not in {*HOP_BY_HOP, "host", "accept-encoding"}
    }
    connection.request(asked.method, f"{target.path}?{target.query}" if target.query else target.path, body, sent)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    kept = tuple((name, value) for name, value in response.getheaders() if name.lower() not in NOT_REPEATED)
    return Answer(response.status, kept, content)
