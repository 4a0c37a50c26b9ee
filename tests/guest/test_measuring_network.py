# SPDX-License-Identifier: Apache-2.0
"""What the program sees of a network: run for real in a namespace with small servers, by each shell and tool."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from sovran.guest.console import read_console
from sovran.guest.program import Neighbour, Request, build
from sovran.guest.records import Query
from sovran.guest.report import GuestReport
from sovran.guest.targets import Domains, Door, Targets
from tests.guest.internet import Scene, run

NAMES = Domains(
    good="good.example",
    signed="signed.example",
    bogus="bogus.example",
    missing="missing.example",
    ipv4_only="only4.example",
)
TARGETS = Targets(
    names=NAMES,
    nobody="192.0.2.53",
    ntp=("time.example",),
    mail=(Door("mail.example", 25), Door("mail.example", 465), Door("mail.example", 587)),
    control=Door("good.example", 443),
    reach_ipv4=Door("good.example", 443),
    reach_ipv6=Door("only4.example", 443),
    egress_ipv4="http://good.example/ip",
)
WAYS = [("dash", "bash"), ("busybox sh", "bash"), ("bash", "python")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A made-up root folder: a resolver, nothing else."""
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc" / "resolv.conf").write_text("search x\nnameserver 198.51.100.53\n")
    return root


def measure(
    root: Path, request: Request, scene: Scene | None = None, shell: str = "dash", talk: str = "bash"
) -> GuestReport:
    """The report of a guest in this scene."""
    script = root.parent / "program"
    script.write_bytes(build(request))
    scene = replace(scene or Scene([]), command=[*shell.split(), str(script)], root=str(root))
    scene.environment = {"SOVRAN_TALK": talk, "TMPDIR": str(root.parent)}
    report = read_console(run(scene), request.run)
    assert report.complete, report.problems
    return report


def request(*parts: str, targets: Targets = TARGETS, peer: Neighbour | None = None) -> Request:
    """For these parts."""
    return Request(run="abcdefgh12", parts=parts, targets=targets, peer=peer)


def seen(report: GuestReport, resolver: int = 0) -> list[Query]:
    """What a resolver answered, without times."""
    assert report.names is not None
    return [
        Query(
            name=one.name,
            type=one.type,
            rcode=one.rcode,
            authentic=one.authentic,
            signed=one.signed,
            answers=one.answers,
        )
        for one in report.names.resolvers[resolver].queries
    ]


@pytest.mark.parametrize(("shell", "talk"), WAYS)
def test_resolver(shell: str, talk: str, root: Path) -> None:
    """All six questions, of a resolver that validates; nobody answers where nobody listens."""
    report = measure(root, request("names"), shell=shell, talk=talk)
    assert report.names is not None
    assert [(one.address, one.told) for one in report.names.resolvers] == [
        ("198.51.100.53", True),
        ("192.0.2.53", False),
    ]
    assert seen(report) == [
        Query(name="good.example", type="A", rcode="NOERROR", answers=("198.51.100.80",)),
        Query(name="good.example", type="AAAA", rcode="NOERROR", answers=("2001:db8:51:0:0:0:0:80",)),
        Query(
            name="signed.example", type="A", rcode="NOERROR", authentic=True, signed=True, answers=("198.51.100.80",)
        ),
        Query(name="bogus.example", type="A", rcode="SERVFAIL"),
        Query(name="missing.example", type="A", rcode="NXDOMAIN"),
        Query(name="only4.example", type="AAAA", rcode="NOERROR"),
    ]
    assert all(one.milliseconds is not None for one in report.names.resolvers[0].queries)
    assert seen(report, 1) == [Query(name="good.example", type="A")]
    assert [one.error for one in report.names.resolvers] == ["", ""]


@pytest.mark.parametrize("talk", ["bash", "python"])
def test_interception_without_validation(talk: str, root: Path) -> None:
    """An interceptor answers for nobody; a resolver that does not validate gives bogus data away."""
    report = measure(root, request("names"), Scene([], intercepting=True, validating=False), talk=talk)
    assert seen(report, 1) == [Query(name="good.example", type="A", rcode="NOERROR", answers=("198.51.100.80",))]
    queries = {(one.name, one.type): one for one in seen(report)}
    assert queries["bogus.example", "A"].answers == ("198.51.100.80",)
    assert not queries["signed.example", "A"].authentic
    assert queries["signed.example", "A"].signed


@pytest.mark.parametrize("talk", ["bash", "python"])
def test_lost_questions_are_asked_again(talk: str, root: Path) -> None:
    """One lost packet is no finding."""
    report = measure(root, request("names"), Scene([], lossy=True), talk=talk)
    assert [one.rcode for one in seen(report)] == ["NOERROR", "NOERROR", "NOERROR", "SERVFAIL", "NXDOMAIN", "NOERROR"]


def test_resolvers_behind_the_systems_own(root: Path) -> None:
    """The stub on the machine is passed over for the resolvers that it asks; no resolver is told plainly."""
    (root / "etc" / "resolv.conf").write_text("nameserver 127.0.0.53\n")
    report = measure(root, request("names"))
    assert report.names is not None
    assert report.names.error == "no resolver is told"
    upstream = root / "run" / "systemd" / "resolve"
    upstream.mkdir(parents=True)
    (upstream / "resolv.conf").write_text("nameserver 198.51.100.53\n")
    report = measure(root, request("names"))
    assert report.names is not None
    assert [one.address for one in report.names.resolvers if one.told] == ["198.51.100.53"]


@pytest.mark.parametrize(("shell", "talk"), WAYS)
def test_time(shell: str, talk: str, root: Path) -> None:
    """A server that is 100 s ahead, asked by name and by the lease; the answer's way is counted."""
    (root / "run" / "sovran").mkdir(parents=True)
    (root / "run" / "sovran" / "lease.eth0").write_text("ip=10.9.8.7\nntpsrv=198.51.100.123 198.51.100.99\n")
    for name, text in {"rtc/rtc0/name": "rtc_cmos 00:05\n", "ptp/ptp0/clock_name": "KVM virtual PTP\n"}.items():
        (root / "sys" / "class" / name).parent.mkdir(parents=True)
        (root / "sys" / "class" / name).write_text(text)
    report = measure(root, request("time"), Scene([], clock_ahead=100), shell=shell, talk=talk)
    assert report.time is not None
    assert report.time.clocks == ("rtc_cmos", "ptp_kvm")
    told, silent, target = report.time.servers
    assert (told.address, told.source, told.stratum) == ("198.51.100.123", "dhcp", 2)
    assert (target.name, target.source, target.stratum) == ("time.example", "target", 2)
    for one in (told, target):
        assert one.offset_seconds is not None
        assert one.round_trip_seconds is not None
        assert abs(one.offset_seconds - 100) <= one.round_trip_seconds / 2 + 0.001
    assert silent.offset_seconds is None
    assert silent.error in ("no answer", "refused")


@pytest.mark.parametrize(("shell", "talk"), WAYS)
def test_ports(shell: str, talk: str, root: Path) -> None:
    """Dropped, rejected, open with a greeting whose control characters are gone."""
    report = measure(root, request("ports"), shell=shell, talk=talk)
    assert report.ports is not None
    assert [(one.port, one.outcome, one.address) for one in report.ports.ports] == [
        (25, "dropped", "198.51.100.25"),
        (465, "rejected", "198.51.100.25"),
        (587, "open", "198.51.100.25"),
    ]
    assert report.ports.ports[2].said.startswith('220 mail.example "ESMTP" ?[31m')
    assert report.ports.control is not None
    assert report.ports.control.outcome == "open"


def test_ports_without_names(root: Path) -> None:
    """Where no name is resolved, nothing is said of ports."""
    (root / "etc" / "resolv.conf").write_text("")
    report = measure(root, request("ports"))
    assert report.ports is not None
    assert {one.outcome for one in report.ports.ports} == {"unknown"}
    assert report.ports.control is not None
    assert report.ports.control.outcome == "unknown"


@pytest.mark.parametrize(("shell", "talk"), WAYS)
def test_metadata(shell: str, talk: str, root: Path) -> None:
    """Stable keys without secrets, nested ones as JSON text; user-data by its digest; a forged address is told."""
    scene = Scene([])
    report = measure(root, request("metadata"), scene, shell=shell, talk=talk)
    assert report.metadata is not None
    service = report.metadata.service
    assert service.present
    assert service.stable == {"uuid": "u-1", "name": "g", "meta": '{"a":"b\\"c","n":[1,2]}'}
    assert service.keys == ("uuid", "name", "admin_pass", "meta")
    assert service.user_data_bytes == len(scene.user_data)
    assert service.user_data_sha256 == hashlib.sha256(scene.user_data.encode()).hexdigest()
    assert report.metadata.forged_status == 200
    assert report.metadata.forged_stable == service.stable
    assert not report.metadata.config_drive.present
    assert report.metadata.config_drive.error == "no disk has the label config-2"


def test_metadata_of_others(root: Path) -> None:
    """A service that believes X-Forwarded-For gives others' metadata away."""
    report = measure(root, request("metadata"), Scene([], proxied=False, user_data=""))
    assert report.metadata is not None
    assert report.metadata.forged_stable == {"uuid": "u-other"}
    assert report.metadata.service.user_data_bytes == -1


@pytest.mark.parametrize(
    "bad", ["", "[1]", '{"a": ', '{"a": 1} x', "<html>", '{"a" 1}', '{"a": 1,}', '{"a": 1, "a": 2}']
)
def test_metadata_that_is_none(bad: str, root: Path) -> None:
    """What is no JSON object is no metadata."""
    report = measure(root, request("metadata"), Scene([], metadata=bad))
    assert report.metadata is not None
    assert not report.metadata.service.present
    assert report.metadata.service.error


@pytest.mark.parametrize(("shell", "talk"), WAYS)
def test_config_drive_of_the_own_image(shell: str, talk: str, root: Path) -> None:
    """The drive that the image has mounted is read."""
    latest = root / "run" / "sovran" / "config-drive" / "openstack" / "latest"
    latest.mkdir(parents=True)
    (latest / "meta_data.json").write_text('{"uuid":"u-1","random_seed":"x","devices":[],"n":null,"t":true,"f":1.5}')
    (latest / "user_data").write_bytes(bytes(range(256)))
    report = measure(root, request("metadata"), shell=shell, talk=talk)
    assert report.metadata is not None
    drive = report.metadata.config_drive
    assert drive.stable == {"uuid": "u-1", "devices": "[]", "n": "null", "t": "true", "f": "1.5"}
    assert drive.user_data_sha256 == hashlib.sha256(bytes(range(256))).hexdigest()
    assert drive.user_data_bytes == 256


@pytest.mark.parametrize(("shell", "talk"), WAYS)
def test_network(shell: str, talk: str, root: Path) -> None:
    """What is reached, how this machine looks from outside, and what DHCP said."""
    (root / "run" / "sovran").mkdir(parents=True)
    (root / "run" / "sovran" / "lease.eth0").write_text("ip=10.9.8.7\nmask=24\nsearch=a b\nother=1\nmtu=1442\n")
    (root / "run" / "sovran" / "dhcp.eth1").write_text("udhcpc: started\nudhcpc: no lease, failing\n")
    port = root / "sys" / "class" / "net" / "lo0"
    port.mkdir(parents=True)
    (port / "address").write_text("02:00:00:00:00:01\n")
    (port / "mtu").write_text("1442\n")
    report = measure(root, request("network"), shell=shell, talk=talk)
    network = report.network
    assert network is not None
    assert network.ipv4_reachable is True
    assert network.ipv6_reachable is None
    assert network.egress_ipv4 == "198.51.100.80"
    assert [(one.name, one.mac, one.mtu) for one in network.interfaces] == [("lo0", "02:00:00:00:00:01", 1442)]
    lease, failed = network.leases
    assert lease.options == {"ip": "10.9.8.7", "mask": "24", "search": "a b", "mtu": "1442"}
    assert (failed.interface, failed.error) == ("eth1", "no lease: udhcpc: no lease, failing")


def test_leases_of_other_clients(root: Path) -> None:
    """systemd-networkd's and dhclient's leases are read as well."""
    (root / "sys" / "class" / "net" / "ens3").mkdir(parents=True)
    (root / "sys" / "class" / "net" / "ens3" / "ifindex").write_text("2\n")
    leases = root / "run" / "systemd" / "netif" / "leases"
    leases.mkdir(parents=True)
    (leases / "2").write_text("# x\nADDRESS=10.0.0.5\nROUTER=10.0.0.1\nMTU=1450\nDNS=10.0.0.2 10.0.0.3\n")
    dhclient = root / "var" / "lib" / "dhcp"
    dhclient.mkdir(parents=True)
    (dhclient / "dhclient.eth9.leases").write_text(
        'lease {\n  interface "eth9";\n  fixed-address 10.1.0.5;\n  option routers 10.1.0.1;\n'
        "  option domain-name-servers 10.1.0.2,10.1.0.3;\n}\n"
        'lease {\n  interface "eth9";\n  fixed-address 10.1.0.6;\n  option interface-mtu 1400;\n}\n'
    )
    report = measure(root, request("network"))
    assert report.network is not None
    assert {one.interface: one.options for one in report.network.leases} == {
        "ens3": {"ip": "10.0.0.5", "router": "10.0.0.1", "mtu": "1450", "dns": "10.0.0.2 10.0.0.3"},
        "eth9": {"ip": "10.1.0.6", "mtu": "1400"},
    }


@pytest.mark.parametrize("talk", ["bash", "python"])
def test_peer(talk: str, root: Path) -> None:
    """The allowed port is open, the denied one is not."""
    peer = Neighbour(address="198.51.100.25", allowed=587, denied=25, wait_seconds=5)
    report = measure(root, request(peer=peer), talk=talk)
    assert report.peer is not None
    assert report.peer.allowed is not None
    assert report.peer.denied is not None
    assert (report.peer.allowed.outcome, report.peer.denied.outcome) == ("open", "dropped")


def test_being_a_neighbour(root: Path) -> None:
    """A guest listens where it was asked to, as long as it runs."""
    own = Neighbour(address="198.51.100.25", allowed=7501, denied=7502, wait_seconds=20)
    report = measure(
        root, Request(run="abcdefgh12", parts=(), peer=own, server_ports=(7501,), server_seconds=1, targets=Targets())
    )
    assert report.peer is not None
    assert report.peer.allowed is not None
    assert report.peer.denied is not None
    assert (report.peer.allowed.outcome, report.peer.denied.outcome) == ("open", "rejected")
