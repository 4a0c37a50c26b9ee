# SPDX-License-Identifier: Apache-2.0
"""What `--baseline`, `--fail-on` and `--waivers` of `sovran check` make of its reports."""

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sovran.cli.check_options import FailOn
from sovran.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sovran.model.report import Report
    from sovran.standards.ruleset import Ruleset


def excuses(
    baseline: str, fail_on: FailOn, waivers: str, ruleset: "Ruleset"
) -> "Callable[[tuple[Report, ...]], tuple[Report, ...]]":
    """Return what marks reports by them; their files are read at once, before anything is asked.

    Raises UsageError for a file that is not what it should be, and for `--fail-on new` without a baseline.
    """
    only_new = fail_on is FailOn.NEW
    if only_new and not baseline:
        raise UsageError("`--fail-on new` needs `--baseline FILE.json`, or nothing says what is new")
    earlier: Sequence[Report] | None = None
    if baseline:
        from sovran.reports.json_report import read_report

        earlier = read_report(Path(baseline))
    if waivers:
        from sovran.conformance.waivers import read_waivers, with_waivers

        given = read_waivers(Path(waivers), ruleset)

    def laid_on(reports: "tuple[Report, ...]") -> "tuple[Report, ...]":
        if earlier is not None:
            from sovran.conformance.baseline import with_baseline

            reports = with_baseline(reports, earlier, only_new=only_new)
        if waivers:
            today = datetime.datetime.now(datetime.UTC).date()
            reports = tuple(with_waivers(report, given, today) for report in reports)
        return reports

    return laid_on
