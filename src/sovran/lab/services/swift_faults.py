# SPDX-License-Identifier: Apache-2.0
"""Faults of the object store: WSGI middleware that does what a broken one would."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sovran.lab.services.faults import Faults

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

OTHER_BYTES, OPEN, UNKNOWN_KEY = "other-bytes", "open", "unknown-key"
"""An object is given back with its first byte changed; objects are given to who signs nothing; S3 tells an unknown key
with the error code that the official suite wants, where Swift says SignatureDoesNotMatch.
"""
LARGEST = 1 << 20
"""Bytes of an object for which a fault can be on."""


class FaultyStore:
    """The object store, with the fault that is on."""

    def __init__(self, application: "WSGIApplication", faults: Faults) -> None:
        self._application = application
        self._faults = faults
        self._objects: dict[str, bytes] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Serve the request, through the application if no fault is on."""
        fault = self._faults.on
        if fault == OPEN:
            return self._open(environ, start_response)
        if fault not in (OTHER_BYTES, UNKNOWN_KEY):
            return self._application(environ, start_response)
        status, headers, body = self._answer(environ)
        if fault == UNKNOWN_KEY:
            body = body.replace(b"SignatureDoesNotMatch", b"InvalidAccessKeyId")
            headers = [(name, str(len(body)) if name.lower() == "content-length" else value) for name, value in headers]
        elif _is_object(environ) and environ["REQUEST_METHOD"] == "GET" and status.startswith("200") and body:
            body = bytes([body[0] ^ 1]) + body[1:]
        start_response(status, headers)
        return [body]

    def _answer(self, environ: "WSGIEnvironment") -> tuple[str, list[tuple[str, str]], bytes]:
        """What the application answers, whole."""
        told: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], _info: object = None) -> Callable[[bytes], object]:
            told.append((status, headers))
            return lambda _: None

        body = b"".join(self._application(environ, start))
        return *told[-1], body

    def _open(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        signed = "HTTP_AUTHORIZATION" in environ or "HTTP_X_AUTH_TOKEN" in environ or environ.get("QUERY_STRING")
        if environ["REQUEST_METHOD"] == "GET" and not signed and path in self._objects:
            content = self._objects[path]
            start_response("200 OK", [("Content-Length", str(len(content)))])
            return [content]
        size = int(environ.get("CONTENT_LENGTH") or 0)
        if environ["REQUEST_METHOD"] == "PUT" and _is_object(environ) and 0 < size <= LARGEST:
            from io import BytesIO

            self._objects[path] = environ["wsgi.input"].read(size)
            environ["wsgi.input"] = BytesIO(self._objects[path])
        return self._application(environ, start_response)


def _is_object(environ: "WSGIEnvironment") -> bool:
    """Whether the path is that of an object: by S3 /bucket/object, by Swift /v1/account/container/object."""
    parts = environ["PATH_INFO"].strip("/").split("/")
    return len(parts) >= (4 if parts[0] == "v1" else 2)
