# SPDX-License-Identifier: Apache-2.0
"""The difference of two runs for programs: one JSON document, with the escapes of the report's."""

from typing import Final, Literal

import msgspec

from sovran.conformance.difference import CloudDifference, Difference, Side, Trend
from sovran.reports.json_report import safe_json

FORMAT: Final = "sovran-difference"
VERSION: Final = 1


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What `sovran diff --json` prints."""

    format: Literal["sovran-difference"]
    version: Literal[1]
    before: str
    """The first side, as it was named."""
    after: str
    exit_code: int
    counts: dict[Trend, int]
    """Claims by trend, over all clouds; trends that do not occur are there with 0."""
    clouds: tuple[CloudDifference, ...]
    only_before: tuple[Side, ...]
    only_after: tuple[Side, ...]


def render(difference: Difference, names: tuple[str, str]) -> str:
    """Return the JSON document, indented, with a newline at the end."""
    changes = [change for cloud in difference.clouds for change in cloud.changes]
    document = Document(
        format=FORMAT,
        version=VERSION,
        before=names[0],
        after=names[1],
        exit_code=difference.code,
        counts={trend: sum(change.trend is trend for change in changes) for trend in Trend},
        clouds=difference.clouds,
        only_before=difference.only_before,
        only_after=difference.only_after,
    )
    return safe_json(document)
