# SPDX-License-Identifier: Apache-2.0
"""Waiting for volumes and backups: the service's own words, and what says nothing about the cloud."""

from typing import Any, cast

import msgspec
import pytest

from sovran.cloud.acting.actor import Actor, Made
from sovran.cloud.acting.answer import ActingFailed, Answer, TimedOut
from sovran.cloud.acting.kinds import VOLUME
from sovran.cloud.acting.ledger import Intent
from sovran.probes.block_storage import messages, ready
from sovran.probes.volumes import _full

MADE = Made(VOLUME, "v1", "name", Intent(1, "volume", "name", "/volumes", "", 0.0, id="v1"), {})


class _Told:
    """An actor whose waiting ends in one way, and whose other requests have one answer."""

    project = "p1"

    def __init__(self, body: Any, failure: Exception | None = None) -> None:
        self.body = body
        self.failure = failure
        self.asked: list[str] = []

    def wait(self, *_: object, **__: object) -> dict[str, str]:
        if self.failure:
            raise self.failure
        return {"status": "available"}

    def call(self, method: str, service: str, path: str, **_: object) -> Answer:
        self.asked.append(f"{service} {method} {path}")
        return Answer("asked", 200, msgspec.json.encode(self.body))


def told(body: Any, failure: Exception | None = None) -> tuple[Actor, _Told]:
    """The same thing twice: as probes take it, and as tests look at it."""
    one = _Told(body, failure)
    return cast(Actor, one), one


def test_a_resource_in_error_is_explained_by_the_messages_to_users() -> None:
    body = {"messages": [{"user_message": "no host\n found"}, {"user_message": "no host\n found"}, {"user_message": 3}]}
    actor, seen = told(body, ActingFailed("the volume went to error"))
    with pytest.raises(ActingFailed, match=r"^the volume went to error \(no host.*found\)$"):
        ready(actor, MADE)
    assert seen.asked == ["block-storage GET /messages?resource_uuid=v1"]
    with pytest.raises(ActingFailed):
        ready(actor, MADE, parent="other")
    assert seen.asked[-1].endswith("resource_uuid=other")


def test_what_is_only_slow_stays_what_it_is() -> None:
    actor, seen = told({}, TimedOut("still creating"))
    with pytest.raises(TimedOut, match="still creating"):
        ready(actor, MADE)
    assert seen.asked == []


@pytest.mark.parametrize("body", [None, [], {"messages": None}, {"messages": [1, {}]}, {"messages": {}}])
def test_no_messages_are_no_words(body: Any) -> None:
    assert messages(told(body)[0], "v1") == ""


SETS: list[tuple[Any, set[str]]] = [
    ({"quota_set": {"volumes_luks": {"limit": 0, "in_use": 0, "reserved": 0}}}, {"luks"}),
    ({"quota_set": {"gigabytes_luks": {"limit": 5, "in_use": 4, "reserved": 1}}}, {"luks"}),
    ({"quota_set": {"volumes_a_b": {"limit": 1, "in_use": 1}, "volumes": {"limit": 0}}}, {"a_b"}),
    ({"quota_set": {"volumes_luks": {"limit": -1, "in_use": 9}, "snapshots_luks": {"limit": 0}}}, set()),
    ({"quota_set": {"volumes_luks": {"limit": 5, "in_use": 4, "reserved": 0}}}, set()),
    ({"quota_set": {"volumes_luks": 0, "id": "p1"}}, set()),
    ({"quota_set": {"volumes_luks": {"limit": None}}}, set()),
    ({"quota_set": []}, set()),
    ({}, set()),
    (None, set()),
]
"""A quota set, and the types that are full by it."""


@pytest.mark.parametrize(("body", "full"), SETS)
def test_types_of_which_the_quota_leaves_no_volume(body: Any, full: set[str]) -> None:
    assert _full(told(body)[0]) == full
