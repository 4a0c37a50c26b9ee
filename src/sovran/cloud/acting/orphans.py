# SPDX-License-Identifier: Apache-2.0
"""Finds and deletes what bears our marker in a project, whether or not a ledger tells of it."""

import datetime
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from sovran.cloud.acting.answer import GONE, ActingFailed, Refused
from sovran.cloud.acting.caller import Caller
from sovran.cloud.acting.cleanup import CONCURRENCY, Cleaned, Order, Thing
from sovran.cloud.acting.found import Found, orphans
from sovran.cloud.acting.kinds import KINDS, Kind
from sovran.cloud.acting.marker import Marker
from sovran.cloud.acting.removal import Terms, remove_found
from sovran.cloud.at_once import at_once
from sovran.cloud.config.cloud_config import CloudConfig
from sovran.cloud.live import LiveReader
from sovran.cloud.session import connect
from sovran.model.errors import SovranError

UNLISTED = (*GONE, 401, 403, 405)
"""Statuses of a listing that this user, or this cloud, does not have: nothing of ours can be there."""


@dataclass(frozen=True)
class Orphan:
    """Something that bears our marker."""

    found: Found
    marker: Marker

    @property
    def age(self) -> datetime.timedelta:
        """Time since its run began."""
        return datetime.datetime.now(datetime.UTC) - self.marker.began


@dataclass
class Orphans:
    """What bears our marker in one project."""

    where: str
    """In words, e.g. `cloud lab, project demo`."""
    several: list[Orphan] = field(default_factory=list)
    """In the order in which they are deleted."""
    live: int = 0
    """How many are of runs that are going on on this machine, and are not among them."""
    problems: list[str] = field(default_factory=list)


def clean_orphans(config: CloudConfig, order: Order, live: frozenset[str], show: Callable[[Orphans], None]) -> Cleaned:
    """List what bears our marker, `show` it, and delete it unless it is a dry run; `live` runs are left alone.

    Raises SovranError when the cloud does not let us in.
    """
    with connect(config, concurrency=CONCURRENCY, timeout=60.0) as connection:
        caller = Caller(connection, LiveReader(connection, seconds=2 * order.seconds), seconds=order.seconds)
        project = connection.access.project_name or caller.project
        listed = Orphans(f"cloud {config.name}" + (f", project {project}" if project else ""))
        _list(caller, order, live, listed)
        show(listed)
        cleaned = Cleaned(listed.where, problems=listed.problems)
        if order.dry_run:
            cleaned.deleted += [_thing(one.found) for one in listed.several]
            return cleaned
        terms = Terms(time.monotonic() + order.seconds)
        cleaned.left += remove_found(
            caller,
            [one.found for one in listed.several],
            lambda found: cleaned.deleted.append(_thing(found)),
            terms=terms,
        )
    return cleaned


def _list(caller: Caller, order: Order, live: frozenset[str], listed: Orphans) -> None:
    kinds = [kind for kind in KINDS.values() if _has_names(kind) and _may_have(caller, kind)]
    for kind, result in at_once({kind: partial(_of_kind, caller, kind) for kind in kinds}).items():
        if isinstance(result, str):
            listed.problems.append(f"{listed.where}: {kind.name}s cannot be listed, so some may be left: {result}")
            continue
        listed.live += sum(one.marker.run in live for one in result)
        listed.several += [
            one for one in result if one.marker.run not in live and one.age.total_seconds() >= order.older_than
        ]
    listed.several.sort(key=lambda one: (one.found.kind.rank, one.marker.run, one.found.name))


def _has_names(kind: Kind) -> bool:
    return not kind.placed and bool(kind.name_field)


def _may_have(caller: Caller, kind: Kind) -> bool:
    """Whether the user can have such things here: without a project only those of the identity service."""
    return (kind.service == "identity" or bool(caller.project)) and caller.has(kind.service)


def _of_kind(caller: Caller, kind: Kind) -> Sequence[Orphan] | str:
    """Those of one kind; a text says why they cannot be listed."""
    try:
        return [Orphan(found, marker) for found, marker in orphans(caller, kind)]
    except Refused as error:
        return [] if error.answer.status in UNLISTED else str(error)
    except (ActingFailed, SovranError) as error:
        return str(error)


def _thing(found: Found) -> Thing:
    return Thing(found.kind.name, found.name, found.id)
