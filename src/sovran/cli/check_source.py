# SPDX-License-Identifier: Apache-2.0
"""Where `sovran check` takes what it judges from: clouds, or snapshots of them."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sovran.model.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from sovran.conformance.run import Limits
    from sovran.model.question import Question
    from sovran.model.report import Report
    from sovran.standards.ruleset import Ruleset


@dataclass(frozen=True)
class Source:
    """What was named on the command line, found to be usable."""

    judge: "Callable[[], tuple[Report, ...]]"
    """One report per cloud or snapshot."""
    save: "Callable[[], dict[Path, bytes]]" = dict
    """Writes the snapshots that were asked for, and returns what stands in each file; raises SovranError."""
    files: "tuple[Path, ...]" = ()
    """Where it writes them."""


def clouds(
    names: Sequence[str] | None,
    question: "Question",
    ruleset: "Ruleset",
    limits: "Limits",
    *,
    snapshot: str,
    outputs: "Iterable[Path]",
    allow_admin: bool,
) -> Source:
    """The clouds of these names, or, for None, all of clouds.yaml, of which none that refuses stops the others; with
    `snapshot`, a file name, their recordings are written there, beside the `outputs`.

    Raises UsageError for what is wrong with the question, the clouds or the file.
    """
    import datetime

    from sovran.conformance.selection import select_for

    selection = select_for(ruleset, question, datetime.datetime.now(datetime.UTC).date())

    from sovran.cloud.snapshots.snapshot import Snapshot
    from sovran.cloud.snapshots.snapshot_files import plan_snapshots
    from sovran.conformance.clouds import check_all, check_clouds, read_all_clouds, read_clouds

    configs = () if names is None else read_clouds(names)
    everything = read_all_clouds() if names is None else ()
    taken: list[Snapshot] = []
    all_names = [cloud.name for cloud in (*configs, *everything)]
    files = plan_snapshots(snapshot, all_names, outputs) if snapshot else None

    def judge() -> "tuple[Report, ...]":
        keep, argv = taken.append if files else None, sys.argv[1:]
        # whole, so that the recording answers questions that were not asked this time
        if names is None:
            return check_all(everything, selection, limits, allow_admin=allow_admin, argv=argv, keep=keep, whole=True)
        return check_clouds(configs, selection, limits, allow_admin=allow_admin, argv=argv, keep=keep, whole=True)

    if files is None:
        return Source(judge)
    return Source(judge, lambda: files.write(taken), tuple(files.paths.values()))


def snapshots(names: Sequence[str], question: "Question | None", ruleset: "Ruleset") -> Source:
    """The recordings in these files, judged by the recorded question unless there is another; its scope, when that
    names none.

    Raises UsageErrors with a sentence for each file that is not usable.
    """
    from pathlib import Path

    from sovran.cloud.snapshots.snapshot import read
    from sovran.conformance.replay import replay, selection_of
    from sovran.model.errors import UsageErrors

    found, failures = [], []
    for name in names:
        try:
            stored = read(Path(name))
            found.append((stored, selection_of(stored.snapshot, ruleset, question)))
        except UsageError as error:
            failures.append(str(error))
    if failures:
        raise UsageErrors(failures)
    return Source(lambda: tuple(replay(stored, selection, argv=sys.argv[1:]) for stored, selection in found))
