# SPDX-License-Identifier: Apache-2.0
"""A snapshot for tests."""

import datetime
import hashlib
from pathlib import Path
from typing import Any

import msgspec

from sovran.cloud.recorder import Failed, Request
from sovran.cloud.recording import Endpoint, Principal, Service
from sovran.cloud.snapshots.shape import Shape
from sovran.cloud.snapshots.snapshot import Entry, Snapshot, encode
from sovran.model.question import Question
from sovran.model.report import CloudInfo
from sovran.model.verdict import Verdict

NOW = datetime.datetime(2026, 5, 4, 3, 2, 1, tzinfo=datetime.UTC)
PROJECT = "3f2b6b1e8a5f4d2e9b0d0d8f6f5c1a11"
HOST = "api.cloud.example.org"


def snapshot(**changes: Any) -> Snapshot:
    """A run in which two things were asked; `changes` replaces fields."""
    url = f"https://{HOST}:8774/v2.1/{PROJECT}"
    services = (Service("compute", "nova", "s1", (Endpoint("public", "R1", url, "e1"),)),)
    shape: Shape = {"flavors": {"[]": {"id": {"": {}}, "name": {"": {}}}}}
    entries = (
        Entry(
            request=Request("compute", "/flavors/detail", "2.61"),
            at=NOW,
            status=200,
            shape=shape,
            body=msgspec.Raw(b'{"flavors":[{"id":"1","name":"SCS-1V-4"}]}'),
            size=4000,
        ),
        Entry(request=Request("network", "/x"), at=NOW, failed=Failed("unreachable", {"reason": f"no {HOST}"})),
    )
    plain = Snapshot(
        sovran="0.1.0",
        now=NOW,
        seconds=0.5,
        requests=3,
        ruleset="0" * 64,
        question=Question(scope="scs-iaas@v5.1"),
        cloud=CloudInfo(name="mine", auth_url=f"https://{HOST}:5000/v3", region="R1", project="p", roles=("member",)),
        principal=Principal(roles=("member",), project="p", region="R1", interface="public", services=services),
        entries=entries,
        verdicts={"scs-0100-syntax-check": Verdict.PASS},
    )
    return msgspec.structs.replace(plain, **changes)


def saved(path: Path, **changes: Any) -> Path:
    """The snapshot in a file."""
    path.write_bytes(encode(snapshot(**changes)))
    return path


def head(content: bytes, *, version: int = 1, length: int | None = None) -> bytes:
    """The first line of a file with this content."""
    size = len(content) if length is None else length
    return f"sovran-snapshot {version} sha256:{hashlib.sha256(content).hexdigest()} {size}\n".encode()
