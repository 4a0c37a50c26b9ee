# SPDX-License-Identifier: Apache-2.0
"""The network of a lab with guests, as namespaces see it that are wired like guests."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sovran.guest import targets
from sovran.lab import lifecycle, log
from sovran.lab.guests import places
from tests.live.live_lab import LiveLab
from tests.live.pseudo_guest import PseudoGuest, Wiring, ask, run, wiring
from tests.live.waiting import wait

pytestmark = pytest.mark.live
RESOLVER, WEB, WEB6, TIME, MAIL = "198.51.100.53", "198.51.100.80", "2001:db8:51::80", "198.51.100.123", "198.51.100.25"
METADATA = "169.254.169.254"
SERVER_FAILURE, NAME_ERROR = 2, 3
RRSIG = 46


@pytest.fixture(scope="module")
def wires(guest_lab: LiveLab) -> Iterator[Wiring]:
    """Networks and guests of this module."""
    with wiring(guest_lab) as made:
        yield made


@pytest.fixture(scope="module")
def network(wires: Wiring) -> dict[str, Any]:
    """A network behind a router, with IPv4 and IPv6."""
    made = wires.network("10.7.0.0/24")
    pool = wires.member.call("network", "GET", "/v2.0/subnetpools?name=public-v6")["subnetpools"][0]["id"]
    modes = {"ipv6_address_mode": "slaac", "ipv6_ra_mode": "slaac"}
    six = wires.make("subnet", network_id=made["id"], ip_version=6, subnetpool_id=pool, **modes)
    wires.router(made["subnet"]["id"], six["id"])
    return made


@pytest.fixture(scope="module")
def guest(wires: Wiring, network: dict[str, Any]) -> PseudoGuest:
    """A guest in the default security group."""
    return wires.guest(network, dns_name="first")


@pytest.fixture(scope="module")
def neighbour(wires: Wiring, network: dict[str, Any]) -> PseudoGuest:
    """A guest on the same network, in a security group that lets nothing in."""
    group = wires.make("security_group", name="pseudo")
    return wires.guest(network, security_groups=[group["id"]])


def soon(look: Callable[[], Any], wanted: Any) -> Any:
    """What is seen in the end, when `wanted` may take a moment."""
    limit = time.monotonic() + 60
    while (seen := look()) != wanted and time.monotonic() < limit:
        time.sleep(0.2)
    return seen


def test_dhcp_tells_all_that_a_guest_needs(guest: PseudoGuest) -> None:
    assert guest.lease["address"] == guest.address
    assert (guest.lease["prefix"], guest.lease["mtu"], guest.lease["dns"]) == (24, 1442, [RESOLVER])
    assert guest.lease["domain"] == "lab.example"
    assert ["0.0.0.0/0", "10.7.0.1"] in guest.lease["routes"]
    assert f"{METADATA}/32" in [destination for destination, _ in guest.lease["routes"]]


def test_the_internet_sees_the_router(guest: PseudoGuest) -> None:
    status, said = guest.ask("http", f"http://{WEB}/")
    assert status == 200
    assert said.startswith("203.0.113.")
    assert said.strip() not in ("203.0.113.1", guest.address)


def test_ipv6_is_advertised_routed_and_not_translated(guest: PseudoGuest) -> None:
    def addresses() -> list[str]:
        shown = json.loads(guest.run("ip", "-6", "-json", "addr", "show", "dev", "eth0", "scope", "global").stdout)
        told = [one for link in shown for one in link.get("addr_info", []) if one and not one.get("tentative")]
        return [one["local"] for one in told]

    wait(lambda: bool(addresses()), {True})
    known = {ip["ip_address"] for ip in guest.port["fixed_ips"]}
    assert set(addresses()) <= known
    assert soon(lambda: guest.ask("ping", WEB6), True)
    status, said = guest.ask("http", f"http://[{WEB6}]/")
    assert (status, said.strip() in known) == (200, True)


def test_the_resolver_validates(guest: PseudoGuest) -> None:
    names = targets.shipped().names
    assert names.good
    assert names.signed
    assert names.bogus
    assert names.missing
    assert names.ipv4_only
    good, good6 = (guest.ask("dns", RESOLVER, names.good, kind) for kind in ("A", "AAAA"))
    assert (good["answers"], good["authentic"], good6["answers"]) == ([[1, WEB]], False, [[28, WEB6]])
    signed = guest.ask("dns", RESOLVER, names.signed, "A")
    assert (signed["authentic"], [kind for kind, _ in signed["answers"]]) == (True, [1, RRSIG])
    assert guest.ask("dns", RESOLVER, names.bogus, "A") == {"code": SERVER_FAILURE, "authentic": False, "answers": []}
    assert guest.ask("dns", RESOLVER, names.missing, "A")["code"] == NAME_ERROR
    assert guest.ask("dns", RESOLVER, names.ipv4_only, "AAAA") == {"code": 0, "authentic": False, "answers": []}


def test_nobody_listens_where_nobody_shall(guest: PseudoGuest) -> None:
    wanted = targets.shipped()
    assert wanted.nobody
    assert wanted.names.good
    assert guest.ask("dns", wanted.nobody, wanted.names.good, "A") is None
    assert guest.ask("tcp", wanted.nobody, "53") == "dropped"


def test_names_of_ports_are_answered_wherever_one_asks(guest: PseudoGuest) -> None:
    """OVN answers for them, also in the name of an address where nobody listens: what probes call interception."""
    nobody = targets.shipped().nobody
    assert nobody
    found = guest.ask("dns", nobody, "first.lab.example", "A")
    # OVN 23.03 lets queries with EDNS pass
    assert found is None or found["answers"] == [[1, guest.address]]
    assert guest.ask("dns-plain", nobody, "first.lab.example", "A")["answers"] == [[1, guest.address]]


def test_ports_of_mail(guest: PseudoGuest) -> None:
    ports = {port: guest.ask("tcp", MAIL, str(port)) for port in (25, 26, 465, 587)}
    assert ports == {25: "dropped", 26: "rejected", 465: "open", 587: "open"}


def test_every_target_of_probes_is_there(guest: PseudoGuest) -> None:
    wanted = targets.shipped()
    hosts = {door.host for door in (wanted.control, wanted.reach_ipv4, *wanted.mail) if door} | {*wanted.ntp}
    found = {host: guest.ask("dns", RESOLVER, host, "A")["answers"] for host in hosts}
    assert [host for host, answers in found.items() if not answers] == []
    assert wanted.control
    assert guest.ask("tcp", found[wanted.control.host][0][1], str(wanted.control.port)) == "open"


def test_time(guest: PseudoGuest) -> None:
    offset = guest.ask("ntp", TIME)
    assert offset is not None
    assert abs(offset) < 1


def test_path_mtu(guest: PseudoGuest) -> None:
    head = 28
    assert guest.ask("ping", WEB, str(1442 - head))
    assert not guest.ask("ping", WEB, str(1443 - head))


def test_security_groups(wires: Wiring, guest: PseudoGuest, neighbour: PseudoGuest) -> None:
    assert guest.ask("tcp", neighbour.address, "80") == "dropped"
    assert not guest.ask("ping", neighbour.address)
    (group,) = neighbour.port["security_groups"]
    wires.make("security_group_rule", security_group_id=group, direction="ingress", ethertype="IPv4", protocol="tcp")
    assert soon(lambda: guest.ask("tcp", neighbour.address, "80"), "rejected") == "rejected"  # nobody listens there
    assert not guest.ask("ping", neighbour.address)


def test_a_floating_ip_leads_in(wires: Wiring, guest_lab: LiveLab, neighbour: PseudoGuest) -> None:
    outside = places.internet_namespace(guest_lab.description.marker)
    (group,) = neighbour.port["security_groups"]
    wires.make("security_group_rule", security_group_id=group, direction="ingress", ethertype="IPv4", protocol="icmp")
    public = wires.member.call("network", "GET", "/v2.0/networks?name=public")["networks"][0]["id"]
    floating = wires.make("floatingip", floating_network_id=public, port_id=neighbour.port["id"])
    address = floating["floating_ip_address"]
    assert soon(lambda: ask(outside, "ping", address), True)
    assert soon(lambda: neighbour.ask("http", f"http://{WEB}/"), [200, f"{address}\n"]) == [200, f"{address}\n"]


def test_metadata_reaches_nova_and_says_who_asks(guest_lab: LiveLab, guest: PseudoGuest) -> None:
    """No server has the port's device id, which Nova says; an address that the guest makes up shows nothing else."""
    began = time.time()
    wait(lambda: guest.ask("tcp", METADATA, "80"), {"open"})
    plain = guest.ask("http", f"http://{METADATA}/openstack/latest/meta_data.json")
    forged = guest.ask("http", f"http://{METADATA}/openstack/latest/meta_data.json", "X-Forwarded-For:10.7.0.254")
    assert plain[0] == 404
    assert forged[0] in (404, 502)  # upstream's agent trips over two addresses, which its proxy makes of them
    asked = [one for one in log.requests(guest_lab.folder, began) if one.service == "nova-metadata"]
    assert "/openstack/latest/meta_data.json" in [one.path for one in asked]


def test_the_switch_is_started_again_when_it_aborts(guest_lab: LiveLab, guest: PseudoGuest) -> None:
    def state() -> lifecycle.ServiceState:
        return next(one for one in lifecycle.status(guest_lab.name) if one.service == "vswitchd")

    before = state()
    assert before.pid
    children = run_outside("pgrep", "-P", str(before.pid)).split()
    os.kill(int(children[0]), signal.SIGABRT)
    assert soon(lambda: state().note, "has died once and was started again").startswith("has died")
    assert state().state == "ready"
    assert soon(lambda: guest.ask("ping", WEB), True)


def run_outside(*command: str) -> str:
    """Output of a command in the root namespace."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_nothing_leads_out_of_the_namespaces(guest_lab: LiveLab, guest: PseudoGuest) -> None:
    lab = guest_lab.description
    host, internet = places.namespaces(lab.marker)
    own = run_outside("ip", "-json", "-4", "addr", "show", "scope", "global")
    machine = next(one["local"] for link in json.loads(own) for one in link["addr_info"])
    for namespace in (host, internet):
        assert run(namespace, "ip", "route", "show", "default").stdout == ""
        assert run(namespace, "ip", "-6", "route", "show", "default").stdout == ""
        for address in (machine, METADATA):
            assert run(namespace, "ip", "route", "get", address).returncode != 0
    addresses = json.loads(run(host, "ip", "-json", "addr", "show").stdout)
    assert {one["ifname"] for one in addresses if any(one.get("addr_info", []))} == {"lo"}
    for namespace in (host, internet, guest.namespace):
        # the root namespace's loopback is not theirs, nor is what listens on all of its addresses
        assert ask(namespace, "tcp", "127.0.0.1", str(lab.ports["keystone"])) == "rejected"
        assert ask(namespace, "tcp", machine, str(lab.ports["keystone"])) == "dropped"
    # what passes is one port of the host's namespace, to Nova's metadata
    assert ask(host, "tcp", "127.0.0.1", str(lab.ports[places.METADATA_PORT])) == "open"
    assert ask(internet, "tcp", "127.0.0.1", str(lab.ports[places.METADATA_PORT])) == "rejected"


def test_no_link_of_the_machine_ends_in_the_namespaces(guest_lab: LiveLab, guest: PseudoGuest) -> None:
    lab = guest_lab.description
    names = {link["ifname"] for link in json.loads(run_outside("ip", "-json", "link", "show"))}
    assert not names & {places.INTEGRATION, places.EXTERNAL, "ovs-netdev", "ext0", "inet0"}

    def joined(peers: str) -> set[str]:
        return {peer.get("name", "") for peer in json.loads(peers)}

    # the kernel numbers the namespaces to which a namespace has cables
    host = places.host_namespace(lab.marker)
    assert joined(run(host, "ip", "-json", "netns", "list-id").stdout) >= {places.internet_namespace(lab.marker)}
    run_outside("ip", "-details", "link", "show")
    there = {*places.namespaces(lab.marker), guest.namespace}
    assert not joined(run_outside("ip", "-json", "netns", "list-id")) & there
