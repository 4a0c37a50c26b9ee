# SPDX-License-Identifier: Apache-2.0
"""Fact: whether the key manager answers a user who asks for the project's secrets."""

import msgspec

from sovran.cloud.expected import expected
from sovran.cloud.listing import decode
from sovran.cloud.outcome import Ok, Outcome
from sovran.cloud.recording import Reader


class SecretsAnswer(msgspec.Struct, frozen=True, eq=False):
    """The answer to a listing of secrets (Key Manager API v1, `GET /v1/secrets`); no secret is read."""

    total: int
    """How many the user can see."""


def read_secrets_answer(reader: Reader) -> Outcome[SecretsAnswer]:
    """One request for no more than one secret's metadata."""
    answer = expected(reader.get("key-manager", "/secrets?limit=1"))
    return decode(answer.value, SecretsAnswer, "a list of secrets") if isinstance(answer, Ok) else answer
