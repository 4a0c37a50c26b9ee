# SPDX-License-Identifier: Apache-2.0
"""The lab's own internet, in a network namespace without a way out: resolver, time, web, mail ports, border router."""

import ipaddress
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable, Iterable

from sovran.lab.guests import places
from sovran.lab.services import internet_dns, internet_routes, internet_time
from sovran.lab.services.internet_doors import Doors
from sovran.lab.services.internet_world import World
from sovran.lab.services.place import Place

DEVICE = "inet0"
LOOK = 0.3
"""Seconds between two looks at the file that says what the internet is like."""


def run(place: Place, ready: Callable[[], None]) -> None:
    """Serve until a signal ends the process."""
    world = World(place.config("internet", "internet.json"))
    _take(world.addresses)
    for handler, service in ((internet_dns.datagrams, world.resolver), (internet_time.datagrams, world.time)):
        for address in service["addresses"]:
            for port in service["ports"]:
                _serve(Datagrams(address, port, handler(world)))
    for address in world.resolver["addresses"]:
        for port in world.resolver["ports"]:
            _serve(Streams(address, port, internet_dns.streams(world)))
    doors = Doors()
    doors.settle(world.open, world.dropped)
    routing = threading.Thread(target=internet_routes.keep, args=(places.northbound(place.folder), DEVICE), daemon=True)
    routing.start()
    ready()
    while True:
        time.sleep(LOOK)
        if world.refresh():
            _take(world.addresses)
            doors.settle(world.open, world.dropped)


class Datagrams(socketserver.UDPServer):
    """A UDP server on one address, so that replies come from where the question went."""

    def __init__(self, address: str, port: int, handler: type[socketserver.BaseRequestHandler]) -> None:
        self.address_family = family(address)
        super().__init__((address, port), handler)


class Streams(socketserver.ThreadingTCPServer):
    """A TCP server on one address."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: str, port: int, handler: type[socketserver.BaseRequestHandler]) -> None:
        self.address_family = family(address)
        super().__init__((address, port), handler)


def family(address: str) -> socket.AddressFamily:
    """The address family of an address."""
    return socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET


def _serve(server: socketserver.BaseServer) -> None:
    threading.Thread(target=server.serve_forever, daemon=True).start()


def _take(addresses: Iterable[str]) -> None:
    """Let these addresses be this namespace's."""
    # nobody else can have them: without `nodad`, an IPv6 address could not be used for a moment
    lines = [f"addr replace {address} dev lo{' nodad' if ':' in address else ''}" for address in addresses]
    subprocess.run(["ip", "-batch", "-"], input="\n".join(lines), text=True, check=True)
