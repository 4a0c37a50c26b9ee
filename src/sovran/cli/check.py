# SPDX-License-Identifier: Apache-2.0
"""`sovran check`: judge clouds against a scope."""

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import typer

from sovran.cli import check_options as option
from sovran.model.errors import SovranError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sovran.conformance.selection import Selection
    from sovran.model.report import Report
    from sovran.standards.ruleset import Ruleset


def check(
    os_cloud: option.Clouds = None,
    scope: option.ScopeName = "scs-iaas",
    target: option.Targets = None,
    standard: option.Standards = None,
    testcase: option.Patterns = None,
    concurrency: option.Concurrency = 16,
    timeout: option.Timeout = 60.0,
    output: option.Outputs = None,
    subject: option.Subject = "",
    baseline: option.BaselineFile = "",
    fail_on: option.FailOnWhat = option.FailOn.ANY,
    waivers: option.WaiverFile = "",
    allow_admin: option.AllowAdmin = False,
    verbose: option.Verbose = False,
) -> None:
    """Judge what a cloud offers, as an ordinary member of a project.

    Exit codes: 0 every main testcase asked for passed, 2 wrong usage, 3 undecided, 4 not conformant, 1 sovran failed.
    """
    # each thing is imported when its turn comes: a question that is wrong shall be told without delay
    from sovran.reports.write import plan_outputs

    plan = plan_outputs(output or [], subject=subject, clouds=len(os_cloud or [""]))
    selection, ruleset = _select(scope, standard or (), testcase or (), target or ())
    excused = _excuses(baseline, fail_on, waivers, ruleset)

    from sovran.conformance.clouds import check_clouds, read_clouds
    from sovran.conformance.exit_code import exit_code
    from sovran.conformance.run import Limits

    configs = read_clouds(os_cloud or ())
    limits = Limits(concurrency, timeout)

    from sovran.cli.interruption import Interruption

    failure: SovranError | None = None
    with Interruption() as interruption:
        reports = check_clouds(configs, selection, limits, allow_admin=allow_admin, argv=sys.argv[1:])
        interruption.hold()
        reports = excused(reports)
        try:
            # first the files: a reader of stdout may have gone away
            plan.write(reports)
        except SovranError as error:
            failure = error

        from sovran.reports import terminal

        with suppress(BrokenPipeError):
            # a reader that saw enough of stdout (head) changes nothing about the verdict
            terminal.show(reports, sys.stdout, verbose=verbose)
    if failure:
        raise failure
    raise typer.Exit(exit_code(reports))


def _select(
    scope: str, standards: "Sequence[str]", patterns: "Sequence[str]", targets: "Sequence[str]"
) -> "tuple[Selection, Ruleset]":
    import datetime

    from sovran.conformance.selection import select
    from sovran.standards.load import load_standards
    from sovran.standards.resolve import choose, resolve

    ruleset = load_standards()
    found, version = choose(ruleset, scope, datetime.datetime.now(datetime.UTC).date())[-1]
    resolution = resolve(ruleset, found, version)
    return select(ruleset, resolution, standards=standards, patterns=patterns, targets=targets), ruleset


def _excuses(
    baseline: str, fail_on: option.FailOn, waivers: str, ruleset: "Ruleset"
) -> "Callable[[tuple[Report, ...]], tuple[Report, ...]]":
    """What --baseline and --waivers make of reports; their files are read at once, before anything is asked."""
    import datetime
    from pathlib import Path

    only_new = fail_on is option.FailOn.NEW
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
