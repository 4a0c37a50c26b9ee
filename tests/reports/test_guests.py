# SPDX-License-Identifier: Apache-2.0
"""Facts of guests at a terminal: every record on a line, where it was measured, and nothing that a terminal obeys."""

import datetime
from typing import Any

from sovran.conformance.guests import GuestRun
from sovran.guest import records
from sovran.guest.report import GuestReport
from sovran.model.probe_run import ProbeRun
from sovran.probes.guest import OWN, PEER, REPORTED, FlavorUsed, GuestProbe, ImageUsed, NetworkUsed, TriedGuest
from sovran.probes.steps import Step
from sovran.reports.guests import TELLERS, render

BEGAN = datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)
WHOLE = GuestReport(
    system=records.System(kernel="6.1.0", machine="x86_64", distribution="Linux", program="config-drive"),
    entropy=records.Entropy(
        entropy_avail="256",
        rng_current="virtio_rng.0",
        tests=(records.Fips(source="/dev/random", blocks=1000, failures=2),),
        hwrng_error="no device",
    ),
    cpu=records.Cpu(count=2, model="EPYC", flags=("fpu", "rdrand", "rdseed"), steal_percent=1.5),
    memory=records.Memory(total_kib=1_000_000, given_kib=1_048_576, touched_kib=16_384),
    disks=records.Disks(
        disks=(records.Disk(name="vda", size_bytes=5 * 1024**3, root=True),),
        speeds=(
            records.DiskSpeed(disk="vda", kind="synchronous write", operations_per_second=1234.5),
            records.DiskSpeed(disk="vda", kind="sequential read", bytes_per_second=2.0 * 1024**2),
            records.DiskSpeed(disk="vda", kind="sequential write"),
        ),
    ),
    metadata=records.Metadata(service=records.Source(error="no answer"), config_drive=records.Source(present=True)),
    network=records.Network(
        interfaces=(records.Interface(name="eth0", ipv4=("10.0.0.2/24",), ipv6=("fe80::1/64",)),),
        ipv4_reachable=True,
        ipv6_reachable=False,
        path_mtu=1442,
        egress_ipv4="203.0.113.9",
    ),
    names=records.Names(
        resolvers=(
            records.Resolver(address="198.51.100.53", queries=(records.Query(name="a", type="A", rcode="NOERROR"),)),
            records.Resolver(address="192.0.2.53", told=False, queries=(records.Query(name="a", type="A"),)),
        )
    ),
    time=records.Time(
        servers=(
            records.TimeServer(address="198.51.100.123", offset_seconds=-0.25),
            records.TimeServer(address="", name="ntp.example", error="no address"),
        ),
        clocks=("ptp_kvm",),
    ),
    ports=records.Ports(
        ports=(records.Port(host="mx.example", port=25, outcome="dropped"),),
        control=records.Port(host="www.example", port=443, outcome="open"),
    ),
    peer=records.Peer(
        address="10.0.0.3",
        allowed=records.Port(host="10.0.0.3", port=7501, outcome="open"),
        denied=records.Port(host="10.0.0.3", port=7502, outcome="dropped"),
    ),
    end=records.End(records=(), problems=("peer: there is no ping",)),
)
GUEST = TriedGuest(
    role=OWN,
    image=ImageUsed(id="i", name="sovran guest image", own=True),
    flavor=FlavorUsed(id="f", name="SCS-1V-4", vcpus=1, ram=4096, disk=0),
    report=WHOLE,
    network=NetworkUsed(id="n", name="home"),
    id="11111111-2222-4333-8444-555555555555",
    zone="az1",
    host="lab-1",
    volume_gib=8,
    measured_at="2026-11-20T12:00:00Z",
    seconds=9.25,
)
ACTED = ProbeRun(name="guest", seconds=20.0)


def shown(*guests: TriedGuest, run: ProbeRun = ACTED, **fields: Any) -> str:
    """The text, on one line per paragraph."""
    probe = GuestProbe(guests=guests, **fields)
    return render(GuestRun(cloud="c", began=BEGAN, probe=probe, run=run), width=2000)


def test_each_record_has_a_line() -> None:
    text = shown(GUEST)
    for line in (
        "own  all told after 9.2 s",
        "on          host lab-1, zone az1, flavor SCS-1V-4, image sovran guest image, 2026-11-20T12:00:00Z",
        "server 11111111-2222-4333-8444-555555555555, 1 vCPU, 4096 MiB, volume of 8 GiB, network home",
        "system      Linux, 6.1.0, x86_64, program by config-drive",
        "entropy     entropy_avail 256, hw_random virtio_rng.0, /dev/random: 2 of 1000 blocks fail FIPS 140-2, no",
        "cpu         2 online, EPYC, rdrand rdseed, 1.5 % stolen under load",
        "memory      1024 MiB given, 976 MiB usable, 16 MiB written",
        "vda 5.0 GiB (root), vda synchronous write 1234/s, vda sequential read 2 MiB/s, "
        "vda sequential write not measured",
        "metadata    service no answer, config drive answers",
        "IPv4 reaches the internet, IPv6 does not reach the internet, path MTU 1442, seen as 203.0.113.9",
        "names       198.51.100.53: NOERROR; 192.0.2.53 (where nobody listens): no answer",
        "time        198.51.100.123 -0.250 s, ntp.example: no address, ptp_kvm",
        "ports       mx.example:25 dropped, control www.example:443 open",
        "peer        10.0.0.3, with a rule open, without dropped",
        "could not   peer: there is no ping",
        "1 of 1 guests told all; 20.0 s with the cleanup",
    ):
        assert line in text, (line, text)


def test_empty_records_are_no_obstacle() -> None:
    empty = {name: kind() for name, kind in ((tag, getattr(records, tag.capitalize())) for tag in TELLERS)}
    report = GuestReport(**empty, end=records.End())
    text = shown(TriedGuest(role=OWN, image=GUEST.image, flavor=GUEST.flavor, report=report))
    assert "on          an unnamed host, flavor SCS-1V-4, image sovran guest image" in text


def test_what_went_wrong_is_told() -> None:
    failed = Step(REPORTED, ok=False, said="the kernel panicked", unclear=True)
    silent = TriedGuest(role=OWN, image=GUEST.image, flavor=GUEST.flavor, steps=(failed,))
    left = ProbeRun(name="guest", left=("server x: in use",))
    text = shown(silent, run=left, left_out={PEER: "no room"}, unreal="no machines", steps=(failed,))
    for line in (
        "own  not all was told",
        f"problem     {REPORTED}: the kernel panicked",
        "no peer guest: no room",
        "no machines",
        "left: server x: in use",
        "0 of 1 guests told all",
    ):
        assert line in text, (line, text)


def test_nothing_that_a_terminal_obeys_is_printed() -> None:
    hostile = "\x1b[2J\u202e\r\n" + "x" * 10_000
    spoilt = GuestReport(
        system=records.System(kernel=hostile),
        entropy=records.Entropy(entropy_avail=hostile, hwrng_error=hostile),
        end=records.End(problems=(hostile,)),
    )
    text = shown(TriedGuest(role=OWN, image=ImageUsed(id="i", name=hostile), flavor=GUEST.flavor, report=spoilt))
    assert all(line.isprintable() for line in text.splitlines())
    assert len(text) < 5000


def test_only_a_run_in_which_all_was_told_is_a_success() -> None:
    def code(guest: TriedGuest, **fields: Any) -> int:
        probe = GuestProbe(guests=(guest,), **fields)
        return GuestRun(cloud="c", began=BEGAN, probe=probe, run=ACTED).code

    told = TriedGuest(role=OWN, image=GUEST.image, flavor=GUEST.flavor, report=WHOLE, asked=("cpu", "peer"))
    assert code(told) == 0
    assert code(told, left_out={PEER: "no room"}) == 3
    lacking = GuestReport(end=records.End(records=()))
    assert code(TriedGuest(role=OWN, image=GUEST.image, flavor=GUEST.flavor, report=lacking, asked=("cpu",))) == 3
    assert code(TriedGuest(role=PEER, image=GUEST.image, flavor=GUEST.flavor, report=WHOLE)) == 3
