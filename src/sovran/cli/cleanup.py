# SPDX-License-Identifier: Apache-2.0
"""`sovran cleanup`: delete what probes left behind."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from sovran.model.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from sovran.cloud.acting.cleanup import Cleaned, Order

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def duration(text: str) -> float:
    """Seconds of `90s`, `30m`, `1h` or `2d`; raises UsageError for anything else."""
    match = re.fullmatch(r"([0-9]{1,9})([smhd])", text)
    if match is None:
        raise UsageError(
            f"`--older-than {text}` is no duration: write a whole number and s, m, h or d, such as 30m or 2d"
        )
    return float(match[1]) * UNITS[match[2]]


def cleanup(
    os_cloud: Annotated[
        list[str] | None,
        typer.Option("--os-cloud", "-c", metavar="NAME", help="Only what this entry of clouds.yaml made; repeatable."),
    ] = None,
    orphans: Annotated[
        bool,
        typer.Option("--orphans", help="Look for the marker in the clouds' projects, whether or not a ledger tells."),
    ] = False,
    project: Annotated[
        str, typer.Option("--project", metavar="NAME", help="With --orphans: look in this project.")
    ] = "",
    older_than: Annotated[
        str, typer.Option("--older-than", metavar="DURATION", help="Only of runs that began so long ago: 30m, 1h, 2d.")
    ] = "0s",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be deleted.")] = False,
) -> None:
    """Delete what probes of ended runs left behind, by their ledgers; never what bears no marker of sovran.

    Exit codes: 0 nothing is left, 1 something is left (with --dry-run: would be deleted), 2 wrong usage.
    """
    if project and not orphans:
        raise UsageError("`--project` goes with `--orphans`: a ledger knows its project itself")
    from sovran.cloud.acting.cleanup import Order, clean_ledgers

    order = Order(
        frozenset(os_cloud or ()), duration(older_than), dry_run=dry_run, tell=lambda text: typer.echo(text, err=True)
    )
    left = False
    for cleaned in clean_ledgers(order):
        _show(cleaned, order)
        left = left or not cleaned.clean or (dry_run and bool(cleaned.deleted))
    raise typer.Exit(ExitCode.FAILED if left else ExitCode.OK)


def _show(cleaned: "Cleaned", order: "Order") -> None:
    """What came of one ledger or project: things on stdout, sentences on stderr."""
    if cleaned.live:
        typer.echo(f"{cleaned.what}: is still going on, and nothing of it is touched", err=True)
        return
    typer.echo(cleaned.what, err=True)
    done = "would delete" if order.dry_run else "gone"
    rows = [(done, one.kind, one.name or one.id, one.id if one.name else "") for one in cleaned.deleted]
    rows += [("left", one.kind, one.name or one.id, one.reason) for one in cleaned.left]
    for row in rows:
        typer.echo("  ".join(cell for cell in row if cell))
    for problem in cleaned.problems:
        typer.echo(f"sovran: {problem}", err=True)
