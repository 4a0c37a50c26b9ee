# SPDX-License-Identifier: Apache-2.0
"""What differs between two runs, and what that means for the exit code."""

import msgspec
import pytest

from sovran.conformance.difference import ClaimChange, Trend, difference
from sovran.model.errors import ExitCode
from sovran.model.finding import Finding
from sovran.model.report import Report
from sovran.model.verdict import Verdict
from tests.reports.samples import aborted, conformant, failing, finding, judgement, report

CLAIM = "scs-0100-syntax-check"
PASS, FAIL, ABORT, MISS, NA = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.MISS, Verdict.NOT_APPLICABLE


def one(verdict: Verdict | None, *names: str, reason: str = "why", seen: str = "") -> Report:
    """A report on one claim alone."""
    findings = tuple(finding("flavor", name, f"{name} {seen}", field="name", seen=seen) for name in names)
    found = judgement(CLAIM, verdict, reason=reason, findings=findings) if verdict else None
    return msgspec.structs.replace(conformant(), judgements=(found,) if found else ())


def changes(before: Report, after: Report) -> tuple[ClaimChange, ...]:
    (cloud,) = difference([before], [after]).clouds
    return cloud.changes


@pytest.mark.parametrize(
    ("before", "after", "trend", "code"),
    [
        (one(PASS), one(FAIL, "a"), Trend.WORSE, ExitCode.NOT_CONFORMANT),
        (one(ABORT), one(FAIL, "a"), Trend.WORSE, ExitCode.NOT_CONFORMANT),
        (one(None), one(FAIL, "a"), Trend.WORSE, ExitCode.NOT_CONFORMANT),
        (one(FAIL, "a"), one(FAIL, "a", "b"), Trend.WORSE, ExitCode.NOT_CONFORMANT),
        (one(FAIL, "a"), one(FAIL, "b"), Trend.WORSE, ExitCode.NOT_CONFORMANT),
        (one(PASS), one(ABORT), Trend.UNDECIDED, ExitCode.UNDECIDED),
        (one(FAIL, "a"), one(ABORT), Trend.UNDECIDED, ExitCode.UNDECIDED),
        (one(PASS), one(None), Trend.UNDECIDED, ExitCode.UNDECIDED),
        (one(ABORT), one(MISS), Trend.OTHER, ExitCode.UNDECIDED),
        (one(None), one(ABORT), Trend.OTHER, ExitCode.UNDECIDED),
        (one(PASS), one(NA), Trend.OTHER, ExitCode.UNDECIDED),
        (one(NA), one(PASS), Trend.OTHER, ExitCode.UNDECIDED),
        (one(FAIL, "a"), one(PASS), Trend.BETTER, ExitCode.OK),
        (one(FAIL, "a"), one(NA), Trend.BETTER, ExitCode.OK),
        (one(ABORT), one(PASS), Trend.BETTER, ExitCode.OK),
        (one(None), one(PASS), Trend.BETTER, ExitCode.OK),
        (one(FAIL, "a", "b"), one(FAIL, "b"), Trend.BETTER, ExitCode.OK),
        (one(FAIL, "a", seen="1"), one(FAIL, "a", seen="2"), Trend.DETAILS, ExitCode.OK),
        (one(ABORT, reason="503"), one(ABORT, reason="429"), Trend.DETAILS, ExitCode.OK),
    ],
)
def test_where_a_change_leads(before: Report, after: Report, trend: Trend, code: ExitCode) -> None:
    (change,) = changes(before, after)
    assert change.trend is trend
    assert difference([before], [after]).code is code


@pytest.mark.parametrize("verdict", [PASS, FAIL, ABORT, MISS, NA])
def test_the_same_is_no_change(verdict: Verdict) -> None:
    found = difference([one(verdict, "a")], [one(verdict, "a")])
    assert found.clouds[0].changes == ()
    assert (found.clouds[0].same, found.code) == (1, ExitCode.OK)


def test_the_resources_that_caused_it_are_named() -> None:
    (change,) = changes(one(FAIL, "a", "b", seen="1"), one(FAIL, "b", "c", seen="2"))

    def names(findings: tuple[Finding, ...]) -> list[str]:
        return [finding.resource.name for finding in findings if finding.resource]

    assert (names(change.appeared), names(change.disappeared)) == (["c"], ["a"])
    ((before, after),) = change.changed
    assert (before.seen, after.seen) == ("1", "2")


def test_a_report_equals_itself() -> None:
    found = difference([failing()], [failing()])
    assert found.clouds[0].changes == ()
    assert found.clouds[0].conditions == ()
    assert found.clouds[0].same == len(failing().judgements)


def test_the_worst_stands_first() -> None:
    trends = [change.trend for change in changes(failing(), aborted())]
    assert trends == sorted(trends, key=list(Trend).index)
    assert {Trend.UNDECIDED, Trend.OTHER, Trend.DETAILS} == set(trends)


def test_conditions_name_what_differs_in_how_it_was_judged() -> None:
    after = msgspec.structs.replace(conformant(), requests=12, ruleset="ab" * 32, sovran="0.2.0", interrupted=True)
    (cloud,) = difference([conformant()], [after]).clouds
    found = {one.name: (one.before, one.after) for one in cloud.conditions}
    assert found == {
        "requests": ("11", "12"),
        "standards and scopes": ("", "ab" * 6),
        "sovran": ("0.1.0", "0.2.0"),
        "interrupted": ("no", "yes"),
    }


def test_requests_that_only_one_recording_has_are_named() -> None:
    asked = frozenset({"compute /flavors", "image /v2/images"}), frozenset({"compute /flavors"})
    (cloud,) = difference([conformant()], [conformant()], asked).clouds
    assert [(one.name, one.before, one.after) for one in cloud.conditions] == [
        ("requests only there", "image /v2/images", "")
    ]
    assert difference([conformant()], [conformant()], (asked[0], None)).clouds[0].conditions == ()


def test_a_failure_that_leaves_more_open_is_not_decided_any_more() -> None:
    before, after = one(FAIL, "a"), one(FAIL, "a")
    opened = msgspec.structs.replace(after.judgements[0], undecided="503")
    (change,) = changes(before, msgspec.structs.replace(after, judgements=(opened,)))
    assert change.trend is Trend.UNDECIDED
    assert change.reason_after.endswith("; undecided: 503")


def test_clouds_without_partner_leave_it_undecided() -> None:
    found = difference([report(cloud="a"), report(cloud="b")], [report(cloud="a")])
    assert [side.cloud for side in found.only_before] == ["b"]
    assert found.code is ExitCode.UNDECIDED
