# SPDX-License-Identifier: Apache-2.0
"""Waivers: read from a file, strictly, and laid on the findings of a report. No verdict changes by them."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, ClassVar

import msgspec

from sovran.model.finding import Finding, Weight
from sovran.model.report import Judgement, Report
from sovran.model.waiver import Waiver, WaiverUse
from sovran.standards.explain_error import Fault
from sovran.standards.near import did_you_mean
from sovran.standards.ruleset import Ruleset
from sovran.standards.yamlfile import decode, read_source

Text = Annotated[str, msgspec.Meta(min_length=1)]
ANY = "*"


class WaiverEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of the file, as its author may write it."""

    NOUN: ClassVar[str] = "a waiver"

    id: Text
    resource: Text = ANY
    reason: Text
    owner: Text
    until: datetime.date


@dataclass(frozen=True)
class PlacedWaiver:
    """A waiver, and where it stands."""

    waiver: Waiver
    place: str


def read_waivers(path: Path, ruleset: Ruleset) -> tuple[PlacedWaiver, ...]:
    """The waivers in the file at `path`, in its order.

    Raises UsageError with file, line and reason for what is not a list of waivers, and for an id that matches nothing
    that sovran knows: a mistyped waiver must not look as if it held.
    """
    source = read_source(path)
    entries = decode(source, tuple[WaiverEntry, ...], content_name="a list of waivers")
    known = _known(ruleset)
    for number, entry in enumerate(entries):
        if not any(fnmatchcase(name, entry.id) for name in known):
            fault = Fault(
                f"`{entry.id}` matches no requirement or testcase{did_you_mean(entry.id, known)}", number, "id"
            )
            raise source.error(fault) from fault
    lines = zip(entries, source.item_lines(), strict=True)
    return tuple(_placed(entry, f"{path}, line {line}") for entry, line in lines)


def with_waivers(report: Report, given: Sequence[PlacedWaiver], today: datetime.date) -> Report:
    """The report with each violation that a waiver covers marked by the first one, in order, that has not expired.

    `today` is the day, UTC, on which a waiver must still hold; its last day is included. Verdicts stay as they are.
    """
    holding = [one.waiver for one in given if today <= one.waiver.until]
    judgements = tuple(_laid_on(judgement, holding) for judgement in report.judgements)
    uses = tuple(
        WaiverUse(
            waiver=one.waiver,
            place=one.place,
            expired=today > one.waiver.until,
            findings=sum(_covers(one.waiver, judgement, finding) for judgement, finding in _violations(report)),
        )
        for one in given
    )
    return msgspec.structs.replace(report, judgements=judgements, waivers=uses)


def _known(ruleset: Ruleset) -> set[str]:
    """Ids of all claims, and of the testcases of standards whose data is not loaded."""
    named = {
        name
        for scope in ruleset.scopes.values()
        for module in scope.modules
        for testcases in module.targets.values()
        for name in testcases
    }
    return named | ruleset.claims.keys()


def _placed(entry: WaiverEntry, place: str) -> PlacedWaiver:
    return PlacedWaiver(
        Waiver(id=entry.id, resource=entry.resource, reason=entry.reason, owner=entry.owner, until=entry.until), place
    )


def _violations(report: Report) -> list[tuple[Judgement, Finding]]:
    return [(judgement, finding) for judgement in report.judgements for finding in judgement.violations]


def _laid_on(judgement: Judgement, holding: Sequence[Waiver]) -> Judgement:
    if not holding or not judgement.violations:
        return judgement
    findings = tuple(_waived(judgement, finding, holding) for finding in judgement.findings)
    return msgspec.structs.replace(judgement, findings=findings)


def _waived(judgement: Judgement, finding: Finding, holding: Sequence[Waiver]) -> Finding:
    waiver = next((one for one in holding if _covers(one, judgement, finding)), None)
    if waiver is None or finding.weight is not Weight.VIOLATION:
        return finding
    return msgspec.structs.replace(finding, waiver=waiver)


def _covers(waiver: Waiver, judgement: Judgement, finding: Finding) -> bool:
    if not fnmatchcase(judgement.claim, waiver.id):
        return False
    if waiver.resource == ANY:
        return True
    resource = finding.resource
    # an empty name or id is none: a pattern that fits the empty text must not reach what has no name
    names = (resource.name, resource.id) if resource else ()
    return any(name and fnmatchcase(name, waiver.resource) for name in names)
