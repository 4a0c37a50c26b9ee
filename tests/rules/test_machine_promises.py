# SPDX-License-Identifier: Apache-2.0
"""Promises of flavor names against machines of guests (0100-02, 0100-03), and routed addresses (0126-04)."""

from typing import Any

import msgspec
import pytest

from sovran.cloud.facts.flavors import Flavors
from sovran.cloud.facts.subnet_pools import SubnetPool, SubnetPools
from sovran.cloud.facts.subnets import Subnet, Subnets
from sovran.cloud.fetch import Facts
from sovran.cloud.outcome import NotRun, Ok, Unreachable
from sovran.conformance.judge import judge
from sovran.guest import records
from sovran.model.report import Judgement
from sovran.model.verdict import Verdict
from sovran.naming.flavor_name import parse
from sovran.probes.guest import CANONICAL, PEER, FlavorUsed, GuestProbe
from tests.rules.facts_by_hand import claims, flavor
from tests.rules.guests_by_hand import DISK, DRIVE, GIB, THEIRS, dead, guest, judged, report

PASS, FAIL, ABORT, MISS = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.MISS


def of(claim: str, name: str, role: str = "own", **changes: Any) -> Judgement:
    """The judgement on a guest of a flavor of this name, which by the API is what it promises."""
    said = parse(name)
    size = (said.disk.size_gb or 0) if said.disk else 0
    used = FlavorUsed(id="f", name=name, vcpus=said.cpus, ram=int(said.ram_gib * 1024), disk=size)
    told = {
        "cpu": {"count": said.cpus, **changes.pop("cpu", {})},
        "memory": {"given_kib": used.ram * 1024, **changes.pop("memory", {})},
        "disks": {"disks": (msgspec.structs.replace(DISK, size_bytes=size * GIB), DRIVE), **changes.pop("disks", {})},
    }
    cloud = (Flavors((flavor(name, id="f"),)),)
    return judged(claim, guest(role, flavor=used, **told, **changes), facts=cloud)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, PASS),
        ({"cpu": {"count": 3}}, FAIL),
        ({"cpu": {"count": 3}, "image": THEIRS}, PASS),
        ({"cpu": {"count": None}}, PASS),
        ({"memory": {"given_kib": 8 * 1024**2}}, FAIL),
        ({"disks": {"disks": (msgspec.structs.replace(DISK, size_bytes=49 * 1000**3),)}}, FAIL),
        ({"disks": {"disks": (msgspec.structs.replace(DISK, size_bytes=50 * 1000**3),)}}, PASS),
        ({"disks": {"disks": (msgspec.structs.replace(DISK, size_bytes=GIB),)}, "boot": "volume"}, PASS),
        ({"report": None}, PASS),
    ],
)
def test_the_machine_has_the_figures_of_its_flavors_name(changes: dict[str, Any], expected: Verdict) -> None:
    assert of("0100-02", "SCS-4V-16-50", **changes).verdict is expected


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("SCS-4V-16", {}, ABORT),
        ("SCS-4V-16", {"system": {"machine": "aarch64"}}, FAIL),
        ("SCS-4V-16_a1", {"system": {"machine": "aarch64"}}, ABORT),
        ("SCS-4V-16_a1", {}, FAIL),
        ("SCS-4V-16_z3", {}, FAIL),
        ("SCS-4V-16_z3", {"cpu": {"vendor": "HygonGenuine"}}, ABORT),
        ("SCS-4V-16_i2", {}, ABORT),
        ("SCS-4V-16_i2", {"cpu": {"vendor": ""}}, ABORT),
        ("SCS-4V-16_kvm", {"cpu": {"hypervisor": "VMware"}}, FAIL),
        ("SCS-4V-16_kvm", {"cpu": {"hypervisor": "KVM"}}, ABORT),
        ("SCS-4V-16_kvm", {"cpu": {"hypervisor": "OpenStack Foundation"}}, ABORT),
        ("SCS-4V-16_xen", {"cpu": {"hypervisor": "KVM"}}, FAIL),
        ("SCS-4V-16_bms", {"cpu": {"flags": ("fpu", "hypervisor")}}, FAIL),
        ("SCS-4V-16_bms", {}, ABORT),
        ("SCS-4V-16", {"cpu": {"hypervisor": "VMware"}}, ABORT),
        ("SCS-4C-16", {"cpu": {"steal_percent": 30.0, "load_seconds": 2.0}}, FAIL),
        ("SCS-4T-16", {"cpu": {"steal_percent": 30.0, "load_seconds": 0.5}}, ABORT),
        ("SCS-4C-16", {"cpu": {"steal_percent": 10.0, "load_seconds": 2.0}}, ABORT),
        ("SCS-4V-16", {"cpu": {"steal_percent": 90.0, "load_seconds": 2.0}}, ABORT),
        ("SCS-4V-16-2x50", {"disks": {"disks": (DISK, DRIVE)}}, FAIL),
        (
            "SCS-4V-16-2x50",
            {"disks": {"disks": (DISK, records.Disk(name="vdc", size_bytes=50 * GIB))}},
            ABORT,
        ),
        ("SCS-4V-16-2x50", {"report": None}, ABORT),
    ],
)
def test_the_machine_is_of_the_kind_of_its_flavors_name(name: str, changes: dict[str, Any], expected: Verdict) -> None:
    assert of("0100-03", name, **changes).verdict is expected


def test_records_that_are_lacking_contradict_nothing() -> None:
    silent = guest(report=msgspec.structs.replace(report(), system=None, cpu=None))
    for claim, expected in (("0100-02", PASS), ("0100-03", ABORT)):
        assert judged(claim, silent).verdict is expected


def test_guests_that_do_not_count() -> None:
    bad: dict[str, Any] = {"memory": {"given_kib": 1024}}
    assert of("0100-02", "SCS-4V-16", PEER, **bad).verdict is PASS
    assert of("0100-02", "SCS-4V-16", CANONICAL, **bad).verdict is FAIL
    other = guest(flavor=FlavorUsed(id="o", name="m1.tiny", vcpus=1, ram=512, disk=1), **bad)
    assert judged("0100-02", other, dead()).verdict is PASS
    assert judged("0100-02", guest(**bad), unreal="no machines").verdict is PASS
    unread = {GuestProbe: NotRun("takes the probe guest")}
    assert judged("0100-02", unread=unread).verdict is PASS
    # nobody asked for guests
    for claim, expected in (("0100-02", PASS), ("0100-03", ABORT)):
        assert judge(claims()[claim], "", Facts({Flavors: Ok(Flavors((flavor("SCS-4V-16"),)))})).verdict is expected


POOLS = SubnetPools(
    (
        SubnetPool(
            id="p", ip_version=6, shared=True, is_default=True, prefixes=("2001:db8::/48",), min_prefixlen=64,
            max_prefixlen=64,
        ),
    )
)  # fmt: skip
SUBNETS = Subnets((Subnet(id="s", network_id="n", ip_version=4, cidr="10.0.0.0/24"),))


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ({}, PASS),
        ({"egress_ipv6": ""}, MISS),
        ({"egress_ipv6": "2001:db8::77"}, MISS),
        ({"egress_ipv6": "hello"}, MISS),
        ({"egress_ipv4": ""}, MISS),
        (
            {
                "egress_ipv6": "2001:db8:ffff::1",
                "interfaces": (records.Interface(name="eth0", ipv6=("2001:db8:ffff::1/64",)),),
            },
            MISS,
        ),
    ],
)
def test_an_address_of_a_pool_that_is_seen_outside_is_routed(network: dict[str, Any], expected: Verdict) -> None:
    assert judged("0126-04", guest(network=network), facts=(POOLS, SUBNETS)).verdict is expected


def test_without_guests_or_pools_routing_stays_open() -> None:
    assert judged("0126-04", guest(), facts=(POOLS, Subnets(()))).verdict is PASS
    assert judged("0126-04", guest(network={"egress_ipv4": ""}), facts=(POOLS, Subnets(()))).verdict is PASS
    for fact in (SubnetPools, Subnets):
        found = judged("0126-04", guest(), facts=(POOLS, SUBNETS), unread={fact: Unreachable("slow")})
        assert found.verdict is MISS
    unread = {GuestProbe: NotRun("takes the probe guest: not asked for")}
    assert "takes the probe guest" in judged("0126-04", facts=(POOLS, SUBNETS), unread=unread).reason
    assert judged("0126-04", dead(), facts=(POOLS, SUBNETS)).verdict is MISS
