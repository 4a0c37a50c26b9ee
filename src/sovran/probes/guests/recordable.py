# SPDX-License-Identifier: Apache-2.0
"""A guest's report as a recording can hold it, so that the verdict is the same when that is judged again."""

import msgspec

from sovran.cloud.snapshots.scrub import is_foreign, is_secret
from sovran.guest.records import Source
from sovran.guest.report import GuestReport


def recordable(report: GuestReport) -> GuestReport:
    """Without what metadata says of other things than the guest (projects, users) and what is called like a secret."""
    metadata = report.metadata
    if metadata is None:
        return report
    told = msgspec.structs.replace(
        metadata,
        service=_source(metadata.service),
        config_drive=_source(metadata.config_drive),
        forged_stable=_plain(metadata.forged_stable),
    )
    return msgspec.structs.replace(report, metadata=told)


def _source(source: Source) -> Source:
    return msgspec.structs.replace(source, stable=_plain(source.stable))


def _plain(told: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in told.items() if not is_foreign(name) and not is_secret(name)}
