# SPDX-License-Identifier: Apache-2.0
"""Starting services of a lab and waiting until they are ready, with the reason when one is not."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from shutil import which

from sovran.lab import log, processes
from sovran.lab.config.ini import Setting
from sovran.lab.environment import Environment
from sovran.model.errors import SovranError

START = str(Path(__file__).parent / "services" / "start.py")
PATIENCE = 120.0
"""Seconds after which a service that is not ready counts as failed."""
LOOKS = 5
"""Looks in a row that must not find a process before it counts as ended: for an instant after its start, the kernel
shows it without its environment."""


def start(setting: Setting, environment: Environment, services: Iterable[str]) -> None:
    """Start the processes of services that do not run."""
    for service in services:
        ready_file(setting.folder, service).unlink(missing_ok=True)
        output = setting.folder / "log" / f"{service}.out"
        if output.exists():
            output.replace(output.with_suffix(".out.1"))
        command = [*_prefix(setting, service), environment.python, "-P", START, service, str(setting.folder)]
        processes.start(
            [which(command[0]) or command[0], *command[1:]],
            environment.variables(setting.folder / "home"),
            output,
            service=service,
            marker=setting.lab.marker,
        )


def _prefix(setting: Setting, service: str) -> list[str]:
    """What puts a service of a lab with guests where it belongs."""
    if not setting.lab.guests:
        return []
    from sovran.lab.guests import plane

    return plane.prefix(setting.lab, service)


def ready_file(folder: Path, service: str) -> Path:
    """Where a service writes its process id and the seconds that its start took."""
    return folder / "run" / f"{service}.ready"


def readiness(folder: Path, service: str, pid: int | None) -> float | None:
    """Seconds that the start of the running process took; None when it is not ready."""
    try:
        written, seconds = ready_file(folder, service).read_text(encoding="utf-8").split()
    except (FileNotFoundError, ValueError):
        return None
    return float(seconds) if pid is not None and int(written) == pid else None


def wait(setting: Setting, services: Iterable[str], started: Collection[str], report: Callable[[str], None]) -> None:
    """Wait until each service is ready; reports those in `started` as they become so.

    Raises:
        SovranError: one or more ended or took too long; names them with the line of the log that tells why.
    """
    waiting = list(services)
    failed: list[str] = []
    unseen: Counter[str] = Counter()
    limit = time.monotonic() + PATIENCE
    while waiting:
        living = processes.find_services(setting.lab.marker)
        for service in list(waiting):
            pid = living.get(service)
            unseen[service] = 0 if pid is not None else unseen[service] + 1
            seconds = readiness(setting.folder, service, pid)
            if seconds is not None and service in started:
                port = setting.lab.ports.get(service)
                report(f"{service} ready{f' on port {port}' if port else ''} after {seconds:.1f} s")
            elif seconds is not None:
                pass
            elif unseen[service] >= LOOKS or time.monotonic() > limit:
                state = "ended while starting" if pid is None else f"was not ready after {PATIENCE:.0f} s"
                failed.append(f"{service} {state}: {log.reason(setting.folder, service)}")
            else:
                continue
            waiting.remove(service)
        time.sleep(0.05)
    if failed:
        raise SovranError("; ".join(failed))
