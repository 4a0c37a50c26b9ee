# SPDX-License-Identifier: Apache-2.0
"""The contract of the SCS compliance monitor's POST /reports, in our words: answers as that program gives them.

The tests of submission hold both against the same expectations where a checkout of the monitor is named.
"""

import base64
import json
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import yaml

SEPARATOR = b"-----END SSH SIGNATURE-----\n&"
TAKEN = ("application/x-signed-yaml", "application/x-signed-json")


@dataclass(frozen=True)
class Account:
    """Who may submit: a subject, or a delegate of subjects."""

    password: str
    keys: tuple[str, ...] = ()
    """Type and key of each public key."""
    appends_any: bool = False
    stands_for: tuple[str, ...] = ()
    """Subjects that named it their delegate."""


class Refused(Exception):
    """An answer that stores nothing."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


@dataclass
class ContractServer:
    """Takes reports on loopback; `reports` holds what was stored, by the run's uuid."""

    accounts: Mapping[str, Account]
    reports: dict[str, Any] = field(default_factory=dict)

    def __enter__(self) -> Self:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = server.answer(self.path, dict(self.headers.items()), body)
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def stored(self, uuid: str) -> Any:
        """The report of this run, or None."""
        return self.reports.get(uuid)

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Any]:
        """Status and JSON of the answer."""
        if path != "/reports":
            return 404, {"detail": "Not Found"}
        try:
            self._take(headers, body)
        except Refused as refused:
            return refused.status, {"detail": refused.detail}
        return 200, None

    def _take(self, headers: Mapping[str, str], body: bytes) -> None:
        name, account = self._account(headers.get("Authorization", ""))
        if headers.get("Content-Type") not in TAKEN:
            raise Refused(415, "Unsupported Media Type")
        signature, separator, text = body.partition(SEPARATOR)
        if not separator:
            raise Refused(401, "missing signature")
        if not _is_signed(signature + SEPARATOR[:-1], text, account.keys):
            raise Refused(401, "verification failed")
        documents = list(yaml.safe_load_all(text))
        for document in documents:
            subject = document["subject"]
            if subject != name and not account.appends_any:
                raise Refused(401, "Permission denied")
            if subject not in (name, *account.stands_for):
                raise Refused(401, "delegation problem?")
        if any(document["run"]["uuid"] in self.reports for document in documents):
            raise Refused(409, "Conflict: report already present")
        self.reports |= {document["run"]["uuid"]: document for document in documents}

    def _account(self, authorization: str) -> tuple[str, Account]:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "basic" or not token:
            raise Refused(401, "Not authenticated")
        try:
            name, _, password = base64.b64decode(token).decode("ascii").partition(":")
        except ValueError:
            raise Refused(401, "Invalid authentication credentials") from None
        account = self.accounts.get(name)
        if account is None or account.password != password:
            raise Refused(401, "Incorrect username or password")
        return name, account


def _is_signed(signature: bytes, text: bytes, keys: tuple[str, ...]) -> bool:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "allowed").write_text("".join(f"m@x {key}\n" for key in keys), encoding="utf-8")
        (folder / "sig").write_bytes(signature)
        words = ["ssh-keygen", "-Y", "verify", "-f", str(folder / "allowed"), "-I", "m@x", "-n", "report"]
        done = subprocess.run(
            [*words, "-s", str(folder / "sig")], input=text, capture_output=True, check=False, timeout=60
        )
        return done.returncode == 0
