# SPDX-License-Identifier: Apache-2.0
"""Deleting what is ours: in the order of dependencies, with waiting, and with what services made for it."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from sovran.cloud.acting.actor import GONE, Actor
from sovran.cloud.acting.answer import ActingFailed, Answer
from sovran.cloud.acting.found import Found, children, named
from sovran.cloud.acting.kinds import KINDS, Kind
from sovran.cloud.acting.ledger import Intent
from sovran.cloud.acting.patience import Patience
from sovran.cloud.at_once import at_once

MAY_STILL_COME = 60.0
"""Seconds after an intent within which the service may still make what was asked for."""
LOOK_AGAIN = 5.0
"""Seconds for which something whose request had no answer is looked for."""


@dataclass(frozen=True)
class Left:
    """Something that could not be deleted."""

    kind: str
    name: str
    id: str
    reason: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name or self.id}: {self.reason}"


def remove_intents(
    actor: Actor, intents: Iterable[Intent], gone: Callable[[Intent], None], *, seconds: float
) -> tuple[Left, ...]:
    """Delete what the intents of one actor made, `seconds` at most; `gone` is told of each that no longer exists.

    Returns what is left, with the reasons.
    """
    deadline = time.monotonic() + seconds
    left: list[Left] = []
    ordered = sorted((one for one in intents if one.kind in KINDS), key=lambda one: (KINDS[one.kind].rank, -one.n))
    for _, group in groupby(ordered, key=lambda one: KINDS[one.kind].rank):
        several = list(group)
        for intent, reason in at_once({one: partial(_remove_intent, actor, one, deadline) for one in several}).items():
            if reason:
                left.append(Left(intent.kind, intent.name, intent.id or intent.path, reason))
            else:
                gone(intent)
    return tuple(left)


def remove_found(actor: Actor, found: Iterable[Found], *, seconds: float) -> tuple[Left, ...]:
    """Delete these resources, `seconds` at most; returns what is left, with the reasons."""
    deadline = time.monotonic() + seconds
    left: list[Left] = []
    for _, group in groupby(sorted(found, key=lambda one: one.kind.rank), key=lambda one: one.kind.rank):
        several = list(group)
        for one, reason in at_once({one: partial(_remove, actor, one, deadline) for one in several}).items():
            if reason:
                left.append(Left(one.kind.name, one.name, one.id, reason))
    return tuple(left)


def _remove_intent(actor: Actor, intent: Intent, deadline: float) -> str:
    """Why something is left; empty: nothing is."""
    kind = KINDS[intent.kind]
    if not kind.path:
        return _delete_path(actor, kind, intent.path, deadline)
    if intent.id:
        return _remove(actor, Found(kind, intent.id, intent.name), deadline)
    if not kind.name_field:
        # it has no name to be found by, and goes with its parent, which has one
        return ""
    try:
        found = _look_for(actor, kind, intent, deadline)
    except ActingFailed as error:
        return str(error)
    reasons = [_remove(actor, one, deadline) for one in found]
    if not found and time.time() - intent.at < MAY_STILL_COME:
        return "its request had no answer, and it is not there; clean up again in a minute, since it may still come"
    return next((reason for reason in reasons if reason), "")


def _look_for(actor: Actor, kind: Kind, intent: Intent, deadline: float) -> tuple[Found, ...]:
    """What the service made of a request whose answer nobody saw; looked for again while it may still come."""
    give_up = min(deadline, time.monotonic() + LOOK_AGAIN)
    while True:
        found = named(actor, kind, intent.name)
        late = time.time() - intent.at >= MAY_STILL_COME
        if found or late or time.monotonic() >= give_up:
            return found
        time.sleep(0.5)


def _remove(actor: Actor, found: Found, deadline: float) -> str:
    kind = found.kind
    path = f"{actor.collection(kind)}/{found.id}"
    patience = _patience(deadline)
    with_children = bool(kind.children)
    while True:
        answer = _delete(actor, kind, path)
        if answer.status in GONE or (answer.ok and not kind.slow):
            return ""
        if answer.ok:
            return _wait_until_gone(actor, kind, path, patience)
        if answer.denied or not _may_change(answer):
            return answer.said
        if with_children:
            for child in children(actor, found):
                _remove(actor, child, deadline)
            with_children = False
        if not patience.wait():
            return answer.said


def _wait_until_gone(actor: Actor, kind: Kind, path: str, patience: Patience) -> str:
    """Why it is still there; empty: it is gone. One that fails to be deleted is asked to go once more."""
    again = True
    while True:
        shown = actor.call("GET", kind.service, path, microversion=kind.microversion, cleaning=True)
        if shown.status in GONE:
            return ""
        status = str((shown.at(kind.key, "status") if kind.key else shown.at("status")) or "").lower()
        if again and status.startswith("error"):
            _delete(actor, kind, path)
            again = False
        elif status.startswith("error"):
            return f"it went to {status} when it was deleted; only an operator can reset it"
        if not patience.wait():
            return (
                f"it was still {status or 'there'} {patience.spent:.0f} s after it was deleted"
                if shown.ok
                else shown.said
            )


def _delete_path(actor: Actor, kind: Kind, path: str, deadline: float) -> str:
    patience = _patience(deadline)
    while True:
        answer = _delete(actor, kind, path)
        if answer.ok or answer.status in GONE:
            return ""
        if answer.denied or not _may_change(answer) or not patience.wait():
            return answer.said


def _delete(actor: Actor, kind: Kind, path: str) -> Answer:
    return actor.call("DELETE", kind.service, path + kind.deletion, microversion=kind.microversion, cleaning=True)


def _may_change(answer: Answer) -> bool:
    """Whether asking again may help: it is in use or busy (400, 409), or the service is not well."""
    return not answer.status or answer.status in (400, 408, 409, 429) or answer.status >= 500


def _patience(deadline: float) -> Patience:
    return Patience(max(deadline - time.monotonic(), 0.0))
