# SPDX-License-Identifier: Apache-2.0
"""Exit codes of a check: main testcases first, and nothing is shown without a PASS."""

import msgspec
import pytest

from sovran.conformance.exit_code import exit_code
from sovran.model.claim import Level
from sovran.model.errors import ExitCode
from sovran.model.report import Judgement, Report
from sovran.model.verdict import Verdict
from tests.conformance.test_waivers import waiver
from tests.reports.samples import conformant, finding, judgement

OK, UNDECIDED, NOT_CONFORMANT = ExitCode.OK, ExitCode.UNDECIDED, ExitCode.NOT_CONFORMANT
PASS, FAIL, ABORT, MISS, NOT_APPLICABLE = (
    Verdict.PASS,
    Verdict.FAIL,
    Verdict.ABORT,
    Verdict.MISS,
    Verdict.NOT_APPLICABLE,
)


def main(*verdicts: Verdict) -> tuple[Judgement, ...]:
    return tuple(judgement(f"scs-0100-{number}", one, target="main") for number, one in enumerate(verdicts))


def other(*verdicts: Verdict) -> tuple[Judgement, ...]:
    return tuple(judgement(f"scs-0103-{number}", one, target="recommended") for number, one in enumerate(verdicts))


def text(level: Level, *verdicts: Verdict) -> tuple[Judgement, ...]:
    return tuple(judgement(f"0100-{number}", one, level=level, target="") for number, one in enumerate(verdicts))


def report(*judgements: Judgement, interrupted: bool = False) -> Report:
    return msgspec.structs.replace(conformant(), judgements=judgements, interrupted=interrupted)


@pytest.mark.parametrize(
    ("judgements", "expected"),
    [
        (main(PASS, PASS), OK),
        (main(PASS, NOT_APPLICABLE), OK),
        (main(PASS, FAIL, ABORT), NOT_CONFORMANT),
        (main(PASS, ABORT), UNDECIDED),
        (main(PASS, MISS), UNDECIDED),
        (main(NOT_APPLICABLE), UNDECIDED),
        # main testcases decide alone where there are any
        ((*main(PASS), *other(FAIL), *text(Level.MUST, FAIL, ABORT)), OK),
        ((*main(ABORT), *other(PASS), *text(Level.MUST, PASS)), UNDECIDED),
        # else other testcases and binding requirements
        (other(PASS), OK),
        (other(FAIL), NOT_CONFORMANT),
        ((*other(PASS), *text(Level.SHOULD, FAIL)), OK),
        (text(Level.MUST, PASS, NOT_APPLICABLE), OK),
        (text(Level.MUST, NOT_APPLICABLE, NOT_APPLICABLE), UNDECIDED),
        (text(Level.MUST_NOT, FAIL), NOT_CONFORMANT),
        ((*text(Level.SHOULD, FAIL), *text(Level.MUST, PASS)), OK),
        # else whatever was asked
        (text(Level.SHOULD, PASS), OK),
        (text(Level.SHOULD_NOT, FAIL), NOT_CONFORMANT),
        (text(Level.SHOULD, ABORT), UNDECIDED),
        ((), UNDECIDED),
    ],
)
def test_one_report(judgements: tuple[Judgement, ...], expected: ExitCode) -> None:
    assert exit_code([report(*judgements)]) is expected


def test_the_worst_of_several_clouds() -> None:
    good, bad, open_ = report(*main(PASS)), report(*main(FAIL)), report(*main(NOT_APPLICABLE))
    assert exit_code([good, good]) is OK
    assert exit_code([good, open_]) is UNDECIDED
    assert exit_code([open_, bad, good]) is NOT_CONFORMANT


def test_an_interrupted_run_is_undecided_unless_something_failed() -> None:
    assert exit_code([report(*main(PASS), interrupted=True)]) is UNDECIDED
    assert exit_code([report(*main(FAIL), interrupted=True)]) is NOT_CONFORMANT


@pytest.mark.parametrize(("undecided", "expected"), [("", OK), ("503", UNDECIDED)])
def test_waived_violations_do_not_excuse_what_is_undecided_besides(undecided: str, expected: ExitCode) -> None:
    waived = msgspec.structs.replace(finding("flavor", "a", "bad"), waiver=waiver().waiver)
    failed = judgement("scs-0100-1", FAIL, findings=(waived,), undecided=undecided)
    assert exit_code([report(failed)]) is expected
