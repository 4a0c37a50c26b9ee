# SPDX-License-Identifier: Apache-2.0
"""Needs of flavors: by name, or by figures and by what the flavor says about its CPUs, disk and GPU."""

import re
from collections.abc import Sequence

from sovran.cloud.facts.flavors import Flavor, Flavors
from sovran.conformance.needs.answer import NotThere
from sovran.conformance.needs.profile import CpuClass, DiskClass, FlavorNeed
from sovran.model.finding import Resource, Undecided
from sovran.naming.flavor_name import check, claims_grammar
from sovran.naming.promise import MIB_PER_GIB
from sovran.naming.records import FlavorName
from sovran.naming.tables import CPU_TYPE_SPECS, DISK_TYPE_SPECS
from sovran.rules.flavor_claims import CPU_TYPES, DISK_TYPES, NAME_KEY, resource
from sovran.rules.flavor_hardware import (
    DEDICATED,
    PASS_THROUGH,
    POLICY,
    contradicted_gpu,
    contradicted_policy,
    crowding_quota,
)
from sovran.standards.near import did_you_mean

GPU = re.compile(r"resources\w*:[VP]GPU")
"""Extra specs that can mean nothing but a GPU; an alias of a PCI device may be any device."""


def words(need: FlavorNeed | str) -> str:
    """The need in words."""
    if isinstance(need, str):
        return f"flavor {need}"
    parts = [f"{need.vcpus} vCPU"] if need.vcpus else []
    parts += [f"{need.ram_gib:g} GiB RAM"] if need.ram_gib else []
    parts += [f"{need.disk_gb} GB disk"] if need.disk_gb else []
    parts += [f"{need.cpu} CPU"] if need.cpu else []
    parts += [f"{need.disk_type} disk"] if need.disk_type else []
    parts += ["GPU"] if need.gpu else []
    return f"flavor with {', '.join(parts)}"


def find(need: FlavorNeed | str, flavors: Flavors) -> tuple[str, Sequence[Resource]]:
    """What fits, the smallest first; raises NotThere or Undecided."""
    if isinstance(need, str):
        return _by_name(need, flavors)
    large = sorted((one for one in flavors.items if _large_enough(one, need)), key=_size)
    if not large:
        raise NotThere(f"none of {len(flavors.items)} flavors is that large")
    fitting = [one for one in large if _suits(one, need) is True]
    if fitting:
        return _shown(fitting), [resource(one) for one in fitting]
    unknown = [one for one in large if _suits(one, need) is None]
    if unknown:
        more = f", nor do {len(unknown) - 1} more of that size" if len(unknown) > 1 else ""
        raise Undecided(f"{unknown[0].name} is large enough, but does not tell enough about itself{more}")
    raise NotThere(
        f"{len(large)} of {len(flavors.items)} flavors are large enough, none of them says that it has the rest"
    )


def _by_name(name: str, flavors: Flavors) -> tuple[str, Sequence[Resource]]:
    called = [one for one in flavors.items if one.name == name]
    if called:
        return _shown(called), [resource(one) for one in called]
    keyed = [one for one in flavors.items if name in _names(one)]
    if keyed:
        return f"{_shown(keyed)} under scs:name", [resource(one) for one in keyed]
    raise NotThere(f"no flavor has this name{did_you_mean(name, [one.name for one in flavors.items])}")


def _names(flavor: Flavor) -> list[str]:
    """The names that the flavor's own keys give it (SCS-0103)."""
    return [value for key, value in (flavor.extra_specs or {}).items() if NAME_KEY.fullmatch(key)]


def _large_enough(flavor: Flavor, need: FlavorNeed) -> bool:
    return (
        flavor.vcpus >= (need.vcpus or 0)
        and flavor.ram_mib >= (need.ram_gib or 0) * MIB_PER_GIB
        and flavor.disk_gb >= (need.disk_gb or 0)
    )


def _size(flavor: Flavor) -> tuple[int, int, int, str]:
    return flavor.vcpus, flavor.ram_mib, flavor.disk_gb, flavor.name


def _shown(flavors: Sequence[Flavor]) -> str:
    first = flavors[0]
    figures = f"{first.vcpus} vCPU, {first.ram_mib / MIB_PER_GIB:g} GiB, {first.disk_gb} GB"
    more = f" and {len(flavors) - 1} more" if len(flavors) > 1 else ""
    return f"{first.name} ({figures}; {first.id}){more}"


def _suits(flavor: Flavor, need: FlavorNeed) -> bool | None:
    """Whether it says that it has the wanted classes and GPU; None: it does not tell."""
    found: list[bool | None] = []
    if need.cpu:
        found.append(_at_least(list(CpuClass).index(need.cpu), cpu_class(flavor)))
    if need.disk_type:
        found.append(_at_least(list(DiskClass).index(need.disk_type), disk_class(flavor)))
    if need.gpu:
        found.append(has_gpu(flavor))
    if False in found:
        return False
    return None if None in found else True


def _at_least(wanted: int, there: int | None) -> bool | None:
    return None if there is None else there >= wanted


def _promises(flavor: Flavor) -> list[FlavorName]:
    """What the flavor's name and the names in its keys say."""
    names = [flavor.name] if claims_grammar(flavor.name) else []
    return [parsed for name in (*names, *_names(flavor)) if (parsed := check(name).parsed)]


def cpu_class(flavor: Flavor) -> int | None:
    """Rank in CPU_TYPES of the weakest that name, keys and Nova's CPU policy say; None: none of them says anything."""
    keys = flavor.extra_specs or {}
    said = [CPU_TYPE_SPECS[name.cpu_type] for name in _promises(flavor)]
    said += [keys["scs:cpu-type"]] if keys.get("scs:cpu-type") in CPU_TYPES else []
    if not said and keys.get(POLICY, "").strip() == "dedicated":
        said = [DEDICATED[0]]
    if crowding_quota(keys):
        return 0
    if not said:
        return None
    rank = min(map(CPU_TYPES.index, said))
    for _, _, there in contradicted_policy(CPU_TYPES[rank], keys):
        rank = min(rank, CPU_TYPES.index(DEDICATED[0] if there == "require" else "shared-core"))
    return rank


def disk_class(flavor: Flavor) -> int | None:
    """Rank in DISK_TYPES of the weakest that name and keys say of the root disk; None: none of them says anything."""
    keys = flavor.extra_specs or {}
    said = [DISK_TYPE_SPECS[name.disk.type] for name in _promises(flavor) if name.disk and name.disk.type]
    said += [keys["scs:disk0-type"]] if keys.get("scs:disk0-type") in DISK_TYPES else []
    return min(map(DISK_TYPES.index, said), default=None)


def has_gpu(flavor: Flavor) -> bool | None:
    """Whether its name or Nova's extra_specs bring a GPU; None: its extra_specs are hidden, or bring some device."""
    keys = flavor.extra_specs
    promised = [name for name in _promises(flavor) if name.gpu]
    if keys is None:
        return True if promised else None
    if promised:
        return None if any(list(contradicted_gpu(name, keys)) for name in promised) else True
    given = [key for key, value in keys.items() if value.strip() not in ("", "0")]
    if any(GPU.fullmatch(key) for key in given):
        return True
    return None if any(PASS_THROUGH.fullmatch(key) for key in given) else False
