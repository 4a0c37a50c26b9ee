# SPDX-License-Identifier: Apache-2.0
"""Faults of Neutron in a lab with guests: what DHCP tells them is not so."""

import ipaddress
import subprocess
from collections.abc import Callable
from typing import Any

from sovran.lab.guests import places
from sovran.lab.services.faults import Faults
from sovran.lab.services.place import Place

Options = dict[str, str]
"""DHCP options as OVN writes them."""
INTERCEPTS = "names-intercepted"
INTERCEPTED = {"www.denic.de": "198.51.100.80"}
"""A name that probes ask for, with its address in the lab's internet."""
SECONDS = 20
FOREIGN_RESOLVER = "9.9.9.9"
TOO_LARGE = "1500"


def _gateway_elsewhere(options: Options) -> Options:
    """The router is said to be 99 addresses further, where nobody is."""
    told = options.get("router", "")
    if not told:
        return options
    nobody = str(ipaddress.ip_address(told) + 99)
    routes = options.get("classless_static_route", "")
    changed = routes.replace(f"0.0.0.0/0,{told}", f"0.0.0.0/0,{nobody}")
    return options | {"router": nobody} | ({"classless_static_route": changed} if routes else {})


def _foreign_resolver(options: Options) -> Options:
    told = options.get("dns_server", "{}").strip("{}")
    return options | {"dns_server": f"{{{', '.join(filter(None, (told, FOREIGN_RESOLVER)))}}}"}


LIES: dict[str, Callable[[Options], Options]] = {
    "dhcp-gateway-elsewhere": _gateway_elsewhere,
    "dhcp-mtu-too-large": lambda options: options | {"mtu": TOO_LARGE},
    "dhcp-foreign-resolver": _foreign_resolver,
}
"""Name of a fault to what becomes of the options of a new subnet."""


def _intercept(place: Place, network: str) -> None:
    """Let OVN answer for a public name by itself, to whatever server a guest of the network sends the question.

    By a client of its own, since Neutron's transaction is under way.
    """
    command = ["ovn-nbctl", f"--db={places.unix(places.northbound(place.folder))}", f"--timeout={SECONDS}"]

    def ask(*words: str) -> str:
        return subprocess.run([*command, *words], capture_output=True, text=True, check=True).stdout

    records = [f'records:"{name}"="{address}"' for name, address in INTERCEPTED.items()]
    switch = f"neutron-{network}"
    # Neutron writes the names of its ports into the row that bears the switch's name, and drops all others
    mark = f"external_ids:ls_name={switch}"
    rows = ask("--bare", "--columns=_uuid", "find", "DNS", mark).split()
    for row in rows:
        ask("set", "DNS", row, *records)
    if not rows:
        ask(
            *("--", "--id=@names", "create", "DNS", mark, *records),
            *("--", "--if-exists", "add", "Logical_Switch", switch, "dns_records", "@names"),
        )


def let_dhcp_lie(place: Place) -> None:
    """Let the fault that is on change the options of each IPv4 subnet that is made, or its network."""
    from neutron.plugins.ml2.drivers.ovn.mech_driver.ovsdb import ovn_client

    faults = Faults(place, "neutron")
    upstream = ovn_client.OVNClient._get_ovn_dhcpv4_opts

    def options(self: Any, *arguments: Any, **named: Any) -> Options:
        told: Options = upstream(self, *arguments, **named)
        if faults.on == INTERCEPTS:
            _intercept(place, arguments[2]["id"])
        lie = LIES.get(faults.on)
        return lie(told) if lie and told else told

    ovn_client.OVNClient._get_ovn_dhcpv4_opts = options
