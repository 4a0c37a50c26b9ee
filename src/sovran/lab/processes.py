# SPDX-License-Identifier: Apache-2.0
"""The processes of a lab: starting, finding and ending them by what the kernel knows, not by files of ours.

Each process bears the lab's random marker in its environment. Finding means reading /proc; ending goes through a
pidfd, opened before the marker is read, so that a process id that was given to someone else is never signalled.
"""

import contextlib
import os
import select
import signal
import time
from dataclasses import dataclass
from pathlib import Path

MARKER = "SOVRAN_LAB_MARKER"
SERVICE = "SOVRAN_LAB_SERVICE"
GUEST = "SOVRAN_LAB_GUEST"
"""In the environment of a server's machine: the server's UUID."""


@dataclass(frozen=True)
class Process:
    """A live process of a lab; `service` is empty for a helper that a service has started."""

    pid: int
    service: str


def start(command: list[str], environment: dict[str, str], output: Path, *, service: str, marker: str) -> int:
    """Start a service in a session of its own; its output goes to the file `output`. Returns the process id."""
    variables = {**environment, MARKER: marker, SERVICE: service}
    null = (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
    out = (os.POSIX_SPAWN_OPEN, 1, str(output), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    return os.posix_spawn(
        command[0], command, variables, file_actions=[null, out, (os.POSIX_SPAWN_DUP2, 1, 2)], setsid=True
    )


def read(pid: int, marker: str) -> Process | None:
    """The process, if it lives and bears the marker."""
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        leads_session = os.getsid(pid) == pid
    except OSError:
        return None
    if f"{MARKER}={marker}".encode() not in environment:
        return None
    names = [variable.partition(b"=")[2] for variable in environment if variable.startswith(f"{SERVICE}=".encode())]
    # a helper inherits the variables, but only the service itself was started as leader of a session
    return Process(pid, names[0].decode() if names and leads_session else "")


def find(marker: str) -> list[Process]:
    """All live processes that bear the marker."""
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [process for pid in pids if (process := read(pid, marker))]


def find_services(marker: str) -> dict[str, int]:
    """Service to process id, for the services that live."""
    return {process.service: process.pid for process in find(marker) if process.service}


def stop(
    marker: str, services: set[str] | None = None, grace: float = 5, spare: frozenset[str] = frozenset()
) -> list[Process]:
    """End the processes with the marker (only those of `services`, when given); SIGKILL after `grace` seconds.

    Services in `spare` go on.

    Returns those that were ended.
    """
    ended: list[Process] = []
    handles: dict[int, Process] = {}
    for process in find(marker):
        if process.service in spare or (services is not None and process.service not in services):
            continue
        with contextlib.suppress(ProcessLookupError):
            handle = os.pidfd_open(process.pid)
            if read(process.pid, marker):
                handles[handle] = process
            else:
                os.close(handle)
    for number, seconds in ((signal.SIGTERM, grace), (signal.SIGKILL, grace)):
        for handle in handles:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, number)
        ended += _await_exit(handles, seconds)
    for handle in handles:
        os.close(handle)
    return ended


def _await_exit(handles: dict[int, Process], seconds: float) -> list[Process]:
    """Remove from `handles` what exits within `seconds`, and return it."""
    ended = []
    poll = select.poll()
    for handle in handles:
        poll.register(handle, select.POLLIN)
    limit = time.monotonic() + seconds
    while handles and (left := limit - time.monotonic()) > 0:
        for handle, _ in poll.poll(left * 1000):
            process = handles.pop(handle)
            poll.unregister(handle)
            os.close(handle)
            reap(process.pid)
            ended.append(process)
    return ended


def reap(pid: int) -> bool:
    """Whether a child of this process has exited (it is then gone for good); false for other processes."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False


def memory(pid: int) -> tuple[int, int]:
    """Resident and proportional set size of a process in bytes; zeros when it is gone."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0, 0
    fields = {line.split(":")[0]: line.split() for line in rollup.splitlines()[1:]}
    return int(fields["Rss"][1]) * 1024, int(fields["Pss"][1]) * 1024
