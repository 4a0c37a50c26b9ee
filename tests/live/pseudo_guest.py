# SPDX-License-Identifier: Apache-2.0
"""Guests without a machine: a network namespace, wired to a port of Neutron as a hypervisor would wire a tap."""

import json
import secrets
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sovran.lab.guests import places
from sovran.lab.rest import Rest
from tests.live.live_lab import LiveLab
from tests.live.waiting import wait

PROGRAM = Path(__file__).with_name("netns_program.py")


def run(namespace: str, *command: str, timeout: float = 30) -> subprocess.CompletedProcess[str]:
    """Run a command in a namespace."""
    return subprocess.run(
        places.inside(namespace, command), capture_output=True, text=True, timeout=timeout, check=False
    )


def ask(namespace: str, *arguments: str, timeout: float = 30) -> Any:
    """What tests/live/netns_program.py says in a namespace; None: no answer."""
    done = run(namespace, sys.executable, str(PROGRAM), *arguments, timeout=timeout)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@dataclass(frozen=True)
class PseudoGuest:
    """A namespace that is wired to a port."""

    namespace: str
    port: dict[str, Any]
    lease: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Its first IPv4 address, as Neutron knows it."""
        return next(str(ip["ip_address"]) for ip in self.port["fixed_ips"] if ":" not in ip["ip_address"])

    def ask(self, *arguments: str, timeout: float = 30) -> Any:
        """What the program says inside; None: no answer."""
        return ask(self.namespace, *arguments, timeout=timeout)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command inside."""
        return run(self.namespace, *command)


@dataclass
class Wiring:
    """Makes networks and guests in a lab as a member, and takes them away again."""

    lab: LiveLab
    member: Rest
    admin: Rest
    stack: ExitStack

    def make(self, kind: str, path: str = "", **fields: Any) -> dict[str, Any]:
        """Make a resource of Neutron that is deleted at the end."""
        path = path or f"/v2.0/{kind.replace('_', '-')}s"
        made: dict[str, Any] = self.member.call("network", "POST", path, {kind: fields})[kind]
        self.stack.callback(self.member.call, "network", "DELETE", f"{path}/{made['id']}")
        return made

    def network(self, cidr: str, **subnet: Any) -> dict[str, Any]:
        """A network with a subnet; the subnet stands in it as `subnet`."""
        network = self.make("network", name=f"pseudo-{secrets.token_hex(3)}")
        network["subnet"] = self.make("subnet", network_id=network["id"], cidr=cidr, ip_version=4, **subnet)
        return network

    def router(self, *subnets: str) -> dict[str, Any]:
        """A router between subnets and the external network."""
        public = self.member.call("network", "GET", "/v2.0/networks?name=public")["networks"][0]["id"]
        router = self.make("router", name="pseudo", external_gateway_info={"network_id": public})
        for subnet in subnets:
            path, body = f"/v2.0/routers/{router['id']}", {"subnet_id": subnet}
            self.member.call("network", "PUT", f"{path}/add_router_interface", body)
            self.stack.callback(self.member.call, "network", "PUT", f"{path}/remove_router_interface", body)
        return router

    def guest(self, network: dict[str, Any], *, dhcp: bool = True, **port: Any) -> PseudoGuest:
        """A guest on a network, with what DHCP gave it."""
        made = self.make("port", network_id=network["id"], **port)
        path, owner = f"/v2.0/ports/{made['id']}", {"device_id": str(uuid.uuid4()), "device_owner": "compute:nova"}
        host = {"binding:host_id": next(iter(self.lab.description.zones))}
        self.admin.call("network", "PUT", path, {"port": {**owner, **host}})
        guest = PseudoGuest(f"sovran-guest-{secrets.token_hex(4)}", made)
        self.stack.enter_context(_wired(self.lab, guest))
        wait(lambda: self._status(made["id"]), {"ACTIVE"})
        if dhcp:
            guest.lease.update(guest.ask("dhcp", "eth0", made["mac_address"]))
            _take(guest)
        return guest

    def _status(self, port: str) -> str:
        return str(self.member.call("network", "GET", f"/v2.0/ports/{port}")["port"]["status"])


@contextmanager
def wiring(lab: LiveLab) -> Iterator[Wiring]:
    """Wiring in a lab; all that it made is gone afterwards."""
    with lab.sign_in("lab") as member, lab.sign_in("lab-admin") as admin, ExitStack() as stack:
        yield Wiring(lab, member, admin, stack)


@contextmanager
def _wired(lab: LiveLab, guest: PseudoGuest) -> Iterator[None]:
    host = places.host_namespace(lab.description.marker)
    tap = f"tap{guest.port['id'][:11]}"
    switch = ["ovs-vsctl", f"--db={places.unix(places.open_vswitch(lab.folder))}", "--timeout=20"]
    _do("ip", "netns", "add", guest.namespace)
    try:
        cable = f"link add {tap} netns {host} type veth peer name eth0 netns {guest.namespace}"
        _do("ip", *cable.split())
        _do("ip", "-n", host, "link", "set", tap, "up")
        _do("ip", "-n", guest.namespace, "link", "set", "lo", "up")
        _do("ip", "-n", guest.namespace, "link", "set", "eth0", "address", guest.port["mac_address"])
        _do("ip", "-n", guest.namespace, "link", "set", "eth0", "up")
        _do(*places.inside(guest.namespace, ["ethtool", "-K", "eth0", "tx", "off"]))
        _do(*switch, "add-port", places.INTEGRATION, tap, "--", "set", "interface", tap,
            f"external_ids:iface-id={guest.port['id']}")  # fmt: skip
        yield
    finally:
        _do(*switch, "--if-exists", "del-port", places.INTEGRATION, tap)
        _do("ip", "netns", "delete", guest.namespace)


def _take(guest: PseudoGuest) -> None:
    """Set up the interface as the lease says."""
    lease = guest.lease
    _do("ip", "-n", guest.namespace, "addr", "add", f"{lease['address']}/{lease['prefix']}", "dev", "eth0")
    _do("ip", "-n", guest.namespace, "link", "set", "eth0", "mtu", str(lease["mtu"]))
    for destination, hop in lease["routes"]:
        _do("ip", "-n", guest.namespace, "route", "replace", destination, "via", hop, "dev", "eth0")


def _do(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
