# SPDX-License-Identifier: Apache-2.0
"""What a run tells the process's caller: one exit code from all its reports."""

from collections.abc import Sequence

from sovran.conformance.selection import MAIN
from sovran.model.claim import Reading
from sovran.model.errors import ExitCode
from sovran.model.report import Judgement, Report
from sovran.model.verdict import Verdict


def exit_code(reports: Sequence[Report]) -> ExitCode:
    """What the process tells its caller: the worst of the reports, each by its main testcases.

    Where none was asked for, its other testcases and binding requirements count, and where none of those was, all that
    was asked. Without a single PASS nothing was shown, so that is undecided. What is waived counts as PASS here, and
    with `--fail-on new` what the baseline has too.
    """
    found = [_exit_code(report) for report in reports]
    return next((code for code in (ExitCode.NOT_CONFORMANT, ExitCode.UNDECIDED) if code in found), ExitCode.OK)


def deciding(report: Report) -> tuple[Judgement, ...]:
    """The judgements that decide: the main testcases; else the other testcases and binding requirements; else all."""
    asked = report.judgements
    main = tuple(one for one in asked if one.target == MAIN)
    return main or tuple(one for one in asked if one.reading is Reading.OFFICIAL or one.level.binding) or asked


def _exit_code(report: Report) -> ExitCode:
    verdicts = {one.counted(only_new=report.only_new) for one in deciding(report)}
    if Verdict.FAIL in verdicts:
        return ExitCode.NOT_CONFORMANT
    if report.interrupted or verdicts & {Verdict.ABORT, Verdict.MISS} or Verdict.PASS not in verdicts:
        return ExitCode.UNDECIDED
    return ExitCode.OK
