# SPDX-License-Identifier: Apache-2.0
"""SCS-0110: how fast the local disks of SSD flavors write, and whether data of earlier users is on fresh ones."""

from collections.abc import Iterator

from sovran.cloud.outcome import Outcome
from sovran.guest.records import Disks
from sovran.model.finding import Examined, Finding, NotTried
from sovran.probes.guest import CANONICAL, FURTHER, OWN, GuestProbe, TriedGuest
from sovran.rules.guest_evidence import Open, conclude, finding, note, per_guest, record_of, resource, seen_by, silence
from sovran.rules.machine_figures import GIB, further_disks, root_disk
from sovran.rules.registry import Answer
from sovran.rules.standard_flavors import PRIMARY_KEYS, Row

SYNCHRONOUS = "synchronous write"
"""One write of 4 KiB after the other, each waited for until it is on the disk."""
FORMATTED_OTHERWISE = ("windows",)
"""Distributions for whose further disks Nova makes a file system that writes to their end (NTFS)."""


def fast_writes(probe: Outcome[GuestProbe], *, wanted: list[Row], per_second: int) -> Answer:
    """Holds when a guest of each SSD flavor of the table, booted from its local disk, does more than this many
    sequential writes of 4 KiB per second, each waited for; one by one, that is a latency below 1 ms.

    Source: scs-0110-v1, Decision.
    """
    whole = seen_by(probe, "whether the disks of SSD flavors write fast enough")
    left: list[Open] = []
    for row in wanted:
        tried = [guest for guest in whole.of(OWN, CANONICAL, FURTHER) if _is_of(guest, row)]
        local = [guest for guest in tried if guest.boot == "image"]
        if not local:
            from_volume = " from its own disk" if tried else ""
            how = f"`sovran probe guest --flavor {row.name}`"
            left.append(Open(f"no guest of {row.name} was started{from_volume}: {how}", evidence=True))
        for guest in local:
            for one in _speed(guest, per_second):
                if isinstance(one, Open):
                    left.append(one)
                else:
                    yield Examined(resource(guest))
                    yield one
    conclude(left)


def _is_of(guest: TriedGuest, row: Row) -> bool:
    keys = guest.flavor.extra_specs or {}
    return row.name in {guest.flavor.name, *(keys.get(key, "") for key in PRIMARY_KEYS)}


def _speed(guest: TriedGuest, per_second: int) -> Iterator[Finding | Open]:
    disks, root = record_of(guest, Disks), root_disk(guest)
    if disks is None or root is None:
        yield Open(silence(guest) or f"the guest on {guest.where} did not tell its root disk")
        return
    speeds = [one for one in disks.speeds if one.kind == SYNCHRONOUS and one.disk == root.name]
    if not speeds or speeds[0].operations_per_second is None:
        error = f": {disks.error}" if disks.error else ""
        yield Open(f"the guest on {guest.where} did not measure how its root disk writes{error}")
        return
    rate = speeds[0].operations_per_second
    seen = f"{rate:.0f} per second"
    yield note(guest, f"{seen} synchronous writes of 4 KiB", field=SYNCHRONOUS, seen=seen)
    if rate <= per_second:
        yield finding(
            guest,
            f"the disk of flavor {guest.flavor.name} does {seen} sequential writes",
            field=SYNCHRONOUS,
            expected=f"more than {per_second} per second",
            seen=seen,
        )


def nothing_left_over(probe: Outcome[GuestProbe]) -> Answer:
    """Fails when the last MiB of a fresh further disk of a guest holds data, which neither the guest nor the file
    system that Nova makes there wrote. Zeros prove nothing, since other places may hold data, so it never holds.

    Source: scs-0110-v1, Decision.
    """

    def look(guest: TriedGuest, _: Disks) -> Iterator[Finding]:
        if guest.image.os_distro.strip().lower() in FORMATTED_OTHERWISE or root_disk(guest) is None:
            return
        for disk in further_disks(guest):
            if disk.leftovers and guest.flavor.ephemeral and disk.size_bytes % GIB == 0:
                yield finding(
                    guest,
                    f"the fresh disk {disk.name} holds data at its end that the guest did not write",
                    field=disk.name,
                    expected="zeros",
                    seen="data",
                )

    yield from per_guest(probe, Disks, "whether data of earlier users is on fresh disks", look)
    raise NotTried("no data was found where guests looked; how storage is erased takes the operator's evidence")
