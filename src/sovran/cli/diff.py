# SPDX-License-Identifier: Apache-2.0
"""`sovran diff`: which verdicts changed between two runs, and which resource caused it."""

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from sovran.cli import check_options as option

if TYPE_CHECKING:
    from sovran.cloud.config.cloud_config import CloudConfig
    from sovran.cloud.snapshots.snapshot import Snapshot
    from sovran.conformance.selection import Selection
    from sovran.conformance.sides import Source

LIVE = "cloud:"
"""Before the name of a cloud; a bare `cloud:` means what OS_CLOUD says."""
SIDE = "A JSON report, a snapshot, or `cloud:NAME`"


def diff(
    before: Annotated[str, typer.Argument(metavar="A", help=f"{SIDE}.")],
    after: Annotated[str, typer.Argument(metavar="B", help=f"{SIDE}, held against A.")],
    scope: Annotated[
        str,
        typer.Option(
            "--scope",
            "-s",
            metavar="SCOPE[@VERSION]",
            help="What clouds and snapshots are judged by. Default: what the other side was asked, else scs-iaas.",
        ),
    ] = "",
    concurrency: option.Concurrency = 16,
    timeout: option.Timeout = 60.0,
    allow_admin: option.AllowAdmin = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show every change and every detail.")] = False,
) -> None:
    """Tell which verdicts changed from A to B, which resources caused it, and what else differs.

    Exit codes: 0 the same or only better, 3 something is undecided now or has no counterpart, 4 something got worse.
    """
    from sovran.conformance.difference import difference
    from sovran.conformance.sides import Judged, asked, judged

    names = (before, after)
    first, second = _source(before), _source(after)

    def ask(cloud: "CloudConfig", selection: "Selection") -> Judged:
        from sovran.conformance.clouds import check_clouds
        from sovran.conformance.run import Limits

        kept: list[Snapshot] = []
        limits = Limits(concurrency, timeout)
        reports = check_clouds([cloud], selection, limits, allow_admin=allow_admin, argv=sys.argv[1:], keep=kept.append)
        return Judged(reports, asked(kept[-1].entries) if kept else None)

    one, two = judged(first, second, ask, scope)
    found = difference(one.reports, two.reports, asked=(one.requests, two.requests))
    with suppress(BrokenPipeError):
        # a reader that saw enough (head) changes nothing about the answer
        if as_json:
            from sovran.reports.difference_json import render

            typer.echo(render(found, names), nl=False)
        else:
            from sovran.reports.difference_text import show

            show(found, names, sys.stdout, verbose=verbose)
    raise typer.Exit(found.code)


def _source(name: str) -> "Source":
    """What the user named: a cloud, or a file, which says by its first bytes what it is."""
    from pathlib import Path

    from sovran.conformance.sides import Source

    if name.startswith(LIVE):
        from sovran.conformance.clouds import read_clouds

        (config,) = read_clouds([name.removeprefix(LIVE)])
        return Source(cloud=config)
    from sovran.cloud.snapshots import snapshot

    if snapshot.is_snapshot(Path(name)):
        return Source(snapshot=snapshot.read(Path(name)))
    from sovran.reports.json_report import read_report

    return Source(reports=read_report(Path(name)))
