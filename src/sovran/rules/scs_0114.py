# SPDX-License-Identifier: Apache-2.0
"""SCS-0114: what the descriptions of volume types promise."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sovran.cloud.facts.volume_types import VolumeType, VolumeTypes
from sovran.model.finding import Examined, Finding, Resource, Weight
from sovran.naming.volume_aspects import ASPECTS, ENCRYPTED, listed_aspects
from sovran.probes.volumes import is_multiattach
from sovran.rules.registry import Answer

MEANT_AS_PREFIX = re.compile(r"\[\s*scs\s*[:;=]?", re.IGNORECASE)
"""What looks as if such a list had been meant, anywhere."""


@dataclass(frozen=True)
class Promise:
    """A volume type and the aspects that its description lists, as they stand there but for blanks."""

    type: VolumeType
    aspects: tuple[str, ...]

    @property
    def resource(self) -> Resource:
        """The volume type."""
        return _resource(self.type)

    @property
    def sorted(self) -> bool:
        """Whether the names are in alphabetical order."""
        return list(self.aspects) == sorted(self.aspects)

    @property
    def repeated(self) -> tuple[str, ...]:
        """Names that are there more than once."""
        return tuple(dict.fromkeys(one for one in self.aspects if self.aspects.count(one) > 1))

    @property
    def unknown(self) -> tuple[str, ...]:
        """Names that are no aspect of the standard."""
        return tuple(dict.fromkeys(one for one in self.aspects if one not in ASPECTS))

    @property
    def valid(self) -> bool:
        """Whether the list keeps to the standard."""
        return self.sorted and not self.repeated and not self.unknown

    def finding(self, seen: str, expected: str) -> Finding:
        """What is wrong with the list."""
        return Finding(
            message=f"volume type {self.type.name} promises [scs:{', '.join(self.aspects)}]: {seen}",
            resource=self.resource,
            field="description",
            expected=expected,
            seen=self.type.description or "",
        )


def _resource(volume_type: VolumeType) -> Resource:
    return Resource("volume type", volume_type.name, volume_type.id)


def promises(types: VolumeTypes) -> Iterator[Promise]:
    """The types whose description begins with a list of aspects; between brackets blanks around names do not count."""
    for one in types.items:
        aspects = listed_aspects(one.description)
        if aspects is not None:
            yield Promise(one, aspects)


def official_syntax(types: VolumeTypes) -> Answer:
    """Fails on a description that begins with `[scs:...]` whose aspects are not sorted, repeated, or others than
    `encrypted` and `replicated`; an empty list passes, and what is misspelt or stands elsewhere is not seen.
    """
    for promise in promises(types):
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
    found = [promise for promise in promises(types) if aspect in promise.aspects]
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
    by_id = {promise.type.id: promise for promise in promises(types)}
    for one in types.items:
        promise = by_id.get(one.id)
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
    for promise in promises(types):
        yield Examined(promise.resource)
        if promise.repeated:
            yield promise.finding(f"{', '.join(promise.repeated)} more than once", "each aspect once")


def standard_aspects(types: VolumeTypes) -> Answer:
    """Holds when no list names anything but the aspects of the standard, in small letters.

    Source: scs-0114-v1, Optional volume types.
    """
    for promise in promises(types):
        yield Examined(promise.resource)
        if promise.unknown:
            names = ", ".join(name or "an empty name" for name in promise.unknown)
            yield promise.finding(f"{names} is no aspect of the standard", " or ".join(ASPECTS))


def type_with_aspect(types: VolumeTypes, *, aspect: str) -> Answer:
    """Holds when a volume type promises the aspect in a list that keeps to the standard, and what its extra_specs show
    does not speak against it. Whether the promise is kept is another requirement.

    Source: scs-0114-v1, Recommended volume types.
    """
    yield Examined(Resource("listing of volume types"))
    found = [promise for promise in promises(types) if aspect in promise.aspects]
    good = [
        promise for promise in found if promise.valid and not (aspect == ENCRYPTED and is_multiattach(promise.type))
    ]
    for promise in good:
        yield Examined(promise.resource)
    if not good:
        names = ", ".join(promise.type.name for promise in found)
        yield _none(aspect, but=f", but for {names} with a list that is wrong or cannot be true" if found else "")
