# SPDX-License-Identifier: Apache-2.0
"""Fact: whether the block storage service answers a user who asks for volume backups."""

import msgspec

from sovran.cloud.listing import decode
from sovran.cloud.outcome import Ok, Outcome
from sovran.cloud.recording import Reader


class Backup(msgspec.Struct, frozen=True):
    """One backup; nothing of it counts but that it is listed."""

    id: str


class BackupsAnswer(msgspec.Struct, frozen=True, eq=False):
    """The answer to a listing of the project's backups (Block Storage API v3, `GET /backups`)."""

    some: tuple[Backup, ...]
    """At most one: the listing is only asked for to see that there is such an API."""


class _Backups(msgspec.Struct, frozen=True):
    backups: tuple[Backup, ...]


def read_backups_answer(reader: Reader) -> Outcome[BackupsAnswer]:
    """One request; Absent with status 404 where the service has no such API."""
    answer = reader.get("block-storage", "/backups?limit=1")
    if not isinstance(answer, Ok):
        return answer
    page = decode(answer.value, _Backups, "a list of backups")
    return Ok(BackupsAnswer(page.value.backups)) if isinstance(page, Ok) else page
