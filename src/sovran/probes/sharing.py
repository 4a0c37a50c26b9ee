# SPDX-License-Identifier: Apache-2.0
"""Probe: what a member can share with whom, what others can do with it, whether it can pass for a provider's."""

from collections import Counter
from functools import cache
from importlib import resources
from typing import Any, Literal

import msgspec
import yaml

from sovran.cloud.outcome import Absent, Failure, NotRun, Ok, Outcome
from sovran.model.matrix import Access, Cell, Matrix, Row
from sovran.probes import role_trial
from sovran.probes.probe import Need, Probe, Stage
from sovran.probes.role_personas import Cast, cast
from sovran.probes.role_table import THEIRS, Operation, Target
from sovran.probes.role_targets import Targets, make
from sovran.probes.role_trial import Trial

SERVICE = "network"
TITLE = "sharing"
COLUMNS = ("member", "foreign")
ALONE = "takes a user of another project: name an entry of clouds.yaml with `--persona foreign=ENTRY`"


class Attempt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row; the head of the table says what each part means."""

    do: str
    where: str
    by: Literal["member", "foreign"]
    want: Literal["allowed", "denied"]
    send: str
    claim: str = ""
    body: Any = None
    make: str = ""
    word: str = msgspec.field(name="as", default="")
    takes: str = ""
    sees: str = ""
    ends: str = ""
    also: tuple[int, ...] = ()

    @property
    def operation(self) -> Operation:
        """The same as an operation of the matrix of roles."""
        return Operation(
            do=self.do,
            service=SERVICE,
            send=self.send,
            allow=(self.by,) if self.want == "allowed" else (),
            where=self.where,
            body=self.body,
            make=self.make,
            sees=self.sees,
            ends=self.ends,
            also=self.also,
        )


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table; what only abbreviates is under `anchors`."""

    targets: tuple[Target, ...]
    operations: tuple[Attempt, ...]
    anchors: Any = None


class SharingProbe(msgspec.Struct, frozen=True):
    """What could be shared, and what came of it."""

    matrix: Matrix
    trials: tuple[Trial, ...]
    left_out: dict[str, str] = {}
    """Persona to why it did not play."""


@cache
def load() -> Table:
    """The table of this installation."""
    text = resources.files("sovran.probes").joinpath("data/sharing.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), Table)


def plan(stage: Stage) -> tuple[Need, ...] | Failure:
    """What the member makes to be shared, and the policies that share it."""
    if not stage.has(SERVICE):
        return Absent("the catalog has no network service")
    found = _players(stage)
    if isinstance(found, str):
        return NotRun(found)
    table = load()
    counted = Counter(one.kind for one in table.targets)
    counted += Counter(one.make for one in table.operations if one.make == "RBAC policy" and one.by == "member")
    return tuple(Need(kind, count) for kind, count in counted.items())


def run(stage: Stage) -> Outcome[SharingProbe]:
    """Network API v2.0: rbac-policies for groups and networks, then what the other project can do with them."""
    found = _players(stage)
    if isinstance(found, str):
        return NotRun(found)
    table = load()
    member, foreign = Targets(found.actors["member"]), found.actors["foreign"]
    make(member, None, table.targets, {})
    words = {**member.words, f"{THEIRS}project": foreign.project}
    tried: list[tuple[Attempt, Cell]] = []
    made: set[str] = set()
    for attempt in table.operations:
        if attempt.takes and attempt.takes not in made:
            continue
        cell = _try(attempt, found, words, member.lacking)
        tried.append((attempt, cell))
        if cell.access in (Access.ALLOWED, Access.LEAK):
            made |= {attempt.word} - {""}
            if attempt.ends:
                words.pop(attempt.ends, None)
                member.lacking[attempt.ends] = f"{attempt.by} deleted it"
    return Ok(_told(tried, found))


def _try(attempt: Attempt, found: Cast, words: dict[str, str], lacking: dict[str, str]) -> Cell:
    try:
        return role_trial.attempt(attempt.operation, attempt.by, found.actors[attempt.by], words)
    except KeyError as missing:
        word = str(missing.args[0])
        reason = lacking.get(word.removesuffix("_name")) or f"there is no {word}"
        return Cell(attempt.by, Access.UNCLEAR, 0, f"its target is not there: {reason}")


def _told(tried: list[tuple[Attempt, Cell]], found: Cast) -> SharingProbe:
    rows = tuple(Row(one.do, one.where, (cell,), service=SERVICE, claim=one.claim) for one, cell in tried)
    trials = tuple(Trial(one.claim, one.do, SERVICE, one.where, cell) for one, cell in tried if one.claim)
    return SharingProbe(Matrix(TITLE, COLUMNS, rows), trials, found.left_out)


def _players(stage: Stage) -> Cast | str:
    found = cast(stage)
    if isinstance(found, str) or "foreign" in found.actors:
        return found
    why = found.left_out.get("foreign")
    return f"the foreign user that was named does not do: {why}" if why else ALONE


SHARING = Probe("sharing", SharingProbe, plan, run, personas=COLUMNS)
