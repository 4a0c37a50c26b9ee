# SPDX-License-Identifier: Apache-2.0
"""Fact: the extensions that the network service says it has."""

import msgspec

from sovran.cloud.expected import expected
from sovran.cloud.listing import decode
from sovran.cloud.outcome import Ok, Outcome
from sovran.cloud.recording import Reader


class NetworkExtensions(msgspec.Struct, frozen=True, eq=False):
    """Aliases of the extensions (Networking API, `GET /v2.0/extensions`)."""

    aliases: frozenset[str]


class _Extension(msgspec.Struct, frozen=True):
    alias: str


class _Extensions(msgspec.Struct, frozen=True):
    extensions: tuple[_Extension, ...]


def read_network_extensions(reader: Reader) -> Outcome[NetworkExtensions]:
    """The list, which comes whole in one answer."""
    answer = expected(reader.get("network", "/extensions"))
    if not isinstance(answer, Ok):
        return answer
    page = decode(answer.value, _Extensions, "its extensions")
    if not isinstance(page, Ok):
        return page
    return Ok(NetworkExtensions(frozenset(one.alias for one in page.value.extensions)))
