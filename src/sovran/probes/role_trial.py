# SPDX-License-Identifier: Apache-2.0
"""Tries one operation as one persona, and tells from the answer whether it was done."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from sovran.cloud.acting.answer import ActingFailed, Answer, Stopped
from sovran.cloud.acting.kinds import KINDS
from sovran.model.matrix import Access, Cell
from sovran.model.printable import printable
from sovran.probes.role_table import Operation
from sovran.probes.templates import filled

if TYPE_CHECKING:
    # rules name what probes see, and a replay of it shall not load what talks to clouds
    from sovran.cloud.acting.actor import Actor

LONGEST_SAID = 300
FORBIDDEN, HIDDEN = 403, 404


class Trial(msgspec.Struct, frozen=True, omit_defaults=True):
    """One operation, tried by one persona, and the requirement that speaks of it."""

    claim: str
    operation: str
    service: str
    target: str
    cell: Cell


def attempt(operation: Operation, persona: str, actor: "Actor", words: dict[str, str]) -> Cell:
    """What comes of it; what it makes stands in the actor's ledger. Raises KeyError for a word that there is not."""
    words = {**words, "me": actor.user, "my_project": actor.project, "name": ""}
    method, path = filled(operation.send, words).split(" ", 1)
    filled(operation.body, words)
    try:
        answer = _send(operation, actor, method, path, words)
    except Stopped as error:
        return Cell(persona, Access.UNCLEAR, 0, printable(str(error), LONGEST_SAID))
    return judged(operation, persona, answer, seen=_seen(operation, answer, words))


def _send(operation: Operation, actor: "Actor", method: str, path: str, words: dict[str, str]) -> Answer:
    content = None if operation.content is None else operation.content.encode()
    headers = filled(operation.headers, words)
    if not operation.make:
        body = filled(operation.body, words)
        return actor.call(
            method,
            operation.service,
            path,
            body,
            content=content,
            headers=headers,
            microversion=operation.microversion,
        )
    kind = KINDS[operation.make]
    if kind.placed:
        path = filled(operation.send, {**words, "name": actor.name("roles")}).split(" ", 1)[1]
        answer, made = actor.place(kind, path, content=content, headers=headers)
        if made:
            # who was given a role has it from then on, and what it does after that would say nothing
            with suppress(ActingFailed):
                actor.delete(made)
        return answer

    def body_of(name: str) -> Any:
        return filled(operation.body, {**words, "name": name})

    return actor.attempt(
        kind, "roles", body_of, path=path, method=method, headers=headers, microversion=operation.microversion
    )[0]


def judged(operation: Operation, persona: str, answer: Answer, *, seen: bool = True) -> Cell:
    """What an answer means. `seen`: for a listing, whether it shows the target."""
    expected = persona in operation.allow
    said = printable(answer.said, LONGEST_SAID)
    if answer.ok and not seen:
        access, said = (Access.MISSING, f"{said} and does not show it") if expected else (Access.DENIED, "")
    elif answer.ok:
        access, said = (Access.ALLOWED, "") if expected else (Access.LEAK, f"{said}: it was done")
    elif _refused(operation, answer):
        access, said = (Access.MISSING, said) if expected else (Access.DENIED, "")
    elif expected and answer.status in operation.passes:
        access, said = Access.ALLOWED, ""
    else:
        access = Access.UNCLEAR
    return Cell(persona, access, answer.status, said)


def _refused(operation: Operation, answer: Answer) -> bool:
    """Whether it was for who asked that it was not done; 404 says so only of what is known to be there."""
    said = answer.said.lower()
    if "quota" in said and "exceed" in said:
        return False
    hidden = answer.status == HIDDEN and not operation.alone
    return answer.status == FORBIDDEN or hidden or answer.status in operation.also


def _seen(operation: Operation, answer: Answer, words: dict[str, str]) -> bool:
    """Whether a listing shows its target; True for what is no listing."""
    return not operation.sees or words[operation.sees].encode() in answer.body


def by_claim(trials: Iterable[Trial]) -> Mapping[str, tuple[Trial, ...]]:
    """The trials of each requirement."""
    groups: dict[str, list[Trial]] = {}
    for trial in trials:
        groups.setdefault(trial.claim, []).append(trial)
    return {claim: tuple(found) for claim, found in groups.items()}
