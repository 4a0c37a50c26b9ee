# SPDX-License-Identifier: Apache-2.0
"""Fact: the flavors that the user can see, with their extra_specs."""

from urllib.parse import quote

import msgspec

from sovran.cloud.listing import decode, listing
from sovran.cloud.outcome import Absent, Denied, Ok, Outcome, Unreachable
from sovran.cloud.recording import Reader

WITH_EXTRA_SPECS = "2.61"
"""Compute microversion (2018.2, Rocky) from which the flavor listing carries extra_specs."""


NOT_ACCEPTABLE = 406
"""What a cloud answers to a microversion that it does not have."""


class Flavor(msgspec.Struct, frozen=True, kw_only=True):
    """One flavor (Compute API, `GET /flavors/detail`)."""

    id: str
    name: str
    vcpus: int
    ram_mib: int = msgspec.field(name="ram")
    disk_gb: int = msgspec.field(name="disk")
    """Root disk; 0: none, or as large as the image asks for."""
    ephemeral_gb: int = msgspec.field(name="OS-FLV-EXT-DATA:ephemeral", default=0)
    extra_specs: dict[str, str] | None = None
    """None: not shown to this user."""
    is_public: bool = msgspec.field(name="os-flavor-access:is_public", default=True)
    """False: only the projects that were granted access see it, this one among them."""


class Flavors(msgspec.Struct, frozen=True, eq=False):
    """All flavors that the user can see, in the order of the API."""

    items: tuple[Flavor, ...]


class _ExtraSpecs(msgspec.Struct):
    extra_specs: dict[str, str]


def read_flavors(reader: Reader) -> Outcome[Flavors]:
    """The whole listing in one request per 1,000 flavors; clouds older than Rocky are asked flavor by flavor."""
    outcome = listing(reader, "compute", "/flavors/detail", "flavors", Flavor, microversion=WITH_EXTRA_SPECS)
    if isinstance(outcome, Ok):
        return Ok(Flavors(tuple(outcome.value)))
    if isinstance(outcome, Absent) and outcome.status:
        return Unreachable(f"{outcome.reason}, though every compute service has it: is the endpoint right?")
    if not (isinstance(outcome, Unreachable) and outcome.status == NOT_ACCEPTABLE):
        return outcome
    return _one_by_one(reader)


def _one_by_one(reader: Reader) -> Outcome[Flavors]:
    old = listing(reader, "compute", "/flavors/detail", "flavors", Flavor)
    if not isinstance(old, Ok):
        return old
    flavors = []
    for flavor in old.value:
        answer = reader.get("compute", f"/flavors/{quote(flavor.id, safe='')}/os-extra_specs")
        if isinstance(answer, Denied | Absent):
            # refused, or deleted meanwhile: its extra_specs stay unknown
            flavors.append(flavor)
            continue
        if not isinstance(answer, Ok):
            return answer
        specs = decode(answer.value, _ExtraSpecs, "extra_specs")
        if not isinstance(specs, Ok):
            return specs
        flavors.append(msgspec.structs.replace(flavor, extra_specs=specs.value.extra_specs))
    return Ok(Flavors(tuple(flavors)))
