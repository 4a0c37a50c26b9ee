# SPDX-License-Identifier: Apache-2.0
"""`sovran check`: judge clouds against a scope."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from sovran.model.errors import SovranError

if TYPE_CHECKING:
    from sovran.conformance.selection import Selection

MOST_REQUESTS = 256
"""At once; as many pooled connections are kept."""
LEAST_SECONDS, MOST_SECONDS = 0.1, 86400.0


def _concurrency(text: str) -> int:
    number = int(text) if str(text).isdecimal() else 0
    if not 1 <= number <= MOST_REQUESTS:
        raise typer.BadParameter(f"{text!r} is not a number from 1 to {MOST_REQUESTS}")
    return number


def _seconds(text: str) -> float:
    with suppress(ValueError):
        # a comparison with NaN is false, so that it is refused as well
        if LEAST_SECONDS <= (seconds := float(text)) <= MOST_SECONDS:
            return seconds
    raise typer.BadParameter(f"{text!r} is not a number of seconds from {LEAST_SECONDS:g} to {MOST_SECONDS:g}")


def check(
    os_cloud: Annotated[
        list[str] | None,
        typer.Option("--os-cloud", "-c", metavar="NAME", help="Entry of clouds.yaml; repeatable. Default: OS_CLOUD."),
    ] = None,
    scope: Annotated[
        str,
        typer.Option(
            "--scope", "-s", metavar="SCOPE[@VERSION]", help="What to judge by. Default: its effective version."
        ),
    ] = "scs-iaas",
    standard: Annotated[
        list[str] | None, typer.Option("--standard", metavar="ID", help="Only this standard, e.g. 0103; repeatable.")
    ] = None,
    testcase: Annotated[
        list[str] | None,
        typer.Option("--testcase", "-t", metavar="GLOB", help="Only ids that match, e.g. 'scs-0103-*'; repeatable."),
    ] = None,
    concurrency: Annotated[
        int, typer.Option(parser=_concurrency, metavar="N", help="Requests under way at once.")
    ] = 16,
    timeout: Annotated[
        float, typer.Option(parser=_seconds, metavar="SECONDS", help="For all that one cloud is asked.")
    ] = 60.0,
    output: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", metavar="FILE", help="Also write FILE.{yaml,json,xml,md}; repeatable."),
    ] = None,
    subject: Annotated[
        str, typer.Option(metavar="NAME", help="Subject of the SCS YAML report. Default: the cloud's name.")
    ] = "",
    allow_admin: Annotated[
        bool, typer.Option("--allow-admin", help="Judge although the user is admin or manager; the report says so.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show every claim and every finding.")] = False,
) -> None:
    """Judge what a cloud offers, as an ordinary member of a project.

    Exit codes: 0 every main testcase asked for passed, 2 wrong usage, 3 undecided, 4 not conformant, 1 sovran failed.
    """
    # each thing is imported when its turn comes: a question that is wrong shall be told without delay
    from sovran.reports.write import plan_outputs

    plan = plan_outputs(output or [], subject=subject, clouds=len(os_cloud or [""]))
    selection = _select(scope, standard or (), testcase or ())

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


def _select(scope: str, standards: Sequence[str], patterns: Sequence[str]) -> "Selection":
    import datetime

    from sovran.conformance.selection import select
    from sovran.standards.load import load_standards
    from sovran.standards.resolve import choose, resolve

    ruleset = load_standards()
    found, version = choose(ruleset, scope, datetime.datetime.now(datetime.UTC).date())[-1]
    return select(ruleset, resolve(ruleset, found, version), standards=standards, patterns=patterns)
