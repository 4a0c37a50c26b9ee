# SPDX-License-Identifier: Apache-2.0
"""One line per request in a file of bounded size.

The line: `time method path status milliseconds origin "user agent"`, where origin is `client` or `lab`: requests that
the lab's own services send to each other bear a header.
"""

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]

LIMIT = 20 << 20
"""Bytes after which the file is set aside as FILE.1 (one older file is kept)."""
OWN = "X-Sovran-Lab"
"""Header of the requests that services of the lab send."""
OWN_VARIABLE = "HTTP_X_SOVRAN_LAB"


def mark_own_requests() -> None:
    """Let every request that this process sends through `requests` bear the header `OWN`."""
    import requests.sessions

    upstream = requests.sessions.default_headers

    def default_headers() -> Any:
        headers = upstream()
        headers[OWN] = "1"
        return headers

    requests.sessions.default_headers = default_headers


class AccessLog:
    """WSGI middleware that writes one line when the application has answered."""

    def __init__(self, application: "WSGIApplication", path: Path) -> None:
        self._application = application
        self._path = path
        self._lock = threading.Lock()
        self._file = path.open("a", buffering=1, encoding="utf-8")
        self._written = path.stat().st_size

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Serve the request through the application."""
        answered = ["-"]
        began = time.time()
        own = OWN_VARIABLE in environ

        def note(
            status: str, headers: list[tuple[str, str]], exc_info: "ExcInfo | None" = None, /
        ) -> Callable[[bytes], object]:
            answered[0] = status[:3]
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        try:
            return self._application(environ, note)
        finally:
            query = environ.get("QUERY_STRING")
            path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "") + (f"?{query}" if query else "")
            agent = environ.get("HTTP_USER_AGENT", "").replace('"', "'")
            took, origin = (time.time() - began) * 1000, "lab" if own else "client"
            self._write(f'{began:.3f} {environ["REQUEST_METHOD"]} {path} {answered[0]} {took:.0f} {origin} "{agent}"\n')

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, line: str) -> None:
        with self._lock:
            self._written += len(line)
            if self._written > LIMIT:
                self._file.close()
                self._path.replace(self._path.with_suffix(".log.1"))
                self._file = self._path.open("a", buffering=1, encoding="utf-8")
                self._written = len(line)
            self._file.write(line)
