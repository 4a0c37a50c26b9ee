# SPDX-License-Identifier: Apache-2.0
"""Follows one server from the request to the guest's last record: its status first, then its console."""

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sovran.cloud.acting.answer import ActingFailed, TimedOut
from sovran.guest.console import read_console
from sovran.guest.report import GuestReport
from sovran.model.printable import printable
from sovran.probes.guest import BOOTED, CONSOLE, REPORTED
from sovran.probes.guests.serial import Serial
from sovran.probes.steps import CannotTell, Journal

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor, Made

BOOT_SECONDS = 600.0
"""Until a server runs."""
LONGEST = 1200.0
"""From then on until its report is complete."""
LATE = 4.0
"""Seconds for which the console of a server that is off may go on to grow."""
SOON, SELDOM, GROWTH = 0.3, 3.0, 1.25
"""Seconds between two looks, at first, at most, and by how much it grows."""
STATUS_EVERY = 2.0
"""Seconds between two looks at the status while the console is read."""
NO_ROOM = "no valid host"
"""How the compute service says that no host has room now."""
UNREAL = "this cloud's servers are no machines: the console shows the fixed text of Nova's fake driver"
WORDS = 200


class Unreal(CannotTell):
    """The cloud has no machines."""


@dataclass
class Seen:
    """What was seen of one server."""

    journal: Journal
    server: dict[str, Any] = field(default_factory=dict)
    """As the compute service showed it last."""
    report: GuestReport | None = None
    console: str = ""
    read_at: float | None = None
    """Unix seconds."""


def follow(
    actor: "Actor", server: "Made", seen: Seen, *, run: str, silence: float, enough: threading.Event | None = None
) -> None:
    """Watch until the report is complete; `seen` has what there is at any time.

    `silence`: seconds without anything new on the console after which nothing more is expected. `enough`: set when the
    report is not waited for any longer. Raises StepFailed when one of the steps failed.
    """
    with seen.journal.step(BOOTED):
        _wait_until_it_runs(actor, server, seen)
    serial = Serial(actor, server.id)
    with seen.journal.step(CONSOLE):
        _wait_until_it_speaks(actor, serial, silence, seen)
    with seen.journal.step(REPORTED):
        _wait_for_the_report(actor, server, serial, seen, _Terms(run, silence, enough or threading.Event()))


class _Pace:
    """Looks soon at first, then less and less often, and soon again when something happened."""

    def __init__(self, actor: "Actor", seconds: float, silence: float) -> None:
        self._patience = actor.patience(seconds)
        self._silence = silence
        self._quiet_since = time.monotonic()
        self._pause = SOON

    @property
    def quiet(self) -> float:
        """Seconds since something happened."""
        return time.monotonic() - self._quiet_since

    def news(self) -> None:
        """Something happened."""
        self._quiet_since = time.monotonic()
        self._pause = SOON

    def wait(self) -> bool:
        """Wait for a while; False, without waiting, when it is over."""
        left = self._silence - self.quiet
        if left <= 0 or not self._patience.rest(min(self._pause, left)):
            return False
        self._pause = min(self._pause * GROWTH, SELDOM)
        return True


@dataclass(frozen=True)
class _Terms:
    run: str
    silence: float
    enough: threading.Event


def _wait_until_it_runs(actor: "Actor", server: "Made", seen: Seen) -> None:
    pace = _Pace(actor, BOOT_SECONDS, BOOT_SECONDS)
    while True:
        status = look(actor, server, seen)
        if status in ("ACTIVE", "SHUTOFF"):
            return
        if status == "ERROR":
            raise _fault(seen.server)
        if not pace.wait():
            raise TimedOut(f"the server was still {printable(status, 40) or 'unseen'} after {pace.quiet:.0f} s")


def look(actor: "Actor", server: "Made", seen: Seen) -> str:
    """Its status; empty when it was not shown. Raises Refused where the service says that there is no such server."""
    answer = actor.show(server)
    if answer.refused and not answer.over_quota:
        raise answer.failure
    shown = answer.at("server")
    if isinstance(shown, dict):
        seen.server = shown
        return str(shown.get("status") or "").upper()
    return ""


def _fault(server: dict[str, Any]) -> ActingFailed:
    told = server.get("fault")
    words = str(told.get("message") or "") if isinstance(told, dict) else ""
    text = "the server went to ERROR" + (f": {printable(' '.join(words.split()), WORDS)}" if words else "")
    return (CannotTell if NO_ROOM in words.lower() else ActingFailed)(text)


def _wait_until_it_speaks(actor: "Actor", serial: Serial, silence: float, seen: Seen) -> None:
    """Until the API gives the console's output, be it empty."""
    pace = _Pace(actor, LONGEST, silence)
    while True:
        serial.look()
        if serial.told:
            seen.console = serial.text
            return
        if not pace.wait():
            said = serial.refusal.said if serial.refusal else "no answer"
            raise CannotTell(f"the console could not be read for {pace.quiet:.0f} s: {said}")


def _wait_for_the_report(actor: "Actor", server: "Made", serial: Serial, seen: Seen, terms: _Terms) -> None:
    pace = _Pace(actor, LONGEST, terms.silence)
    looked, off = time.monotonic(), 0.0
    while True:
        if serial.pretended:
            raise Unreal(UNREAL)
        if _take(serial, server.id, seen, terms.run):
            return
        if time.monotonic() - looked >= STATUS_EVERY and not off:
            looked = time.monotonic()
            status = look(actor, server, seen)
            if status == "ERROR":
                raise _fault(seen.server)
            off = looked if status == "SHUTOFF" else 0.0
        late = off and time.monotonic() - off >= LATE
        if late or terms.enough.is_set() or (seen.report and seen.report.panic) or not pace.wait():
            raise CannotTell(_why(seen, off=bool(off), quiet=pace.quiet))
        if serial.look():
            pace.news()


def _take(serial: Serial, server: str, seen: Seen, run: str) -> bool:
    """Read what the console shows; whether the report is complete."""
    seen.console, seen.read_at = serial.text, time.time()
    seen.report = read_console(serial.text, run, server)
    return seen.report.complete


def _why(seen: Seen, *, off: bool, quiet: float) -> str:
    """Why there is no whole report, in a sentence."""
    report = seen.report
    if report and report.panic:
        return f"the guest's kernel panicked: {printable(report.panic, WORDS)}"
    state = "the server is off" if off else f"nothing new came for {quiet:.0f} s"
    if not seen.console.strip():
        return f"the console stayed empty, and {state}"
    told = "; ".join(report.problems) if report else ""
    last = next((line for line in reversed(seen.console.splitlines()) if line.strip()), "")
    end = f"; the console's last line is {printable(last.strip(), 80)!r}" if not has_records(report) else ""
    return f"{state}, and the report is not whole: {printable(told, 2 * WORDS) or 'it has no end'}{end}"


def has_records(report: GuestReport | None) -> bool:
    """Whether anything could be read of it."""
    if report is None:
        return False
    return any(getattr(report, name) is not None for name in RECORDS)


RECORDS = tuple(name for name in GuestReport.__struct_fields__ if name not in ("problems", "panic"))
