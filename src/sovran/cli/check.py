# SPDX-License-Identifier: Apache-2.0
"""`sovran check`: judge clouds against a scope."""

import sys
from pathlib import Path
from typing import Annotated

import typer


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
    concurrency: Annotated[int, typer.Option(min=1, max=256, help="Requests under way at once.")] = 16,
    timeout: Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="For all that one cloud is asked.")] = 60.0,
    output: Annotated[
        list[Path] | None,
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
    import datetime

    from sovran.cloud.clouds_yaml import read_cloud
    from sovran.conformance.run import Limits, check_cloud, exit_code
    from sovran.conformance.selection import select
    from sovran.reports import terminal
    from sovran.reports.write import plan_outputs
    from sovran.standards.load import load_standards
    from sovran.standards.resolve import choose, resolve

    plan = plan_outputs(output or [], subject=subject, clouds=len(os_cloud or [None]))
    ruleset = load_standards()
    found_scope, version = choose(ruleset, scope, datetime.datetime.now(datetime.UTC).date())[-1]
    resolution = resolve(ruleset, found_scope, version)
    selection = select(ruleset, resolution, standards=standard or (), patterns=testcase or ())
    limits = Limits(concurrency, timeout)
    configs = [read_cloud(name) for name in (os_cloud or [None])]
    reports = []
    for config in configs:
        reports.append(check_cloud(config, selection, limits, allow_admin=allow_admin, argv=sys.argv[1:]))
        if reports[-1].interrupted:
            break
    try:
        # first the files: a reader of stdout may have gone away
        plan.write(reports)
    finally:
        terminal.show(reports, sys.stdout, verbose=verbose)
    raise typer.Exit(exit_code(reports))
