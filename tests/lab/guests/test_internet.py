# SPDX-License-Identifier: Apache-2.0
"""The lab's internet: its world, the resolver, the time server, the border router's routes."""

import ipaddress
import json
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.guest import targets
from sovran.lab.config import internet
from sovran.lab.services import internet_dns, internet_routes, internet_time
from sovran.lab.services.internet_world import World

A, AAAA, MX = 1, 28, 15
NO_ERROR, FORMAT_ERROR, SERVER_FAILURE, NAME_ERROR = 0, 1, 2, 3
AD, CD, RA = 0x20, 0x10, 0x80


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """That of the targets which come with sovran."""
    file = tmp_path_factory.mktemp("world") / internet.FILE
    file.write_text(internet.render(targets.shipped()), encoding="utf-8")
    return World(file)


def query(name: str, kind: int = A, *, flags: int = 0x100, signatures: bool | None = None) -> bytes:
    """A query; `signatures`: with EDNS, and DO so."""
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".") if part)
    edns = signatures is not None
    more = struct.pack("!BHHIH", 0, 41, 1232, 0x8000 if signatures else 0, 0) if edns else b""
    return struct.pack("!6H", 7, flags, 1, 0, 0, int(edns)) + labels + struct.pack("!BHH", 0, kind, 1) + more


def read(answer: bytes) -> tuple[int, int, list[int]]:
    """Code, flags, and the types of the answers."""
    _, flags, questions, answers, _, _ = struct.unpack_from("!6H", answer)
    assert questions == 1
    at, kinds = 12, []
    while answer[at]:
        at += 1 + answer[at]
    at += 5
    for _ in range(answers):
        kind, _, _, length = struct.unpack_from("!HHIH", answer, at + 2)
        kinds.append(kind)
        at += 12 + length
    return flags & 15, flags, kinds


def name(which: str) -> str:
    """A name of the targets."""
    found: str | None = getattr(targets.shipped().names, which)
    assert found
    return found


def test_signed_names_are_authentic_for_who_asks(world: World) -> None:
    code, flags, kinds = read(internet_dns.answer(query(name("signed"), signatures=True), world))
    assert (code, bool(flags & AD), kinds) == (NO_ERROR, True, [A, internet_dns.RRSIG])
    assert flags & RA
    _, flags, kinds = read(internet_dns.answer(query(name("signed"), flags=0x120), world))
    assert (bool(flags & AD), kinds) == (True, [A])
    _, flags, _ = read(internet_dns.answer(query(name("signed")), world))
    assert not flags & AD


def test_bogus_names_fail_unless_the_client_checks_by_itself(world: World) -> None:
    assert read(internet_dns.answer(query(name("bogus"), signatures=True), world))[0] == SERVER_FAILURE
    code, flags, kinds = read(internet_dns.answer(query(name("bogus"), flags=0x110, signatures=True), world))
    assert (code, bool(flags & AD), kinds) == (NO_ERROR, False, [A, internet_dns.RRSIG])


def test_a_resolver_that_does_not_validate(tmp_path: Path) -> None:
    told = json.loads(internet.render(targets.shipped()))
    told["resolver"]["validating"] = False
    (tmp_path / "world").write_text(json.dumps(told), encoding="utf-8")
    lax = World(tmp_path / "world")
    assert read(internet_dns.answer(query(name("bogus")), lax))[0] == NO_ERROR
    assert not read(internet_dns.answer(query(name("signed"), signatures=True), lax))[1] & AD


def test_what_is_not_there(world: World) -> None:
    assert read(internet_dns.answer(query(name("missing")), world))[0] == NAME_ERROR
    assert read(internet_dns.answer(query(name("ipv4_only"), AAAA), world)) == (NO_ERROR, 0x8180, [])
    assert read(internet_dns.answer(query(name("good"), MX), world))[::2] == (NO_ERROR, [])
    # above names that are there, nothing is missing
    assert read(internet_dns.answer(query(name("good").partition(".")[2]), world))[0] == NO_ERROR


def test_the_case_of_letters_comes_back(world: World) -> None:
    asked = query(name("good").upper())
    assert internet_dns.answer(asked, world)[12 : len(asked)] == asked[12:]


@given(packet=st.binary(max_size=80))
def test_whatever_comes_the_resolver_goes_on(world: World, packet: bytes) -> None:
    assert len(internet_dns.answer(packet, world)) in (0, *range(12, 2000))


def test_every_target_is_in_the_world(world: World) -> None:
    wanted = targets.shipped()
    doors = [door for door in (wanted.control, wanted.reach_ipv4, wanted.reach_ipv6, *wanted.mail) if door]
    for host in [door.host for door in doors] + list(wanted.ntp):
        assert world.names[host]["A"]
        assert world.names[host]["AAAA"]
    assert {door.port for door in doors} <= world.open | world.dropped
    assert world.dropped == {25}
    assert wanted.nobody not in world.addresses
    assert world.names["v4.ident.me"]["AAAA"] == []
    assert world.names["v6.ident.me"]["A"] == []


def test_a_users_own_targets_by_address(tmp_path: Path) -> None:
    own = targets.Targets(control=targets.Door("203.0.114.9", 8443), ntp=("2001:db8:9::1",), dns_port=5353)
    told = json.loads(internet.render(own))
    assert {"203.0.114.9", "2001:db8:9::1"} <= set(told["addresses"])
    assert 8443 in told["open"]
    assert told["resolver"]["ports"] == [53, 5353]


def test_the_world_is_read_again_when_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "world"
    file.write_text(internet.render(targets.shipped()), encoding="utf-8")
    seen = World(file)
    assert not seen.refresh()
    told = json.loads(file.read_text(encoding="utf-8"))
    told["dropped"] = []
    file.with_suffix(".new").write_text(json.dumps(told), encoding="utf-8")
    file.with_suffix(".new").replace(file)
    assert seen.refresh()
    assert seen.dropped == set()


def test_time_is_told_to_clients_only() -> None:
    now = 1_800_000_000.25
    asked = b"\x23" + bytes(39) + b"12345678"
    said = internet_time.answer(asked, now)
    assert (said[0] & 7, said[0] >> 3 & 7, said[1], said[24:32]) == (4, 4, 2, b"12345678")
    whole, part = struct.unpack("!II", said[40:48])
    assert (whole - 2208988800 + part / 2**32) == now
    assert internet_time.answer(said, now) == b""
    assert internet_time.answer(asked[:20], now) == b""


def test_routes_lead_to_networks_behind_routers_with_a_gateway() -> None:
    found = internet_routes.routes(
        [
            ["203.0.113.10/24", "2001:db8:113::5/64", "10.0.0.1/24", "2001:db8:100::1/64", "fe80::1/64"],
            ["2001:db8:100:1::1/64"],
            [],
        ]
    )
    assert found == {"2001:db8:100::/64": "2001:db8:113::5"}


def test_the_internets_link_is_that_of_the_external_network() -> None:
    from sovran.lab.guests import namespaces
    from sovran.lab.seeds import networks

    assert str(networks.INTERNET) == namespaces.GATEWAY.partition("/")[0]
    assert str(networks.INTERNET6) == namespaces.GATEWAY6
    assert ipaddress.ip_interface(namespaces.GATEWAY6).network == internet_routes.LINK
