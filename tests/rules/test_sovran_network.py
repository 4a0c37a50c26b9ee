# SPDX-License-Identifier: Apache-2.0
"""What guests see of network, metadata and machine: each fact decides its own claim, and nothing passes unseen."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.cloud.facts.default_rules import DefaultRules
from sovran.cloud.facts.quotas import ComputeLimits, NetworkQuota, Quotas, VolumeLimits
from sovran.cloud.outcome import Absent, NotRun, Unreachable
from sovran.guest import records
from sovran.model.finding import Weight
from sovran.model.verdict import Verdict
from sovran.probes.guest import CANONICAL, FURTHER, PEER, GuestProbe
from sovran.rules.sovran_network import global_ipv6
from tests.rules.facts_by_hand import claims_of, template, usual_templates
from tests.rules.guests_by_hand import (
    DISK,
    DRIVE,
    FLAVOR,
    GIB,
    HWRNG,
    INTERFACE,
    OURS,
    QUESTIONS,
    RESOLVER,
    SEEN,
    SERVICE,
    STRANGER,
    THEIRS,
    dead,
    guest,
    judged,
    port,
    report,
    torn,
    verdict,
)

PASS, FAIL, ABORT, MISS = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.MISS
FROM_GUESTS = [one for one in claims_of("sovran-network") if one not in ("network-08", "network-14")]
EMPTY = records.Source()
OTHER = msgspec.structs.replace(SERVICE, stable={"uuid": "other", "name": "n"})
SERVER = records.TimeServer(address="192.0.2.123", offset_seconds=0.0)


def off(*seconds: float | None) -> dict[str, Any]:
    """A record of time with servers that say so."""
    return {"servers": tuple(msgspec.structs.replace(SERVER, offset_seconds=one) for one in seconds)}


@pytest.mark.parametrize("claim", FROM_GUESTS)
def test_a_guest_that_sees_nothing_wrong_is_evidence(claim: str) -> None:
    found = judged(claim, guest())
    assert found.verdict is PASS
    assert found.examined == 1


@pytest.mark.parametrize("claim", FROM_GUESTS)
def test_without_what_guests_say_nothing_is_known(claim: str) -> None:
    unread = {GuestProbe: NotRun("takes the probe guest: not asked for")}
    assert verdict(claim, unread=unread) is MISS
    assert verdict(claim, unread={GuestProbe: Unreachable("no answer")}) is ABORT
    assert verdict(claim, unreal="servers of this cloud are no machines") is ABORT
    assert verdict(claim, left_out={"own": "no flavor fits"}) is ABORT
    assert verdict(claim, dead()) is ABORT
    assert verdict(claim, guest(report=torn(*SEEN))) is ABORT
    # of other guests than those that decide, nothing is taken
    assert verdict(claim, guest(PEER), guest(CANONICAL)) is MISS


@pytest.mark.parametrize("claim", FROM_GUESTS)
def test_one_silent_guest_leaves_it_open_though_another_sees_nothing_wrong(claim: str) -> None:
    found = judged(claim, guest(), dead("the console gave nothing", FURTHER))
    assert found.verdict is ABORT
    assert "the console gave nothing" in found.reason


def test_a_guest_that_panicked_says_so() -> None:
    panicked = report()
    panicked = msgspec.structs.replace(panicked, end=None, time=None, panic="Kernel panic - not syncing: no init")
    assert "no init" in judged("network-10", guest(report=panicked)).reason
    # what it told before counts
    assert verdict("network-12", guest(report=panicked)) is PASS


def test_what_a_guest_was_not_asked_for_is_missing() -> None:
    assert verdict("network-10", guest(report=report("time"))) is MISS
    assert verdict("network-10", guest(report=report("time")), guest(FURTHER)) is PASS


def test_a_part_that_was_not_done_in_time_is_undecided() -> None:
    late = msgspec.structs.replace(report("time"), end=records.End(problems=("time: took longer than 30 s",)))
    found = judged("network-10", guest(report=late, asked=("time", "cpu")))
    assert (found.verdict, "took longer" in found.reason) == (ABORT, True)
    assert verdict("network-10", guest(report=report("time"), asked=("time",))) is ABORT
    assert verdict("network-10", guest(report=report("time"), asked=("cpu",))) is MISS


@pytest.mark.parametrize(
    ("claim", "seen", "expected"),
    [
        # mail
        ("network-01", {"ports": {"ports": (port(465), port(587, "dropped"), port(587, host="second"))}}, PASS),
        ("network-01", {"ports": {"ports": (port(465, "rejected"), port(587))}}, FAIL),
        ("network-01", {"ports": {"ports": (port(465), port(587, "dropped"))}}, FAIL),
        ("network-01", {"ports": {"ports": (port(465), port(587, "unknown"))}}, ABORT),
        ("network-01", {"ports": {"ports": (port(465), port(587, "dropped"), port(587, "unknown"))}}, ABORT),
        ("network-01", {"ports": {"ports": (port(465),)}}, ABORT),
        ("network-01", {"ports": {"ports": (port(465), port(587, "dropped")), "control": None}}, ABORT),
        ("network-01", {"ports": {"ports": (port(465), port(587, "dropped")), "control": port(443, "dropped")}}, ABORT),
        ("network-02", {"ports": {"ports": (port(25, "dropped"),)}}, MISS),
        ("network-02", {"ports": {"ports": (port(25, "rejected"),)}}, MISS),
        ("network-02", {"ports": {"ports": (port(25, "unknown"),)}}, ABORT),
        # metadata
        ("network-03", {"metadata": {"service": records.Source(error="HTTP 404")}}, FAIL),
        ("network-04", {"metadata": {"other_paths": {"http://10.0.0.1/": 404, "http://10.0.0.2/": 200}}}, FAIL),
        ("network-04", {"metadata": {"other_paths": {"http://10.0.0.1/": 404}}}, PASS),
        ("network-04", {"metadata": {"other_paths": {}}}, ABORT),
        ("network-04", {"metadata": {"service": EMPTY}}, ABORT),
        ("network-05", {"metadata": {"forged_stable": OTHER.stable}}, FAIL),
        ("network-05", {"metadata": {"forged_status": 403, "forged_stable": {}}}, PASS),
        ("network-05", {"metadata": {"forged_status": 200, "forged_stable": {}}}, ABORT),
        ("network-05", {"metadata": {"forged_status": None}}, ABORT),
        ("network-05", {"metadata": {"forged_status": 0, "forged_stable": {}}}, ABORT),
        ("network-05", {"metadata": {"service": EMPTY}}, ABORT),
        ("network-06", {"metadata": {"config_drive": OTHER}}, FAIL),
        ("network-06", {"metadata": {"config_drive": EMPTY}}, ABORT),
        ("network-06", {"metadata": {"config_drive": EMPTY}, "config_drive": False}, MISS),
        ("network-06", {"metadata": {"service": EMPTY}}, ABORT),
        ("network-07", {"sent_user_data_sha256": "cd" * 32}, FAIL),
        ("network-07", {"sent_user_data_sha256": ""}, MISS),
        ("network-07", {"metadata": {"service": EMPTY}}, PASS),
        ("network-07", {"metadata": {"service": EMPTY, "config_drive": EMPTY}}, ABORT),
        ("network-07", {"metadata": {"service": records.Source(present=True, user_data_bytes=-1)}}, FAIL),
        ("network-07", {"metadata": {"service": records.Source(present=True)}}, ABORT),
        ("network-07", {"metadata": {"service": records.Source(present=True, user_data_bytes=9)}}, ABORT),
        # names
        (
            "network-09",
            {"names": {"resolvers": (RESOLVER, msgspec.structs.replace(STRANGER, queries=QUESTIONS))}},
            FAIL,
        ),
        ("network-09", {"names": {"resolvers": (RESOLVER,)}}, ABORT),
        ("network-09", {"names": {"resolvers": (records.Resolver(address="198.51.100.53"), STRANGER)}}, ABORT),
        # time
        ("network-10", {"time": off(1.9, -2.0)}, PASS),
        ("network-10", {"time": off(2.1)}, FAIL),
        ("network-10", {"time": off(-3600.0, None)}, FAIL),
        ("network-10", {"time": off(-3600.0, 0.1)}, ABORT),
        ("network-10", {"time": off(None)}, ABORT),
        ("network-10", {"time": {"servers": (), "error": "no tool"}}, ABORT),
        # paths
        ("network-11", {"network": {"path_mtu": 1400}}, FAIL),
        ("network-11", {"network": {"path_mtu": 1500}}, PASS),
        ("network-11", {"network": {"path_mtu": None, "path_mtu_error": "no echo"}}, ABORT),
        ("network-11", {"network": {"leases": (), "path_mtu": 1441}}, FAIL),
        ("network-11", {"network": {"leases": (), "interfaces": ()}}, ABORT),
        ("network-12", {"network": {"interfaces": (msgspec.structs.replace(INTERFACE, ipv6=("fe80::1/64",)),)}}, FAIL),
        ("network-12", {"network": {"interfaces": (msgspec.structs.replace(INTERFACE, ipv6=("fd00::1/64",)),)}}, FAIL),
        ("network-12", {"network": {"ipv6_reachable": False}}, FAIL),
        ("network-12", {"network": {"ipv6_reachable": None}}, ABORT),
        ("network-12", {"network": {"ipv6_reachable": False, "ipv4_reachable": False}}, ABORT),
        ("network-19", {"network": {"gateway_answers": False}}, FAIL),
        ("network-19", {"network": {"gateway_answers": False, "leases": ()}}, FAIL),
        ("network-19", {"network": {"gateway_answers": None}}, ABORT),
        # security groups
        ("network-13", {"peer": {"denied": port(8081)}}, FAIL),
        ("network-13", {"peer": {"denied": port(8081, "rejected")}}, ABORT),
        ("network-13", {"peer": {"allowed": port(8080, "dropped")}}, ABORT),
        ("network-13", {"peer": {"allowed": None, "denied": None, "error": "no neighbour"}}, ABORT),
        # machine
        ("network-15", {"cpu": {"count": 1}}, FAIL),
        ("network-15", {"cpu": {"count": 3}}, PASS),
        ("network-15", {"cpu": {"count": None}}, ABORT),
        ("network-15", {"cpu": {"count": 1}, "image": THEIRS}, ABORT),
        ("network-16", {"memory": {"given_kib": 2048 * 1024}}, FAIL),
        ("network-16", {"memory": {"given_kib": None, "total_kib": None}}, ABORT),
        ("network-16", {"memory": {"given_kib": None}}, PASS),
        ("network-16", {"memory": {"given_kib": None, "total_kib": 3_600_000}}, ABORT),
        ("network-16", {"memory": {"given_kib": None, "total_kib": 2_000_000}}, FAIL),
        ("network-17", {"disks": {"disks": (msgspec.structs.replace(DISK, size_bytes=19 * GIB),)}}, FAIL),
        ("network-17", {"disks": {"disks": (msgspec.structs.replace(DISK, size_bytes=GIB),)}, "boot": "volume"}, PASS),
        ("network-17", {"disks": {"disks": (msgspec.structs.replace(DISK, root=False),)}}, ABORT),
        ("network-17", {"disks": {"disks": (), "error": "no /sys"}}, ABORT),
        ("network-17", {"disks": {"disks": ()}}, ABORT),
        ("network-18", {"entropy": {"tests": (), "rng_available": ()}}, FAIL),
        ("network-18", {"entropy": {"tests": (), "hwrng_error": "No such device"}}, FAIL),
        ("network-18", {"entropy": {"tests": (msgspec.structs.replace(HWRNG, blocks=0),)}}, ABORT),
        ("network-18", {"entropy": {"tests": ()}, "image": msgspec.structs.replace(THEIRS, hw_rng_model="")}, MISS),
        (
            "network-18",
            {"entropy": {"tests": (), "rng_available": ()}, "image": msgspec.structs.replace(OURS, hw_rng_model="")},
            FAIL,
        ),
    ],
)
def test_what_a_guest_sees_decides(claim: str, seen: dict[str, Any], expected: Verdict) -> None:
    assert verdict(claim, guest(**seen)) is expected


@pytest.mark.parametrize(
    ("further", "expected"),
    [((), FAIL), ((20,), PASS), ((5,), FAIL), ((5, 15), PASS)],
)
def test_a_flavor_with_a_further_disk_gives_one(further: tuple[int, ...], expected: Verdict) -> None:
    disks = [records.Disk(name=f"vd{number}", size_bytes=size * GIB) for number, size in enumerate(further)]
    flavor = msgspec.structs.replace(FLAVOR, ephemeral=20)
    assert verdict("network-17", guest(disks={"disks": (DISK, DRIVE, *disks)}, flavor=flavor)) is expected


CUT_OFF: dict[str, Any] = {
    "metadata": {"service": records.Source(error="no answer")},
    "names": {"resolvers": (records.Resolver(address="198.51.100.53"),)},
    "network": {"ipv4_reachable": False, "ipv6_reachable": None, "egress_ipv4": ""},
    "ports": {"control": None},
}
"""What a guest tells that hears nothing of the world beyond its own network."""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ABORT),
        ({"metadata": {"service": records.Source(error="HTTP 503")}}, FAIL),
        ({"names": {"resolvers": (RESOLVER,)}}, FAIL),
        ({"network": {"ipv4_reachable": True}}, FAIL),
        ({"ports": {}}, FAIL),
    ],
)
def test_a_guest_that_hears_nothing_at_all_says_nothing_of_the_metadata_service(
    changes: dict[str, Any], expected: Verdict
) -> None:
    assert verdict("network-03", guest(**(CUT_OFF | changes))) is expected


def test_what_was_measured_is_noted() -> None:
    notes = judged("network-10", guest()).findings
    assert [one.weight for one in notes] == [Weight.NOTE]
    assert "+0.100 s" in notes[0].message
    assert "host host-1, zone nova, flavor SCS-2V-4-20s" in notes[0].message
    blocked = judged("network-02", guest(ports={"ports": (port(25, "dropped"),)}))
    assert "dropped" in blocked.reason
    single = judged(
        "network-06", guest(metadata={"config_drive": msgspec.structs.replace(SERVICE, stable={"uuid": "u"})})
    )
    assert (single.verdict, [one.seen for one in single.findings]) == (PASS, ["name"])


def test_a_break_on_one_host_is_told_with_it() -> None:
    found = judged("network-16", guest(), guest(FURTHER, host="bad", memory={"given_kib": 1024}))
    assert (found.verdict, found.examined) == (FAIL, 2)
    assert "bad" in found.reason


@given(
    given_mib=st.integers(0, 8192),
    promised=st.integers(64, 8192),
)
def test_ram_is_short_beyond_what_firmware_may_keep(given_mib: int, promised: int) -> None:
    flavor = msgspec.structs.replace(FLAVOR, ram=promised)
    found = verdict("network-16", guest(memory={"given_kib": given_mib * 1024}, flavor=flavor))
    assert found is (PASS if given_mib + 64 >= promised else FAIL)


@given(offsets=st.lists(st.floats(-5, 5), min_size=1, max_size=4))
def test_the_clock_is_right_when_all_say_so(offsets: list[float]) -> None:
    wrong = [abs(one) > 2 for one in offsets]
    expected = FAIL if all(wrong) else ABORT if any(wrong) else PASS
    assert verdict("network-10", guest(time=off(*offsets))) is expected


@given(mtu=st.integers(1200, 9000), path=st.integers(1200, 9000))
def test_larger_packets_than_the_internets_are_not_asked_for(mtu: int, path: int) -> None:
    lease = records.Lease(interface="eth0", options={"mtu": str(mtu)})
    expected = PASS if path >= min(mtu, 1500) else FAIL
    assert verdict("network-11", guest(network={"leases": (lease,), "path_mtu": path})) is expected


@pytest.mark.parametrize("text", ["", "x", "10.0.0.1/24", "::", "::1", "ff02::1", "fe80::1%eth0/64", "fd12::3/64"])
def test_addresses_that_are_not_global(text: str) -> None:
    assert not global_ipv6(text)


def test_quotas() -> None:
    told = Quotas(ComputeLimits(servers=10, ram_mib=-1), VolumeLimits(volumes=5), NetworkQuota(ports=50))
    found = judged("network-08", facts=(told,))
    assert (found.verdict, found.examined) == (PASS, 3)
    assert [(one.field, one.seen) for one in found.findings] == [
        ("servers", "10"),
        ("RAM MiB", "no limit"),
        ("volumes", "5"),
        ("ports", "50"),
    ]
    refused = Quotas(ComputeLimits(servers=1), refused={"network": "forbidden"}, unclear={"block-storage": "slow"})
    assert verdict("network-08", facts=(refused,)) is FAIL
    assert verdict("network-08", facts=(Quotas(ComputeLimits(servers=1), unclear={"network": "slow"}),)) is ABORT


def test_what_new_security_groups_let_in() -> None:
    assert verdict("network-14", facts=(usual_templates(),)) is PASS
    open_to_all = template("ingress", remote_group_id=None, protocol="tcp", port_range_min=22, port_range_max=22)
    assert "port 22" in judged("network-14", facts=(usual_templates(open_to_all),)).reason
    in_one_prefix = template("ingress", remote_group_id=None, remote_ip_prefix="0.0.0.0/0")
    assert verdict("network-14", facts=(usual_templates(in_one_prefix),)) is FAIL
    in_addresses = template("ingress", remote_group_id=None, remote_address_group_id="a")
    assert verdict("network-14", facts=(usual_templates(in_addresses),)) is PASS
    assert verdict("network-14", unread={DefaultRules: Absent("too old", 404)}) is MISS
    assert verdict("network-14", unread={DefaultRules: Absent("no network service")}) is Verdict.NOT_APPLICABLE
    assert verdict("network-14", unread={DefaultRules: Unreachable("slow")}) is ABORT
