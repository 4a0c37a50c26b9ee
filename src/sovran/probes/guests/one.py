# SPDX-License-Identifier: Apache-2.0
"""One guest from its request to what is told of it, and its end."""

import datetime
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

from sovran.cloud.acting.answer import ActingFailed
from sovran.guest.report import GuestReport
from sovran.model.errors import UsageError
from sovran.model.printable import printable
from sovran.probes.guest import BUILT, CANONICAL, NetworkUsed, TriedGuest
from sovran.probes.guests.boot import Place, new_server, new_volume
from sovran.probes.guests.follow import Seen, follow, has_records, look
from sovran.probes.guests.recordable import recordable
from sovran.probes.guests.script import Script
from sovran.probes.guests.wanted import Wanted
from sovran.probes.steps import Journal

if TYPE_CHECKING:
    import threading

    from sovran.cloud.acting.actor import Actor, Made

SILENCE_OWN, SILENCE_OTHER = 120.0, 300.0
"""Seconds without anything new on the console after which nothing more is expected: of our image, which boots in
seconds, and of others, for which the official suite waits as long.
"""
ZONE, HOST = "OS-EXT-AZ:availability_zone", "OS-EXT-SRV-ATTR:host"


class Attempt:
    """One guest."""

    def __init__(self, actor: "Actor", wanted: Wanted, place: Place, script: Script) -> None:
        self._actor, self._wanted, self._place, self._script = actor, wanted, place, script
        self._seen = Seen(Journal())
        self._server: Made | None = None
        self._volume: Made | None = None
        self._sent_at: float | None = None
        # the official suite asks for none
        self._config_drive = wanted.role != CANONICAL

    def run(
        self, *, volume_zones: frozenset[str], port: "Made | None" = None, enough: "threading.Event | None" = None
    ) -> None:
        """Make it, and watch it until its report is whole, or `enough` is set; raises StepFailed when a step failed."""
        with self._seen.journal.step(BUILT):
            if self._wanted.volume_gib:
                self._volume = new_volume(self._actor, self._wanted, volume_zones)
            self._sent_at = time.time()
            self._server = new_server(
                self._actor,
                self._wanted,
                self._place,
                self._script.body,
                config_drive=self._config_drive,
                volume=self._volume,
                port=port,
            )
        silence = SILENCE_OWN if self._wanted.image.own else SILENCE_OTHER
        try:
            follow(self._actor, self._server, self._seen, run=self._script.run, silence=silence, enough=enough)
        finally:
            with suppress(ActingFailed):
                look(self._actor, self._server, self._seen)

    def tried(self, network: NetworkUsed | None) -> TriedGuest:
        """What is told of it."""
        seen, wanted, shown = self._seen, self._wanted, self._seen.server
        until = seen.read_at or time.time()
        return TriedGuest(
            role=wanted.role,
            image=wanted.image,
            flavor=wanted.flavor,
            steps=seen.journal.steps,
            report=recordable(seen.report) if _says_something(seen.report) else None,
            network=network,
            addresses=_addresses(shown),
            id=self._server.id if self._server else "",
            zone=_text(shown, ZONE),
            asked_zone=wanted.zone,
            host=_text(shown, HOST) or _text(shown, "hostId"),
            boot=wanted.boot,
            volume_gib=wanted.volume_gib,
            config_drive=self._config_drive,
            status=_text(shown, "status"),
            asked=self._script.parts,
            sent_user_data_sha256=self._script.sha256,
            sent_user_data_bytes=len(self._script.body),
            console_bytes=len(seen.console.encode()),
            measured_at=_stamp(until),
            sent_at_unix_seconds=self._sent_at,
            read_at_unix_seconds=seen.read_at,
            seconds=round(until - self._sent_at, 3) if self._sent_at else 0.0,
        )

    def keep(self, folder: Path) -> None:
        """Write what its console showed to a file there. Raises UsageError where that cannot be written."""
        if self._server is None:
            return
        file = folder / f"{self._wanted.role}-{self._server.id}.txt"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file.write_text(self._seen.console, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"the console cannot be kept in {file}: {error.strerror or error}") from None

    def delete(self) -> None:
        """Delete it, so that the next has room; what cannot be deleted now is left for the cleanup."""
        for one in (self._server, self._volume):
            if one:
                with suppress(ActingFailed):
                    self._actor.delete(one)


def _says_something(report: GuestReport | None) -> TypeGuard[GuestReport]:
    return report is not None and (has_records(report) or bool(report.panic))


def _text(shown: dict[str, Any], key: str) -> str:
    value = shown.get(key)
    return printable(value, 120) if isinstance(value, str) else ""


def _addresses(shown: dict[str, Any]) -> tuple[str, ...]:
    told = shown.get("addresses")
    several = (
        [one for part in told.values() if isinstance(part, list) for one in part] if isinstance(told, dict) else []
    )
    return tuple(str(one.get("addr")) for one in several if isinstance(one, dict) and one.get("addr"))


def _stamp(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
