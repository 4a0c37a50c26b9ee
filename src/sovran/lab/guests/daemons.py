# SPDX-License-Identifier: Apache-2.0
"""The daemons of Open vSwitch and OVN: how each is started for one lab, privately, in the host's namespace."""

import re
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sovran.lab.description import Description
from sovran.lab.guests import namespaces, places
from sovran.model.errors import SovranError

SWITCH_SCHEMA = Path("/usr/share/openvswitch/vswitch.ovsschema")
OVN_SCHEMAS = Path("/usr/share/ovn")
PATIENCE = 20.0
"""Seconds after which a daemon that does not answer counts as failed."""
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


CONTROLLER = "ovn-controller"


@dataclass(frozen=True)
class Daemon:
    """A program of Open vSwitch or OVN."""

    name: str
    command: tuple[str, ...]
    socket: Path
    """Where it answers once it is there; `{pid}` in its name stands for the process id."""


def environment(folder: Path) -> dict[str, str]:
    """Environment variables that make each program use the lab's folders, not the machine's."""
    run, log = str(places.run_folder(folder)), str(folder / "log")
    return {
        "PATH": PATH,
        "HOME": str(folder / "home"),
        "LANG": "C.UTF-8",
        **{f"{project}_RUNDIR": run for project in ("OVS", "OVN")},
        **{f"{project}_LOGDIR": log for project in ("OVS", "OVN")},
        **{f"{project}_DBDIR": run for project in ("OVS", "OVN")},
        **{f"{project}_SYSCONFDIR": run for project in ("OVS", "OVN")},
    }


def table(folder: Path) -> tuple[Daemon, ...]:
    """All daemons, in the order of starting: servers of databases first."""
    switch, north, south = (
        places.unix(path(folder)) for path in (places.open_vswitch, places.northbound, places.southbound)
    )

    def database(name: str, file: Path, socket_: Path) -> Daemon:
        return Daemon(name, ("ovsdb-server", str(file), f"--remote=p{places.unix(socket_)}", *common(name)), socket_)

    def control(name: str) -> Path:
        return places.run_folder(folder) / f"{name}.ctl"

    def logging(name: str) -> tuple[str, ...]:
        return (f"--log-file={folder / 'log' / name}.log", "-vconsole:off", "-vsyslog:off")

    def common(name: str) -> tuple[str, ...]:
        return (f"--unixctl={control(name)}", *logging(name))

    def client(name: str, *command: str) -> Daemon:
        return Daemon(name, (*command, *common(name)), control(name))

    return (
        database("ovsdb", places.switch_database(folder), places.open_vswitch(folder)),
        database("ovn-nb", places.databases(folder) / "nb.db", places.northbound(folder)),
        database("ovn-sb", places.databases(folder) / "sb.db", places.southbound(folder)),
        # it has been seen to abort in its userspace connection tracking: the monitor starts it again
        client("vswitchd", "ovs-vswitchd", switch, "--monitor"),
        client("ovn-northd", "ovn-northd", f"--ovnnb-db={north}", f"--ovnsb-db={south}"),
        # before 23.09 it could not be told where its control socket shall be
        Daemon(CONTROLLER, ("ovn-controller", switch, *logging(CONTROLLER)), control(f"{CONTROLLER}.{{pid}}")),
    )


NAMES = tuple(daemon.name for daemon in table(Path()))


def create_databases(folder: Path) -> None:
    """Make OVN's databases where there are none, fitted to the schema of the installed OVN."""
    for name in ("nb", "sb"):
        file, schema = places.databases(folder) / f"{name}.db", OVN_SCHEMAS / f"ovn-{name}.ovsschema"
        if not file.exists():
            tool("create", file, schema)
        elif tool("needs-conversion", file, schema).strip() == "yes":
            tool("convert", file, schema)


def create_switch_database(folder: Path) -> None:
    """Make Open vSwitch's database anew: it speaks of links that are no more."""
    places.switch_database(folder).unlink(missing_ok=True)
    tool("create", places.switch_database(folder), SWITCH_SCHEMA)


def tool(action: str, file: Path, schema: Path) -> str:
    """Run ovsdb-tool.

    Raises:
        SovranError: it failed.
    """
    done = subprocess.run(["ovsdb-tool", action, str(file), str(schema)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SovranError(f"ovsdb-tool {action} {file} failed: {' '.join(done.stderr.split())}")
    return done.stdout


def answers(daemon: Daemon, pid: int) -> bool:
    """Whether somebody listens on a daemon's socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(daemon.socket).format(pid=pid))
        except OSError:
            return False
        return True


def identify(lab: Description, folder: Path) -> None:
    """Write into the switch's database who this host is; the controller ends when it does not find that.

    Raises:
        SovranError: the database did not take it.
    """
    host = next(iter(lab.zones))
    identity = {
        "system-id": host,
        "hostname": host,
        "ovn-remote": places.unix(places.southbound(folder)),
        "ovn-encap-type": "geneve",
        "ovn-encap-ip": "127.0.0.1",
        "ovn-bridge": places.INTEGRATION,
        "ovn-bridge-datapath-type": "netdev",
        "ovn-bridge-mappings": f"{places.PHYSICAL_NETWORK}:{places.EXTERNAL}",
        # quoted, since its comma is part of the value
        "ovn-cms-options": f'"enable-chassis-as-gw,availability-zones={lab.zones[host]}"',
    }
    _tell(folder, "--no-wait", "init")
    _tell(folder, "--no-wait", "set", "open_vswitch", ".", *(f"external_ids:{key}={identity[key]}" for key in identity))


def make_bridges(folder: Path) -> None:
    """Let the bridges be there, in user space; returns when they stand.

    Raises:
        SovranError: the switch did not make them.
    """
    userspace, bridge = "datapath_type=netdev", ("--", "--may-exist", "add-br")
    _tell(
        folder,
        *(*bridge, places.EXTERNAL, "--", "set", "bridge", places.EXTERNAL, userspace),
        *("--", "--may-exist", "add-port", places.EXTERNAL, namespaces.HOST_END),
        *(*bridge, places.INTEGRATION, "--", "set", "bridge", places.INTEGRATION, userspace),
        *("fail_mode=secure", "other_config:disable-in-band=true"),
    )


def _tell(folder: Path, *command: str) -> None:
    database = f"--db={places.unix(places.open_vswitch(folder))}"
    done = subprocess.run(
        ["ovs-vsctl", database, f"--timeout={PATIENCE:.0f}", *command],
        capture_output=True,
        text=True,
        env=environment(folder),
        check=False,
    )
    if done.returncode:
        raise SovranError(
            f"the lab's Open vSwitch could not be set up ({' '.join(done.stderr.split())}):"
            f" see {folder / 'log' / 'vswitchd.log'}"
        )


def crashes(pid: int) -> int:
    """How often a daemon under a monitor has died and been started again; `pid` is the monitor's.

    The monitor says so in its own title: `monitoring pid 12 (2 crashes: ...)`.
    """
    try:
        title = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return 0
    found = re.search(r"\((\d+) crashes:", title)
    return int(found[1]) if found else 0
