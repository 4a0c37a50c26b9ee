# SPDX-License-Identifier: Apache-2.0
"""Tests of quotas: what is left is read with care, and probes are let in only as far as it goes."""

import threading
from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sovran.cloud.acting.actor import Actor
from sovran.cloud.acting.answer import Answer
from sovran.probes.probe import Need
from sovran.probes.quota import Gate, quota_left, units

VOLUMES = {
    "maxTotalVolumes": 10,
    "totalVolumesUsed": 4,
    "maxTotalVolumeGigabytes": -1,
    "totalGigabytesUsed": 4,
    "maxTotalBackups": 2,
    "totalBackupsUsed": 3,
}
NETWORKS = {
    "network": {"limit": 10, "used": 3, "reserved": 2},
    "port": {"limit": -1, "used": 3, "reserved": 0},
    "security_group": {"limit": 10, "used": 10},
    "subnet": {"limit": "10", "used": 1},
}


class Told(Actor):
    """A user whose services answer these documents."""

    project = "p1"

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    def call(self, method: str, service: str, path: str, *rest: Any, **more: Any) -> Answer:
        """The document of the service; no answer where there is none."""
        document = self.answers.get(service)
        return Answer(path, 200, msgspec.json.encode(document)) if document is not None else Answer(path, reason="dead")


def test_what_is_left() -> None:
    actor = Told({"block-storage": {"limits": {"absolute": VOLUMES}}, "network": {"quota": NETWORKS}})
    wanted = ("network", "volume", "port", "backup", "GiB of volumes", "security group", "subnet", "secret", "server")
    # what has no limit, or an unreadable one, is not known to be limited; what is overdrawn leaves nothing
    assert quota_left(actor, wanted) == {"network": 5, "volume": 6, "backup": 0, "security group": 0}
    assert list(quota_left(actor, ("volume", "network"))) == ["volume", "network"]


@pytest.mark.parametrize("document", [None, [], {}, {"limits": []}, {"limits": {"absolute": []}}, "x"])
def test_limits_that_cannot_be_read_stop_nobody(document: Any) -> None:
    assert quota_left(Told({"block-storage": document, "network": document}), ("volume", "network")) == {}


def test_units() -> None:
    needs = (Need("volume", 2, 3), Need("snapshot", 1, 1), Need("backup", 1, 5), Need("image", 4, 200))
    assert units(needs) == {
        "volume": 2,
        "GiB of volumes": 4,
        "snapshot": 1,
        "backup": 1,
        "GiB of backups": 5,
        "image": 4,
    }


@pytest.mark.parametrize(
    ("need", "reason"),
    [
        (Need("volume", 3), "needs 3 volumes, and the project's quota leaves 2"),
        (Need("volume", 1, 9), "needs 9 GiB of volumes, and the project's quota leaves 8"),
        (Need("volume", 2, 8), ""),
        (Need("image", 99), ""),
    ],
)
def test_what_can_never_be_met_is_said(need: Need, reason: str) -> None:
    gate = Gate({"volume": 2, "GiB of volumes": 8})
    assert gate.lacking((need,)).removeprefix("it ") == reason
    assert gate.left == {"volume": 2, "GiB of volumes": 8}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.tuples(st.sampled_from(("volume", "network")), st.integers(1, 3)), max_size=2), max_size=8))
def test_never_more_at_the_same_time_than_there_is(wanted: list[list[tuple[str, int]]]) -> None:
    limits = {"volume": 6, "network": 6}
    gate, inside, most, lock = Gate(limits), Counter[str](), Counter[str](), threading.Lock()

    def act(needs: tuple[Need, ...]) -> None:
        with gate.admitted(needs):
            with lock:
                inside.update(units(needs))
                for unit in inside:
                    most[unit] = max(most[unit], inside[unit])
            with lock:
                inside.subtract(units(needs))

    threads = [
        threading.Thread(target=act, args=(tuple(Need(kind, count) for kind, count in needs),)) for needs in wanted
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    assert all(most[unit] <= limit for unit, limit in limits.items())
