# SPDX-License-Identifier: Apache-2.0
"""SCS-0110: how fast guests' disks write, and data of earlier users on fresh ones."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.cloud.facts.flavors import Flavors
from sovran.cloud.outcome import NotRun
from sovran.guest import records
from sovran.model.verdict import Verdict
from sovran.probes.guest import FURTHER, PEER, GuestProbe, TriedGuest
from tests.rules.facts_by_hand import flavor
from tests.rules.guests_by_hand import (
    DISK,
    DRIVE,
    FLAVOR,
    GIB,
    THEIRS,
    WRITES,
    dead,
    guest,
    judged,
    report,
    verdict,
)

PASS, FAIL, ABORT, MISS = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.MISS
LARGE = msgspec.structs.replace(FLAVOR, id="large", name="SCS-4V-16-100s", vcpus=4, ram=16384, disk=100)


def writes(rate: float | None, **changes: Any) -> dict[str, Any]:
    """A record of disks with this many synchronous writes per second."""
    return {"speeds": (msgspec.structs.replace(WRITES, operations_per_second=rate, **changes),)}


OFFERED = (Flavors((flavor("SCS-2V-4-20s", id="flavor"), flavor("SCS-4V-16-100s", id="large"))),)


def speed(*guests: TriedGuest, **further: Any) -> Verdict:
    """Of 0110-02, on a cloud that offers both flavors."""
    return verdict("0110-02", *guests, facts=OFFERED, **further)


def both(**changes: Any) -> tuple[TriedGuest, TriedGuest]:
    """A guest of each SSD flavor, the second as changed."""
    return guest(), guest(FURTHER, flavor=LARGE, **changes)


@given(rate=st.floats(1, 100_000))
def test_more_than_a_thousand_writes_per_second(rate: float) -> None:
    assert speed(*both(disks=writes(rate))) is (PASS if rate > 1000 else FAIL)


def test_both_flavors_count() -> None:
    found = judged("0110-02", guest(), facts=OFFERED)
    assert (found.verdict, "SCS-4V-16-100s" in found.reason) == (MISS, True)
    assert speed(guest(disks=writes(900))) is FAIL
    assert speed(unread={GuestProbe: NotRun("takes the probe guest")}) is MISS
    better = msgspec.structs.replace(LARGE, name="fast", extra_specs={"scs:name-v2": "SCS-4V-16-100s"})
    assert speed(guest(), guest(FURTHER, flavor=better)) is PASS
    assert speed(guest(), guest(PEER, flavor=LARGE)) is MISS
    # of one that does not exist, nothing is asked
    assert verdict("0110-02", guest()) is PASS
    assert verdict("0110-02", guest(), facts=(Flavors(()),)) is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"boot": "volume"}, MISS),
        ({"disks": writes(None)}, ABORT),
        ({"disks": {"speeds": (), "error": "no dd"}}, ABORT),
        ({"disks": {"speeds": ()}}, ABORT),
        ({"disks": writes(5000, disk="vdb")}, ABORT),
        ({"disks": writes(5000, kind="sequential write")}, ABORT),
        ({"disks": {"disks": (DRIVE,)}}, ABORT),
        ({"report": report("disks")}, ABORT),
    ],
)
def test_what_was_not_measured_on_a_local_disk_is_open(changes: dict[str, Any], expected: Verdict) -> None:
    assert speed(*both(**changes)) is expected


def test_a_silent_guest_of_the_flavor_is_undecided() -> None:
    assert speed(guest(), dead(role=FURTHER, flavor=LARGE)) is ABORT


@pytest.mark.parametrize(
    ("disk", "changes", "expected"),
    [
        ({}, {}, FAIL),
        ({"leftovers": False}, {}, MISS),
        ({"leftovers": None}, {}, MISS),
        ({"read_only": True}, {}, MISS),
        ({"size_bytes": 512 * 1024**2}, {}, MISS),
        ({}, {"flavor": FLAVOR}, MISS),
        ({}, {"image": msgspec.structs.replace(THEIRS, os_distro="Windows")}, MISS),
    ],
)
def test_data_on_a_fresh_disk(disk: dict[str, Any], changes: dict[str, Any], expected: Verdict) -> None:
    fields: dict[str, Any] = {"name": "vdc", "size_bytes": 20 * GIB, "leftovers": True, **disk}
    with_further = msgspec.structs.replace(FLAVOR, ephemeral=20)
    told = {"disks": (DISK, DRIVE, records.Disk(**fields))}
    assert verdict("0110-04", guest(**{"disks": told, "flavor": with_further, **changes})) is expected


def test_without_a_root_disk_none_is_a_further_one() -> None:
    disk = records.Disk(name="vda", size_bytes=20 * GIB, leftovers=True)
    with_further = msgspec.structs.replace(FLAVOR, ephemeral=20)
    assert verdict("0110-04", guest(disks={"disks": (disk,)}, flavor=with_further)) is MISS


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, FAIL),
        ({"image": THEIRS}, MISS),
        ({"boot": "volume"}, MISS),
        ({"flavor": msgspec.structs.replace(FLAVOR, disk=0)}, MISS),
    ],
)
def test_data_behind_our_own_image(changes: dict[str, Any], expected: Verdict) -> None:
    told = {"disks": (msgspec.structs.replace(DISK, leftovers=True), DRIVE)}
    assert verdict("0110-04", guest(disks=told, **changes)) is expected
