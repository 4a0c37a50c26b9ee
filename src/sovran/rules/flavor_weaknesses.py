# SPDX-License-Identifier: Apache-2.0
"""Weaknesses that a flavor admits in one place and does not show in another of its names (SCS-0100-04)."""

from collections.abc import Iterator

from sovran.cloud.facts.flavors import Flavor
from sovran.naming.flavor_name import check, claims_grammar
from sovran.naming.records import FlavorName
from sovran.rules.flavor_claims import names_in_keys, specs
from sovran.rules.flavor_hardware import QUOTA, crowding_quota

CPU_KEY, CROWDED = "scs:cpu-type", "crowded-core"


def valid_names(flavor: Flavor) -> dict[str, FlavorName]:
    """The valid SCS names of a flavor by where they stand: `name`, or a key `scs:name-vN`.

    Raises Undecided when the cloud does not show its extra_specs.
    """
    own = {"name": check(flavor.name)} if claims_grammar(flavor.name) else {}
    return {field: found.parsed for field, found in {**own, **names_in_keys(flavor)}.items() if found.parsed}


def hidden_weaknesses(flavor: Flavor, names: dict[str, FlavorName]) -> Iterator[tuple[str, str, str]]:
    """As (where the name stands, the letter that it lacks, what admits the weakness)."""
    keys = specs(flavor)
    admitted = {
        "i": [field for field, name in names.items() if name.insecure],
        "u": [field for field, name in names.items() if name.no_ecc],
        "o": [field for field, name in names.items() if name.ram_oversubscribed],
    }
    quota = crowding_quota(keys)
    crowded = f"{CPU_KEY} {CROWDED}" if keys.get(CPU_KEY) == CROWDED else f"{QUOTA} {quota}" if quota else ""
    for field, name in names.items():
        if crowded and name.cpu_type != "L":
            yield field, "L", crowded
        for letter, shown in (("i", name.insecure), ("u", name.no_ecc), ("o", name.ram_oversubscribed)):
            if not shown and admitted[letter]:
                yield field, letter, f"{admitted[letter][0]} {_name_at(flavor, admitted[letter][0])}"


def _name_at(flavor: Flavor, field: str) -> str:
    return flavor.name if field == "name" else specs(flavor)[field]
