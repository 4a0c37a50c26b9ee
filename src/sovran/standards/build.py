# SPDX-License-Identifier: Apache-2.0
"""Makes a standard out of its file: tables become rows, testcase groups become testcases."""

from typing import Any

import msgspec

from sovran.model.claim import Claim, Reading
from sovran.model.standard import Standard
from sovran.standards.explain_error import Fault
from sovran.standards.fileformat import ClaimEntry, RequirementEntry, StandardFile, Table, TestcaseEntry
from sovran.standards.near import did_you_mean
from sovran.standards.template import TemplateError, fill

Row = dict[str, Any]
Place = tuple[str, int]
"""Where in the file an entry stands, e.g. `("requirements", 3)`."""


class Built(msgspec.Struct, frozen=True):
    """A standard, and where in its file each claim stands."""

    standard: Standard
    places: dict[str, Place]


def build(file: StandardFile) -> Built:
    """The standard that the file describes; raises Fault for what is wrong inside the file."""
    tables = {name: _rows(name, table) for name, table in file.tables.items()}
    places: dict[str, Place] = {}
    requirements: list[Claim] = []
    testcases: list[Claim] = []
    for index, requirement in enumerate(file.requirements):
        claim = _requirement(file.id, requirement, tables, ("requirements", index))
        _add(claim, requirements, places, ("requirements", index))
    for index, testcase in enumerate(file.testcases):
        for claim in _testcases(file.id, testcase, tables, ("testcases", index)):
            _add(claim, testcases, places, ("testcases", index))
    standard = Standard(
        id=file.id,
        title=file.title,
        body=file.body,
        url=file.url,
        documents=file.documents,
        requirements=tuple(requirements),
        testcases=tuple(testcases),
    )
    return Built(standard, places)


def _add(claim: Claim, claims: list[Claim], places: dict[str, Place], place: Place) -> None:
    if claim.id in places:
        raise Fault(f"the id `{claim.id}` stands twice in this file; ids are unique", *place, "id")
    places[claim.id] = place
    claims.append(claim)


def _rows(name: str, table: Table) -> list[Row]:
    width = len(table.columns)
    for index, row in enumerate(table.rows):
        if len(row) != width:
            reason = f"this row of `{name}` has {len(row)} values for {width} columns ({', '.join(table.columns)})"
            raise Fault(reason, "tables", name, "rows", index)
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def _requirement(standard: str, entry: RequirementEntry, tables: dict[str, list[Row]], place: Place) -> Claim:
    by_document = {
        version: _expand(parameters, tables, (*place, "parameters_by_document", version))
        for version, parameters in entry.parameters_by_document.items()
    }
    return Claim(
        **_common(standard, entry),
        reading=Reading.TEXT,
        parameters=_expand(entry.parameters, tables, (*place, "parameters")),
        parameters_by_document=by_document,
        documents=entry.documents,
    )


def _testcases(standard: str, entry: TestcaseEntry, tables: dict[str, list[Row]], place: Place) -> list[Claim]:
    parameters = _expand(entry.parameters, tables, (*place, "parameters"))
    claim = Claim(
        **_common(standard, entry),
        reading=Reading.OFFICIAL,
        parameters=parameters,
        covers=entry.covers,
        lifetime=entry.lifetime,
    )
    if not entry.each:
        return [claim]
    rows = _table_rows(list(entry.each), tables, (*place, "each"))
    return [_fill(claim, row, place) for row in rows]


def _common(standard: str, entry: RequirementEntry | TestcaseEntry) -> dict[str, Any]:
    shared = {name: getattr(entry, name) for name in ClaimEntry.__struct_fields__ if name != "parameters"}
    return {**shared, "who": entry.who, "standard": standard}


def _fill(claim: Claim, row: Row, place: Place) -> Claim:
    changes = {}
    for name in ("id", "text", "parameters", "source", "cure", "evidence"):
        try:
            changes[name] = fill(getattr(claim, name), row)
        except TemplateError as error:
            raise Fault(str(error), *place, name) from error
    return msgspec.structs.replace(claim, **changes)


def _expand(parameters: dict[str, Any], tables: dict[str, list[Row]], path: tuple[str | int, ...]) -> dict[str, Any]:
    """The parameters with `{table: ...}` replaced by rows."""
    return {
        name: _table_rows(value["table"], tables, (*path, name, "table"))
        if isinstance(value, dict) and value.keys() == {"table"}
        else value
        for name, value in parameters.items()
    }


def _table_rows(names: Any, tables: dict[str, list[Row]], path: tuple[str | int, ...]) -> list[Row]:
    rows: list[Row] = []
    for name in names if isinstance(names, list) else [names]:
        if name not in tables:
            raise Fault(f"`{name}` is not a table of this file{did_you_mean(str(name), tables)}", *path)
        rows.extend(tables[name])
    return rows
