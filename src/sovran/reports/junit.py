# SPDX-License-Identifier: Apache-2.0
"""The report for CI systems: JUnit XML, one suite per cloud and scope, and one per cloud for the readings of the text.

FAIL is a failure, ABORT an error, MISS and NOT APPLICABLE are skipped. Skipped too, with the reason, is what must not
break a pipeline: a requirement that the text only recommends, what is waived, and with `--fail-on new` what is known.
"""

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree

from sovran.model.claim import Reading
from sovran.model.finding import Finding
from sovran.model.printable import printable
from sovran.model.report import Judgement, Report, ScopeResult
from sovran.model.verdict import Verdict
from sovran.reports import acted
from sovran.reports.accepted import accepted, summary, warnings
from sovran.reports.digest import checked_at, is_advice, scope_name, violations

ELEMENTS = {
    Verdict.FAIL: "failure",
    Verdict.ABORT: "error",
    Verdict.MISS: "skipped",
    Verdict.NOT_APPLICABLE: "skipped",
}
ATTRIBUTE_LIMIT = 300
"""Characters of an attribute with text from the cloud."""
LINE_LIMIT = 2000
"""Characters of one line of an element's text."""


def render(reports: Sequence[Report]) -> str:
    """Return one XML document, valid whatever the names contain: what XML cannot carry stands there as an escape."""
    root = ElementTree.Element("testsuites", {"name": "sovran"})
    for report in reports:
        official = {judgement.claim: judgement for judgement in report.judged(Reading.OFFICIAL)}
        for scope in report.scopes:
            asked = dict.fromkeys(claim for claims in scope.testcases.values() for claim in claims)
            _suite(root, report, scope_name(scope), scope, [official[claim] for claim in asked if claim in official])
        requirements = report.judged(Reading.TEXT)
        if requirements:
            _suite(root, report, "by the text", None, requirements)
    for word in ("tests", "failures", "errors", "skipped"):
        root.set(word, str(sum(int(suite.get(word, "0")) for suite in root)))
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _suite(
    root: ElementTree.Element,
    report: Report,
    name: str,
    scope: ScopeResult | None,
    judgements: Sequence[Judgement],
) -> None:
    """Add one suite; `seconds` of the report stand at each, since testcases share what was fetched."""
    elements = [_element(report, judgement) for judgement in judgements]
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        {
            "name": _attribute(f"{report.cloud.name} {name}"),
            "package": _attribute(report.cloud.name),
            "id": str(len(root)),
            "timestamp": f"{checked_at(report):%Y-%m-%dT%H:%M:%S}",
            "hostname": _attribute(report.cloud.name) or "cloud",
            "tests": str(len(judgements)),
            "failures": str(elements.count("failure")),
            "errors": str(elements.count("error")),
            "skipped": str(elements.count("skipped")),
            "time": f"{report.seconds:.3f}",
        },
    )
    properties = ElementTree.SubElement(suite, "properties")
    for key, value in _properties(report, scope):
        ElementTree.SubElement(properties, "property", {"name": key, "value": _attribute(value)})
    for judgement in judgements:
        _testcase(suite, report, judgement)
    ElementTree.SubElement(suite, "system-out").text = _lines([*summary(report), *_access(report), report.statement])
    ElementTree.SubElement(suite, "system-err").text = _lines(
        (*acted.left_behind(report), *report.notes, *warnings(report))
    )


def _properties(report: Report, scope: ScopeResult | None) -> Iterable[tuple[str, str]]:
    yield "report", report.id
    yield "sovran", report.sovran
    yield "region", report.cloud.region
    yield "project", report.cloud.project
    yield "admin", str(report.cloud.admin).lower()
    yield "interrupted", str(report.interrupted).lower()
    if report.replay:
        yield "replay_of", report.replay.snapshot
    for run in report.probes:
        yield f"probe.{printable(run.name, limit=ATTRIBUTE_LIMIT)}", acted.did(run)
    for number, matrix in enumerate(report.matrices, 1):
        yield f"matrix.{number}", f"{matrix.title}: {acted.headline(matrix)}"
    if scope is not None:
        yield "scope", scope_name(scope)
        yield "state", scope.state.value
        yield "complete", str(scope.complete).lower()


def _access(report: Report) -> Iterable[str]:
    """Who may do what, as far as it is not as expected."""
    for matrix in report.matrices:
        yield f"{matrix.title}: {acted.headline(matrix)}"
        for row, cell in acted.telling(matrix):
            said = f": {cell.said}" if cell.said else ""
            yield f"{cell.access.value}: {cell.persona}: {acted.operation(row)}{said}"


def _testcase(suite: ElementTree.Element, report: Report, judgement: Judgement) -> None:
    reading = "official" if judgement.reading is Reading.OFFICIAL else "text"
    testcase = ElementTree.SubElement(
        suite,
        "testcase",
        {
            "classname": _attribute(f"{judgement.standard}.{reading}"),
            "name": _attribute(judgement.claim),
            "time": "0",
        },
    )
    element = _element(report, judgement)
    if element is None:
        return
    kind = f"{judgement.level.value} {judgement.verdict.value}"
    outcome = ElementTree.SubElement(testcase, element, {"message": _attribute(judgement.reason or judgement.text)})
    if element == "skipped":
        told = next(filter(None, (_accepted(finding) for finding in violations(judgement))), "")
        outcome.set("message", _attribute(f"{kind}{told}: {judgement.reason or judgement.text}"))
    else:
        outcome.set("type", kind)
    lines = [judgement.text, *(_message(finding) for finding in violations(judgement))]
    lines += [f"besides undecided: {judgement.undecided}"] if judgement.undecided else []
    outcome.text = _lines(lines)


def _element(report: Report, judgement: Judgement) -> str | None:
    element = ELEMENTS.get(judgement.verdict)
    if element and is_advice(judgement):
        return "skipped"
    counted = judgement.counted(only_new=report.only_new)
    return element if counted is judgement.verdict else ELEMENTS.get(counted, "skipped")


def _accepted(finding: Finding) -> str:
    return f" ({text})" if (text := accepted(finding)) else ""


def _message(finding: Finding) -> str:
    return f"{finding.message}{_accepted(finding)}"


def _attribute(text: str) -> str:
    return printable(text, limit=ATTRIBUTE_LIMIT)


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(printable(text, limit=LINE_LIMIT) for text in texts)
