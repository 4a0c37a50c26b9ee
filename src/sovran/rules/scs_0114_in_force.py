# SPDX-License-Identifier: Apache-2.0
"""SCS-0114: whether volume types are what their descriptions promise, as far as a volume of each shows it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sovran.cloud.facts.volume_types import VolumeTypes
from sovran.cloud.outcome import NotRun, Ok, Outcome
from sovran.model.finding import Examined, Finding, NotTried, Resource, Undecided, Weight
from sovran.naming.volume_aspects import ENCRYPTED, REPLICATED
from sovran.probes.steps import Step
from sovran.probes.volumes import (
    FIRST_SERVER,
    MADE,
    MULTIATTACH,
    SECOND_SERVER,
    TriedType,
    VolumesProbe,
    is_multiattach,
)
from sovran.rules.registry import Answer
from sovran.rules.scs_0114 import Promise, promises

COPIED, COPY_FAILED = "enabled", "error"
"""Replication statuses of a volume, where Cinder itself replicates."""


@dataclass(frozen=True)
class _Look:
    """What one volume shows of one promise; nothing set: it was seen to be kept."""

    broken: str = ""
    """How it is broken."""
    open: str = ""
    """Why that cannot be told."""
    unclear: bool = False
    """True: at another time it might be told."""


def aspects_in_force(types: VolumeTypes, probe: Outcome[VolumesProbe]) -> Answer:
    """Fails where the volume that was made of a type is not encrypted though its description promises it, where its
    replication is in error, where it cannot be reserved for two servers though the description lists `multiattach`, and
    where a type promises encryption and has the extra spec multiattach, with which Cinder refuses to encrypt. Holds
    where every promise of an aspect was seen to be kept.

    Source: scs-0114-v1, Implementation Details.
    """
    seen = {one.id: one for one in probe.value.types} if isinstance(probe, Ok) else {}
    left: list[_Look] = []
    for promise in promises(types):
        wanted = [aspect for aspect in _LOOKS if aspect in promise.aspects]
        if wanted:
            yield Examined(promise.resource)
        if ENCRYPTED in wanted and is_multiattach(promise.type):
            yield _broken(
                promise.resource, ENCRYPTED, "its extra spec multiattach, with which Cinder refuses to encrypt"
            )
        for aspect in wanted:
            look = _look(aspect, promise, seen)
            if look.broken:
                yield _broken(promise.resource, aspect, look.broken)
            elif look.open:
                left.append(look)
    promised = {promise.type.id for promise in promises(types) if MULTIATTACH in promise.aspects}
    for one in seen.values():
        if one.id not in promised:
            yield from _noted(one)
    _undecided(left, probe)


def _look(aspect: str, promise: Promise, seen: dict[str, TriedType]) -> _Look:
    tried = seen.get(promise.type.id)
    if tried is None:
        return _Look(open=f"no volume of type {promise.type.name} was made")
    step = _step(tried, MADE)
    if not step.ok:
        return _Look(open=f"no volume of type {tried.name} could be made: {step.said}", unclear=True)
    return _LOOKS[aspect](tried)


def _step(tried: TriedType, what: str) -> Step:
    found = [step for step in tried.steps if step.what == what]
    return found[0] if found else Step(what, ok=False, said="the probe did not come to it", unclear=True)


def _encrypted(tried: TriedType) -> _Look:
    if tried.encrypted is None:
        return _Look(open=f"the volume of type {tried.name} does not show whether it is encrypted")
    return _Look() if tried.encrypted else _Look(broken="a volume that is not encrypted")


def _replicated(tried: TriedType) -> _Look:
    if tried.replication == COPIED:
        return _Look()
    if tried.replication == COPY_FAILED:
        return _Look(broken="a volume whose replication is in error")
    where = "the configuration of the back ends would"
    return _Look(open=f"whether volumes of type {tried.name} are replicated no API shows: {where}")


def _multiattach(tried: TriedType) -> _Look:
    if tried.multiattach is False:
        return _Look(broken="a volume that is not multiattach")
    for what in (FIRST_SERVER, SECOND_SERVER):
        step = _step(tried, what)
        if not step.ok:
            said = f"{what}: {step.said}"
            return _Look(open=f"type {tried.name}: {said}", unclear=True) if step.unclear else _Look(broken=said)
    return _Look()


_LOOKS: dict[str, Callable[[TriedType], _Look]] = {
    ENCRYPTED: _encrypted,
    REPLICATED: _replicated,
    MULTIATTACH: _multiattach,
}
"""Each aspect that a volume can show something of; multiattach is none of the standard's, but may be promised."""


def _broken(resource: Resource, aspect: str, seen: str, weight: Weight = Weight.VIOLATION) -> Finding:
    promised = "promises" if weight is Weight.VIOLATION else "has the extra spec"
    return Finding(
        message=f"volume type {resource.name} {promised} {aspect}, and this speaks against it: {seen}",
        resource=resource,
        field=aspect,
        expected=f"volumes that are {aspect}",
        seen=seen,
        weight=weight,
    )


def _noted(tried: TriedType) -> Iterator[Finding]:
    """A multiattach type that does not say so in its description breaks no promise of the standard's."""
    if any(step.what == FIRST_SERVER for step in tried.steps):
        look = _multiattach(tried)
        if look.broken:
            yield _broken(Resource("volume type", tried.name, tried.id), MULTIATTACH, look.broken, Weight.NOTE)


def _undecided(left: list[_Look], probe: Outcome[VolumesProbe]) -> None:
    """Raise for the promises that nothing showed."""
    if not left:
        return
    if isinstance(probe, NotRun):
        raise NotTried(f"whether volumes are what their types promise {probe.reason}")
    if not isinstance(probe, Ok):
        raise Undecided(probe.reason)
    unclear = [look for look in left if look.unclear]
    reasons = "; ".join(dict.fromkeys(look.open for look in (*unclear, *left)))
    raise Undecided(reasons) if unclear else NotTried(reasons)
