# SPDX-License-Identifier: Apache-2.0
"""Claims: what a standard demands (requirement) and what the official suite asks (testcase)."""

from enum import StrEnum
from typing import Any

import msgspec


class Reading(StrEnum):
    """Who defines what a claim's id means; the two are shown side by side and never mixed."""

    OFFICIAL = "official"
    """The upstream suite's testcase, with the suite's meaning, since its result goes to the official monitor."""
    TEXT = "text"
    """The requirement as the standard's text has it."""

    @property
    def meaning(self) -> str:
        """What a verdict in this reading says, in one sentence."""
        if self is Reading.OFFICIAL:
            return "As the official suite decides, even where the text of the standard is milder or stricter."
        return "As the text of the standard has it, also where no official testcase looks."


class Level(StrEnum):
    """How strongly the text demands it (RFC 2119); INFO only defines."""

    MUST = "MUST"
    MUST_NOT = "MUST NOT"
    SHOULD = "SHOULD"
    SHOULD_NOT = "SHOULD NOT"
    MAY = "MAY"
    INFO = "INFO"

    @property
    def binding(self) -> bool:
        """True when a cloud that does otherwise does not conform."""
        return self in (Level.MUST, Level.MUST_NOT)

    @property
    def judged(self) -> bool:
        """False for permissions and definitions: a cloud can neither keep nor break them."""
        return self not in (Level.MAY, Level.INFO)


class Observer(StrEnum):
    """Who can see whether a claim holds."""

    TENANT = "tenant"
    """An ordinary member of a project."""
    MANAGER = "manager"
    """A holder of the domain-scoped manager role."""
    OPERATOR = "operator"
    """Someone with admin rights or access to the hosts."""
    DOCUMENT = "document"
    """Nobody by API: written evidence is needed."""


class Lifetime(StrEnum):
    """How long the result of a testcase counts (SCS-0003, testcases); `sovran.standards.lifetime` tells the day."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Claim(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One atomic statement about a cloud that can be true or false."""

    id: str
    """Unique over all standards: `scs-0103-flavor-1v-4` (testcase) or `0103-01` (requirement)."""
    standard: str
    """Id of the standard it belongs to, e.g. `scs-0103`."""
    reading: Reading
    text: str
    """One sentence in our own words."""
    level: Level
    who: tuple[Observer, ...]
    rule: str | None
    """Name of the rule that decides it, `module.function` below `sovran.rules`; None: no rule can (MISS)."""
    parameters: dict[str, Any] = {}
    """Keyword arguments of the rule."""
    parameters_by_document: dict[str, dict[str, Any]] = {}
    """Requirements only: further arguments that differ by version of the document (`v1`) or by the scope's module of it
    (`v1-1`); see `for_document`."""
    source: str
    """Document and section that say so."""
    cure: str = ""
    """What an operator does about a FAIL."""
    evidence: str = ""
    """What would decide it where no rule can."""
    documents: tuple[str, ...] = ()
    """Requirements only: versions of the document that contain it (`v1`); empty means all."""
    covers: tuple[str, ...] = ()
    """Testcases only: the requirements that it looks at, at least in part."""

    lifetime: Lifetime = Lifetime.WEEK
    """Testcases only: how long a result of it counts."""

    def for_document(self, version: str, module: str = "") -> "Claim":
        """The claim as this version of the document (`v1`) has it: with the arguments that hold there, and before them
        those of the scope's `module` of it (`v1-1`).
        """
        if not self.parameters_by_document:
            return self
        by_document = self.parameters_by_document
        parameters = {**self.parameters, **by_document.get(version, {}), **by_document.get(module, {})}
        return msgspec.structs.replace(self, parameters=parameters, parameters_by_document={})
