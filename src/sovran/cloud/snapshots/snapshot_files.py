# SPDX-License-Identifier: Apache-2.0
"""Where snapshots go: one file per cloud, checked before the run, written whole or not at all, for the user only."""

import os
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sovran.cloud.snapshots.snapshot import Snapshot, encode
from sovran.model.errors import SovranError, UsageError
from sovran.model.printable import printable

CLOUD = "{cloud}"
"""Stands for the cloud's name in the name of a file."""
OURS_ALONE = 0o600
"""A snapshot holds no secret, but it says how a cloud is built."""


@dataclass(frozen=True, slots=True)
class SnapshotFiles:
    """The files of one run."""

    paths: dict[str, Path]
    """Name of the cloud to its file."""

    def write(self, snapshots: Sequence[Snapshot]) -> dict[Path, bytes]:
        """Write the snapshot of each cloud; raises SovranError, at the end, naming those that could not be written.

        Returns what now stands in each file.
        """
        failures = []
        written = {}
        for snapshot in snapshots:
            path = self.paths[snapshot.cloud.name]
            try:
                written[path] = write(path, snapshot)
            except OSError as error:
                failures.append(f"{printable(str(path), 200)} ({error.strerror or type(error).__name__})")
        if failures:
            raise SovranError(f"Could not write {', '.join(failures)}; make room or name another place and run again.")
        return written


def plan_snapshots(name: str, clouds: Sequence[str], outputs: Iterable[Path] = ()) -> SnapshotFiles:
    """Where the snapshot of each cloud goes; `outputs` are files that the run writes beside them.

    Raises UsageError when two things would share a file, a folder is missing, or a file cannot be written.
    """
    if len(clouds) > 1 and CLOUD not in name:
        raise UsageError(
            f"One file cannot hold the snapshots of {len(clouds)} clouds: put {CLOUD} into the name, "
            f"e.g. --save-snapshot '{CLOUD}.snapshot'."
        )
    paths = {cloud: Path(name.replace(CLOUD, re.sub(r"[^\w.@+-]", "_", cloud))) for cloud in clouds}
    if len({str(path).casefold() for path in paths.values()}) < len(paths):
        raise UsageError("Two of the clouds have names that give the same file for their snapshots; check them apart.")
    reserved = {str(path.resolve()).casefold() for path in outputs}
    for path in paths.values():
        check_place(path)
        if str(path.resolve()).casefold() in reserved:
            raise UsageError(f"The snapshot {printable(str(path), 200)} is an output as well; name another file.")
    return SnapshotFiles(paths)


def check_place(path: Path) -> None:
    """Raise UsageError when no snapshot can be written there."""
    shown = printable(str(path), limit=200)
    try:
        folder = path.resolve().parent
        if path.is_dir():
            raise UsageError(f"The snapshot {shown} is a folder; name a file.")
        if not folder.is_dir():
            raise UsageError(
                f"The snapshot {shown} has no folder to go to; create {printable(str(folder), 200)} first."
            )
        if not os.access(folder, os.W_OK) or (path.exists() and not path.is_file()):
            raise UsageError(f"The snapshot {shown} cannot be written there; name another file.")
    except (OSError, ValueError, RuntimeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "not a path"
        raise UsageError(f"The snapshot {shown} cannot be written ({reason}); name another file.") from None


def write(path: Path, snapshot: Snapshot) -> bytes:
    """Put the snapshot at `path` in one step, readable by the user alone; returns the content, raises OSError."""
    content = encode(snapshot)
    # a link stays one
    target = path.resolve()
    draft = target.with_name(f".sovran-{secrets.token_hex(8)}.tmp")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OURS_ALONE), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return content
