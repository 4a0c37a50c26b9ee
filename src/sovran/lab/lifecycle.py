# SPDX-License-Identifier: Apache-2.0
"""The life of a named lab: up, down, status, seeding's hooks, reset, removal."""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sovran.lab import (
    clouds,
    config,
    databases,
    description,
    environment,
    fronts,
    ports,
    processes,
    readymade,
    startup,
    state,
    topology,
)
from sovran.lab.config.ini import Setting
from sovran.lab.description import Description
from sovran.lab.folders import home, lab_folder, locked, make_private
from sovran.model.errors import SovranError, UsageError

Report = Callable[[str], None]
DEFAULT_NAME = "default"


@dataclass(frozen=True)
class ServiceState:
    """A service of a lab as it is now."""

    service: str
    state: str
    """`ready`, `starting` or `down`."""
    pid: int | None
    port: int | None
    """None for a process that speaks with others of the lab only."""
    seconds: float | None
    """What its start took; None when it is not ready."""
    resident: int
    """Resident set size in bytes; pages that processes share count in each."""
    proportional: int
    """Proportional set size in bytes; pages that processes share are divided among them."""
    note: str = ""
    """What else is to be known of it, such as that it has died and was started again."""


def up(name: str, services: Iterable[str] | None, report: Report, guests: bool = False) -> Description:
    """Start what does not run of a lab, making it first if there is none.

    Args:
        services: the ones to run, with what they need, beside those that the lab has already; None: no others, and all
            of them for a new lab.
        guests: whether a new lab has real machines on a real network; a lab keeps what it was made with.

    Raises:
        SovranError: a service did not start, with the line of its log that tells why; this machine cannot have guests.
        UsageError: a bad name, an unknown service, guests for a lab that was made without.
    """
    folder = lab_folder(name)
    asked = topology.with_needs(services) if services is not None else None
    if guests:
        _guests_possible(description.load(folder), folder)  # before anything is installed
    with locked(folder / "lock", report):
        packages = environment.ensure(report)
        lab = description.load(folder)
        if lab is None:
            lab = _draw(name, asked or tuple(topology.BY_NAME), guests)
            description.save(folder, lab)
        elif asked:
            lab.services = list(topology.with_needs([*asked, *lab.services]))
        setting = Setting(lab, folder, packages.folder)
        living = _drop_outdated(setting, _living(lab))
        _follow_packages(lab, folder, packages, living, report)
        if not (folder / "data" / "complete").exists():
            _fill(folder, readymade.ensure(packages, report))
        if not living:
            _choose_ports_again(lab, report)
            _prepare(setting)
        _start(setting, packages, living, report)
        if not lab.profile:
            state.keep(folder, lab, state.BARE)
            lab.profile = state.BARE
            description.save(folder, lab)
        return lab


def _living(lab: Description) -> dict[str, int]:
    """The lab's services that live, to their process ids; neither TLS proxies nor what guests need are services."""
    return {name: pid for name, pid in processes.find_services(lab.marker).items() if name in topology.BY_NAME}


def _guests_possible(lab: Description | None, folder: Path) -> None:
    from sovran.lab.guests import needs

    if lab is not None and not lab.guests:
        raise UsageError(
            f"lab {lab.name!r} was made without guests: remove it by `sovran lab down --remove --name {lab.name}`,"
            " or give the new one another --name"
        )
    needs.check(folder)


def _start(setting: Setting, packages: environment.Environment, living: Iterable[str], report: Report) -> None:
    """Start what does not live, guests' network first, and wait for all of it."""
    beside: tuple[str, ...] = ()
    started = [service for service in setting.lab.services if service not in living]
    if setting.lab.guests:
        from sovran.lab.guests import plane

        started += plane.start(setting)
        beside = plane.SERVICES
    startup.start(setting, packages, started)
    description.save(setting.folder, setting.lab)
    startup.wait(setting, (*setting.lab.services, *beside), started, report)


def _draw(name: str, services: tuple[str, ...], guests: bool) -> Description:
    names = [port for service in topology.SERVICES for port in service.ports]
    if guests:
        from sovran.lab.guests import places

        names.append(places.METADATA_PORT)
    reserved = [port for other in every_lab() if other.name != name for port in other.ports.values()]
    return description.draw(name, services, ports.choose(names, reserved), guests)


def _follow_packages(
    lab: Description, folder: Path, packages: environment.Environment, living: dict[str, int], report: Report
) -> None:
    """See to it that databases and services are of one version.

    Raises:
        SovranError: services of another version run.
    """
    if lab.packages in ("", packages.digest):
        lab.packages = packages.digest
        return
    if living:
        raise SovranError(f"lab {lab.name!r} runs with other packages: first call `sovran lab down --name {lab.name}`")
    report("the pinned packages have changed since this lab was made: making its state anew")
    for part in ("data", "profiles"):
        shutil.rmtree(folder / part, ignore_errors=True)
    lab.packages, lab.profile = packages.digest, ""


def _drop_outdated(setting: Setting, living: dict[str, int]) -> dict[str, int]:
    """End a living Keystone whose catalog lacks a service that is wanted now; returns what still lives."""
    new = set(setting.lab.services) - set(living)
    known = description.load(setting.folder)
    if "keystone" in living and known and not new <= set(known.services):
        processes.stop(setting.lab.marker, {"keystone"})
        databases.fit(setting.folder / "data", setting.lab)
        return {service: pid for service, pid in living.items() if service != "keystone"}
    return living


def _fill(folder: Path, source: Path) -> None:
    data = folder / "data"
    if data.exists():
        shutil.rmtree(data)  # of an attempt that was cut short
    make_private(data)
    databases.copy(source, data)
    (data / "complete").touch(mode=0o600)


def _choose_ports_again(lab: Description, report: Report) -> None:
    blocked = [name for name, port in lab.ports.items() if not ports.is_free(port)]
    if blocked:
        report(f"the ports of {', '.join(blocked)} are taken by others: choosing new ones")
        lab.ports |= ports.choose(blocked, lab.ports.values())


def _prepare(setting: Setting) -> None:
    """Make configuration and databases fit the lab; only while none of its services runs."""
    readymade.prepare(setting)
    clouds.write(setting.folder, setting.lab)
    databases.fit(setting.folder / "data", setting.lab)


def down(name: str) -> list[processes.Process]:
    """End the lab's processes; returns those that were ended.

    Raises:
        UsageError: there is no such lab.
    """
    lab = existing(name)
    readymade.end_leftovers()
    with locked(lab_folder(name) / "lock"):
        return _end(lab)


def remove(name: str) -> None:
    """End the lab's processes and delete its folder; a lab that does not exist is fine."""
    folder = lab_folder(name)
    lab = description.load(folder)
    if lab is not None:
        _end(lab)
    shutil.rmtree(folder, ignore_errors=True)


def _end(lab: Description) -> list[processes.Process]:
    """End all processes of a lab, and what guests leave in the kernel; returns the processes."""
    ended = processes.stop(lab.marker)
    if lab.guests:
        from sovran.lab.guests import namespaces

        namespaces.remove(lab.marker)
    return ended


def every_lab() -> list[Description]:
    """All labs below the home folder, by name."""
    found = (description.load(path.parent) for path in sorted(home().glob(f"labs/*/{description.FILE}")))
    return [lab for lab in found if lab is not None]


def existing(name: str) -> Description:
    """The description of a lab that has been made.

    Raises:
        UsageError: there is no such lab.
    """
    lab = description.load(lab_folder(name))
    if lab is None:
        raise UsageError(f"there is no lab {name!r}: `sovran lab up --name {name}` makes it")
    return lab


def check_service(name: str, service: str) -> None:
    """Make sure that a lab can have such a process.

    Raises:
        UsageError: there is no such lab or service.
    """
    lab = existing(name)
    if service == fronts.TLS:
        return
    if lab.guests:
        from sovran.lab.guests import plane

        if service in plane.NAMES:
            return
    topology.with_needs([service])


def status(name: str) -> list[ServiceState]:
    """Each service of a lab, and the process of its TLS proxies (with their lowest port) when a break wants any.

    Raises:
        UsageError: there is no such lab.
    """
    lab, folder = existing(name), lab_folder(name)
    living = processes.find_services(lab.marker)
    proxies = fronts.load(folder)
    listening = {**lab.ports, **({fronts.TLS: min(front.port for front in proxies.values())} if proxies else {})}
    beside: tuple[str, ...] = (fronts.TLS,) if proxies else ()
    if lab.guests:
        from sovran.lab.guests import plane

        beside += plane.NAMES
    states = []
    for service in (*lab.services, *beside):
        pid = living.get(service)
        seconds = startup.readiness(folder, service, pid)
        word = "down" if pid is None else "starting" if seconds is None else "ready"
        measure = plane.memory if lab.guests and service in plane.NAMES else processes.memory
        memory = measure(pid) if pid is not None else (0, 0)
        note = plane.deaths(pid) if lab.guests and pid is not None else ""
        states.append(ServiceState(service, word, pid, listening.get(service), seconds, *memory, note))
    return states


def keep_profile(name: str, profile: str) -> None:
    """Keep the present state as the one that `reset` restores (called when a seed profile has been applied).

    Raises:
        UsageError: there is no such lab.
    """
    lab, folder = existing(name), lab_folder(name)
    with locked(folder / "lock"):
        state.keep(folder, lab, profile)
        lab.profile = profile
        description.save(folder, lab)


def reset(name: str, report: Report, profile: str | None = None) -> str:
    """Restore a profile's state (default: the last one applied); returns its name.

    Services that keep nothing in memory go on running: SQLite shows them the replaced content.

    Raises:
        UsageError: there is no such lab or profile.
        SovranError: a service did not start again.
    """
    lab, folder = existing(name), lab_folder(name)
    with locked(folder / "lock", report):
        packages = environment.ensure(report)
        wanted = profile or lab.profile
        zones = state.kept_zones(folder, wanted)
        affected = {*state.IN_MEMORY, fronts.TLS, *(state.ZONED if zones != lab.zones else ())}
        if lab.extension_drivers != description.EXTENSION_DRIVERS:
            affected.add("neutron")
        lab.zones, lab.profile, lab.extension_drivers = zones, wanted, description.EXTENSION_DRIVERS
        setting = Setting(lab, folder, packages.folder)
        if lab.guests:
            from sovran.lab.guests import plane

            affected.add("neutron")  # with OVN's databases
            plane.end(lab)
        processes.stop(lab.marker, affected)
        state.put_back(folder, lab, wanted)
        _restart(setting, packages, report)
    return wanted


def configure(name: str, zones: dict[str, str], report: Report) -> None:
    """Give a lab other compute hosts and availability zones (`zones`: host to zone); hosts may be added, not removed.

    Each host is a compute service and a set of network agents; each zone has a volume back end.

    Raises:
        UsageError: there is no such lab, or a host is missing.
        SovranError: a service did not start again.
    """
    lab, folder = existing(name), lab_folder(name)
    if missing := set(lab.zones) - set(zones):
        raise UsageError(f"hosts of lab {name!r} cannot be removed: {', '.join(sorted(missing))}")
    with locked(folder / "lock", report):
        packages = environment.ensure(report)
        lab.zones = zones
        setting = Setting(lab, folder, packages.folder)
        processes.stop(lab.marker, {"nova", *state.ZONED})
        databases.forget_zones(folder / "data", set(zones.values()))
        _restart(setting, packages, report)


def extend_network(name: str, drivers: tuple[str, ...]) -> None:
    """Let Neutron's core plugin have these extension drivers.

    Raises:
        UsageError: there is no such lab.
        SovranError: Neutron did not start again.
    """
    lab, folder = existing(name), lab_folder(name)
    with locked(folder / "lock"):
        packages = environment.ensure(_say_nothing)
        lab.extension_drivers = drivers
        processes.stop(lab.marker, {"neutron"})
        _restart(Setting(lab, folder, packages.folder), packages, _say_nothing)


def _say_nothing(_: str) -> None:
    """What happens is of no interest here."""


def _restart(setting: Setting, packages: environment.Environment, report: Report) -> None:
    """Render the configuration again and start what does not run."""
    config.write(setting)
    description.save(setting.folder, setting.lab)
    _start(setting, packages, _living(setting.lab), report)
