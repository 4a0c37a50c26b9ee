# SPDX-License-Identifier: Apache-2.0
"""What the parts of the page know of one report: anchors, excerpts, how much is shown, and how a verdict is called."""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sovran.model.finding import Finding, Resource, Weight
from sovran.model.report import Excerpt, Judgement, Report
from sovran.model.verdict import Verdict
from sovran.reports import digest

MOST_FINDINGS, FEWEST_FINDINGS, ALL_FINDINGS = 100, 10, 2500
"""Of a claim where few have many, of a claim where many have, and of a page: it shall stay usable."""
ALL_RESOURCES = 250
"""Of a page."""
LONGEST_ANCHOR = 80
OWN = "sovran-"
"""Begins the anchors that are the page's own; no anchor of a claim or a resource begins so."""

KINDS = {
    Verdict.FAIL: "fail",
    Verdict.ABORT: "open",
    Verdict.MISS: "none",
    Verdict.NOT_APPLICABLE: "na",
    Verdict.PASS: "pass",
}
ADVICE = "should"
WORDS = {
    "fail": "Fail",
    ADVICE: "Against a SHOULD",
    "open": "Undecided",
    "none": "Not run",
    "na": "Not applicable",
    "pass": "Pass",
}
"""Kind of mark to how it is called, worst first."""


def kind(judgement: Judgement) -> str:
    """How a judgement is marked: by its verdict, but a recommendation that is not followed is no failure."""
    return ADVICE if digest.is_advice(judgement) else KINDS[judgement.verdict]


def spoken(how: str) -> str:
    """What a kind is called in the middle of a sentence."""
    return WORDS[how][0].lower() + WORDS[how][1:]


class Anchors:
    """Names of places in the page: the same from run to run, and never two the same."""

    def __init__(self) -> None:
        self._of_key: dict[tuple[str, ...], str] = {}
        self._taken: set[str] = set()

    def of(self, *key: str) -> str:
        """The anchor of a thing: its key joined by dots, as it is, or what is legible of it and a checksum."""
        if key not in self._of_key:
            self._of_key[key] = self._new(".".join(part for part in key if part))
        return self._of_key[key]

    def _new(self, wanted: str) -> str:
        legible = re.sub(r"[^A-Za-z0-9._-]+", "~", wanted)[:LONGEST_ANCHOR]
        if legible != wanted:
            legible += f"~{zlib.crc32(wanted.encode(errors='replace')):08x}"
        if not legible or legible.startswith(OWN):
            legible = f"~{legible}"
        anchor, number = legible, 1
        while anchor in self._taken:
            number += 1
            anchor = f"{legible}~{number}"
        self._taken.add(anchor)
        return anchor


ResourceKey = tuple[str, str]
"""Kind, and id or else name."""


def resource_key(resource: Resource) -> ResourceKey:
    """What makes two findings be about the same resource."""
    return resource.kind, resource.id or resource.name


@dataclass(slots=True)
class Seen:
    """A resource and all that was found on it."""

    resource: Resource
    findings: list[tuple[Judgement, Finding]] = field(default_factory=list)

    @property
    def violations(self) -> int:
        """How many of its findings made a claim fail."""
        return sum(finding.weight is Weight.VIOLATION for _, finding in self.findings)


class View:
    """One report, as the page shows it."""

    def __init__(
        self, report: Report, anchors: Anchors, *, prefix: str, findings: int, resources: int, top: int
    ) -> None:
        """`prefix`: begins its anchors where there are several clouds; `top`: level of its heading."""
        self.report = report
        self.top = top
        self.findings_shown = findings
        self._anchors = anchors
        self._prefix = prefix
        self._used: set[str] = set()
        self.claims = {judgement.claim: judgement for judgement in reversed(report.judgements)}
        self._excerpts = {excerpt.resource: excerpt for excerpt in report.excerpts}
        everything = _resources(report.judgements)
        self.resource_count = len(everything)
        self.resources = {resource_key(seen.resource): seen for seen in everything[:resources]}

    def heading(self, below: int = 0) -> str:
        """The tag of a heading that is so many levels below that of the cloud."""
        return f"h{self.top + below}"

    def anchor(self, claim: str) -> str:
        """Where a claim stands."""
        return self._anchors.of(self._prefix, claim)

    def standard_anchor(self, standard: str) -> str:
        """Where a standard stands."""
        return self._anchors.of(self._prefix, standard)

    def own_anchor(self, name: str) -> str:
        """Where a part of ours stands."""
        return OWN + self._anchors.of(self._prefix, "part", name)

    def resource_anchor(self, resource: Resource) -> str | None:
        """Where a resource stands; None when it is not shown."""
        key = resource_key(resource)
        return self._anchors.of(self._prefix, *key) if key in self.resources else None

    def once(self, anchor: str) -> str | None:
        """The anchor the first time; None after that, since a page must not have it twice."""
        if anchor in self._used:
            return None
        self._used.add(anchor)
        return anchor

    def excerpt(self, resource: Resource) -> Excerpt | None:
        """What the cloud itself said about it."""
        return self._excerpts.get(resource.id) if resource.id else None


def views(reports: Sequence[Report]) -> tuple[View, ...]:
    """The reports, sharing the room that a page has."""
    anchors = Anchors()
    several = len(reports) > 1
    crowded = sum(bool(judgement.findings) for report in reports for judgement in report.judgements)
    findings = max(FEWEST_FINDINGS, min(MOST_FINDINGS, ALL_FINDINGS // max(1, crowded)))
    found: list[View] = []
    for number, report in enumerate(reports):
        name = report.cloud.name or "cloud"
        twice = any(other.cloud.name == report.cloud.name for other in reports[:number])
        prefix = (f"{name}~{number + 1}" if twice else name) if several else ""
        resources = max(FEWEST_FINDINGS, ALL_RESOURCES // len(reports))
        top = 2 if several else 1
        found.append(View(report, anchors, prefix=prefix, findings=findings, resources=resources, top=top))
    return tuple(found)


def _resources(judgements: Iterable[Judgement]) -> list[Seen]:
    """Resources that findings name, those with most violations first."""
    found: dict[ResourceKey, Seen] = {}
    for judgement in judgements:
        for finding in judgement.findings:
            if finding.resource is not None:
                key = resource_key(finding.resource)
                if key not in found:
                    found[key] = Seen(finding.resource)
                found[key].findings.append((judgement, finding))
    return sorted(found.values(), key=lambda seen: -seen.violations)
