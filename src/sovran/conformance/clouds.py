# SPDX-License-Identifier: Apache-2.0
"""Several clouds in one run: asked at the same time, each with a result of its own, in the order of their names."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sovran.cloud.config.cloud_config import CloudConfig
from sovran.cloud.config.clouds_yaml import list_clouds, read_cloud
from sovran.cloud.interrupt import Interrupt
from sovran.cloud.snapshots.snapshot import Snapshot
from sovran.conformance.approach import Approach, approach, not_approached, unusable
from sovran.conformance.run import Limits, facts_needed, judge_cloud
from sovran.conformance.selection import Selection
from sovran.conformance.side_by_side import side_by_side
from sovran.model.errors import UsageError, UsageErrors
from sovran.model.report import Report

Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True)
class Unusable:
    """An entry of clouds.yaml that cannot be used, and why, in one sentence."""

    name: str
    reason: str


def read_clouds(names: Sequence[str]) -> tuple[CloudConfig, ...]:
    """The clouds of these names, each once; no name at all, or an empty one, means what OS_CLOUD says.

    Raises UsageErrors with a sentence for each that cannot be read.
    """
    configs = _each(names or [""], lambda name: read_cloud(name or None))
    return tuple({config.name: config for config in configs}.values())


def read_all_clouds() -> tuple[CloudConfig | Unusable, ...]:
    """Every cloud that clouds.yaml defines, in its order; raises UsageError when there is none."""

    def read(name: str) -> CloudConfig | Unusable:
        try:
            return read_cloud(name)
        except UsageError as error:
            return Unusable(name, str(error))

    return tuple(read(name) for name in list_clouds())


def check_clouds(
    configs: Sequence[CloudConfig],
    selection: Selection,
    limits: Limits,
    *,
    allow_admin: bool = False,
    argv: Sequence[str] = (),
    keep: Callable[[Snapshot], None] | None = None,
    whole: bool = False,
) -> tuple[Report, ...]:
    """One report per cloud, in their order; `keep` is given the recording of each, `whole` as for `judge_cloud`.

    First a token is asked from every cloud, so that UsageErrors (credentials refused, admin rights, ...) come with
    a sentence for each such cloud before any is judged; then they are judged at the same time. An unreachable
    cloud has a report of its own. After Ctrl-C nothing more is asked, and the reports say so.
    """
    # loads the rules: whatever is wrong there shall come before the first request
    facts = facts_needed(selection)
    _check_personas(configs, facts, limits)
    approached = come_near(configs, limits, allow_admin=allow_admin)
    interrupted = any(one.interrupted for one in approached)

    def judged(number: int, interrupt: Interrupt | None) -> tuple[Report, list[Snapshot]]:
        near = approached[number]
        late = (interrupted and not near.interrupted) or (interrupt is not None and interrupt.happened)
        return _judge(
            not_approached(configs[number]) if late else near, selection, limits, argv, keep, whole, interrupt
        )

    return _handed_over(side_by_side(range(len(configs)), judged), keep)


def check_all(
    clouds: Sequence[CloudConfig | Unusable],
    selection: Selection,
    limits: Limits,
    *,
    allow_admin: bool = False,
    argv: Sequence[str] = (),
    keep: Callable[[Snapshot], None] | None = None,
    whole: bool = False,
) -> tuple[Report, ...]:
    """As `check_clouds`, but a cloud that cannot be judged (bad entry, credentials refused, admin rights, ...) keeps
    nobody from the others: in its report everything is ABORT, for that reason.
    """
    facts = facts_needed(selection)
    _check_personas([cloud for cloud in clouds if isinstance(cloud, CloudConfig)], facts, limits)
    limits = replace(limits, probing=limits.probing and replace(limits.probing, refuse=False))

    def judged(cloud: CloudConfig | Unusable, interrupt: Interrupt | None) -> tuple[Report, list[Snapshot]]:
        near = come_near_or_say_why(cloud, limits, allow_admin=allow_admin, interrupt=interrupt)
        return _judge(near, selection, limits, argv, keep, whole, interrupt)

    return _handed_over(side_by_side(clouds, judged), keep)


def come_near(configs: Sequence[CloudConfig], limits: Limits, *, allow_admin: bool) -> list[Approach]:
    """Approach each cloud, one after the other, until the user presses Ctrl-C.

    Raises UsageErrors with a sentence for each that refuses.
    """
    interrupted = False

    def near(config: CloudConfig) -> Approach:
        nonlocal interrupted
        if interrupted:
            return not_approached(config)
        one = approach(config, concurrency=limits.concurrency, seconds=limits.seconds, allow_admin=allow_admin)
        interrupted = one.interrupted
        return one

    return _each(configs, near)


def come_near_or_say_why(
    cloud: CloudConfig | Unusable, limits: Limits, *, allow_admin: bool, interrupt: Interrupt | None
) -> Approach:
    """Approach a cloud; whatever stands in the way is its obstacle."""
    if isinstance(cloud, Unusable):
        return unusable(cloud.name, cloud.reason)
    if interrupt and interrupt.happened:
        return not_approached(cloud)
    return approach(
        cloud,
        concurrency=limits.concurrency,
        seconds=limits.seconds,
        allow_admin=allow_admin,
        refuse=False,
        interrupt=interrupt,
    )


def _check_personas(configs: Sequence[CloudConfig], facts: Collection[type], limits: Limits) -> None:
    """Raise UsageError for a persona of no judged cloud; note those that no probe for these facts takes."""
    if limits.probing:
        limits.probing.check((config.auth_url for config in configs), facts)


def _judge(
    near: Approach,
    selection: Selection,
    limits: Limits,
    argv: Sequence[str],
    keep: Callable[[Snapshot], None] | None,
    whole: bool,
    interrupt: Interrupt | None,
) -> tuple[Report, list[Snapshot]]:
    """The report, with the recording if it is wanted."""
    taken: list[Snapshot] = []
    wanted = taken.append if keep else None
    try:
        report = judge_cloud(near, selection, limits, argv=argv, keep=wanted, whole=whole, interrupt=interrupt)
    except KeyboardInterrupt:
        # it came before anything was read: rather a report that knows nothing than none
        taken.clear()
        report = judge_cloud(near.interrupted_now(), selection, limits, argv=argv, keep=wanted)
    return report, taken


def _handed_over(
    judged: Sequence[tuple[Report, list[Snapshot]]], keep: Callable[[Snapshot], None] | None
) -> tuple[Report, ...]:
    """The reports, their recordings given to `keep` in the same order."""
    if keep:
        for snapshot in (one for _, snapshots in judged for one in snapshots):
            keep(snapshot)
    return tuple(report for report, _ in judged)


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
