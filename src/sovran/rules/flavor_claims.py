# SPDX-License-Identifier: Apache-2.0
"""What flavors say about themselves, in their names and in `scs:` extra_specs; shared by the rules on flavors."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from sovran.cloud.facts.flavors import Flavor, Flavors
from sovran.model.finding import Resource, Undecided
from sovran.naming.flavor_name import NameReport, check, claims_grammar
from sovran.naming.promise import Shortfall, shortfalls
from sovran.naming.records import FlavorName
from sovran.naming.tables import CPU_TYPE_SPECS, DISK_TYPE_SPECS
from sovran.rules.flavor_hardware import contradicted_gpu, contradicted_policy

NAME_KEY = re.compile(r"scs:name-v(.*)", re.DOTALL)
DISK_KEY = re.compile(r"scs:disk(.*)-type", re.DOTALL)
CPU_TYPES = ("crowded-core", "shared-core", "dedicated-thread", "dedicated-core")
"""Values of `scs:cpu-type`, each better than the one before."""
DISK_TYPES = ("network", "hdd", "ssd", "nvme")
"""Values of `scs:diskN-type`, each better than the one before (SCS-0100 lets an SSD be named as a network disk)."""
AS_GOOD = {kind: frozenset(DISK_TYPES[rank:]) for rank, kind in enumerate(DISK_TYPES)}
"""Promised disk type to the types that keep the promise."""
OTHER_DISKS = ("pci_passthrough:", "resources:", "trait:")
"""Beginnings of extra_specs by which Nova attaches hardware that the flavor's figures do not show."""


def resource(flavor: Flavor) -> Resource:
    """The flavor as findings name it."""
    return Resource("flavor", flavor.name, flavor.id)


HIDDEN = "the cloud does not show the extra_specs of all flavors to this user"


def specs(flavor: Flavor) -> dict[str, str]:
    """The extra_specs of a flavor.

    Raises Undecided when the cloud does not show them to this user.
    """
    if flavor.extra_specs is None:
        raise Undecided(HIDDEN)
    return flavor.extra_specs


def shown(flavors: Iterable[Flavor]) -> Iterator[Flavor]:
    """The flavors whose extra_specs the cloud shows, so that what is wrong with them is found in any case.

    Raises Undecided after the last of them when there were others.
    """
    hidden = False
    for flavor in flavors:
        if flavor.extra_specs is None:
            hidden = True
        else:
            yield flavor
    if hidden:
        raise Undecided(HIDDEN)


@lru_cache(maxsize=4)
def named_scs(flavors: Flavors) -> tuple[tuple[Flavor, NameReport], ...]:
    """The flavors whose name starts with `SCS-`, each with what its name says (SCS-0100, by the text)."""
    return tuple((flavor, check(flavor.name)) for flavor in flavors.items if claims_grammar(flavor.name))


def names_in_keys(flavor: Flavor) -> dict[str, NameReport]:
    """The `scs:name-vN` keys of a flavor, each with what its value says."""
    return {key: check(value) for key, value in specs(flavor).items() if NAME_KEY.fullmatch(key)}


def overpromised_figures(flavor: Flavor, name: FlavorName) -> list[Shortfall]:
    """Figures that the name promises and the flavor does not reach."""
    return shortfalls(name, flavor.vcpus, flavor.ram_mib, flavor.disk_gb)


def contradicted_classes(flavor: Flavor, name: FlavorName) -> list[tuple[str, str, str]]:
    """Promises of the name that the flavor's own extra_specs or sizes contradict, as (field, promised, there).

    Values that the standards do not know contradict nothing: whether keys are well formed is another claim.
    """
    found = []
    keys = specs(flavor)
    promised, said = CPU_TYPE_SPECS[name.cpu_type], keys.get("scs:cpu-type")
    if said in CPU_TYPES and CPU_TYPES.index(said) < CPU_TYPES.index(promised):
        found.append(("scs:cpu-type", promised, said))
    found += [*contradicted_policy(promised, keys), *contradicted_gpu(name, keys)]
    if name.disk is None:
        return found
    for number in range(name.disk.count if name.disk.type else 0):
        key, kind = f"scs:disk{number}-type", DISK_TYPE_SPECS[name.disk.type or ""]
        if keys.get(key, kind) in DISK_TYPES and keys.get(key, kind) not in AS_GOOD[kind]:
            found.append((key, kind, keys[key]))
    further = (name.disk.count - 1) * (name.disk.size_gb or 0)
    if flavor.ephemeral_gb < further and not _may_have_other_disks(name, keys):
        found.append(("OS-FLV-EXT-DATA:ephemeral", f"{further} GB for further disks", f"{flavor.ephemeral_gb} GB"))
    return found


def _may_have_other_disks(name: FlavorName, keys: dict[str, str]) -> bool:
    """True when disks can come from elsewhere than the flavor's ephemeral disk: bare metal, or attached hardware."""
    return name.hypervisor == "bms" or any(key.startswith(OTHER_DISKS) for key in keys)
