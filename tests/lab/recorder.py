# SPDX-License-Identifier: Apache-2.0
"""A stand-in for the lab's APIs that answers from a table and notes what was sent."""

from collections.abc import Iterable
from typing import Any

from sovran.lab.description import Description, draw
from sovran.lab.seeds.api import AdminApi


def description(*services: str) -> Description:
    """A lab that does not run."""
    return draw("test", services, dict.fromkeys(services, 1))


class RecordingApi(AdminApi):
    """Answers GETs from `answers` (service and path to body); other requests are noted and answered with nothing."""

    def __init__(self, answers: dict[tuple[str, str], Any] | None = None) -> None:
        """Nothing was sent yet."""
        self.lab = description("keystone", "nova", "glance", "cinder", "neutron")
        self.answers = answers or {}
        self.sent: list[tuple[str, str, Any]] = []

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
        """Answer or note."""
        if method == "GET":
            return self.answers[service, path]
        self.sent.append((method, path, body))
        return {"id": "new"}

    def project(self, owner: str) -> str:
        """Owners stand for themselves."""
        return owner
