# SPDX-License-Identifier: Apache-2.0
"""Needs of volume types: by name, or by what they advertise."""

from collections.abc import Sequence

from sovran.cloud.facts.volume_types import VolumeType, VolumeTypes
from sovran.conformance.needs.answer import NotThere
from sovran.conformance.needs.profile import VolumeNeed
from sovran.model.finding import Resource, Undecided
from sovran.naming.volume_aspects import ASPECTS, listed_aspects
from sovran.probes.volumes import is_multiattach
from sovran.rules.scs_0114 import MEANT_AS_PREFIX
from sovran.standards.near import did_you_mean

ADVERTISED = "as the cloud advertises, not measured"


def words(need: VolumeNeed | str) -> str:
    """The need in words."""
    if isinstance(need, str):
        return f"volume type {need}"
    return f"volumes {', '.join(_wanted(need))}"


def find(need: VolumeNeed | str, types: VolumeTypes) -> tuple[str, Sequence[Resource]]:
    """What fits, in the order of the API; raises NotThere or Undecided."""
    if isinstance(need, str):
        called = [one for one in types.items if one.name == need]
        if not called:
            raise NotThere(f"no volume type has this name{did_you_mean(need, [one.name for one in types.items])}")
        return _shown(called, measured=True)
    fits = {one.id: _fits(one, need) for one in types.items}
    fitting = [one for one in types.items if fits[one.id] is True]
    if fitting:
        return _shown(fitting, measured=_wanted(need) == ["multiattach"])
    unknown = [one.name for one in types.items if fits[one.id] is None]
    if unknown:
        raise Undecided(f"{', '.join(unknown)}: what it is cannot be read off its description and extra_specs")
    raise NotThere(f"none of {len(types.items)} volume types advertises it")


def _wanted(need: VolumeNeed) -> list[str]:
    return [name for name in (*ASPECTS, "multiattach") if getattr(need, name)]


def _fits(one: VolumeType, need: VolumeNeed) -> bool | None:
    """Whether it has all that is wanted; None: it says so in a way that nobody can rely on, or hides it."""
    found: list[bool | None] = [_advertises(one, name) for name in ASPECTS if getattr(need, name)]
    if need.multiattach:
        found.append(_multiattach(one))
    if False in found:
        return False
    return None if None in found else True


def _multiattach(one: VolumeType) -> bool | None:
    return None if one.extra_specs is None else is_multiattach(one)


def _advertises(one: VolumeType, aspect: str) -> bool | None:
    """Whether the description begins with a list of the standard (SCS-0114) that has the aspect."""
    names = listed_aspects(one.description)
    if names is None:
        return None if MEANT_AS_PREFIX.search(one.description or "") else False
    if aspect not in names:
        # in other letters, or misspelt next to it: meant, perhaps
        return None if any(name.casefold() == aspect for name in names) else False
    if aspect == "encrypted" and _multiattach(one):
        # Cinder refuses encryption together with it
        return None
    return True


def _shown(types: Sequence[VolumeType], *, measured: bool) -> tuple[str, Sequence[Resource]]:
    first = types[0]
    more = f" and {len(types) - 1} more" if len(types) > 1 else ""
    what = f"volume type {first.name} ({first.id}){more}" + ("" if measured else f", {ADVERTISED}")
    return what, [Resource("volume type", one.name, one.id) for one in types]
