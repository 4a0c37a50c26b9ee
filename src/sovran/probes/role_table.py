# SPDX-License-Identifier: Apache-2.0
"""The operations that the probe of roles tries, as its table has them, and which requirement speaks of each trial."""

from functools import cache
from importlib import resources
from typing import Any

import msgspec
import yaml

from sovran.probes.templates import filled, words_in

PERSONAS = ("reader", "member", "manager", "admin", "foreign")
"""Columns of the matrix, in this order."""
THEIRS = "their_"
"""Begins the words for what the foreign user made."""
OF_WHO_ASKS = ("me", "my_project")
"""Words that mean something else for each persona."""
READER_READS, READER_WRITES, MEMBER, MANAGER, FOREIGN, ADMIN = (
    "roles-01",
    "roles-02",
    "roles-03",
    "roles-04",
    "roles-05",
    "roles-06",
)
"""Requirements of the standard sovran-roles."""


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that is made once, and that all personas then try their operations on."""

    word: str = msgspec.field(name="as")
    kind: str
    body: Any = None
    after: str = ""
    """The target that it takes; empty: it stands alone."""
    until: str = ""
    """Status to wait for."""
    both: bool = True
    """False: the foreign user makes none."""


class Operation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row; the head of the table says what each part means."""

    do: str
    service: str
    send: str
    allow: tuple[str, ...]
    where: str = "own project"
    body: Any = None
    content: str | None = None
    headers: dict[str, str] = {}
    microversion: str = ""
    make: str = ""
    sees: str = ""
    ends: str = ""
    also: tuple[int, ...] = ()
    passes: tuple[int, ...] = ()
    skip: tuple[str, ...] = ()
    mirror: bool = False
    alone: bool = False
    last: bool = False

    @property
    def words(self) -> frozenset[str]:
        """What it speaks of, as far as that is not the request's own name."""
        return words_in((self.send, self.body, self.headers, self.sees and f"{{{self.sees}}}")) - {"name"}

    @property
    def theirs(self) -> bool:
        """True for an operation on what the foreign user made."""
        return any(word.startswith(THEIRS) for word in self.words)

    def tried_by(self, persona: str, targets: frozenset[str]) -> bool:
        """Whether this persona tries it: an admin only what is harmless, a foreign user only what is of a target."""
        if persona in self.skip:
            return False
        if persona in self.allow:
            return True
        if persona == "admin":
            return False
        return persona != "foreign" or (not self.theirs and bool(self.words & targets))

    def claim(self, persona: str) -> str:
        """The requirement that speaks of this persona doing it; empty: none does, it only shows that it can be done."""
        expected = persona in self.allow
        if persona == "admin":
            return ""
        if self.theirs or persona == "foreign":
            return "" if expected else FOREIGN
        if not set(self.allow) - {"admin"}:
            return ADMIN
        if persona == "reader":
            return READER_READS if expected else READER_WRITES
        return {"member": MEMBER, "manager": MANAGER}[persona] if expected else ADMIN


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table; what only abbreviates is under `anchors`."""

    targets: tuple[Target, ...]
    operations: tuple[Operation, ...]
    anchors: Any = None

    @property
    def words(self) -> frozenset[str]:
        """What targets are called, with their names and the project that they are in."""
        own = {word for target in self.targets for word in (target.word, f"{target.word}_name")} | {
            "project",
            "account",
        }
        return frozenset(own | {f"{THEIRS}{word}" for word in own})

    def lane(self, word: str) -> str:
        """The farthest target on which this one stands and that some operation deletes, which may take this one away;
        itself where there is none.
        """
        ended = {operation.ends for operation in self.operations}
        found = at = word
        while after := next(target.after for target in self.targets if target.word == at):
            at = after
            found = at if at in ended else found
        return found


@cache
def load() -> Table:
    """The table of this installation, with the mirrored rows."""
    text = resources.files("sovran.probes").joinpath("data/roles.yaml").read_text("utf-8")
    table = msgspec.convert(yaml.safe_load(text), Table)
    rows = tuple(row for one in table.operations for row in ((one, _mirrored(one)) if one.mirror else (one,)))
    return msgspec.structs.replace(table, operations=rows)


def _mirrored(row: Operation) -> Operation:
    """The same on what the foreign user made: who is of this project is denied what the foreign user may do there."""
    words = {word: f"{{{THEIRS}{word}}}" for word in row.words} | {
        word: f"{{{word}}}" for word in ("name", *OF_WHO_ASKS)
    }
    return msgspec.structs.replace(
        row,
        where="foreign project",
        send=filled(row.send, words),
        body=filled(row.body, words),
        sees=f"{THEIRS}{row.sees}" if row.sees else "",
        ends=f"{THEIRS}{row.ends}" if row.ends else "",
        allow=("foreign", *(persona for persona in row.allow if persona == "admin")),
        mirror=False,
    )
