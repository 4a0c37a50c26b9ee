# SPDX-License-Identifier: Apache-2.0
"""The life of a named lab: up, down, status, reset."""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sovran.lab import clouds, databases, description, environment, ports, processes, readymade, startup, topology
from sovran.lab.config.ini import Setting
from sovran.lab.description import Description
from sovran.lab.folders import lab_folder, locked, make_private, write_private
from sovran.model.errors import SovranError, UsageError

Report = Callable[[str], None]
DEFAULT_NAME = "default"


@dataclass(frozen=True)
class State:
    """A service of a lab as it is now."""

    service: str
    state: str
    """`ready`, `starting` or `down`."""
    pid: int | None
    port: int
    seconds: float | None
    """What its start took; None when it is not ready."""


def up(name: str, services: Iterable[str] | None, report: Report) -> Description:
    """Start what does not run of a lab, making it first if there is none.

    Args:
        services: the ones to run, with what they need; None: those of the last time, all for a new lab.

    Raises:
        SovranError: a service did not start, with the line of its log that tells why.
        UsageError: a bad name.
    """
    folder = lab_folder(name)
    with locked(folder / "lock", wait=False):
        packages = environment.ensure(report)
        known = description.load(folder)
        if known is None:
            lab = _create(name, folder, topology.with_needs(services or topology.BY_NAME))
        else:
            lab = known
            if services is not None:
                lab.services = list(topology.with_needs([*services, *lab.services]))
        setting = Setting(lab, folder, packages.folder)
        living = processes.find_services(lab.marker)
        if not (folder / "data" / "complete").exists():
            _instantiate(setting, readymade.ensure(packages, report))
        if not living:
            _prepare(setting, report)
        missing = [service for service in lab.services if service not in living]
        startup.start(setting, packages, missing)
        startup.wait(setting, lab.services, report)
        return lab


def _create(name: str, folder: Path, services: tuple[str, ...]) -> Description:
    names = [port for service in topology.SERVICES for port in service.ports]
    lab = description.draw(name, services, ports.choose(names))
    description.save(folder, lab)
    return lab


def _instantiate(setting: Setting, source: Path) -> None:
    data = setting.folder / "data"
    if data.exists():
        shutil.rmtree(data)  # of an attempt that was cut short
    make_private(data)
    databases.copy(source, data)
    (data / "complete").touch()


def _prepare(setting: Setting, report: Report) -> None:
    """Make configuration and databases fit the lab; only while none of its services runs."""
    lab = setting.lab
    blocked = [name for name, port in lab.ports.items() if not ports.is_free(port)]
    if blocked:
        report(f"the ports of {', '.join(blocked)} are taken by others: choosing new ones")
        lab.ports |= ports.choose(blocked, lab.ports.values())
    description.save(setting.folder, lab)
    readymade.prepare(setting)
    write_private(clouds.clouds_file(setting.folder), clouds.render(lab))
    databases.fit(setting.folder / "data", lab)


def down(name: str) -> list[processes.Process]:
    """End the lab's processes; returns those that were ended.

    Raises:
        UsageError: there is no such lab.
    """
    folder = lab_folder(name)
    lab = existing(name)
    with locked(folder / "lock", wait=True):
        return processes.stop(lab.marker)


def existing(name: str) -> Description:
    """The description of a lab that has been made.

    Raises:
        UsageError: there is no such lab.
    """
    lab = description.load(lab_folder(name))
    if lab is None:
        raise UsageError(f"there is no lab {name!r}: `sovran lab up --name {name}` makes it")
    return lab


def status(name: str) -> list[State]:
    """Each service of a lab.

    Raises:
        UsageError: there is no such lab.
    """
    lab, folder = existing(name), lab_folder(name)
    living = processes.find_services(lab.marker)
    states = []
    for service in lab.services:
        pid = living.get(service)
        seconds = startup.readiness(folder, service, pid)
        state = "down" if pid is None else "starting" if seconds is None else "ready"
        states.append(State(service, state, pid, lab.ports[service], seconds))
    return states


__all__ = ["DEFAULT_NAME", "SovranError", "State", "down", "existing", "status", "up"]
