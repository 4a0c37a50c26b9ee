# SPDX-License-Identifier: Apache-2.0
"""What the lab's own internet is like: its names, addresses, open ports; every target of guest probes is there."""

import ipaddress
import json
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sovran.guest import targets
from sovran.lab.config.ini import Setting

FILE = "internet.json"
RESOLVER, RESOLVER6 = "198.51.100.53", "2001:db8:51::53"
TIME, TIME6 = "198.51.100.123", "2001:db8:51::123"
MAIL, MAIL6 = "198.51.100.25", "2001:db8:51::25"
WEB, WEB6 = "198.51.100.80", "2001:db8:51::80"
MAIL_DROPPED = 25
"""The port that many providers drop: what comes for it to any address gets no answer."""


@dataclass
class World:
    """The lab's internet, as it is written to its file."""

    addresses: set[str] = field(default_factory=lambda: {RESOLVER, RESOLVER6, TIME, TIME6, MAIL, MAIL6, WEB, WEB6})
    names: dict[str, dict[str, object]] = field(default_factory=dict)
    open: set[int] = field(default_factory=lambda: {80, 443})
    dns_ports: set[int] = field(default_factory=lambda: {53})
    time_ports: set[int] = field(default_factory=lambda: {123})

    def host(self, name: str, ipv4: str, ipv6: str | None, **properties: object) -> None:
        """Let a target be there: a name gets records, an address becomes one of the internet's own."""
        try:
            self.addresses.add(str(ipaddress.ip_address(name)))
        except ValueError:
            key = name.lower().rstrip(".")
            known = self.names.setdefault(key, {"A": [], "AAAA": []})
            self.names[key] = {**known, "A": [ipv4] if ipv4 else [], "AAAA": [ipv6] if ipv6 else [], **properties}


def world(wanted: targets.Targets) -> World:
    """An internet in which each target is as a probe of a flawless cloud finds it."""
    made = World()
    for url, ipv4, ipv6 in ((wanted.egress_ipv4, WEB, None), (wanted.egress_ipv6, "", WEB6)):
        if url and (host := urlsplit(url).hostname):
            made.host(host, ipv4, ipv6)
            made.open.add(urlsplit(url).port or 80)
    for door in (wanted.control, wanted.reach_ipv4, wanted.reach_ipv6):
        if door:
            made.host(door.host, WEB, WEB6)
            made.open.add(door.port)
    for server in wanted.ntp:
        made.host(server, TIME, TIME6)
    for door in wanted.mail:
        made.host(door.host, MAIL, MAIL6)
        made.open.add(door.port)
    if wanted.path_mtu:
        made.host(wanted.path_mtu, WEB, WEB6)
    names = wanted.names
    if names.good:
        made.host(names.good, WEB, WEB6)
    if names.signed:
        made.host(names.signed, WEB, WEB6, signed=True)
    if names.bogus:
        made.host(names.bogus, WEB, WEB6, signed=True, bogus=True)
    if names.ipv4_only:
        made.host(names.ipv4_only, WEB, None)
    if names.missing:
        made.names.pop(names.missing.lower().rstrip("."), None)
    made.addresses.discard(wanted.nobody or "")
    made.dns_ports.add(wanted.dns_port)
    made.time_ports.add(wanted.ntp_port)
    return made


def render(wanted: targets.Targets) -> str:
    """The file that the process of the internet reads (services/internet_world.py)."""
    made = world(wanted)
    described = {
        "addresses": sorted(made.addresses),
        "names": dict(sorted(made.names.items())),
        "open": sorted(made.open - {MAIL_DROPPED}),
        "dropped": [MAIL_DROPPED],
        "resolver": {"addresses": [RESOLVER, RESOLVER6], "ports": sorted(made.dns_ports), "validating": True},
        "time": {"addresses": [TIME, TIME6], "ports": sorted(made.time_ports), "offset": 0.0},
    }
    return json.dumps(described, indent=1) + "\n"


def files(setting: Setting) -> dict[str, str]:
    """File name to text, for the targets that come with sovran: the same in each lab."""
    del setting
    return {FILE: render(targets.shipped())}
