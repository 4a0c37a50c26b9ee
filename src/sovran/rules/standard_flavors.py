# SPDX-License-Identifier: Apache-2.0
"""Which flavors of a cloud stand for a row of the SCS-0103 table, and in what they differ from it."""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from sovran.cloud.facts.flavors import Flavor, Flavors
from sovran.naming.flavor_name import check, claims_grammar
from sovran.naming.promise import MIB_PER_GIB, UNITS
from sovran.naming.render import render, to_v1
from sovran.rules.flavor_claims import AS_GOOD, specs

PRIMARY_KEYS = ("scs:name-v1", "scs:name-v2")
"""The two keys in which the standard wants the recommended name. Others only add names, so a flavor that gives the name
of a standard flavor there is a better one that may be used instead, and need not have its figures."""


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One standard flavor (SCS-0103, table)."""

    name: str
    """Recommended name."""
    vcpus: int
    cpu_type: str
    """Value of `scs:cpu-type`."""
    ram_gib: float
    disk_gb: int
    """0: no disk."""
    disk0_type: str | None
    """Value of `scs:disk0-type`, `any`, or None without a disk."""

    @property
    def figures(self) -> tuple[int, int, int]:
        """vCPUs, MiB of RAM, GB of root disk."""
        return self.vcpus, int(self.ram_gib * MIB_PER_GIB), self.disk_gb


Difference = tuple[str, str, str]
"""Field, what the standard wants, what is there."""


@dataclass(frozen=True)
class _Index:
    """The flavors of a cloud by what they claim and by what they have."""

    names: dict[str, list[Flavor]]
    """By canonical name, as flavor name or in the two keys."""
    figures: dict[tuple[int, int, int], list[Flavor]]
    """By vCPUs, MiB of RAM and GB of root disk."""


@lru_cache(maxsize=4)
def _index(flavors: Flavors) -> _Index:
    index = _Index(defaultdict(list), defaultdict(list))
    for flavor in flavors.items:
        index.figures[flavor.vcpus, flavor.ram_mib, flavor.disk_gb].append(flavor)
        said = {flavor.name, *(specs(flavor).get(key, "") for key in PRIMARY_KEYS)}
        reports = [check(name) for name in said if claims_grammar(name)]
        for canonical in {render(report.parsed) for report in reports if report.parsed}:
            index.names[canonical].append(flavor)
    return index


def differing_figures(flavor: Flavor, row: Row) -> list[Difference]:
    """vCPUs, RAM and root disk where they are not exactly those of the row (SCS-0103, guarantees and properties)."""
    there = (flavor.vcpus, flavor.ram_mib, flavor.disk_gb)
    if there == row.figures:
        return []
    figures = zip(("vcpus", "ram", "disk"), row.figures, there, strict=True)
    return [(f, f"{want}{UNITS[f]}", f"{seen}{UNITS[f]}") for f, want, seen in figures if want != seen]


def differing_names(flavor: Flavor, row: Row) -> list[Difference]:
    """The two name keys where they do not hold the recommended name in the spellings of v1 and v2."""
    wanted = dict(zip(PRIMARY_KEYS, (to_v1(row.name), row.name), strict=True))
    keys = specs(flavor)
    return [(key, value, keys.get(key, "not set")) for key, value in wanted.items() if keys.get(key) != value]


def differing_cpu_type(flavor: Flavor, row: Row) -> list[Difference]:
    """`scs:cpu-type` where it is not the row's."""
    said = specs(flavor).get("scs:cpu-type")
    return [] if said == row.cpu_type else [("scs:cpu-type", row.cpu_type, said or "not set")]


def differing_disk_type(flavor: Flavor, row: Row) -> list[Difference]:
    """`scs:disk0-type` where it is set without a disk, or does not name a type that the row allows."""
    said = specs(flavor).get("scs:disk0-type")
    if row.disk0_type is None:
        return [] if said is None else [("scs:disk0-type", "not set", said)]
    allowed = set(AS_GOOD) if row.disk0_type == "any" else AS_GOOD[row.disk0_type]
    return [] if said in allowed else [("scs:disk0-type", " or ".join(sorted(allowed)), said or "not set")]


def differing_types(flavor: Flavor, row: Row) -> list[Difference]:
    """The two keys that tell the types of CPU and disk, where they are not the row's."""
    return differing_cpu_type(flavor, row) + differing_disk_type(flavor, row)


@lru_cache(maxsize=1024)
def standing_for(flavors: Flavors, row: Row) -> tuple[Flavor, ...]:
    """The flavors to be judged as this row; empty when the cloud lacks it.

    Of those that claim its name, as their own or in the two keys, the ones that differ least from it; without any,
    those with its properties, since the name is only a recommendation. Private ones only where there is no other.
    """
    index = _index(flavors)
    claiming = index.names.get(row.name, [])
    alike = [flavor for flavor in index.figures.get(row.figures, ()) if not differing_types(flavor, row)]
    for found in (*([one for one in some if one.is_public] for some in (claiming, alike)), claiming, alike):
        if found:
            differences = [len(_differences(flavor, row)) for flavor in found]
            least = min(differences)
            return tuple(flavor for flavor, count in zip(found, differences, strict=True) if count == least)
    return ()


def _differences(flavor: Flavor, row: Row) -> list[Difference]:
    return differing_figures(flavor, row) + differing_types(flavor, row) + differing_names(flavor, row)


def claims_name(flavors: Flavors, flavor: Flavor, row: Row) -> bool:
    """True when the flavor calls itself by the row's name, as its own or in one of the two keys."""
    return flavor in _index(flavors).names.get(row.name, ())
