# SPDX-License-Identifier: Apache-2.0
"""SCS-0110: how fast the local disks of SSD flavors write, and whether data of earlier users is on fresh ones."""

from collections.abc import Iterator

from sovran.cloud.facts.flavors import Flavors
from sovran.cloud.outcome import Outcome
from sovran.guest.records import Disk, Disks
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


def fast_writes(flavors: Flavors, probe: Outcome[GuestProbe], *, wanted: list[Row], per_second: int) -> Answer:
    """Holds when a guest of each SSD flavor of the table, booted from its local disk, does more than this many
    sequential writes of 4 KiB per second, each waited for; one by one, that is a latency below 1 ms. Speaks of those
    that there are; that both exist is 0110-01.

    Source: scs-0110-v1, Decision.
    """
    whole = seen_by(probe, "whether the disks of SSD flavors write fast enough")
    left: list[Open] = []
    offered = [row for row in wanted if any(row.name in _names(one.name, one.extra_specs) for one in flavors.items)]
    for row in offered:
        guests = whole.of(OWN, CANONICAL, FURTHER)
        tried = [guest for guest in guests if row.name in _names(guest.flavor.name, guest.flavor.extra_specs)]
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


def _names(name: str, keys: dict[str, str] | None) -> set[str]:
    return {name, *((keys or {}).get(key, "") for key in PRIMARY_KEYS)}


def _speed(guest: TriedGuest, per_second: int) -> Iterator[Finding | Open]:
    disks, root = record_of(guest, Disks), root_disk(guest)
    if disks is None or root is None:
        yield Open(silence(guest, "disks") or f"the guest on {guest.where} did not tell its root disk")
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
    """Fails when the last MiB of a fresh disk of a guest holds data, which neither the guest nor its image nor the file
    system that Nova makes on further disks wrote. Zeros prove nothing, since other places may hold data, so it never
    holds.

    Source: scs-0110-v1, Decision.
    """

    def look(guest: TriedGuest, _: Disks) -> Iterator[Finding]:
        for disk in _fresh(guest):
            if disk.leftovers:
                yield finding(
                    guest,
                    f"the fresh disk {disk.name} holds data at its end that the guest did not write",
                    field=disk.name,
                    expected="zeros",
                    seen="data",
                )

    yield from per_guest(probe, Disks, "whether data of earlier users is on fresh disks", look)
    raise NotTried("no data was found where guests looked; how storage is erased takes the operator's evidence")


def _fresh(guest: TriedGuest) -> Iterator[Disk]:
    """Disks at whose end nothing can stand but what others left: behind our own image, which is small, and on further
    disks, on which Nova makes a file system that writes nothing there.
    """
    root = root_disk(guest)
    if root is None:
        return
    if guest.image.own and guest.boot == "image" and guest.flavor.disk:
        yield root
    if guest.flavor.ephemeral and guest.image.os_distro.strip().lower() not in FORMATTED_OTHERWISE:
        yield from (disk for disk in further_disks(guest) if disk.size_bytes % GIB == 0)
