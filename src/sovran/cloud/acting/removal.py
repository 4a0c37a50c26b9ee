# SPDX-License-Identifier: Apache-2.0
"""Deleting what is ours: in the order of dependencies, with waiting, and with what services made for it."""

import threading
import time
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TypeVar
from urllib.parse import quote

from sovran.cloud.acting.answer import GONE, ActingFailed, Answer
from sovran.cloud.acting.caller import Caller
from sovran.cloud.acting.found import Found, children, listed_names, named
from sovran.cloud.acting.kinds import KINDS, Kind
from sovran.cloud.acting.ledger import Intent
from sovran.cloud.acting.patience import Patience
from sovran.cloud.at_once import at_once
from sovran.model.errors import SovranError

T = TypeVar("T")
MAY_STILL_COME = 60.0
"""Seconds after a request without an answer within which the service may still make what was asked for."""
LOOK_AGAIN = 5.0
"""Seconds for which the end of a probe looks for something whose request had no answer."""
UNMADE = 60.0
"""Seconds for which something is waited for that is still being made."""
UNWELL = 30.0
"""Seconds for which a service that gives no answer, or fails by its own fault, is asked again."""
AGAIN = 3
TASK, DELETING = "OS-EXT-STS:task_state", "deleting"
"""By which the compute service tells that a server is about to go, whatever its status is."""
ERROR_DELETING = "error_deleting"
"""Status of what block storage could not delete, and will not try to delete again."""


@dataclass(frozen=True)
class Left:
    """Something that could not be deleted."""

    kind: str
    name: str
    id: str
    reason: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name or self.id}: {self.reason}"


@dataclass(frozen=True)
class Terms:
    """How long, and in which manner, things are deleted."""

    deadline: float
    """Of time.monotonic."""
    look: float = LOOK_AGAIN
    """Seconds for which something whose request had no answer is looked for, at most until it cannot come any more."""
    may_still_come: float = MAY_STILL_COME
    stopped: threading.Event | None = None
    """Ends all waiting when it is set."""

    def patience(self, seconds: float | None = None) -> Patience:
        """For waiting until the deadline, or for `seconds`, if that is sooner."""
        left = max(self.deadline - time.monotonic(), 0.0)
        return Patience(left if seconds is None else min(left, seconds), self.stopped)


def remove_intents(
    caller: Caller,
    intents: Iterable[Intent],
    gone: Callable[[Intent], None],
    *,
    seconds: float = 0.0,
    terms: Terms | None = None,
) -> tuple[Left, ...]:
    """Delete what the intents of one user made, `seconds` at most or on the `terms`; `gone` is told of each that no
    longer exists.

    Returns what is left, with the reasons.
    """
    terms = terms or Terms(time.monotonic() + seconds)
    several = list(intents)
    left = [_left(one, "this version of sovran does not know what that is") for one in several if one.kind not in KINDS]
    known = [one for one in several if one.kind in KINDS]
    kept: dict[Intent, str] = {}
    ended: set[str] = set()
    for group in _in_order(known, lambda one: KINDS[one.kind].rank):
        for intent, reason in at_once({one: partial(_remove_intent, caller, one, terms) for one in group}).items():
            if reason:
                kept[intent] = reason
            else:
                ended.add(intent.id)
                gone(intent)
    for intent, reason in kept.items():
        if ended_with(intent, ended):
            gone(intent)
        else:
            left.append(_left(intent, reason))
    return tuple(left)


def ended_with(intent: Intent, ended: Container[str]) -> bool:
    """Whether this ended together with things of these ids: what joined them, or what a user had."""
    kind = KINDS[intent.kind]
    parts = [part for part in intent.path.split("/") if part] if kind.placed or kind.with_user else []
    return any(part in ended for part in parts) or (kind.with_user and bool(intent.user) and intent.user in ended)


def remove_found(
    caller: Caller, found: Iterable[Found], gone: Callable[[Found], None], *, terms: Terms
) -> tuple[Left, ...]:
    """Delete these resources; `gone` is told of each that no longer exists. Returns what is left, with the reasons."""
    left: list[Left] = []
    for group in _in_order(found, lambda one: one.kind.rank):
        for one, reason in at_once({one: partial(_remove_safely, caller, one, terms) for one in group}).items():
            if reason:
                left.append(Left(one.kind.name, one.name, one.id, reason))
            else:
                gone(one)
    return tuple(left)


def _in_order(things: Iterable[T], rank: Callable[[T], int]) -> Iterable[list[T]]:
    return (list(group) for _, group in groupby(sorted(things, key=rank), key=rank))


def _left(intent: Intent, reason: str) -> Left:
    return Left(intent.kind, intent.name, intent.id or intent.path, reason)


def _remove_intent(caller: Caller, intent: Intent, terms: Terms) -> str:
    """Why something is left; empty: nothing is."""
    kind = KINDS[intent.kind]
    try:
        if kind.placed:
            return _delete_path(caller, kind, intent.path, terms)
        if intent.id:
            return _remove(caller, Found(kind, intent.id, intent.name, _base(intent)), terms)
        if not kind.name_field:
            # it has no name to be found by, and goes with its parent, which has one
            return ""
        return _remove_unanswered(caller, kind, intent, terms)
    except (ActingFailed, SovranError) as error:
        return str(error)


def _base(intent: Intent) -> str:
    """The collection, where it is that of a certain user, or what it is taken away from."""
    kind = KINDS[intent.kind]
    if kind.parting:
        return intent.path.rpartition("/")[0]
    return intent.path if "{" in kind.path else ""


def _remove_unanswered(caller: Caller, kind: Kind, intent: Intent, terms: Terms) -> str:
    """Delete what the service made of a request whose answer nobody saw; looked for again while it may still come."""
    patience = terms.patience(terms.look)
    while True:
        late = time.time() - intent.at >= terms.may_still_come
        found = named(caller, kind, intent.name, _base(intent))
        if found or late or not patience.wait():
            break
    reasons = [_remove(caller, one, terms) for one in found]
    if not found and not late:
        return "its request had no answer, and it is not there; clean up again in a minute, since it may still come"
    return next((reason for reason in reasons if reason), "")


def _remove_safely(caller: Caller, found: Found, terms: Terms) -> str:
    try:
        return _remove(caller, found, terms)
    except (ActingFailed, SovranError) as error:
        return str(error)


def _remove(caller: Caller, found: Found, terms: Terms) -> str:
    kind = found.kind
    path = found.path(caller)
    patience, unwell = terms.patience(), terms.patience(UNWELL)
    if kind.disabled_first:
        caller.call("PATCH", kind.service, path, {kind.key: {"enabled": False}}, cleaning=True)
    if kind.not_while:
        _wait_until_made(caller, kind, path, terms.patience(UNMADE))
    first = with_children = True
    while True:
        answer = _delete(caller, kind, path)
        if answer.status in GONE:
            # when we have not deleted it, that may as well be an error page of what stands before the service
            return (first and _still_listed(caller, found)) or _without_children(caller, found, terms)
        if answer.ok:
            # looked for while it goes
            beside = children(caller, found)
            reason = _wait_until_gone(caller, kind, path, patience) if kind.slow else ""
            return reason or _remove_children(caller, beside, terms)
        if answer.denied or not _may_change(answer):
            return answer.said
        if kind.slow and _status(caller, kind, path) == ERROR_DELETING:
            return _gone_wrong(ERROR_DELETING)
        first = False
        if with_children:
            _remove_contents(caller, found)
            _without_children(caller, found, terms)
            with_children = False
        if not (unwell if _is_unwell(answer) else patience).wait():
            return answer.said


def _wait_until_made(caller: Caller, kind: Kind, path: str, patience: Patience) -> None:
    """Wait until it is no longer in the status in which it must not be deleted."""
    while True:
        shown = caller.call("GET", kind.service, path, microversion=kind.microversion, cleaning=True)
        if shown.at(kind.key, "status") != kind.not_while or not patience.wait():
            break


def _still_listed(caller: Caller, found: Found) -> str:
    """Why something that is said not to exist is nevertheless not gone for certain; empty: it is.

    Raises ActingFailed when its kind cannot be listed.
    """
    if (
        found.name
        and found.kind.name_field
        and any(one.id == found.id for one in named(caller, found.kind, found.name, found.base))
    ):
        return f"{found.kind.service} lists it, but says that it is not there when it is to be deleted"
    return ""


def _without_children(caller: Caller, found: Found, terms: Terms) -> str:
    """Delete what services made for it; the first reason why one of them is left."""
    return _remove_children(caller, children(caller, found), terms)


def _remove_children(caller: Caller, beside: Iterable[Found], terms: Terms) -> str:
    reasons = (
        f"{child.kind.name} {child.id}, which was made for it: {reason}"
        for child in beside
        if (reason := _remove(caller, child, terms))
    )
    return next(reasons, "")


def _remove_contents(caller: Caller, found: Found) -> None:
    """Delete what lies in it; what cannot be deleted is seen when it is deleted itself."""
    if not found.kind.contents:
        return
    base = found.path(caller)
    query = found.kind.contents.removeprefix("?")
    for name in listed_names(caller, found.kind, base, query):
        _delete(caller, found.kind, f"{base}/{quote(name)}")


def _wait_until_gone(caller: Caller, kind: Kind, path: str, patience: Patience) -> str:
    """Why it is still there; empty: it is gone. One that fails to be deleted is asked to go again, AGAIN times."""
    again = AGAIN
    while True:
        shown = caller.call("GET", kind.service, path, microversion=kind.microversion, cleaning=True)
        if shown.status in GONE:
            return ""
        status = _status_in(kind, shown)
        if again and status.startswith("error"):
            _delete(caller, kind, path)
            again -= 1
        elif status.startswith("error"):
            return _gone_wrong(status)
        if not patience.wait():
            return (
                f"it was still {status or 'there'} {patience.spent:.0f} s after it was deleted"
                if shown.ok
                else shown.said
            )


def _gone_wrong(status: str) -> str:
    return f"it went to {status} when it was deleted; only an operator can reset it"


def _status(caller: Caller, kind: Kind, path: str) -> str:
    shown = caller.call("GET", kind.service, path, microversion=kind.microversion, cleaning=True)
    return _status_in(kind, shown)


def _status_in(kind: Kind, shown: Answer) -> str:
    if kind.key and shown.at(kind.key, TASK) == DELETING:
        # a server in ERROR keeps that status to its end
        return DELETING
    return str((shown.at(kind.key, "status") if kind.key else shown.at("status")) or "").lower()


def _delete_path(caller: Caller, kind: Kind, path: str, terms: Terms) -> str:
    patience, unwell = terms.patience(), terms.patience(UNWELL)
    while True:
        answer = _delete(caller, kind, path)
        if answer.ok or answer.status in GONE:
            return ""
        if answer.denied or not _may_change(answer):
            return answer.said
        if not (unwell if _is_unwell(answer) else patience).wait():
            return answer.said


def _delete(caller: Caller, kind: Kind, path: str) -> Answer:
    method, where, body = kind.removal(path)
    return caller.call(method, kind.service, where, body, microversion=kind.microversion, cleaning=True)


def _is_unwell(answer: Answer) -> bool:
    return not answer.status or answer.status >= 500


def _may_change(answer: Answer) -> bool:
    """Whether asking again may help: it is in use or busy (400, 409), or the service is not well."""
    return _is_unwell(answer) or answer.status in (400, 408, 409, 429)
