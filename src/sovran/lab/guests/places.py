# SPDX-License-Identifier: Apache-2.0
"""Names and paths of what a lab with guests has: namespaces, sockets, bridges. Standard library only: services use it.

All of it is derived from the lab's marker and folder, so that any command finds what another has left.
"""

from collections.abc import Iterable
from pathlib import Path

INTEGRATION, EXTERNAL = "br-int", "br-ex"
"""Bridges of Open vSwitch, in the host's namespace: the guests' ports, and the way to the lab's internet."""
PHYSICAL_NETWORK = "physnet1"
"""How Neutron calls what lies behind the external bridge."""
METADATA_PORT = "nova-metadata"
"""Name, among the lab's ports, of that on which Nova's process serves the metadata API (root namespace, loopback)."""
LONGEST_SOCKET = 100
"""Characters that the path of a socket may have: the kernel takes 107, and some programs add to it."""


def host_namespace(marker: str) -> str:
    """Network namespace of the compute host: bridges, guests and their taps; no route leads out of it."""
    return f"sovran-{marker[:8]}-host"


def internet_namespace(marker: str) -> str:
    """Network namespace of the lab's own internet, behind the external bridge."""
    return f"sovran-{marker[:8]}-inet"


def namespaces(marker: str) -> tuple[str, str]:
    """Both."""
    return host_namespace(marker), internet_namespace(marker)


def inside(namespace: str, command: Iterable[str]) -> list[str]:
    """A command, to be run in a namespace; it becomes that command's process, without a parent of its own."""
    return ["ip", "netns", "exec", namespace, *command]


def run_folder(folder: Path) -> Path:
    """Where the sockets are, in a lab's folder."""
    return folder / "ovn" / "run"


def open_vswitch(folder: Path) -> Path:
    """Socket of Open vSwitch's database (`ovs-vsctl --db=unix:...`)."""
    return run_folder(folder) / "db.sock"


def northbound(folder: Path) -> Path:
    """Socket of OVN's northbound database, into which Neutron writes."""
    return run_folder(folder) / "nb.sock"


def southbound(folder: Path) -> Path:
    """Socket of OVN's southbound database."""
    return run_folder(folder) / "sb.sock"


def metadata_socket(folder: Path) -> Path:
    """Socket of the metadata agent, to which the proxies in the networks' namespaces hand requests."""
    return run_folder(folder) / "metadata.sock"


def databases(folder: Path) -> Path:
    """Folder of OVN's databases, `nb.db` and `sb.db`: part of the lab's state, in step with Neutron's."""
    return folder / "data" / "ovn"


def switch_database(folder: Path) -> Path:
    """Database of Open vSwitch: which ports there are on this machine, so no part of the lab's state."""
    return folder / "ovn" / "conf.db"


def unix(socket: Path) -> str:
    """A socket as Open vSwitch and OVN write it."""
    return f"unix:{socket}"
