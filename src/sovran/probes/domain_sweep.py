# SPDX-License-Identifier: Apache-2.0
"""Deletes what trials of domain managers left: by who made it, or else by whoever may."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from sovran.cloud.acting.answer import GONE, ActingFailed, Answer
from sovran.cloud.acting.found import named
from sovran.cloud.acting.kinds import KINDS
from sovran.cloud.acting.ledger import Intent

if TYPE_CHECKING:
    # a replay of what probes saw shall not load what talks to clouds
    from sovran.cloud.acting.actor import Actor

UNAUTHORIZED = 401


def sweep(
    makers: "Iterable[Actor]", guests: "Iterable[Actor]", others: "Collection[Actor]", gone: Iterable[str]
) -> None:
    """Delete everything that is open; what nobody may delete stays open, for the cleanup that follows to tell.

    What `guests` made goes first: they are users that the makers made. Role assignments and memberships end with the
    users, groups and projects that they join, also with those that are `gone`, by their ids.
    """
    # what sends requests is loaded only where something is sent
    from sovran.cloud.acting.removal import ended_with

    makers, guests = tuple(makers), tuple(guests)
    of_guests = {intent.n for guest in guests for intent in guest.open}
    mine = [(guest, intent) for guest in guests for intent in guest.open]
    mine += [(maker, intent) for maker in makers for intent in maker.open if intent.n not in of_guests]
    ended = set(gone)
    for maker, intent in sorted(mine, key=lambda one: (one[0] not in guests, KINDS[one[1].kind].rank, -one[1].n)):
        for hand in (maker, *(other for other in (*makers, *others) if other is not maker)):
            is_gone = _delete(hand, maker, intent)
            if is_gone is None and hand in makers:
                # the service gives no answer: the cleanup that follows waits for it
                return
            if is_gone:
                maker.ledger.gone(intent)
                ended |= {intent.id} if intent.id else set()
                break
    for maker in (*makers, *guests):
        for intent in maker.open:
            if ended_with(intent, ended):
                maker.ledger.gone(intent)


def _delete(hand: "Actor", maker: "Actor", intent: Intent) -> bool | None:
    """Whether it is gone for sure; None when there was no answer."""
    kind = KINDS[intent.kind]
    identifiers = [intent.id] if intent.id else []
    if not identifiers and not kind.placed and kind.name_field:
        with suppress(ActingFailed):
            identifiers = [found.id for found in named(hand, kind, intent.name)]
    # what belongs to a certain user is below that user's path
    base = intent.path if "{" in kind.path else maker.collection(kind)
    paths = [intent.path] if kind.placed else [f"{base}/{one}" for one in identifiers]
    answers = [_send(hand, kind.service, path) for path in paths]
    if any(not answer.status for answer in answers):
        return None
    return bool(answers) and all(answer.ok or answer.status in GONE for answer in answers)


def _send(hand: "Actor", service: str, path: str) -> Answer:
    answer = hand.call("DELETE", service, path, cleaning=True)
    if answer.status != UNAUTHORIZED:
        return answer
    # rights that were taken from it have revoked its token
    hand.sign_in_again()
    return hand.call("DELETE", service, path, cleaning=True)
