# SPDX-License-Identifier: Apache-2.0
"""What the project's quotas leave, and who may begin to make something so that all fits in."""

import math
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from sovran.cloud.acting.actor import Actor
from sovran.cloud.at_once import at_once
from sovran.probes.probe import Need

VOLUME_LIMITS = {
    "volume": ("maxTotalVolumes", "totalVolumesUsed"),
    "snapshot": ("maxTotalSnapshots", "totalSnapshotsUsed"),
    "backup": ("maxTotalBackups", "totalBackupsUsed"),
    "GiB of volumes": ("maxTotalVolumeGigabytes", "totalGigabytesUsed"),
    "GiB of backups": ("maxTotalBackupGigabytes", "totalBackupGigabytesUsed"),
}
SERVER_LIMITS = {
    "server": ("maxTotalInstances", "totalInstancesUsed"),
    "core": ("maxTotalCores", "totalCoresUsed"),
    "MiB of RAM": ("maxTotalRAMSize", "totalRAMUsed"),
}
NETWORK_LIMITS = {
    "network": "network",
    "subnet": "subnet",
    "port": "port",
    "router": "router",
    "floating IP": "floatingip",
    "security group": "security_group",
    "security group rule": "security_group_rule",
    "RBAC policy": "rbac_policy",
}
GIB_OF = {"volume": "GiB of volumes", "snapshot": "GiB of volumes", "backup": "GiB of backups"}


def units(needs: Iterable[Need]) -> Counter[str]:
    """What needs take of the quotas, by the names that `quota_left` uses."""
    taken: Counter[str] = Counter()
    for need in needs:
        taken[need.kind] += need.count
        if need.gib and need.kind in GIB_OF:
            taken[GIB_OF[need.kind]] += need.gib
    return taken


def quota_left(actor: Actor, wanted: Collection[str]) -> dict[str, int]:
    """How much of each wanted unit the project may still have; one that no service limits or tells is not there."""
    names = set(wanted)
    reads: dict[str, Callable[[], dict[str, int]]] = {
        "volume": partial(_absolute, actor, "block-storage", VOLUME_LIMITS),
        "server": partial(_absolute, actor, "compute", SERVER_LIMITS),
        "network": partial(_network, actor),
    }
    limited: dict[str, Mapping[str, object]] = {
        "volume": VOLUME_LIMITS,
        "server": SERVER_LIMITS,
        "network": NETWORK_LIMITS,
    }
    told = at_once({key: read for key, read in reads.items() if names & limited[key].keys()})
    left = {unit: number for several in told.values() for unit, number in several.items()}
    # in the order in which they were wanted
    return {unit: left[unit] for unit in dict.fromkeys(wanted) if unit in left}


def _absolute(actor: Actor, service: str, limits: dict[str, tuple[str, str]]) -> dict[str, int]:
    told = actor.call("GET", service, "/limits").at("limits", "absolute")
    told = told if isinstance(told, dict) else {}
    return {
        unit: max(told[most] - told[used], 0)
        for unit, (most, used) in limits.items()
        if _number(told.get(most)) and _number(told.get(used)) and told[most] >= 0
    }


def _network(actor: Actor) -> dict[str, int]:
    told = actor.call("GET", "network", f"/quotas/{actor.project}/details.json").at("quota")
    left: dict[str, int] = {}
    for unit, key in NETWORK_LIMITS.items():
        one = told.get(key) if isinstance(told, dict) else None
        if isinstance(one, dict) and _number(one.get("limit")) and _number(one.get("used")) and one["limit"] >= 0:
            left[unit] = max(one["limit"] - one["used"] - (one.get("reserved") or 0), 0)
    return left


def _number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


class Gate:
    """Lets probes in as long as what all of them need together is there; others wait."""

    def __init__(self, left: dict[str, int]) -> None:
        self.left = dict(left)
        """What quotas leave, by unit, before anything is made."""
        self._left = dict(left)
        self._changed = threading.Condition()

    def lacking(self, needs: Iterable[Need]) -> str:
        """Why these needs can never be met, in words; empty: they can."""
        for unit, count in units(needs).items():
            if count > self.left.get(unit, math.inf):
                return f"needs {count} {Need(unit, count).plural}, and the project's quota leaves {self.left[unit]}"
        return ""

    @contextmanager
    def admitted(self, needs: Iterable[Need]) -> Iterator[None]:
        """Wait until the needs can be met together with those of all who are in, which `lacking` did not exclude."""
        taken = units(needs)
        with self._changed:
            self._changed.wait_for(lambda: all(self._left.get(unit, count) >= count for unit, count in taken.items()))
            self._take(taken, 1)
        try:
            yield
        finally:
            with self._changed:
                self._take(taken, -1)
                self._changed.notify_all()

    def _take(self, taken: Counter[str], sign: int) -> None:
        for unit, count in taken.items():
            if unit in self._left:
                self._left[unit] -= sign * count
