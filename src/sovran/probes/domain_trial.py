# SPDX-License-Identifier: Apache-2.0
"""Tries operations as one domain manager, and sees by what came of each whether it was done."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sovran.cloud.acting.answer import GONE, Answer
from sovran.cloud.acting.kinds import GRANT, IMPLIED_ROLE, KINDS, MEMBERSHIP
from sovran.model.matrix import Access, Cell
from sovran.model.printable import printable
from sovran.probes.domain_table import Operation, Proof, Shows
from sovran.probes.templates import filled

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor, Made

IDENTITY = "identity"
REFUSALS = (403, 404)
"""Statuses with which an identity service refuses: it forbids, or hides what there is."""
PLACED = {GRANT.name, IMPLIED_ROLE.name, MEMBERSHIP.name}
"""Kinds that are made by PUT, and known by their path."""


@dataclass
class Trial:
    """One manager, what it tries with, and what came of it."""

    actors: "dict[str, Actor]"
    """By the persona of the table: `manager`, and where there are such, `other`, `user`, `admin`."""
    column: str
    """What the manager is called in the matrix."""
    words: dict[str, str]
    """What the table may speak of, e.g. `user`: the id of the user that was made."""
    tried: list[tuple[Operation, Cell]] = field(default_factory=list)
    made: "dict[str, Made]" = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    guests: "list[Actor]" = field(default_factory=list)
    """Users that the manager made, who have signed in."""
    gone: set[str] = field(default_factory=set)
    """Ids of what was made and is deleted."""
    untried: set[str] = field(default_factory=set)
    """Claims of operations that take what is not there."""

    def run(self, operations: Iterable[Operation]) -> None:
        """Try them one after the other."""
        for operation in operations:
            if "b" not in self.words and _speaks_of_b(operation):
                self.untried.add(operation.claim)
                continue
            cell = self._try(operation)
            if not operation.prepare:
                self.tried.append((operation, cell))

    def note(self, operation: Operation, access: Access, *, status: int = 0, said: str = "") -> None:
        """Write down what came of an operation that was tried elsewhere."""
        self.tried.append((operation, Cell(self.column, access, status, said)))

    def ask(
        self, path: str, *, method: str = "GET", by: str = "manager", body: Mapping[str, Any] | None = None
    ) -> Answer:
        """One request to the identity service that makes nothing."""
        return self.actors[by].call(method, IDENTITY, path, body)

    def place(self, kind: Any, path: str, *, by: str = "manager") -> Answer:
        """Make what is known by its path; the ledger has it."""
        answer, made = self.actors[by].place(kind, path)
        if made:
            self.made[path] = made
        return answer

    def ended(self, word: str) -> None:
        """What is known by this word, or by this path, is gone."""
        made = self.made.pop(word, None)
        if made:
            self.gone.add(made.id)
            self.actors["manager"].ledger.gone(made.intent)

    def _try(self, operation: Operation) -> Cell:
        if operation.by not in self.actors:
            return self._cell(Access.UNCLEAR, "the user that the manager made could not sign in to the project")
        words = {**self.words, "password": _password()}
        try:
            method, path = filled(operation.send, {"name": "", **words}).split(" ", 1)
            filled(operation.body, {"name": "", **words})
            filled(operation.shows.ids if operation.shows else (), words)
        except KeyError as missing:
            return self._cell(Access.UNCLEAR, f"needs what could not be made or seen before: {missing.args[0]}")
        answer, made, words = self._send(operation, method, path, words)
        if operation.shows:
            return self._listing(operation, operation.shows, answer, words)
        if method in ("GET", "HEAD"):
            return self._reading(operation, answer)
        done = self._done(operation.proof, words) if operation.proof else None
        cell = self._writing(operation, answer, made=made is not None, done=done)
        if operation.ends and (done is True or (done is None and answer.ok)):
            self.ended(operation.ends)
        if cell.access is Access.LEAK and operation.make in PLACED:
            self._undo(operation)
        return cell

    def _undo(self, operation: Operation) -> None:
        """Take back a right as soon as it is seen that it was given, so that what follows is not tried with it."""
        made = self.made.get(operation.word)
        if made and self.actors[operation.by].call("DELETE", IDENTITY, made.id).ok:
            self.ended(operation.word)

    def _send(
        self, operation: Operation, method: str, path: str, words: dict[str, str]
    ) -> "tuple[Answer, Made | None, dict[str, str]]":
        actor = self.actors[operation.by]
        if not operation.make:
            body = filled(operation.body, words)
            return actor.call(method, IDENTITY, path, body), None, words
        kind = KINDS[operation.make]
        if operation.make in PLACED:
            answer, made = actor.place(kind, path)
        else:

            def body_of(name: str) -> Any:
                words["name"] = name
                return filled(operation.body, words)

            answer, made = actor.attempt(kind, operation.word.replace("_", ""), body_of, path=path)
        if made:
            self.made[operation.word] = made
            self.words[operation.word] = made.id
            self.words[f"{operation.word}_name"] = made.name
            self.passwords[operation.word] = words["password"]
            words = {**words, **self.words}
        return answer, made, words

    def _listing(self, operation: Operation, shows: Shows, answer: Answer, words: dict[str, str]) -> Cell:
        """What a listing means: it must have the ids, or must not have them."""
        items = answer.at(shows.key)
        if not answer.ok:
            return self._refused(operation, answer)
        ids = [filled(one, words) for one in shows.ids]
        seen = [one for one in ids if any(one in str(item) for item in items or ())]
        access, said = Access.UNCLEAR, f"{answer.asked} answered, and showed nothing to tell by"
        if not isinstance(items, list):
            said = f"{answer.asked} did not answer with {shows.key}"
        elif operation.want == "allowed":
            if items and len(seen) == len(ids):
                access, said = Access.ALLOWED, ""
            elif not answer.at("truncated"):
                access, said = Access.MISSING, f"{answer.asked} does not show all that it should"
        elif seen or (items and not ids):
            access, said = Access.LEAK, f"{answer.asked} shows what is of another domain"
        elif ids and not answer.at("truncated"):
            access = Access.DENIED
        return self._cell(access, said, answer.status)

    def _reading(self, operation: Operation, answer: Answer) -> Cell:
        if not answer.ok:
            return self._refused(operation, answer)
        if operation.want == "allowed":
            return self._cell(Access.ALLOWED, status=answer.status)
        return self._cell(Access.LEAK, f"{answer.asked} answered with HTTP {answer.status}", answer.status)

    def _refused(self, operation: Operation, answer: Answer) -> Cell:
        """What it means that a request was not granted."""
        refusals = (403,) if operation.absent else (*REFUSALS, *operation.also)
        if answer.over_quota:
            return self._cell(Access.UNCLEAR, answer.said, answer.status)
        if answer.status not in refusals and not (operation.want == "allowed" and answer.status in (500, 501)):
            return self._cell(Access.UNCLEAR, answer.said, answer.status)
        if operation.want == "allowed":
            return self._cell(Access.MISSING, answer.said, answer.status)
        return self._cell(Access.DENIED, status=answer.status)

    def _writing(self, operation: Operation, answer: Answer, *, made: bool, done: bool | None) -> Cell:
        """What came of an operation that changes something; `done`: what its proof showed, None: nothing."""
        if operation.want == "allowed":
            return self._demanded(operation, answer, done)
        access, said = Access.UNCLEAR, f"{answer.said}, and nothing shows whether it was done"
        if made and operation.own and self._in_own_domain(operation, answer):
            access, said = Access.ALLOWED, "it was made in the manager's own domain"
        elif done or (answer.ok and (made or operation.proof is None)):
            access, said = Access.LEAK, f"{answer.said}: it was done"
        elif not answer.ok and (operation.proof is None or done is False):
            return self._refused(operation, answer)
        return self._cell(access, said, answer.status)

    def _demanded(self, operation: Operation, answer: Answer, done: bool | None) -> Cell:
        if not answer.ok:
            return self._refused(operation, answer)
        if done or operation.proof is None:
            return self._cell(Access.ALLOWED, status=answer.status)
        access = Access.UNCLEAR if done is None else Access.MISSING
        return self._cell(access, f"{answer.said}, and it cannot be seen that it was done", answer.status)

    def _in_own_domain(self, operation: Operation, answer: Answer) -> bool:
        return bool(answer.at(KINDS[operation.make].key, "domain_id") == self.words["a"])

    def _done(self, proof: Proof, words: dict[str, str]) -> bool | None:
        """Whether the proof shows that an operation was done; None when it cannot be seen."""
        actor = self.actors.get(proof.by)
        if actor is None:
            return None
        try:
            method, path = filled(proof.send, words).split(" ", 1)
            wanted = filled(proof.value if proof.at else proof.has or proof.lacks, words)
        except KeyError:
            # what it asks for by id was not made
            return False
        answer = actor.call(method, IDENTITY, path)
        if not answer.ok:
            # what does not exist has nothing; that somebody is not there any more says nothing of who did it
            return False if proof.has and answer.status in GONE else None
        if proof.at:
            return bool(answer.at(*proof.at) == wanted)
        items = answer.at(proof.key)
        if not isinstance(items, list) or answer.at("truncated"):
            return None
        there = any(wanted in str(item) for item in items)
        return there if proof.has else not there

    def _cell(self, access: Access, said: str = "", status: int = 0) -> Cell:
        return Cell(self.column, access, status, printable(said, 300) if access is not Access.DENIED else "")


def _speaks_of_b(operation: Operation) -> bool:
    """Whether an operation takes a foreign domain."""
    parts = f"{operation.send} {operation.body} {operation.shows} {operation.proof}"
    return "{b}" in parts or "{b_" in parts or operation.by == "other" or "by='other'" in parts


def _password() -> str:
    """Random, with each sort of letter that password rules ask for; nobody keeps it."""
    return f"Aa1-{secrets.token_urlsafe(24)}"
