# SPDX-License-Identifier: Apache-2.0
"""A run held against an earlier one: what is known, what is new, and which of them counts."""

import msgspec
import pytest

from sovran.conformance.baseline import with_baseline
from sovran.conformance.exit_code import exit_code
from sovran.model.errors import ExitCode
from sovran.model.report import Judgement, Report
from sovran.model.verdict import Verdict
from tests.conformance.test_difference import CLAIM, one
from tests.conformance.test_waivers import waiver
from tests.reports.samples import conformant, failing, finding, judgement, report

PASS, FAIL, ABORT, MISS, NA = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.MISS, Verdict.NOT_APPLICABLE
OK, UNDECIDED, NOT_CONFORMANT = ExitCode.OK, ExitCode.UNDECIDED, ExitCode.NOT_CONFORMANT


def held(before: Report, after: Report, *, only_new: bool = True) -> Report:
    (found,) = with_baseline([after], [before], only_new=only_new)
    return found


def claim(found: Report) -> Judgement:
    (judgement,) = [judgement for judgement in found.judgements if judgement.claim == CLAIM]
    return judgement


@pytest.mark.parametrize(
    ("before", "after", "known", "code"),
    [
        (one(FAIL, "a"), one(FAIL, "a"), True, OK),
        (one(FAIL, "a", "b"), one(FAIL, "a"), True, OK),
        (one(FAIL, "a", seen="1"), one(FAIL, "a", seen="2"), True, OK),
        (one(FAIL, "a"), one(FAIL, "a", "b"), False, NOT_CONFORMANT),
        (one(PASS), one(FAIL, "a"), False, NOT_CONFORMANT),
        (one(ABORT), one(FAIL, "a"), False, NOT_CONFORMANT),
        (one(None), one(FAIL, "a"), False, NOT_CONFORMANT),
        (one(ABORT), one(ABORT), True, OK),
        (one(FAIL, "a"), one(ABORT), False, UNDECIDED),
        (one(PASS), one(MISS), False, UNDECIDED),
        (one(PASS), one(PASS), False, OK),
    ],
)
def test_only_what_is_new_counts(before: Report, after: Report, known: bool, code: ExitCode) -> None:
    found = held(before, after)
    assert claim(found).known is known
    assert exit_code([found]) is code


def test_each_finding_says_whether_it_is_known() -> None:
    found = claim(held(one(FAIL, "a"), one(FAIL, "b", "a")))
    assert [finding.known for finding in found.findings] == [False, True]


def test_without_fail_on_new_everything_counts_and_is_marked() -> None:
    found = held(one(FAIL, "a"), one(FAIL, "a"), only_new=False)
    assert claim(found).known
    assert exit_code([found]) is NOT_CONFORMANT


def test_the_report_names_its_baseline() -> None:
    found = held(failing(), failing())
    assert found.baseline is not None
    assert (found.baseline.report, found.baseline.cloud) == (failing().id, "lab")
    assert found.baseline.checked_at == failing().checked_at


def test_known_and_waived_add_up() -> None:
    """One violation is known, the other waived: none is left that counts."""
    found = held(one(FAIL, "a"), one(FAIL, "a", "b"))
    (first, second) = claim(found).findings
    waived = msgspec.structs.replace(second, waiver=waiver().waiver)
    changed = msgspec.structs.replace(claim(found), findings=(first, waived))
    assert exit_code([msgspec.structs.replace(found, judgements=(changed,))]) is OK


def test_the_same_finding_twice_is_known_once() -> None:
    twice = finding("flavor", "a", "bad")
    before = msgspec.structs.replace(conformant(), judgements=(judgement(CLAIM, FAIL, findings=(twice,)),))
    after = msgspec.structs.replace(conformant(), judgements=(judgement(CLAIM, FAIL, findings=(twice, twice)),))
    found = held(before, after)
    assert [finding.known for finding in claim(found).findings] == [True, False]
    assert exit_code([found]) is NOT_CONFORMANT


def test_a_cloud_that_the_baseline_does_not_have_is_all_new() -> None:
    reports = with_baseline([report(cloud="a"), report(cloud="b")], [report(cloud="a")], only_new=True)
    assert reports[0].baseline is not None
    assert reports[1].baseline is None
    assert "no report on this cloud" in reports[1].notes[0]


@pytest.mark.parametrize(
    ("before", "after", "code"), [("", "503", UNDECIDED), ("503", "503", OK), ("503", "", OK), ("503", "429", OK)]
)
def test_what_a_failure_leaves_open_is_new_where_nothing_was_open(before: str, after: str, code: ExitCode) -> None:
    def failed(undecided: str) -> Report:
        bad = judgement(CLAIM, FAIL, findings=(finding("flavor", "a", "bad"),), undecided=undecided)
        return msgspec.structs.replace(conformant(), judgements=(bad,))

    assert exit_code([held(failed(before), failed(after))]) is code


def test_an_interrupted_run_stays_undecided() -> None:
    after = msgspec.structs.replace(one(ABORT), interrupted=True)
    assert exit_code([held(one(ABORT), after)]) is UNDECIDED
