# SPDX-License-Identifier: Apache-2.0
"""Fact: the volume types that the user can choose."""

import msgspec

from sovran.cloud.expected import expected
from sovran.cloud.listing import listing
from sovran.cloud.outcome import Ok, Outcome
from sovran.cloud.recording import Reader


class VolumeType(msgspec.Struct, frozen=True, kw_only=True):
    """One volume type (Block Storage API v3, `GET /types`)."""

    id: str
    name: str
    description: str | None
    is_public: bool = True
    """False: only the projects that were granted access see it, this one among them."""
    extra_specs: dict[str, str | None] | None = None
    """Cinder shows ordinary users no others than `multiattach`, `replication_enabled` and
    `RESKEY:availability_zones`; whether a type encrypts is not among them. None: not shown at all."""


class VolumeTypes(msgspec.Struct, frozen=True, eq=False):
    """All volume types that the user can see, in the order of the API."""

    items: tuple[VolumeType, ...]


def read_volume_types(reader: Reader) -> Outcome[VolumeTypes]:
    """The listing, which comes whole in one answer."""
    outcome = expected(listing(reader, "block-storage", "/types", "volume_types", VolumeType))
    return Ok(VolumeTypes(tuple(outcome.value))) if isinstance(outcome, Ok) else outcome
