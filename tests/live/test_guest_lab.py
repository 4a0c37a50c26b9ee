# SPDX-License-Identifier: Apache-2.0
"""The network of a lab with guests, as seen by namespaces that are wired like guests: real, and shut in."""

import json
from collections.abc import Iterator

import pytest

from sovran.lab.guests import places
from tests.live.live_lab import LiveLab
from tests.live.pseudo_guest import PseudoGuest, Wiring, ask, run, wiring

pytestmark = pytest.mark.live
RESOLVER, WEB, TIME, MAIL = "198.51.100.53", "198.51.100.80", "198.51.100.123", "198.51.100.25"
NOBODY = "192.0.2.53"


@pytest.fixture(scope="module")
def wires(guest_lab: LiveLab) -> Iterator[Wiring]:
    """Networks and guests of this module."""
    with wiring(guest_lab) as made:
        yield made


@pytest.fixture(scope="module")
def guest(wires: Wiring) -> PseudoGuest:
    """A guest behind a router."""
    network = wires.network("10.7.0.0/24")
    wires.router(network["subnet"]["id"])
    return wires.guest(network)


def test_dhcp_tells_all_that_a_guest_needs(guest: PseudoGuest) -> None:
    assert guest.lease["address"] == guest.address
    assert (guest.lease["prefix"], guest.lease["mtu"], guest.lease["dns"]) == (24, 1442, [RESOLVER])
    assert ["0.0.0.0/0", "10.7.0.1"] in guest.lease["routes"]
    assert "169.254.169.254/32" in [destination for destination, _ in guest.lease["routes"]]


def test_the_internet_sees_the_router(guest: PseudoGuest) -> None:
    status, said = guest.ask("http", f"http://{WEB}/")
    assert status == 200
    assert said.startswith("203.0.113.")
    assert said.strip() != "203.0.113.1"
