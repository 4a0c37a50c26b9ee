# SPDX-License-Identifier: Apache-2.0
"""SCS-0114: what the descriptions of volume types promise."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sovran.cloud.facts.volume_types import VolumeType, VolumeTypes
from sovran.model.finding import Examined, Finding, NotTried, Resource, Weight
from sovran.rules.registry import Answer

ASPECTS = ("encrypted", "replicated")
"""All aspects that the standard knows, in its order."""
PREFIX = re.compile(r"\[scs:([^\[\]]*)\]")
"""The list of aspects, where it stands at the very beginning of a description."""
MEANT_AS_PREFIX = re.compile(r"\[\s*scs\s*[:;=]?", re.IGNORECASE)
"""What looks as if such a list had been meant, anywhere."""
ON = "<is> True"
"""How Cinder writes that a capability is required."""


@dataclass(frozen=True)
class _Promise:
    """A volume type and the aspects that its description lists, as they stand there."""

    type: VolumeType
    aspects: tuple[str, ...]

    @property
    def resource(self) -> Resource:
        return _resource(self.type)

    @property
    def sorted(self) -> bool:
        return list(self.aspects) == sorted(self.aspects)

    @property
    def repeated(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for one in self.aspects if self.aspects.count(one) > 1))

    @property
    def unknown(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for one in self.aspects if one not in ASPECTS))

    @property
    def valid(self) -> bool:
        return self.sorted and not self.repeated and not self.unknown

    def finding(self, seen: str, expected: str) -> Finding:
        return Finding(
            message=f"volume type {self.type.name} promises [scs:{', '.join(self.aspects)}]: {seen}",
            resource=self.resource,
            field="description",
            expected=expected,
            seen=self.type.description or "",
        )


def _resource(volume_type: VolumeType) -> Resource:
    return Resource("volume type", volume_type.name, volume_type.id)


def _promises(types: VolumeTypes) -> Iterator[_Promise]:
    """The types whose description begins with a list of aspects; between brackets blanks around names do not count."""
    for one in types.items:
        found = PREFIX.match(one.description or "")
        if found:
            listed = found.group(1)
            yield _Promise(one, tuple(name.strip() for name in listed.split(",")) if listed else ())


def official_syntax(types: VolumeTypes) -> Answer:
    """Fails on a description that begins with `[scs:...]` whose aspects are not sorted, repeated, or others than
    `encrypted` and `replicated`; an empty list passes, and what is misspelt or stands elsewhere is not seen.
    """
    for promise in _promises(types):
        yield Examined(promise.resource)
        if not promise.sorted:
            yield promise.finding("not in alphabetical order", ", ".join(sorted(promise.aspects)))
        if promise.repeated:
            yield promise.finding(f"{', '.join(promise.repeated)} more than once", "each aspect once")
        if promise.unknown:
            names = ", ".join(name or "an empty name" for name in promise.unknown)
            yield promise.finding(f"{names} is no aspect of the standard", " or ".join(ASPECTS))


def official_aspect(types: VolumeTypes, *, aspect: str) -> Answer:
    """Passes when a description begins with `[scs:...]` that lists the aspect, also where the list itself is wrong."""
    found = [promise for promise in _promises(types) if aspect in promise.aspects]
    for promise in found:
        yield Examined(promise.resource)
    if not found:
        yield _none(aspect)


def _none(aspect: str, *, but: str = "") -> Finding:
    return Finding(
        message=f"no volume type says in its description that it is {aspect}{but}",
        resource=Resource("volume type", aspect),
        field="description",
        expected=f"a description that begins with [scs:{aspect}]",
        seen="no such volume type",
    )


def sorted_aspects(types: VolumeTypes) -> Answer:
    """Holds when every list of aspects is in alphabetical order; a list that is misspelt, empty or not at the beginning
    of the description promises nothing and is noted.

    Source: scs-0114-v1, Systematic Description of Volume Types.
    """
    promises = {promise.type.id: promise for promise in _promises(types)}
    for one in types.items:
        promise = promises.get(one.id)
        if promise:
            yield Examined(promise.resource)
        if promise and not promise.sorted:
            yield promise.finding("not in alphabetical order", ", ".join(sorted(promise.aspects)))
        elif (promise and not promise.aspects) or (not promise and MEANT_AS_PREFIX.search(one.description or "")):
            yield Finding(
                message=f"volume type {one.name} has a list of aspects that nobody can read as one",
                resource=_resource(one),
                field="description",
                expected="[scs:encrypted], [scs:replicated] or [scs:encrypted, replicated] at the very beginning",
                seen=one.description or "",
                weight=Weight.NOTE,
            )


def aspects_once(types: VolumeTypes) -> Answer:
    """Holds when no list names an aspect twice.

    Source: scs-0114-v1, Systematic Description of Volume Types.
    """
    for promise in _promises(types):
        yield Examined(promise.resource)
        if promise.repeated:
            yield promise.finding(f"{', '.join(promise.repeated)} more than once", "each aspect once")


def standard_aspects(types: VolumeTypes) -> Answer:
    """Holds when no list names anything but the aspects of the standard, in small letters.

    Source: scs-0114-v1, Optional volume types.
    """
    for promise in _promises(types):
        yield Examined(promise.resource)
        if promise.unknown:
            names = ", ".join(name or "an empty name" for name in promise.unknown)
            yield promise.finding(f"{names} is no aspect of the standard", " or ".join(ASPECTS))


def _cannot_be_encrypted(volume_type: VolumeType) -> bool:
    """True where Cinder makes no encrypted volume of the type: it refuses encryption together with multiattach."""
    return (volume_type.extra_specs or {}).get("multiattach") == ON


def type_with_aspect(types: VolumeTypes, *, aspect: str) -> Answer:
    """Holds when a volume type promises the aspect in a list that keeps to the standard, and what its extra_specs show
    does not speak against it. Whether the promise is kept is another requirement.

    Source: scs-0114-v1, Recommended volume types.
    """
    yield Examined(Resource("listing of volume types"))
    found = [promise for promise in _promises(types) if aspect in promise.aspects]
    good = [
        promise
        for promise in found
        if promise.valid and not (aspect == "encrypted" and _cannot_be_encrypted(promise.type))
    ]
    for promise in good:
        yield Examined(promise.resource)
    if not good:
        names = ", ".join(promise.type.name for promise in found)
        yield _none(aspect, but=f", but for {names} with a list that is wrong or cannot be true" if found else "")


def aspects_in_force(types: VolumeTypes) -> Answer:
    """Fails where a type promises encryption and has the extra spec multiattach, with which Cinder refuses to encrypt.
    Nothing else that a user can read tells whether a promise is kept.

    Source: scs-0114-v1, Implementation Details.
    """
    promised = [promise for promise in _promises(types) if set(promise.aspects) & set(ASPECTS)]
    for promise in promised:
        yield Examined(promise.resource)
        if "encrypted" in promise.aspects and _cannot_be_encrypted(promise.type):
            yield Finding(
                message=f"volume type {promise.type.name} promises encryption, which Cinder refuses with multiattach",
                resource=promise.resource,
                field="multiattach",
                expected="not set on an encrypted type",
                seen=ON,
            )
    if promised:
        raise NotTried(
            "whether volumes are encrypted shows on a volume that is made for it, which needs a probe that acts (not in"
            " this version); whether they are replicated no API shows: the configuration of the back ends would"
        )
