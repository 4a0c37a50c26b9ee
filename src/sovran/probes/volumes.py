# SPDX-License-Identifier: Apache-2.0
"""Probe: a volume of each type that promises something, and what it turns out to be (SCS-0114)."""

import uuid
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from sovran.cloud.acting.answer import ActingFailed, Answer, NoAnswer
from sovran.cloud.acting.kinds import ATTACHMENT, VOLUME
from sovran.cloud.at_once import at_once
from sovran.cloud.facts.volume_types import VolumeType, read_volume_types
from sovran.cloud.outcome import Absent, Failure, Ok, Outcome
from sovran.model.printable import printable
from sovran.naming.volume_aspects import listed_aspects
from sovran.probes.block_storage import SERVICE, ready
from sovran.probes.probe import Need, Probe, Stage
from sovran.probes.steps import Journal, Step, StepFailed

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor, Made

MADE, FIRST_SERVER, SECOND_SERVER = (
    "make a volume of the type",
    "mark the volume as attached to a server",
    "reserve the volume for a second server",
)
LANES = 2
"""Volumes that there are at the same time."""
COMPLETE = "3.44"
"""Microversion that has `os-complete`."""
MULTIATTACH = "multiattach"
ON = "<is> True"
"""How Cinder writes that a capability is required."""


class TriedType(msgspec.Struct, frozen=True, kw_only=True):
    """One volume type, and the volume that was made of it."""

    id: str
    name: str
    steps: tuple[Step, ...]
    """MADE, FIRST_SERVER, SECOND_SERVER, as far as it came; only multiattach types are reserved."""
    encrypted: bool | None = None
    """None: not shown."""
    replication: str = ""
    """Replication status; empty: not shown."""
    multiattach: bool | None = None
    """None: not shown."""


class VolumesProbe(msgspec.Struct, frozen=True):
    """The types that promise something in their description, or say `multiattach` in their extra specs."""

    types: tuple[TriedType, ...]


def is_multiattach(volume_type: VolumeType) -> bool:
    """Whether the type says that its volumes can be attached to several servers."""
    return (volume_type.extra_specs or {}).get(MULTIATTACH) == ON


def _candidates(stage: Stage) -> Outcome[tuple[VolumeType, ...]]:
    types = read_volume_types(stage.reader)
    if not isinstance(types, Ok):
        return types
    return Ok(tuple(one for one in types.value.items if listed_aspects(one.description) or is_multiattach(one)))


def plan(stage: Stage) -> tuple[Need, ...] | Failure:
    """A volume of 1 GiB for each type that promises something, two at the same time."""
    if not stage.has(SERVICE):
        return Absent("the catalog has no block storage service")
    types = _candidates(stage)
    if not isinstance(types, Ok):
        return types
    count = min(len(types.value), LANES)
    return (Need("volume", count, count),) if count else ()


def run(stage: Stage) -> Outcome[VolumesProbe]:
    """Block Storage API v3: a volume of each type; multiattach ones are marked as attached to a server that there is
    not, and reserved for another (3.44).
    """
    types = _candidates(stage)
    if not isinstance(types, Ok):
        return types
    lanes = {number: types.value[number::LANES] for number in range(LANES)}
    full = _full(stage.actor) if types.value else frozenset()
    tried = at_once({number: partial(_lane, stage.actor, lane, full) for number, lane in lanes.items() if lane})
    by_id = {one.id: one for lane in tried.values() for one in lane}
    return Ok(VolumesProbe(tuple(by_id[one.id] for one in types.value)))


def _full(actor: "Actor") -> frozenset[str]:
    """Names of the types of which the project's quota leaves no volume of 1 GiB."""
    told = actor.call("GET", SERVICE, f"/os-quota-sets/{actor.project}?usage=true").at("quota_set")
    full = set()
    for key, one in told.items() if isinstance(told, dict) else ():
        unit, _, name = key.partition("_")
        if name and unit in ("volumes", "gigabytes") and isinstance(one, dict):
            numbers = [one.get(part) for part in ("limit", "in_use", "reserved")]
            limit, used, reserved = (number if isinstance(number, int) else 0 for number in numbers)
            if numbers[0] is not None and 0 <= limit <= used + reserved:
                full.add(name)
    return frozenset(full)


def _lane(actor: "Actor", types: tuple[VolumeType, ...], full: frozenset[str]) -> list[TriedType]:
    return [_try(actor, one, full=one.name in full) for one in types]


def _try(actor: "Actor", volume_type: VolumeType, *, full: bool) -> TriedType:
    journal = Journal()
    shown: dict[str, Any] = {}
    made = []
    with suppress(StepFailed):
        with journal.step(MADE):
            if full:
                # Cinder makes the key of an encrypted volume before it looks at the quota, and forgets it then
                raise NoAnswer(Answer("volumes of the type", reason="the project's quota for them is used up"))
            volume = actor.create(
                VOLUME,
                "typed",
                lambda name: {"volume": {"name": name, "size": 1, "volume_type": volume_type.id}},
            )
            made.append(volume)
            shown = ready(actor, volume)
        if is_multiattach(volume_type):
            with journal.step(FIRST_SERVER):
                made.append(_reserve(actor, volume.id))
                _complete(actor, made[-1].id)
            with journal.step(SECOND_SERVER):
                made.append(_reserve(actor, volume.id))
    for one in reversed(made):
        # the next volume of this lane takes its place; what cannot be deleted now is left for the cleanup
        with suppress(ActingFailed):
            actor.delete(one)
    return TriedType(
        id=volume_type.id,
        name=volume_type.name,
        steps=journal.steps,
        encrypted=_flag(shown.get("encrypted")),
        replication=printable(str(shown.get("replication_status") or ""), 40),
        multiattach=_flag(shown.get(MULTIATTACH)),
    )


def _reserve(actor: "Actor", volume: str) -> "Made":
    """Keep the volume for a server that there is not; without a connector no back end exports anything."""
    return actor.create(
        ATTACHMENT,
        "server",
        lambda _: {"attachment": {"volume_uuid": volume, "instance_uuid": str(uuid.uuid4())}},
    )


def _complete(actor: "Actor", attachment: str) -> None:
    """Mark it as attached: as long as a volume is reserved, nobody else may reserve it."""
    path = f"/attachments/{attachment}/action"
    answer = actor.call("POST", SERVICE, path, {"os-complete": {}}, microversion=COMPLETE)
    if not answer.ok:
        raise answer.failure


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


VOLUMES = Probe("volumes", VolumesProbe, plan, run)
