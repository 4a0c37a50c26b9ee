# SPDX-License-Identifier: Apache-2.0
"""Everything that was loaded: standards, scopes, their claims by id, and the digest that reports carry."""

from functools import cached_property
from typing import TypeVar

import msgspec

from sovran.model.claim import Claim, Reading
from sovran.model.errors import UsageError
from sovran.model.scope import Scope
from sovran.model.standard import Standard
from sovran.standards.near import did_you_mean

Thing = TypeVar("Thing")


class Ruleset(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Standards and scopes by id, in the order in which they were loaded."""

    standards: dict[str, Standard]
    scopes: dict[str, Scope]
    digest: str
    """SHA-256 over names and contents of all files, 64 hexadecimal digits."""

    @cached_property
    def claims(self) -> dict[str, Claim]:
        """All requirements and testcases by id."""
        return {
            claim.id: claim
            for standard in self.standards.values()
            for claim in (*standard.requirements, *standard.testcases)
        }

    def standard(self, name: str) -> Standard:
        """The standard of this id; `0103` means `scs-0103` if no other ends so. Raises UsageError with near names."""
        ends = [key for key in self.standards if key.endswith(f"-{name}")]
        return _find(ends[0] if len(ends) == 1 else name, self.standards, "standard", "sovran standard list")

    def scope(self, name: str) -> Scope:
        """The scope of this id; raises UsageError with near names."""
        return _find(name, self.scopes, "scope", "sovran scope list")

    def claim(self, name: str) -> Claim:
        """The requirement or testcase of this id; raises UsageError with near names."""
        for scope in self.scopes.values() if name not in self.claims else ():
            for module in scope.modules:
                if any(name in testcases for testcases in module.targets.values()):
                    raise UsageError(f"`{name}` counts in {scope.id}, but sovran has no data on {module.standard} yet")
        if found := {name, f"scs-{name}"} & self.standards.keys():
            raise UsageError(f"`{name}` is a standard; see `sovran standard show {min(found)}` and name one of its ids")
        return _find(name, self.claims, "requirement or testcase", "sovran standard show ID")

    def counterparts(self, claim: Claim) -> tuple[Claim, ...]:
        """The claims of the other reading that speak of the same: testcases for a requirement, and the reverse."""
        standard = self.standards[claim.standard]
        if claim.reading is Reading.TEXT:
            return tuple(one for one in standard.testcases if claim.id in one.covers)
        return tuple(one for one in standard.requirements if one.id in claim.covers)


def _find(name: str, known: dict[str, Thing], noun: str, command: str) -> Thing:
    if name in known:
        return known[name]
    raise UsageError(f"unknown {noun} `{name}`{did_you_mean(name, known) or f'; see `{command}`'}")
