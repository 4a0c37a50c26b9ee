# SPDX-License-Identifier: Apache-2.0
"""The network plane of a lab with guests: made, repaired, ended. Its processes bear the lab's marker."""

import contextlib
import os
import shutil
import time
from pathlib import Path

from sovran.lab import fronts, log, processes, startup, topology
from sovran.lab.config.ini import Setting
from sovran.lab.description import Description
from sovran.lab.folders import make_private, write_private
from sovran.lab.guests import daemons, namespaces, needs, places
from sovran.model.errors import SovranError

INTERNET, AGENT = "internet", "ovn-agent"
"""The plane's own services: programs of the lab's environment, started and awaited like services of OpenStack."""
SERVICES = (INTERNET, AGENT)
NAMES = (*daemons.NAMES, *SERVICES)
"""All processes of the plane, as `sovran lab status` shows them."""


def start(setting: Setting) -> list[str]:
    """Make what is not there of namespaces and daemons; returns which of SERVICES do not run and are to be started.

    When nothing of the plane lives, it is made from nothing: guests that a killed lab left end with it.

    Raises:
        SovranError: this machine cannot, or a daemon did not start.
    """
    lab, folder = setting.lab, setting.folder
    needs.check(folder)
    living = processes.find_services(lab.marker)
    if not any(name in living for name in NAMES) or not namespaces.exist(lab.marker):
        living = _make_anew(lab, folder)
    for part in (places.run_folder(folder), places.databases(folder), folder / "ovn" / "agent"):
        make_private(part)
    daemons.create_databases(folder)
    for daemon in daemons.table(folder):
        if daemon.name == daemons.CONTROLLER:
            daemons.identify(lab, folder)
        if daemon.name not in living:
            _start(lab, folder, daemon)
    daemons.make_bridges(folder)
    return [name for name in SERVICES if name not in living]


def _make_anew(lab: Description, folder: Path) -> dict[str, int]:
    """Namespaces and the switch's database from nothing; returns the services that live."""
    end(lab)
    shutil.rmtree(folder / "ovn", ignore_errors=True)
    make_private(folder / "ovn")
    namespaces.make(lab.marker)
    daemons.create_switch_database(folder)
    return processes.find_services(lab.marker)


def _start(lab: Description, folder: Path, daemon: daemons.Daemon) -> None:
    """Start a daemon and wait until it answers."""
    began = time.monotonic()
    daemon.socket.unlink(missing_ok=True)
    namespace = places.host_namespace(lab.marker)
    command = [shutil.which("ip", path=daemons.PATH) or "ip", *places.inside(namespace, daemon.command)[1:]]
    output = folder / "log" / f"{daemon.name}.out"
    pid = processes.start(command, daemons.environment(folder), output, service=daemon.name, marker=lab.marker)
    while not daemons.answers(daemon, pid):
        if processes.reap(pid) or time.monotonic() > began + daemons.PATIENCE:
            said = " ".join(log.last(folder, daemon.name, 1)) or "it said nothing"
            raise SovranError(f"{daemon.name} did not start ({said}): see {output.with_suffix('.log')}")
        time.sleep(0.01)
    write_private(startup.ready_file(folder, daemon.name), f"{pid} {time.monotonic() - began:.2f}\n")


def end(lab: Description) -> list[processes.Process]:
    """End all of the plane, with the guests in it, and delete the namespaces; services of OpenStack go on.

    Returns the processes that were ended.
    """
    ended = processes.stop(lab.marker, spare=frozenset({*topology.BY_NAME, fronts.TLS}))
    namespaces.remove(lab.marker)
    return ended


def prefix(lab: Description, service: str) -> list[str]:
    """What stands before the command of one of SERVICES."""
    if service == INTERNET:
        return places.inside(places.internet_namespace(lab.marker), [])
    if service == AGENT:
        # its networks' namespaces get names that nobody else sees, and that go with its processes;
        # it enters the host's namespace by itself, once it has a way to Nova
        return ["unshare", "--mount"]
    return []


def memory(pid: int) -> tuple[int, int]:
    """Resident and proportional set size in bytes of a process of the plane, with those of its session, such as the
    switch that a monitor watches.
    """
    found = [processes.memory(one) for one in _session(pid)]
    return sum(resident for resident, _ in found), sum(proportional for _, proportional in found)


def _session(leader: int) -> list[int]:
    members = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and os.getsid(int(entry.name)) == leader:
                members.append(int(entry.name))
    return members


def deaths(pid: int) -> str:
    """What is to be told of a daemon that its monitor has started again; empty: nothing."""
    count = daemons.crashes(pid)
    times = "once" if count == 1 else f"{count} times"
    return f"has died {times} and was started again" if count else ""
