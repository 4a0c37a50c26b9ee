# SPDX-License-Identifier: Apache-2.0
"""What the cloud of a named lab offers: starting it, seeding it, breaking it, healing it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

from sovran.lab import lifecycle
from sovran.lab.breaks import apply, journal
from sovran.lab.breaks.table import Break, find, load
from sovran.lab.description import Description
from sovran.lab.folders import lab_folder, locked
from sovran.lab.seeds import profile as profiles
from sovran.lab.seeds.seed import seed

Report = Callable[[str], None]


@contextmanager
def _lab(name: str, report: Report) -> Iterator[tuple[Description, Path]]:
    """A lab and its folder, while no other process changes what it offers."""
    lab, folder = lifecycle.existing(name), lab_folder(name)
    with locked(folder / "content.lock", report):
        yield lab, folder


def up(name: str, services: Iterable[str] | None, report: Report, guests: bool = False) -> None:
    """Start what does not run of a lab, as `lifecycle.up` does; its active breaks are in force also then.

    Raises:
        SovranError: a service did not start, with the line of its log that tells why; this machine cannot have guests.
        UsageError: a bad name, an unknown service, guests for a lab that was made without.
    """
    lifecycle.up(name, services, report, guests)
    with _lab(name, report) as (lab, folder):
        apply.make_again(lab, folder)


def apply_profile(name: str, profile: str, count: int | None, report: Report) -> None:
    """Replace what a lab offers by a profile, heal it first, and keep the result for `reset`.

    Raises:
        UsageError: there is no such lab or profile, or the profile takes no `count`.
        SovranError: a service does not answer or refused.
    """
    wanted = profiles.load(profile, count)
    with _lab(name, report) as (lab, folder):
        if journal.load(folder):
            apply.heal(lab, folder, (), report)
        zones = dict(zip(lab.zones, cycle(wanted.zones), strict=False))
        if zones != lab.zones:
            report(f"availability zones {', '.join(wanted.zones)}: starting some services again")
            lifecycle.configure(name, zones, report)
        seed(lifecycle.existing(name), wanted, report)
        lifecycle.keep_profile(name, profile)


def break_lab(name: str, ids: Iterable[str], report: Report) -> None:
    """Give a lab these faults.

    Raises:
        UsageError: there is no such lab or break.
        SovranError: what a break is to break is not there, a service does not answer or refused.
    """
    wanted = [item.id for item in find(ids)]
    with _lab(name, report) as (lab, folder):
        apply.apply(lab, folder, wanted, report)


def heal_lab(name: str, ids: Iterable[str], report: Report) -> None:
    """Undo these breaks of a lab, or all of them without ids.

    Raises:
        UsageError: there is no such lab or break, it is not active, or a later one has changed the same object.
        SovranError: a service does not answer or refused.
    """
    wanted = [item.id for item in find(ids)]
    with _lab(name, report) as (lab, folder):
        apply.heal(lab, folder, wanted, report)


def list_breaks(name: str) -> tuple[list[Break], list[str]]:
    """All breaks there are, and the ids of those active in a lab (none when there is no such lab)."""
    return list(load().values()), [entry.id for entry in journal.load(lab_folder(name))]
