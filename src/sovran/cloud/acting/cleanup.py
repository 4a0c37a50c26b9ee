# SPDX-License-Identifier: Apache-2.0
"""Finishes what runs left behind: by their ledgers, with the users that made it."""

import datetime
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from urllib.parse import urlsplit

from sovran.cloud.acting.caller import Caller
from sovran.cloud.acting.kept import Kept, kept_ledgers
from sovran.cloud.acting.kinds import KINDS
from sovran.cloud.acting.ledger import Head, Intent
from sovran.cloud.acting.removal import MAY_STILL_COME, Left, Terms, ended_with, remove_intents
from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.cloud.live import LiveReader
from sovran.cloud.session import connect
from sovran.model.errors import SovranError

CONCURRENCY = 8


@dataclass(frozen=True)
class Thing:
    """Something of ours in a cloud."""

    kind: str
    name: str
    id: str
    """Empty where only the name is known."""


@dataclass(frozen=True)
class Order:
    """What to clean up, and how."""

    clouds: frozenset[str] = frozenset()
    """Entries of clouds.yaml; empty: whatever the ledgers name."""
    older_than: float = 0.0
    """Seconds since a run began before it is cleaned up."""
    dry_run: bool = False
    seconds: float = 300.0
    """For the things of one run and user."""
    may_still_come: float = MAY_STILL_COME
    """Seconds after a request without an answer within which a service may still do it; so long it is waited for."""
    tell: Callable[[str], None] = lambda _: None
    """Is told what is waited for."""


@dataclass
class Cleaned:
    """What came of the ledger of one run, or of the orphans of one project."""

    what: str
    """In words, e.g. `run 6a1f2b3c4d5e6f of cloud lab`."""
    deleted: list[Thing] = field(default_factory=list)
    """With `dry_run`: what would be."""
    left: list[Left] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """Sentences: why something could not even be tried."""
    live: bool = False
    """True: the run is still going on, so that nothing was tried."""

    @property
    def clean(self) -> bool:
        """Whether nothing is left that ought to go."""
        return not self.left and not self.problems


def clean_ledgers(order: Order) -> Iterator[Cleaned]:
    """Clean up after every run that has left its ledger here, the oldest first; each is done when it is yielded."""
    for kept in kept_ledgers():
        try:
            if cleaned := _clean(kept, order):
                yield cleaned
        finally:
            kept.close()


def recorded_clouds() -> frozenset[str]:
    """Entries of clouds.yaml that acted in runs of which something may be left, as the ledgers here tell."""
    found: set[str] = set()
    for kept in kept_ledgers():
        found |= {kept.head.cloud} if kept.head else set()
        found |= {intent.cloud for intent in kept.intents}
        if kept.file:
            kept.file.close()
    return frozenset(found)


def live_runs() -> frozenset[str]:
    """Ids of the runs that are going on on this machine, as their locked ledgers tell."""
    found = set()
    for kept in kept_ledgers():
        if kept.live:
            found.add(kept.run)
        elif kept.file:
            kept.file.close()
    return frozenset(found)


def _clean(kept: Kept, order: Order) -> Cleaned | None:
    """None: nothing is left of it, or it was not asked for."""
    cloud = f" of cloud {kept.head.cloud}" if kept.head else ""
    cleaned = Cleaned(f"run {kept.run}{cloud}, ledger {kept.path}", live=kept.live)
    if kept.live:
        return None if order.clouds else cleaned
    if kept.problem or (kept.head is None and kept.intents):
        cleaned.problems.append(
            f"the ledger {kept.path} is of no use, since {kept.problem}: look for what the run left with "
            "`sovran cleanup --orphans`, and delete the file"
        )
        return None if order.clouds else cleaned
    if kept.head is None or not kept.intents or not _asked_for(kept.head, kept.intents, order):
        return None
    if order.dry_run:
        cleaned.deleted += [_thing(intent) for intent in kept.intents]
        return cleaned
    _tell(kept, order)
    # what users had that the run made and deleted again, went with them
    deleted = kept.users - {intent.id for intent in kept.intents}
    for intent in kept.intents:
        if intent.kind in KINDS and ended_with(intent, deleted):
            kept.gone(intent)
            cleaned.deleted.append(_thing(intent))
    for cloud, group in groupby(sorted(kept.intents, key=_cloud), key=_cloud):
        _clean_as(kept, kept.head, cloud, list(group), order, cleaned)
    return cleaned


def _cloud(intent: Intent) -> str:
    """Entry of clouds.yaml with which it is deleted: that of who made it, or who made the user that did."""
    return intent.cloud


def _asked_for(head: Head, intents: Sequence[Intent], order: Order) -> bool:
    age = datetime.datetime.now(datetime.UTC) - head.began
    involved = {head.cloud, *(intent.cloud for intent in intents)}
    return age.total_seconds() >= order.older_than and (not order.clouds or bool(involved & order.clouds))


def _tell(kept: Kept, order: Order) -> None:
    unanswered = [
        intent.at + order.may_still_come
        for intent in kept.intents
        if not intent.id and intent.kind in KINDS and not KINDS[intent.kind].placed
    ]
    last = max(unanswered, default=0.0)
    if last > time.time():
        until = datetime.datetime.fromtimestamp(last, datetime.UTC)
        order.tell(
            f"run {kept.run} ended before it had the answer to {len(unanswered)} of its requests: until "
            f"{until:%H:%M:%S} UTC it may still come to exist, and is looked for"
        )


def _clean_as(kept: Kept, head: Head, cloud: str, intents: Sequence[Intent], order: Order, cleaned: Cleaned) -> None:
    """Delete what one entry of clouds.yaml made; empty: the head's."""
    name = cloud or head.cloud
    own = name == head.cloud
    makers = [(one.user, one.project) if one.user else (head.user, head.project) for one in intents]
    # nobody can sign in as a user that the run made
    maker = next((one for one in makers if one[0] not in kept.users), ("", ""))
    try:
        config = read_cloud(name, (head.region or None) if own else None, head.in_project if own else "")
        # other personas acted where the judged user did
        config = config if own else replace(config, region_name=head.region or None)
        _same_cloud(config.auth_url, head.auth_url)
        with connect(config, concurrency=CONCURRENCY, timeout=60.0) as connection:
            caller = Caller(connection, LiveReader(connection, seconds=2 * order.seconds), seconds=order.seconds)
            _same_user(caller, *maker)

            def gone(intent: Intent) -> None:
                kept.gone(intent)
                cleaned.deleted.append(_thing(intent))

            terms = Terms(
                time.monotonic() + order.seconds, look=order.may_still_come + 1.0, may_still_come=order.may_still_come
            )
            cleaned.left += remove_intents(caller, intents, gone, terms=terms)
    except SovranError as error:
        several = f"{len(intents)} things" if len(intents) > 1 else "one thing"
        cleaned.problems.append(
            f"the ledger {kept.path} names {several} made by cloud {name}, which cannot be cleaned up: {error}"
        )


def _same_user(caller: Caller, user: str, project: str) -> None:
    """Raise SovranError unless the caller is that user in that project: others would not see what there is to see."""
    for what, now, then in (("user", caller.user, user), ("project", caller.project, project)):
        if then and now != then:
            raise SovranError(f"its {what} is {now or 'none'} now, and the run's was {then}")


def _same_cloud(now: str, then: str) -> None:
    """Raise SovranError unless both identity URLs are of the same host and port."""
    if urlsplit(now).netloc.lower() != urlsplit(then).netloc.lower():
        raise SovranError(f"the entry is of {now} now, and the run was on {then}")


def _thing(intent: Intent) -> Thing:
    return Thing(intent.kind, intent.name, intent.id or ("" if intent.name else intent.path))
