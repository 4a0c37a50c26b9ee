# SPDX-License-Identifier: Apache-2.0
"""Needs of a workload for programs: one versioned JSON document, with the escapes of the report's."""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from sovran import __version__
from sovran.conformance.needs.answer import CloudMet, exit_code
from sovran.model.report import STATEMENT
from sovran.reports.json_report import safe_json

FORMAT: Final = "sovran-needs"
VERSION: Final = 1


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What `sovran check --profile FILE --json` prints, and what `-o FILE.json` holds."""

    format: Literal["sovran-needs"]
    version: Literal[1]
    sovran: str
    """Version of sovran."""
    profile: str
    """What the profile calls the workload."""
    exit_code: int
    clouds: tuple[CloudMet, ...]
    """In the order in which the clouds were named."""
    statement: str


def render(clouds: Sequence[CloudMet], name: str) -> str:
    """Return the JSON document, indented, with a newline at the end."""
    return safe_json(
        Document(
            format=FORMAT,
            version=VERSION,
            sovran=__version__,
            profile=name,
            exit_code=exit_code(clouds),
            clouds=tuple(clouds),
            statement=STATEMENT,
        )
    )
