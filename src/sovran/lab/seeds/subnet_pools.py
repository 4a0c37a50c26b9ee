# SPDX-License-Identifier: Apache-2.0
"""Neutron's subnet pools that a profile wants."""

from collections import Counter
from typing import Any

import msgspec

from sovran.lab.seeds.api import AdminApi
from sovran.lab.seeds.offers import SubnetPool
from sovran.lab.seeds.tally import Tally

MARK = "made by sovran lab seed"
"""Description of the pools that seeding made; only those are ever removed."""
PATH = "/v2.0/subnetpools"


def list_subnet_pools(api: AdminApi) -> dict[str, tuple[str, SubnetPool]]:
    """The pools with our mark: name to id and what the pool is."""
    return {
        item["name"]: (item["id"], msgspec.convert(item, SubnetPool, strict=False))
        for item in api.listing("neutron", PATH, "subnetpools")
        if item["description"] == MARK
    }


def put_subnet_pool(api: AdminApi, name: str, wanted: SubnetPool | None) -> str:
    """Make the pool of this name be so, or not be there; returns `made`, `changed`, `removed`, `kept` or `stuck`.

    Raises:
        SovranError: Neutron refused.
    """
    identifier, there = list_subnet_pools(api).get(name, ("", None))
    if there == wanted:
        return "kept"
    if wanted is None:
        return "removed" if _removed(api, identifier) else "stuck"
    if there is not None and not _changeable(there, wanted):
        if not _removed(api, identifier):
            return "stuck"
        there = None
    fields = msgspec.structs.asdict(wanted)
    if there is None:
        body: dict[str, Any] = {**fields, "description": MARK, "project_id": api.project("provider")}
        api.call("neutron", "POST", PATH, {"subnetpool": body})
        return "made"
    changes = {key: value for key, value in fields.items() if value != getattr(there, key)}
    api.call("neutron", "PUT", f"{PATH}/{identifier}", {"subnetpool": changes})
    return "changed"


def _removed(api: AdminApi, identifier: str) -> bool:
    """Delete a pool; False when it is in use."""
    api.call("neutron", "DELETE", f"{PATH}/{identifier}", allow=[404, 409])
    return not api.call("neutron", "GET", f"{PATH}/{identifier}", allow=[404])


def _changeable(there: SubnetPool, wanted: SubnetPool) -> bool:
    """Neutron changes neither who may use a pool nor takes prefixes out of it."""
    return there.shared == wanted.shared and set(there.prefixes) <= set(wanted.prefixes)


def converge_subnet_pools(api: AdminApi, wanted: tuple[SubnetPool, ...]) -> Tally:
    """Make the pools with our mark exactly these; one that subnets use is left.

    Raises:
        SovranError: Neutron refused.
    """
    names = {pool.name for pool in wanted}
    superfluous = [name for name in list_subnet_pools(api) if name not in names]
    # one after the other: of each family only one may be the default
    done = [put_subnet_pool(api, name, None) for name in superfluous]
    done += [put_subnet_pool(api, pool.name, pool) for pool in wanted]
    return Tally(**Counter(done))
