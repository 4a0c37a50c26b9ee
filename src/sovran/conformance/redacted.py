# SPDX-License-Identifier: Apache-2.0
"""A snapshot once more through the allow-list of this version: what no fact reads today is dropped."""

from collections import Counter

import msgspec

from sovran.cloud.fetch import fetch
from sovran.cloud.snapshots.anonymous import anonymous
from sovran.cloud.snapshots.redaction import cloud_info, entry, principal
from sovran.cloud.snapshots.scrub import Scrubber
from sovran.cloud.snapshots.snapshot import Snapshot
from sovran.cloud.snapshots.snapshot_reader import SnapshotReader
from sovran.conformance.replay import RECORDED

MOST_SECONDS = 3600.0


def redacted(snapshot: Snapshot, *, without_names: bool = False) -> Snapshot:
    """The snapshot with only what today's facts read, scrubbed as today; `without_names` also makes it anonymous.

    Replaying is what tells which parts they read.
    """
    scrubber = Scrubber()
    reader = SnapshotReader(snapshot)
    if snapshot.principal:
        fetch(reader, RECORDED, concurrency=1, seconds=MOST_SECONDS, providers=RECORDED)
    before = {one.request: one for one in snapshot.entries}
    entries = []
    for record in reader.recorder.records():
        # what is not in the snapshot was asked as well, and answered as such
        if old := before.get(msgspec.structs.replace(record.request, path=scrubber.text(record.request.path))):
            entries.append(msgspec.structs.replace(entry(record, scrubber), size=old.size))
    removed = Counter(snapshot.removed)
    clean = msgspec.structs.replace(
        snapshot,
        cloud=cloud_info(snapshot.cloud, scrubber),
        notes=tuple(scrubber.text(note) for note in snapshot.notes),
        obstacle=scrubber.text(snapshot.obstacle),
        principal=snapshot.principal and principal(snapshot.principal, scrubber),
        late={name: scrubber.text(reason) for name, reason in snapshot.late.items()},
        entries=tuple(sorted(entries, key=lambda one: one.order)),
    )
    removed.update(scrubber.removed)
    clean = msgspec.structs.replace(clean, removed={kind: count for kind, count in sorted(removed.items()) if count})
    return anonymous(clean) if without_names else clean
