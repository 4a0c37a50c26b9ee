# SPDX-License-Identifier: Apache-2.0
"""Faults of a lab with guests: what machines, metadata and DHCP become while one is on."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sovran.lab.breaks.fault_states import SetFault
from sovran.lab.breaks.table import load
from sovran.lab.services import neutron_faults, nova_metadata, nova_qemu_faults
from sovran.lab.services.faults import Faults
from sovran.lab.services.nova_metadata import Spoiled
from sovran.lab.services.nova_qemu_machine import Disk, Machine, command
from sovran.lab.services.place import Place

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

MACHINE = Machine("u", "guest", 1024, 2, 2, 1, 1, "1", disks=(Disk("root", "disk", "qcow2"),), processor="max,la57=off")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A lab in which no fault is on."""
    for service in ("nova", "neutron"):
        (tmp_path / "etc" / service).mkdir(parents=True)
    found = Place(tmp_path, {}, {}, "marker", guests=True)
    nova_qemu_faults.tell(found)
    return found


def turn_on(place: Place, service: str, fault: str) -> None:
    """As a break does it."""
    place.config(service, "fault").write_text(fault, encoding="utf-8")


def test_a_machine_is_as_asked_while_no_fault_is_on(place: Place) -> None:
    assert nova_qemu_faults.as_it_comes(MACHINE) == MACHINE
    assert nova_qemu_faults.root_bytes(4 << 30) == 4 << 30
    turn_on(place, "nova", "metadata-off")
    assert nova_qemu_faults.as_it_comes(MACHINE) == MACHINE


@pytest.mark.parametrize(
    ("fault", "there", "gone"),
    [
        ("guests-without-rng", [], ["virtio-rng-pci,rng=random"]),
        ("guests-with-less-ram", ["768"], ["1024"]),
        ("guests-with-fewer-cpus", ["1,sockets=1,cores=1,threads=1"], ["2,sockets=2,cores=1,threads=1"]),
        ("guests-with-old-clock", ["base=2001-09-09T01:46:40"], ["base=utc"]),
        ("guests-without-instructions", ["max,la57=off,-rdrand,-rdseed"], ["max,la57=off"]),
        ("guests-do-not-boot", [], ["-blockdev"]),
    ],
)
def test_what_becomes_of_a_machine(place: Place, fault: str, there: list[str], gone: list[str]) -> None:
    assert set(gone) <= set(command(MACHINE))
    turn_on(place, "nova", fault)
    words = command(nova_qemu_faults.as_it_comes(MACHINE))
    assert set(there) <= set(words)
    assert not set(gone) & set(words)


def test_a_root_disk_of_half_the_size(place: Place) -> None:
    turn_on(place, "nova", "guests-with-smaller-disks")
    assert nova_qemu_faults.root_bytes(4 << 30) == 2 << 30


def api(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Nova's metadata API, as far as the tests ask it."""
    bodies = {
        "/openstack/latest/meta_data.json": b'{"name": "first", "uuid": "u"}',
        "/latest/user-data": b"#!/bin/sh\n",
    }
    body = bodies.get(environ["PATH_INFO"])
    start_response("200 OK" if body else "404 Not Found", [("Content-Length", str(len(body or b""))), ("X", "y")])
    return [body or b""]


def ask(place: Place, path: str) -> tuple[str, dict[str, str], bytes]:
    """Status, headers and body of an answer."""
    told: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
        told[:] = [status, dict(headers)]

    body = b"".join(Spoiled(api, Faults(place, "nova"))({"PATH_INFO": path}, start_response))
    return told[0], told[1], body


PATHS = ("/openstack/latest/meta_data.json", "/latest/user-data")


def test_metadata_as_it_is_while_no_fault_is_on(place: Place) -> None:
    assert [ask(place, path)[2] for path in PATHS] == [b'{"name": "first", "uuid": "u"}', b"#!/bin/sh\n"]


def test_metadata_that_is_off(place: Place) -> None:
    turn_on(place, "nova", nova_metadata.OFF)
    assert [ask(place, path)[0] for path in PATHS] == ["503 Service Unavailable"] * 2


def test_user_data_lacks_its_last_byte(place: Place) -> None:
    turn_on(place, "nova", nova_metadata.CUT)
    status, headers, body = ask(place, "/latest/user-data")
    assert (status, headers, body) == ("200 OK", {"Content-Length": "9", "X": "y"}, b"#!/bin/sh")
    assert ask(place, PATHS[0])[2] == b'{"name": "first", "uuid": "u"}'
    assert ask(place, "/openstack/latest/user_data")[::2] == ("404 Not Found", b"")


def test_metadata_tells_another_name(place: Place) -> None:
    turn_on(place, "nova", nova_metadata.OTHER)
    assert json.loads(ask(place, PATHS[0])[2]) == {"name": "another", "uuid": "u"}
    assert ask(place, PATHS[1])[2] == b"#!/bin/sh\n"


def test_what_dhcp_tells() -> None:
    told = {
        "router": "10.0.0.1",
        "mtu": "1442",
        "dns_server": "{198.51.100.53}",
        "classless_static_route": "{169.254.169.254/32,10.0.0.2, 0.0.0.0/0,10.0.0.1}",
    }
    lies = {name: lie(told) for name, lie in neutron_faults.LIES.items()}
    assert lies["dhcp-mtu-too-large"] == told | {"mtu": "1500"}
    assert lies["dhcp-foreign-resolver"] == told | {"dns_server": "{198.51.100.53, 9.9.9.9}"}
    assert lies["dhcp-gateway-elsewhere"] == told | {
        "router": "10.0.0.100",
        "classless_static_route": "{169.254.169.254/32,10.0.0.2, 0.0.0.0/0,10.0.0.100}",
    }
    bare = {"mtu": "1442"}
    assert neutron_faults.LIES["dhcp-gateway-elsewhere"](bare) == bare
    assert neutron_faults.LIES["dhcp-foreign-resolver"](bare) == bare | {"dns_server": "{9.9.9.9}"}
    without = {"router": "10.0.0.1"}
    assert neutron_faults.LIES["dhcp-gateway-elsewhere"](without) == {"router": "10.0.0.100"}


def test_every_fault_of_the_table_is_one_that_the_services_know() -> None:
    known = {
        "nova": {
            *nova_qemu_faults.SPOILED, "guests-with-smaller-disks", "disks-with-leftovers",
            nova_metadata.OFF, nova_metadata.CUT, nova_metadata.OTHER,
        },
        "neutron": {*neutron_faults.LIES, neutron_faults.INTERCEPTS},
    }  # fmt: skip
    asked: dict[str, set[str]] = {"nova": set(), "neutron": set()}
    for row in load().values():
        for action in row.actions:
            if isinstance(action, SetFault) and action.service in asked:
                asked[action.service].add(action.fault)
    assert asked == known
