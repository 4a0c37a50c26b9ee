# SPDX-License-Identifier: Apache-2.0
"""One profile held against clouds, at the same time, or against snapshots of them."""

import datetime
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sovran.cloud.fetch import INTERRUPTED, fetch, unread
from sovran.conformance.needs.answer import CloudMet
from sovran.conformance.needs.judge import facts_needed, judge
from sovran.conformance.needs.profile import Profile
from sovran.conformance.run import Limits

if TYPE_CHECKING:
    # a snapshot is asked without loading what talks to clouds
    from sovran.cloud.config.cloud_config import CloudConfig
    from sovran.cloud.interrupt import Interrupt
    from sovran.cloud.snapshots.snapshot import Stored
    from sovran.conformance.approach import Approach
    from sovran.conformance.clouds import Unusable


def ask_clouds(
    profile: Profile, configs: "Sequence[CloudConfig]", limits: Limits, *, allow_admin: bool
) -> tuple[CloudMet, ...]:
    """The answers of each cloud, in their order; raises UsageErrors as `check_clouds` does."""
    from sovran.conformance.clouds import come_near
    from sovran.conformance.side_by_side import side_by_side

    approached = come_near(configs, limits, allow_admin=allow_admin)
    stopped = any(one.interrupted for one in approached)

    def ask(near: "Approach", interrupt: "Interrupt | None") -> CloudMet:
        return _ask(profile, near.interrupted_now() if stopped else near, limits, interrupt)

    return tuple(side_by_side(approached, ask))


def ask_all(
    profile: Profile, clouds: "Sequence[CloudConfig | Unusable]", limits: Limits, *, allow_admin: bool
) -> tuple[CloudMet, ...]:
    """As `ask_clouds`, but to a cloud that cannot be asked all is undecided, for that reason."""
    from sovran.conformance.clouds import come_near_or_say_why
    from sovran.conformance.side_by_side import side_by_side

    def ask(cloud: "CloudConfig | Unusable", interrupt: "Interrupt | None") -> CloudMet:
        near = come_near_or_say_why(cloud, limits, allow_admin=allow_admin, interrupt=interrupt)
        return _ask(profile, near, limits, interrupt)

    return tuple(side_by_side(clouds, ask))


def ask_snapshot(profile: Profile, stored: "Stored") -> CloudMet:
    """The answers that the recording gives; what it does not hold is undecided."""
    from sovran.conformance.replay import read_recorded, was_interrupted

    start = time.monotonic()
    snapshot = stored.snapshot
    wanted = facts_needed(profile)
    facts = read_recorded(snapshot, wanted)
    return CloudMet(
        cloud=snapshot.cloud,
        checked_at=snapshot.now,
        seconds=round(time.monotonic() - start, 3),
        requests=0,
        answers=judge(profile, facts),
        notes=snapshot.notes,
        obstacle=snapshot.obstacle,
        snapshot=stored.digest,
        interrupted=facts.interrupted or was_interrupted(snapshot, wanted),
    )


def _ask(profile: Profile, near: "Approach", limits: Limits, interrupt: "Interrupt | None") -> CloudMet:
    from sovran.cloud.live import LiveReader

    start, now = time.monotonic(), datetime.datetime.now(datetime.UTC)
    wanted = facts_needed(profile)
    try:
        if near.obstacle or near.connection is None:
            facts = unread(wanted, near.obstacle, interrupted=near.interrupted)
        else:
            left = limits.seconds - near.seconds
            reader = LiveReader(near.connection, seconds=left)
            facts = fetch(reader, wanted, concurrency=limits.concurrency, seconds=left, interrupt=interrupt)
    except KeyboardInterrupt:
        facts = unread(wanted, INTERRUPTED, interrupted=True)
    return CloudMet(
        cloud=near.cloud,
        checked_at=now,
        seconds=round(near.seconds + time.monotonic() - start, 3),
        requests=near.connection.requests_sent if near.connection else 0,
        answers=judge(profile, facts),
        notes=near.notes,
        obstacle=near.obstacle,
        interrupted=facts.interrupted,
    )
