# SPDX-License-Identifier: Apache-2.0
"""Which flavors of a cloud stand for a row of the SCS-0103 table, and in what they differ from it."""

from collections import defaultdict
from functools import lru_cache

import msgspec

from sovran.cloud.facts.flavors import Flavor, Flavors
from sovran.naming.flavor_name import check
from sovran.naming.render import render, to_v1
from sovran.rules.flavor_claims import AS_GOOD, MIB_PER_GIB, NAME_KEY, specs

PRIMARY_KEYS = ("scs:name-v1", "scs:name-v2")
"""The two keys in which the standard wants the recommended name; other `scs:name-vN` only add further names."""


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


Difference = tuple[str, str, str]
"""Field, what the standard wants, what is there."""


@lru_cache(maxsize=4)
def _claims(flavors: Flavors) -> tuple[dict[str, list[Flavor]], dict[str, list[Flavor]]]:
    """Canonical name to the flavors that bear it: as name or in the two keys, and in other `scs:name-vN` keys."""
    first: dict[str, list[Flavor]] = defaultdict(list)
    further: dict[str, list[Flavor]] = defaultdict(list)
    for flavor in flavors.items:
        said = {"": flavor.name} | {key: value for key, value in specs(flavor).items() if NAME_KEY.fullmatch(key)}
        names: dict[str, bool] = {}
        for key, value in said.items():
            parsed = check(value).parsed
            if parsed:
                canonical = render(parsed)
                names[canonical] = names.get(canonical, False) or key in ("", *PRIMARY_KEYS)
        for canonical, primary in names.items():
            (first if primary else further)[canonical].append(flavor)
    return first, further


def differing_figures(flavor: Flavor, row: Row) -> list[Difference]:
    """vCPUs, RAM and root disk where they are not exactly those of the row (SCS-0103, guarantees and properties)."""
    ram = row.ram_gib * MIB_PER_GIB
    figures = [("vcpus", row.vcpus, flavor.vcpus), ("ram", ram, flavor.ram_mib), ("disk", row.disk_gb, flavor.disk_gb)]
    units = {"vcpus": "", "ram": " MiB", "disk": " GB"}
    return [(f, f"{want:g}{units[f]}", f"{there}{units[f]}") for f, want, there in figures if want != there]


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


def _matches_by_properties(flavor: Flavor, row: Row) -> bool:
    return not (differing_figures(flavor, row) or differing_cpu_type(flavor, row) or differing_disk_type(flavor, row))


def standing_for(flavors: Flavors, row: Row) -> list[Flavor]:
    """The flavors to be judged as this row: one that keeps everything, if there is one; else those that claim its name,
    by name or by the two keys before other keys; else those with its properties. Empty: the cloud lacks it.
    """
    first, further = _claims(flavors)
    claiming = first.get(row.name, []) + further.get(row.name, [])
    for flavor in claiming:
        if _matches_by_properties(flavor, row) and not differing_names(flavor, row):
            return [flavor]
    if claiming:
        return first.get(row.name) or further[row.name]
    return [flavor for flavor in flavors.items if _matches_by_properties(flavor, row)]
