# SPDX-License-Identifier: Apache-2.0
"""What a standard's YAML file may say, as strict records; docs/standards.md describes it for authors.

A scope's file has the form of `sovran.model.scope.Scope` itself.
"""

from typing import Annotated, Any

import msgspec

from sovran.model.claim import Level, Lifetime, Observer
from sovran.model.standard import Document

Text = Annotated[str, msgspec.Meta(min_length=1)]
Rule = Annotated[str, msgspec.Meta(pattern=r"^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)+$")]
Cell = str | int | float | bool | None
Observers = Annotated[tuple[Observer, ...], msgspec.Meta(min_length=1)]


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows of plain values that requirements and testcases draw on."""

    columns: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    rows: tuple[tuple[Cell, ...], ...]


class ClaimEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a requirement and a testcase both say."""

    id: Text
    text: Text
    level: Level
    rule: Rule | None
    """Null: no rule can decide it."""
    parameters: dict[str, Any] = {}
    """Keyword arguments of the rule; `{table: [a, b]}` stands for the rows of these tables, each a mapping."""
    source: Text
    cure: str = ""
    evidence: str = ""


class RequirementEntry(ClaimEntry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One demand of the text."""

    who: Observers
    parameters_by_document: dict[str, dict[str, Any]] = {}
    documents: tuple[Text, ...] = ()


class TestcaseEntry(ClaimEntry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One testcase of the official suite, or one for every row of the tables in `each`."""

    __test__ = False  # not for pytest

    who: Observers = (Observer.TENANT,)
    each: tuple[Text, ...] = ()
    covers: tuple[Text, ...] = ()
    lifetime: Lifetime = Lifetime.WEEK


class StandardFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One standard."""

    id: Text
    title: Text
    body: Text
    url: str = ""
    documents: Annotated[tuple[Document, ...], msgspec.Meta(min_length=1)]
    tables: dict[str, Table] = {}
    requirements: tuple[RequirementEntry, ...] = ()
    testcases: tuple[TestcaseEntry, ...] = ()
