# SPDX-License-Identifier: Apache-2.0
"""SCS-0103: standard flavors and their properties."""

import re
from collections.abc import Callable

from sovran.cloud.facts.flavors import Flavor, Flavors
from sovran.model.finding import Examined, Finding, Resource, Undecided, Weight
from sovran.naming.flavor_name import check, parse
from sovran.naming.promise import MIB_PER_GIB
from sovran.naming.render import extra_specs
from sovran.naming.tables import CPU_TYPE_SPECS
from sovran.rules.flavor_claims import (
    AS_GOOD,
    CPU_TYPES,
    DISK_KEY,
    NAME_KEY,
    contradicted_classes,
    names_in_keys,
    overpromised_figures,
    resource,
    shown,
    specs,
)
from sovran.rules.flavor_hardware import contradicted_policy
from sovran.rules.registry import Answer
from sovran.rules.standard_flavors import (
    Difference,
    Row,
    claims_name,
    differing_cpu_type,
    differing_disk_type,
    differing_figures,
    differing_names,
    standing_for,
)

OFFICIAL_KEY = "scs:name-v2"
CPU_KEY = "scs:cpu-type"
POSITIVE = re.compile("[1-9][0-9]*")


def _differs(flavor: Flavor, difference: Difference, weight: Weight = Weight.VIOLATION) -> Finding:
    field, expected, seen = difference
    return Finding(
        message=f"flavor {flavor.name}: {field} should be {expected} and is {seen}",
        resource=resource(flavor),
        field=field,
        expected=expected,
        seen=seen,
        weight=weight,
    )


def official_flavor(flavors: Flavors, *, name: str) -> Answer:
    """Passes when a flavor found by scs:name-v2 (of several the last), else by its name, has exactly the vCPUs, RAM and
    disk of the name and, verbatim, the scs: keys that the name gives; an unspecified disk type must be called network.
    """
    found = None
    by_name = None
    for flavor in flavors.items:
        if specs(flavor).get(OFFICIAL_KEY) == name:
            found = flavor
        if flavor.name == name and by_name is None:
            by_name = flavor
    found = found or by_name
    if found is None:
        yield _missing(name)
        return
    yield Examined(resource(found))
    said = parse(name)
    disk = said.disk.size_gb or 0 if said.disk else 0
    row = Row(name, said.cpus, CPU_TYPE_SPECS[said.cpu_type], said.ram_gib, disk, None)
    keys = specs(found)
    wrong = [(key, want, keys.get(key, "not set")) for key, want in extra_specs(said).items() if keys.get(key) != want]
    for difference in differing_figures(found, row) + wrong:
        yield _differs(found, difference)


def _missing(name: str) -> Finding:
    return Finding(
        message=f"standard flavor {name} is missing",
        resource=Resource("flavor", name),
        field="name",
        expected=name,
        seen="no such flavor",
    )


def present(flavors: Flavors, *, wanted: list[Row]) -> Answer:
    """Holds when each flavor of the table exists: under its name, as scs:name-v1 or scs:name-v2, or by its properties
    (vCPUs, RAM, disk, scs:cpu-type, scs:disk0-type), since the name is only a recommendation. Undecided when one is
    private, since other projects may lack it.

    Source: scs-0103-v1, section Standard SCS flavors.
    """
    private = []
    for row in wanted:
        standing = standing_for(flavors, row)
        yield Examined(resource(standing[0]) if standing else Resource("flavor", row.name))
        if not standing:
            yield _missing(row.name)
        elif not standing[0].is_public:
            private.append(row.name)
    if private:
        raise Undecided(f"private here, so other projects may lack them: {', '.join(private)}")


def _judge_rows(flavors: Flavors, rows: list[Row], differing: Callable[[Flavor, Row], list[Difference]]) -> Answer:
    """Findings for the flavors that stand for a row; missing ones are the matter of `present`."""
    for row in rows:
        for flavor in standing_for(flavors, row):
            yield Examined(resource(flavor))
            for difference in differing(flavor, row):
                yield _differs(flavor, difference)


def figures(flavors: Flavors, *, wanted: list[Row]) -> Answer:
    """Holds when vCPUs, RAM and root disk of the standard flavors are exactly those of the table.

    Source: scs-0103-v1, section Guarantees and properties.
    """
    return _judge_rows(flavors, wanted, differing_figures)


def name_keys(flavors: Flavors, *, mandatory: list[Row], recommended: list[Row]) -> Answer:
    """Holds when the standard flavors carry their recommended name in scs:name-v1 (colons) and scs:name-v2 (dashes). A
    flavor that merely has the figures of a recommended one may be another of the provider's own.

    Source: scs-0103-v1, section Guarantees and properties.
    """
    yield from _judge_rows(flavors, mandatory, differing_names)
    claimed = [row for row in recommended if any(claims_name(flavors, one, row) for one in standing_for(flavors, row))]
    yield from _judge_rows(flavors, claimed, differing_names)


def cpu_type_key(flavors: Flavors, *, wanted: list[Row]) -> Answer:
    """Holds when scs:cpu-type of the standard flavors is that of the table.

    Source: scs-0103-v1, section Guarantees and properties.
    """
    return _judge_rows(flavors, wanted, differing_cpu_type)


def disk_type_key(flavors: Flavors, *, wanted: list[Row]) -> Answer:
    """Holds when scs:disk0-type is unset on standard flavors without a disk and names a disk type on those with one,
    for the SSD flavors ssd or nvme.

    Source: scs-0103-v1, section Guarantees and properties.
    """
    return _judge_rows(flavors, wanted, differing_disk_type)


def keys_hold(flavors: Flavors) -> Answer:
    """Fails when an scs: key of any flavor has no known form, holds no valid SCS name, promises vCPUs, RAM, disk or
    classes that the flavor itself contradicts, or speaks of a disk that is not there; otherwise undecided, since the
    guarantees behind the keys can only be measured or shown by the operator.

    Source: scs-0103-v1, section Properties.
    """
    examined = contradicted = False
    for flavor in shown(flavors.items):
        if not any(key == CPU_KEY or NAME_KEY.fullmatch(key) or DISK_KEY.fullmatch(key) for key in specs(flavor)):
            continue
        examined = True
        yield Examined(resource(flavor))
        for difference in [*_wrong_name_keys(flavor), *_wrong_class_keys(flavor)]:
            contradicted = True
            yield _differs(flavor, difference)
    if examined and not contradicted:
        raise Undecided("no flavor contradicts its keys, but the guarantees behind them need the operator's evidence")


def _wrong_name_keys(flavor: Flavor) -> list[Difference]:
    wrong: list[Difference] = []
    for key, name in names_in_keys(flavor).items():
        if not POSITIVE.fullmatch(key.removeprefix("scs:name-v")):
            wrong.append((key, "a key scs:name-vN with N from 1", key))
        if name.error or name.parsed is None:
            wrong.append((key, "a valid SCS name", specs(flavor)[key]))
            continue
        for field, promised, there in overpromised_figures(flavor, name.parsed):
            wrong.append((key, f"a name that promises at most {field} {there}", f"{specs(flavor)[key]} ({promised})"))
        for field, promised, said in contradicted_classes(flavor, name.parsed):
            wrong.append((field, f"{promised}, as {key} says", said))
    return wrong


def _wrong_class_keys(flavor: Flavor) -> list[Difference]:
    wrong: list[Difference] = []
    for key, value in specs(flavor).items():
        if key == CPU_KEY and value not in CPU_TYPES:
            wrong.append((key, " or ".join(CPU_TYPES), value))
        elif key == CPU_KEY:
            policy = contradicted_policy(value, specs(flavor))
            wrong += [(field, f"{promised}, as {key} says", said) for field, promised, said in policy]
        disk = DISK_KEY.fullmatch(key)
        if disk is None:
            continue
        if not (disk[1] == "0" or POSITIVE.fullmatch(disk[1])):
            wrong.append((key, "a key scs:diskN-type with N from 0", key))
        elif value not in AS_GOOD:
            wrong.append((key, " or ".join(AS_GOOD), value))
        elif disk[1] == "0" and not flavor.disk_gb and not _disk_left_to_cloud(flavor):
            wrong.append((key, "not set, since the flavor has no disk", value))
    return wrong


def _disk_left_to_cloud(flavor: Flavor) -> bool:
    """True when a name says that there is a disk whose size the cloud chooses: Nova shows 0 GB for it."""
    names = [name.parsed for name in (check(flavor.name), *names_in_keys(flavor).values())]
    return any(name and name.disk and name.disk.size_gb is None for name in names)


def latest_name_key(flavors: Flavors) -> Answer:
    """Holds when each flavor with scs:name-vN keys has one with a name in the spelling of the latest naming standard.

    Source: scs-0103-v1, section Properties.
    """
    for flavor in shown(flavors.items):
        names = names_in_keys(flavor)
        if not names:
            continue
        yield Examined(resource(flavor))
        if not any(name.version == "v3" for name in names.values()):
            first = next(iter(names))
            yield _differs(flavor, (first, "besides it a name in the spelling of v3", specs(flavor)[first]))


def sizes(flavors: Flavors, *, standard: list[Row], disks: list[int], ratios: list[int]) -> Answer:
    """Holds when SCS flavors beyond the table keep to the recommended disk sizes, powers of two of vCPUs and
    ratios of GiB RAM to vCPUs.

    Source: scs-0103-v1, section Recommended, part 2.
    """
    of_table = {flavor.id for row in standard for flavor in standing_for(flavors, row)}
    for flavor in flavors.items:
        if flavor.id in of_table or not (flavor.name.startswith("SCS-") or names_in_keys(flavor)):
            continue
        yield Examined(resource(flavor))
        if flavor.vcpus & (flavor.vcpus - 1):
            yield _differs(flavor, ("vcpus", "a power of two", str(flavor.vcpus)))
        if flavor.disk_gb and flavor.disk_gb not in disks:
            yield _differs(flavor, ("disk", f"one of {', '.join(map(str, disks))} GB", f"{flavor.disk_gb} GB"))
        if flavor.ram_mib not in [flavor.vcpus * ratio * MIB_PER_GIB for ratio in ratios]:
            wanted = " or ".join(f"1:{ratio}" for ratio in ratios)
            yield _differs(
                flavor, ("ram", f"vCPUs to GiB as {wanted}", f"{flavor.ram_mib} MiB for {flavor.vcpus} vCPUs")
            )
