# SPDX-License-Identifier: Apache-2.0
"""Guests made by hand that see nothing wrong, and the verdict of a shipped claim on them in one line."""

from collections.abc import Mapping
from typing import Any

import msgspec

from sovran.cloud.facts.flavors import Flavors
from sovran.cloud.facts.images import Images
from sovran.cloud.facts.networks import Network, Networks
from sovran.cloud.fetch import Facts
from sovran.cloud.outcome import Failure, Ok
from sovran.conformance.judge import judge
from sovran.guest import records
from sovran.guest.report import GuestReport
from sovran.model.report import Judgement
from sovran.model.verdict import Verdict
from sovran.probes.guest import OWN, REPORTED, FlavorUsed, GuestProbe, ImageUsed, NetworkUsed, TriedGuest
from sovran.probes.steps import Step
from tests.rules.facts_by_hand import NO_PROBES, claims, flavor
from tests.rules.images_by_hand import image

GIB = 1024**3
SHA = "ab" * 32
DEBIAN = image("Debian 13", id="debian", os_distro="debian", os_version="13", min_ram=512)
TAKEN = flavor("SCS-2V-4-20s", id="flavor")
OURS = ImageUsed(id="ours", name="sovran", own=True, hw_rng_model="virtio")
THEIRS = ImageUsed(id="debian", name="Debian 13", os_distro="debian", os_version="13", hw_rng_model="virtio")
FLAVOR = FlavorUsed(id="flavor", name="SCS-2V-4-20s", vcpus=2, ram=4096, disk=20, extra_specs={})
NETWORK = NetworkUsed(
    id="n", name="net", own=True, mtu=1442, ipv4=("10.0.0.0/24",), ipv6=("2001:db8::/64",), routed=True
)
OUTSIDE = Network(id="ext", name="public", external=True, shared=False, is_default=True)

RANDOM = records.Fips(source="/dev/random", blocks=1000, failures=1, monobit=1)
HWRNG = records.Fips(source="/dev/hwrng", blocks=10, failures=0)
QUESTIONS = (
    records.Query(name="good.example", type="A", rcode="NOERROR", answers=("192.0.2.1",)),
    records.Query(name="good.example", type="AAAA", rcode="NOERROR", answers=("2001:db8::1",)),
    records.Query(
        name="signed.example", type="A", rcode="NOERROR", answers=("192.0.2.2",), authentic=True, signed=True
    ),
    records.Query(name="bogus.example", type="A", rcode="SERVFAIL"),
    records.Query(name="missing.example", type="A", rcode="NXDOMAIN"),
    records.Query(name="four.example", type="AAAA", rcode="NOERROR"),
)
RESOLVER = records.Resolver(address="198.51.100.53", queries=QUESTIONS)
STRANGER = records.Resolver(
    address="192.0.2.53", told=False, queries=tuple(records.Query(name=q.name, type=q.type) for q in QUESTIONS)
)
INTERFACE = records.Interface(name="eth0", mtu=1442, ipv4=("10.0.0.9/24",), ipv6=("fe80::1/64", "2001:db8::9/64"))
SERVICE = records.Source(
    present=True, stable={"uuid": "u", "name": "n"}, user_data_sha256=SHA, user_data_bytes=9, keys=("uuid", "name")
)
DISK = records.Disk(name="vda", size_bytes=20 * GIB, root=True)
DRIVE = records.Disk(name="vdb", size_bytes=10**6, read_only=True)
WRITES = records.DiskSpeed(disk="vda", kind="synchronous write", operations_per_second=4000.0)


def port(number: int, outcome: str = "open", host: str = "mail.example") -> records.Port:
    """One connection that was tried."""
    return records.Port(host=host, port=number, outcome=outcome)


SEEN: dict[str, records.Record] = {
    "system": records.System(kernel="6.1.0-56-cloud-amd64", machine="x86_64", own_image=True),
    "entropy": records.Entropy(
        entropy_avail="256", poolsize_bits=256, rng_current="virtio_rng.0", rng_available=("virtio_rng.0",),
        tests=(RANDOM, HWRNG),
    ),
    "cpu": records.Cpu(count=2, vendor="GenuineIntel", model="Xeon", flags=("fpu", "rdrand"), steal_percent=0.5),
    "memory": records.Memory(total_kib=4_000_000, given_kib=4096 * 1024 - 600),
    "disks": records.Disks(disks=(DISK, DRIVE), speeds=(WRITES,)),
    "metadata": records.Metadata(
        service=SERVICE, config_drive=SERVICE, forged_address="10.9.9.9", forged_status=200,
        forged_stable=SERVICE.stable, other_paths={"http://10.0.0.1/openstack": 0},
    ),
    "network": records.Network(
        interfaces=(INTERFACE,),
        leases=(records.Lease(interface="eth0", options={"mtu": "1442", "router": "10.0.0.1"}),),
        gateway_answers=True, ipv6_reachable=True, ipv4_reachable=True, path_mtu=1442,
        egress_ipv4="203.0.113.9", egress_ipv6="2001:db8::9",
    ),
    "names": records.Names(resolvers=(RESOLVER, STRANGER)),
    "time": records.Time(servers=(records.TimeServer(address="198.51.100.123", source="target", offset_seconds=0.1),)),
    "ports": records.Ports(ports=(port(25), port(465), port(587)), control=port(443, host="known.example")),
    "peer": records.Peer(address="10.0.0.7", allowed=port(8080), denied=port(8081, "dropped")),
}  # fmt: skip
"""What a guest tells that sees nothing wrong, by the tags of its records."""


def report(*without: str, **told: records.Record) -> GuestReport:
    """A whole report; records named in `without` were not asked for, and `told` replaces others by their tags."""
    parts: dict[str, Any] = {tag: record for tag, record in (SEEN | told).items() if tag not in without}
    return GuestReport(end=records.End(records=tuple(parts)), **parts)


def torn(*lost: str) -> GuestReport:
    """A report of which these records did not arrive."""
    whole = report()
    return msgspec.structs.replace(whole, **dict.fromkeys(lost))


def guest(role: str = OWN, **changes: Any) -> TriedGuest:
    """A guest that told everything and saw nothing wrong; `changes` are fields of TriedGuest, or records by their tags,
    of which a mapping changes fields.
    """
    told: dict[str, records.Record] = {}
    for tag in list(changes):
        if tag in SEEN and not isinstance(changes[tag], NetworkUsed | None):
            changed = changes.pop(tag)
            told[tag] = msgspec.structs.replace(SEEN[tag], **changed) if isinstance(changed, dict) else changed
    fields: dict[str, Any] = {
        "role": role, "image": OURS if role == OWN else THEIRS, "flavor": FLAVOR, "id": f"id of {role}",
        "report": report(**told), "network": NETWORK, "zone": "nova", "host": "host-1",
        "config_drive": True, "sent_user_data_sha256": SHA, "sent_user_data_bytes": 9,
        "measured_at": "2026-11-20T12:00:00Z",
    }  # fmt: skip
    return TriedGuest(**(fields | changes))


def dead(said: str = "no answer", role: str = OWN, **changes: Any) -> TriedGuest:
    """A guest of which nothing was heard."""
    return guest(role, report=None, steps=(Step(REPORTED, ok=False, said=said, unclear=True),), **changes)


def judged(
    claim: str,
    *guests: TriedGuest,
    facts: tuple[Any, ...] = (),
    unread: Mapping[Any, Failure] | None = None,
    **run: Any,
) -> Judgement:
    """The judgement of a shipped claim on these guests; `facts`: others; `run`: further fields of GuestProbe."""
    cloud = (Images((DEBIAN,)), Flavors((TAKEN,)), Networks((OUTSIDE,)), *facts)
    outcomes: dict[Any, Any] = {**NO_PROBES, **{type(fact): Ok(fact) for fact in cloud}}
    outcomes[GuestProbe] = Ok(GuestProbe(guests=guests, **run))
    return judge(claims()[claim].for_document("v1"), "", Facts({**outcomes, **(unread or {})}))


def verdict(claim: str, *guests: TriedGuest, **further: Any) -> Verdict:
    """As `judged`, the verdict alone."""
    return judged(claim, *guests, **further).verdict
