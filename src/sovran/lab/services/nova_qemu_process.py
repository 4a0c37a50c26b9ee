# SPDX-License-Identifier: Apache-2.0
"""The QEMU processes of the servers: started, found again after a restart of Nova, watched, ended.

As with services, the kernel says what lives: each process bears the lab's marker and its server's UUID in its
environment. It leads a session of its own, so that it outlives Nova's process.
"""

import contextlib
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sovran.lab import processes
from sovran.lab.services.nova_qemu_console import forget_beginning
from sovran.lab.services.nova_qemu_machine import CONSOLE, MONITOR
from sovran.lab.services.nova_qemu_monitor import Monitor, MonitorError

OUTPUT = "qemu.log"
"""File in a server's folder with what QEMU itself said."""
START_PATIENCE, END_PATIENCE = 30.0, 5.0
"""Seconds that QEMU may take to begin, and to end after SIGTERM."""
HOUSEKEEPING = 20.0
"""Seconds after which the beginning of a console is forgotten again."""


class StartError(Exception):
    """QEMU ended at once, with what it said, or did not begin."""


@dataclass
class _Running:
    """A living process."""

    pid: int
    handle: int
    """pidfd."""
    child: subprocess.Popen[bytes] | None
    """None: another process of Nova has started it."""
    gone: threading.Event = field(default_factory=threading.Event)
    signalling: threading.Lock = field(default_factory=threading.Lock)

    def signal(self, number: int) -> None:
        """Send a signal, unless the process has ended (its handle's number may be another file's by then)."""
        with self.signalling:
            if not self.gone.is_set():
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(self.handle, number)

    def forget(self) -> None:
        """The process has ended."""
        with self.signalling:
            self.gone.set()
            os.close(self.handle)


class Guests:
    """The machines of one compute host."""

    def __init__(self, folder: Path, marker: str, ended: Callable[[str], None]) -> None:
        """`folder` has a folder for each server, by UUID; `ended` is called, in a thread, when a process has ended."""
        self._folder = folder
        self._marker = marker
        self._ended = ended
        self._running: dict[str, _Running] = {}

    def adopt(self) -> set[str]:
        """Find the processes that live already, and watch them; returns the servers' UUIDs."""
        for uuid, pid in find(self._marker).items():
            if uuid not in self._running:
                with contextlib.suppress(ProcessLookupError):
                    self._watch(uuid, _Running(pid, os.pidfd_open(pid), None))
        return set(self._running)

    def lives(self, uuid: str) -> bool:
        """Whether the server's machine runs."""
        return uuid in self._running

    def start(self, uuid: str, command: list[str]) -> None:
        """Start the server's machine; its control socket answers then.

        Raises:
            StartError: it could not be started, with the reason.
        """
        folder = self._folder / uuid
        (folder / MONITOR).unlink(missing_ok=True)
        variables = {**_plain(), processes.MARKER: self._marker, processes.GUEST: uuid}
        with (folder / OUTPUT).open("wb") as output:
            try:
                child = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    cwd=folder,
                    env=variables,
                    start_new_session=True,
                )
            except FileNotFoundError as error:
                raise StartError(f"there is no {error.filename}") from None
        running = _Running(child.pid, os.pidfd_open(child.pid), child)
        self._watch(uuid, running)
        limit = time.monotonic() + START_PATIENCE
        while not running.gone.wait(0.02):
            with contextlib.suppress(MonitorError), Monitor(folder):
                return
            if time.monotonic() > limit:
                self.end(uuid)
                raise StartError(f"QEMU did not begin within {START_PATIENCE:.0f} s")
        said = (folder / OUTPUT).read_text(encoding="utf-8", errors="replace").strip()
        raise StartError(said.splitlines()[-1] if said else f"QEMU ended at once with status {child.returncode}")

    def wait(self, uuid: str, seconds: float) -> bool:
        """Whether the machine ends by itself within so many seconds (true also if it does not run)."""
        running = self._running.get(uuid)
        return running is None or running.gone.wait(seconds)

    def end(self, uuid: str) -> None:
        """End the machine as if its power were cut; one that does not run is fine."""
        running = self._running.get(uuid)
        if running is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            running.signal(number)
            if running.gone.wait(END_PATIENCE):
                return

    def _watch(self, uuid: str, running: _Running) -> None:
        self._running[uuid] = running
        threading.Thread(target=self._await_end, args=(uuid, running), name=f"guest-{uuid}", daemon=True).start()

    def _await_end(self, uuid: str, running: _Running) -> None:
        poll = select.poll()
        poll.register(running.handle, select.POLLIN)
        while not poll.poll(HOUSEKEEPING * 1000):
            forget_beginning(self._folder / uuid / CONSOLE)
        if running.child:
            running.child.wait()
        self._running.pop(uuid, None)
        running.forget()
        self._ended(uuid)


def find(marker: str) -> dict[str, int]:
    """UUID of a server to process id, for the machines that live in a lab."""
    found: dict[str, int] = {}
    for process in processes.find(marker):
        with contextlib.suppress(OSError):
            variables = Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0")
            named = [one.partition(b"=")[2] for one in variables if one.startswith(f"{processes.GUEST}=".encode())]
            found |= {uuid.decode(): process.pid for uuid in named}
    return found


def _plain() -> dict[str, str]:
    """What QEMU needs of Nova's environment."""
    return {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "TMPDIR", "LANG")}
