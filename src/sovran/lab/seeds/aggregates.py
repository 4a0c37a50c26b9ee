# SPDX-License-Identifier: Apache-2.0
"""Nova's host aggregates, which give the lab's compute hosts their availability zones."""

from collections import Counter
from typing import Any

from sovran.lab.seeds.api import COMPUTE, AdminApi
from sovran.lab.seeds.tally import Tally

MARK = "lab:seeded"
"""Metadata of the aggregates that seeding made; only those are ever removed."""
NO_AGGREGATE = "nova"
"""The zone of hosts without an aggregate."""

_PATH = "/v2.1/os-aggregates"


def converge_aggregates(api: AdminApi) -> Tally:
    """Put each compute host of the lab into the zone that the lab's description names.

    Raises:
        SovranError: Nova refused.
    """
    wanted: dict[str, set[str]] = {}
    for host, zone in api.lab.zones.items():
        if zone != NO_AGGREGATE:
            wanted.setdefault(zone, set()).add(host)
    found = {
        item["name"]: item for item in api.listing("nova", _PATH, "aggregates", COMPUTE) if MARK in item["metadata"]
    }
    # A host must have left its old zone before it enters a new one.
    done = [_remove(api, item) for name, item in found.items() if set(item["hosts"]) != wanted.get(name)]
    done += [_make(api, zone, hosts) for zone, hosts in wanted.items() if not _right(found.get(zone), hosts)]
    kept = sum(_right(found.get(zone), hosts) for zone, hosts in wanted.items())
    return Tally(**Counter(done), kept=kept)


def _right(found: dict[str, Any] | None, hosts: set[str]) -> bool:
    return found is not None and set(found["hosts"]) == hosts


def _remove(api: AdminApi, aggregate: dict[str, Any]) -> str:
    path = f"{_PATH}/{aggregate['id']}"
    for host in aggregate["hosts"]:
        api.call("nova", "POST", f"{path}/action", {"remove_host": {"host": host}}, headers=COMPUTE, allow=[404, 409])
    api.call("nova", "DELETE", path, headers=COMPUTE, allow=[400, 404])
    left = api.call("nova", "GET", path, headers=COMPUTE, allow=[404])
    return "stuck" if left else "removed"


def _make(api: AdminApi, zone: str, hosts: set[str]) -> str:
    body = {"aggregate": {"name": zone, "availability_zone": zone}}
    aggregate = api.call("nova", "POST", _PATH, body, headers=COMPUTE)["aggregate"]
    path = f"{_PATH}/{aggregate['id']}/action"
    api.call("nova", "POST", path, {"set_metadata": {"metadata": {MARK: "yes"}}}, headers=COMPUTE)
    for host in sorted(hosts):
        api.call("nova", "POST", path, {"add_host": {"host": host}}, headers=COMPUTE)
    return "made"
