# SPDX-License-Identifier: Apache-2.0
"""A report held against an earlier one: what that one has too is known, all else is new."""

from collections.abc import Sequence

import msgspec

from sovran.conformance.matching import match_findings, pair_reports
from sovran.model.finding import Finding, Weight
from sovran.model.report import Baseline, Judgement, Report
from sovran.model.verdict import Verdict


def with_baseline(reports: Sequence[Report], earlier: Sequence[Report], *, only_new: bool) -> tuple[Report, ...]:
    """The reports with marks on what the `earlier` ones on the same clouds have too.

    A judgement that is not PASS is known when the verdict is the same and, of a FAIL, every violation is. A cloud that
    the baseline does not speak of gets a note: all of it is new.
    """
    pairs, _, alone = pair_reports(earlier, reports)
    partners = {id(after): before for before, after in pairs}
    return tuple(
        _without_partner(report)
        if any(report is one for one in alone)
        else _marked(report, partners[id(report)], only_new=only_new)
        for report in reports
    )


def _without_partner(report: Report) -> Report:
    note = "the baseline has no report on this cloud, so everything counts as new"
    return msgspec.structs.replace(report, notes=(*report.notes, note))


def _marked(report: Report, earlier: Report, *, only_new: bool) -> Report:
    before = {judgement.claim: judgement for judgement in earlier.judgements}
    return msgspec.structs.replace(
        report,
        judgements=tuple(_held(judgement, before.get(judgement.claim)) for judgement in report.judgements),
        baseline=Baseline(
            report=earlier.id, cloud=earlier.cloud.name, checked_at=earlier.checked_at, only_new=only_new
        ),
    )


def _held(judgement: Judgement, before: Judgement | None) -> Judgement:
    if before is None or judgement.verdict is Verdict.PASS:
        return judgement
    matched = match_findings(before.violations, judgement.violations)
    places = [number for number, finding in enumerate(judgement.findings) if finding.weight is Weight.VIOLATION]
    known = {places[position] for position in matched.positions}
    findings = tuple(_known(one) if number in known else one for number, one in enumerate(judgement.findings))
    # what a FAIL leaves open beside its violations is new where the baseline left nothing open
    same = (
        judgement.verdict is before.verdict and not matched.come and bool(before.undecided) >= bool(judgement.undecided)
    )
    return msgspec.structs.replace(judgement, findings=findings, known=same)


def _known(finding: Finding) -> Finding:
    return msgspec.structs.replace(finding, known=True)
