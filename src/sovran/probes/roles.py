# SPDX-License-Identifier: Apache-2.0
"""Probe: who may do what: a table of operations, each tried as a reader, a member, a manager, an admin, a foreigner."""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from sovran.cloud.acting.kinds import KINDS
from sovran.cloud.at_once import at_once
from sovran.cloud.outcome import Failure, NotRun, Ok, Outcome
from sovran.model.errors import SovranError
from sovran.model.matrix import Access, Cell, Matrix, Row
from sovran.probes import role_table, role_trial
from sovran.probes.probe import Need, Probe, Stage
from sovran.probes.role_personas import Cast, cast
from sovran.probes.role_table import Operation, Table, Target
from sovran.probes.role_targets import Targets, make
from sovran.probes.role_trial import Trial

if TYPE_CHECKING:
    # rules name what probes see, and a replay of it shall not load what talks to clouds
    from sovran.cloud.acting.actor import Actor

TITLE = "roles"
UNDO_SECONDS = 60.0
IN_TURN = ("key-manager",)
"""Services that are asked one thing at a time: Barbican on a small database answers 500 to secrets that collide."""


class RolesProbe(msgspec.Struct, frozen=True):
    """Who could do what."""

    matrix: Matrix
    trials: tuple[Trial, ...]
    left_out: dict[str, str] = {}
    """Persona to why there is no column for it."""


def plan(stage: Stage) -> tuple[Need, ...] | Failure:
    """What the member makes for all to try on, and what those make who may; what should be denied is not counted."""
    table = role_table.load()
    found = cast(stage)
    if isinstance(found, str):
        return NotRun(found)
    targets = [one for one in table.targets if stage.has(KINDS[one.kind].service)]
    counted = Counter(one.kind for one in targets)
    for operation in table.operations:
        if operation.make and stage.has(operation.service):
            able = [persona for persona in found.actors if persona in operation.allow]
            counted[operation.make] += sum(operation.tried_by(persona, table.words) for persona in able)
    volumes = counted["volume"] + counted["snapshot"]
    return tuple(Need(kind, count, volumes if kind == "volume" else 0) for kind, count in counted.items() if count)


def run(stage: Stage) -> Outcome[RolesProbe]:
    """Make the targets, then let each persona try each operation; targets and services side by side."""
    table = role_table.load()
    found = cast(stage)
    if isinstance(found, str):
        return NotRun(found)
    trying = _Trying(table, found)
    trying.prepare(stage)
    trying.run()
    _undo(found.actors.values())
    return Ok(RolesProbe(trying.matrix(), trying.trials(), found.left_out))


def _undo(actors: "Iterable[Actor]") -> None:
    """Delete what everybody made, side by side; what is left is for the end of the probe, one user after another."""
    # a replay names this module too, and shall not load what talks to clouds
    from sovran.cloud.acting.removal import remove_intents

    # what came of the trials is known, and the end of the probe says what is left, and why
    with suppress(SovranError):
        at_once({one: partial(remove_intents, one, one.open, one.ledger.gone, seconds=UNDO_SECONDS) for one in actors})


class _Trying:
    """The operations of one run, and what came of each."""

    def __init__(self, table: Table, found: Cast) -> None:
        self._table = table
        self._cast = found
        self._words: dict[str, str] = {}
        self._lacking: dict[str, str] = {}
        self._ended: set[str] = set()
        self._cells: dict[int, tuple[Cell, ...]] = {}
        self._rows: list[tuple[int, Operation]] = []

    def prepare(self, stage: Stage) -> None:
        """Make the targets, and choose the operations on services that this cloud has."""
        member, foreign = self._cast.actors["member"], self._cast.actors.get("foreign")
        wanted: list[Target] = [one for one in self._table.targets if stage.has(KINDS[one.kind].service)]
        mine = Targets(member)
        theirs = Targets(foreign, role_table.THEIRS) if foreign else None
        make(mine, theirs, wanted, {})
        self._words = mine.words | (theirs.words if theirs else {}) | self._cast.words
        self._lacking = mine.lacking | (theirs.lacking if theirs else {})
        self._rows = [
            (number, one)
            for number, one in enumerate(self._table.operations)
            if stage.has(one.service) and (foreign or not one.theirs)
        ]

    def run(self) -> None:
        """Operations on one target one after the other, in the order of the table; different targets side by side."""
        lanes: dict[str, list[tuple[int, Operation]]] = {}
        last = [(number, one) for number, one in self._rows if one.last]
        for number, operation in self._rows:
            if operation.last:
                continue
            lanes.setdefault(self._lane(operation), []).append((number, operation))
        ordered = sorted(lanes.items(), key=lambda lane: -len(lane[1]))
        at_once({name: partial(self._lane_of, rows) for name, rows in ordered})
        self._lane_of(last)

    def _lane(self, operation: Operation) -> str:
        """What is deleted in the end must not be deleted while others still try."""
        if operation.service in IN_TURN:
            return operation.service
        for target in self._table.targets:
            for word in (target.word, f"{role_table.THEIRS}{target.word}"):
                if {word, f"{word}_name"} & operation.words:
                    return word.removesuffix(target.word) + self._table.lane(target.word)
        return f"{operation.service} {'make' if operation.make else 'theirs' if operation.theirs else 'read'}"

    def _lane_of(self, rows: Iterable[tuple[int, Operation]]) -> None:
        for number, operation in rows:
            self._cells[number] = self._row(operation)

    def _row(self, operation: Operation) -> tuple[Cell, ...]:
        """Those who should be denied try first, so that what they should not reach is still there."""
        cells: dict[str, Cell] = {}
        personas = [one for one in self._cast.actors if operation.tried_by(one, self._table.words)]
        for persona in sorted(personas, key=lambda one: (one in operation.allow, one != "foreign")):
            if cell := self._try(operation, persona, self._cast.actors[persona]):
                cells[persona] = cell
        return controlled(operation, tuple(cells[one] for one in role_table.PERSONAS if one in cells))

    def _try(self, operation: Operation, persona: str, actor: "Actor") -> Cell | None:
        try:
            cell = role_trial.attempt(operation, persona, actor, self._words)
        except KeyError as missing:
            word = str(missing.args[0]).removesuffix("_name")
            reason = self._lacking.get(word)
            # those who may have lost nothing but the proof, since somebody who may not was faster
            if not reason or (word in self._ended and persona in operation.allow):
                return None
            return Cell(persona, Access.UNCLEAR, 0, f"its target is not there: {reason}")
        if operation.ends and cell.access in (Access.LEAK, Access.ALLOWED):
            self._words.pop(operation.ends, None)
            self._lacking[operation.ends] = f"{persona} deleted it"
            self._ended.add(operation.ends)
        return cell

    def matrix(self) -> Matrix:
        """The rows that anybody tried, in the order of the table."""
        rows = tuple(
            Row(one.do, one.where, self._cells[number], service=one.service, claim=_claim_of(one))
            for number, one in self._rows
            if self._cells.get(number)
        )
        return Matrix(TITLE, tuple(self._cast.actors), rows)

    def trials(self) -> tuple[Trial, ...]:
        """All cells of which a requirement speaks."""
        return tuple(
            Trial(one.claim(cell.persona), one.do, one.service, one.where, cell)
            for number, one in self._rows
            for cell in self._cells.get(number, ())
            if one.claim(cell.persona)
        )


def _claim_of(operation: Operation) -> str:
    """The requirement that a whole row belongs to; empty where it is another for each persona."""
    claims = {operation.claim(persona) for persona in role_table.PERSONAS} - {""}
    return claims.pop() if len(claims) == 1 else ""


def controlled(operation: Operation, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """The same cells; but that it was not found says nothing when none of those who may do it found it either."""
    able = [cell for cell in cells if cell.persona in operation.allow]
    if not able or any(cell.access is Access.ALLOWED or cell.status == role_trial.FORBIDDEN for cell in able):
        return cells
    why = f"nobody could do it, nor could {able[0].persona}: {able[0].said}"[: role_trial.LONGEST_SAID]
    return tuple(
        msgspec.structs.replace(cell, access=Access.UNCLEAR, said=why)
        if cell.access in (Access.DENIED, Access.MISSING) and cell.status != role_trial.FORBIDDEN
        else cell
        for cell in cells
    )


ROLES = Probe("roles", RolesProbe, plan, run, personas=("admin", "foreign", "manager", "member", "reader"))
