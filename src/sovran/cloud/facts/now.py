# SPDX-License-Identifier: Apache-2.0
"""Fact: when the run began, the only clock that rules know."""

import datetime

import msgspec

from sovran.cloud.outcome import Ok, Outcome
from sovran.cloud.recording import Reader


class Now(msgspec.Struct, frozen=True):
    """The moment at which a verdict is taken; on replay, that of the recording."""

    at: datetime.datetime
    """UTC."""


def read_now(reader: Reader) -> Outcome[Now]:
    """The moment that the reader names; asks the cloud nothing."""
    return Ok(Now(reader.now))
