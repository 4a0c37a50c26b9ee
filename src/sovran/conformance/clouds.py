# SPDX-License-Identifier: Apache-2.0
"""Several clouds in one run: what is wrong with any of them is told before the work on the others begins."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sovran.cloud.cloud_config import CloudConfig
from sovran.cloud.clouds_yaml import read_cloud
from sovran.cloud.snapshot import Snapshot
from sovran.conformance.approach import Approach, approach, not_approached
from sovran.conformance.run import Limits, facts_needed, judge_cloud
from sovran.conformance.selection import Selection
from sovran.model.errors import UsageError, UsageErrors
from sovran.model.report import Report

Given = TypeVar("Given")
Made = TypeVar("Made")


def read_clouds(names: Sequence[str]) -> tuple[CloudConfig, ...]:
    """The clouds of these names, each once; no name at all, or an empty one, means what OS_CLOUD says.

    Raises UsageErrors with a sentence for each that cannot be read.
    """
    configs = _each(names or [""], lambda name: read_cloud(name or None))
    return tuple({config.name: config for config in configs}.values())


def check_clouds(
    configs: Sequence[CloudConfig],
    selection: Selection,
    limits: Limits,
    *,
    allow_admin: bool = False,
    argv: Sequence[str] = (),
    keep: Callable[[Snapshot], None] | None = None,
) -> tuple[Report, ...]:
    """One report per cloud, in their order; `keep` is given the recording of each.

    First a token is asked from every cloud, so that UsageErrors (credentials refused, admin rights, ...) come with
    a sentence for each such cloud before any is judged; then they are judged one after the other. An unreachable
    cloud has a report of its own. After Ctrl-C nothing more is asked, and the reports say so.
    """
    # loads the rules: whatever is wrong there shall come before the first request
    facts_needed(selection)
    interrupted = False

    def come_near(config: CloudConfig) -> Approach:
        nonlocal interrupted
        if interrupted:
            return not_approached(config)
        one = approach(config, concurrency=limits.concurrency, seconds=limits.seconds, allow_admin=allow_admin)
        interrupted = one.interrupted
        return one

    reports: list[Report] = []
    for config, approached in zip(configs, _each(configs, come_near), strict=True):
        late = interrupted and not approached.interrupted
        try:
            report = judge_cloud(
                not_approached(config) if late else approached, selection, limits, argv=argv, keep=keep
            )
        except KeyboardInterrupt:
            # it came while the report was put together: rather one that knows nothing than none
            report = judge_cloud(not_approached(config), selection, limits, argv=argv, keep=keep)
        interrupted = interrupted or report.interrupted
        reports.append(report)
    return tuple(reports)


def _each(things: Sequence[Given], work: Callable[[Given], Made]) -> list[Made]:
    """What `work` makes of each; raises UsageErrors with a sentence for each that fails."""
    made: list[Made] = []
    failures: list[str] = []
    for thing in things:
        try:
            made.append(work(thing))
        except UsageError as error:
            failures.append(str(error))
    if failures:
        raise UsageErrors(failures)
    return made
