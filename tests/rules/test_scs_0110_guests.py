# SPDX-License-Identifier: Apache-2.0
"""SCS-0110: how fast guests' disks write, and data of earlier users on fresh ones."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.cloud.outcome import NotRun
from sovran.guest import records
from sovran.model.verdict import Verdict
from sovran.probes.guest import FURTHER, PEER, GuestProbe, TriedGuest
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


def both(**changes: Any) -> tuple[TriedGuest, TriedGuest]:
    """A guest of each SSD flavor, the second as changed."""
    return guest(), guest(FURTHER, flavor=LARGE, **changes)


@given(rate=st.floats(1, 100_000))
def test_more_than_a_thousand_writes_per_second(rate: float) -> None:
    assert verdict("0110-02", *both(disks=writes(rate))) is (PASS if rate > 1000 else FAIL)


def test_both_flavors_count() -> None:
    found = judged("0110-02", guest())
    assert (found.verdict, "SCS-4V-16-100s" in found.reason) == (MISS, True)
    assert verdict("0110-02", guest(disks=writes(900))) is FAIL
    assert verdict("0110-02", unread={GuestProbe: NotRun("takes the probe guest")}) is MISS
    better = msgspec.structs.replace(LARGE, name="fast", extra_specs={"scs:name-v2": "SCS-4V-16-100s"})
    assert verdict("0110-02", guest(), guest(FURTHER, flavor=better)) is PASS
    assert verdict("0110-02", guest(), guest(PEER, flavor=LARGE)) is MISS


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
    assert verdict("0110-02", *both(**changes)) is expected


def test_a_silent_guest_of_the_flavor_is_undecided() -> None:
    assert verdict("0110-02", guest(), dead(role=FURTHER, flavor=LARGE)) is ABORT


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
    flavor = msgspec.structs.replace(FLAVOR, ephemeral=20)
    assert verdict("0110-04", guest(disks={"disks": (disk,)}, flavor=flavor)) is MISS
