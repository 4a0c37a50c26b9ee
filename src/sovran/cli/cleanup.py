# SPDX-License-Identifier: Apache-2.0
"""`sovran cleanup`: delete what probes left behind."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from sovran.model.errors import ExitCode, SovranError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sovran.cloud.acting.cleanup import Cleaned, Order
    from sovran.cloud.acting.orphans import Orphans

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def cleanup(
    os_cloud: Annotated[
        list[str] | None,
        typer.Option(
            "--os-cloud",
            "-c",
            metavar="NAME",
            help="Only what this entry of clouds.yaml made, or with --orphans: look there; repeatable.",
        ),
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
    age = duration(older_than)
    from sovran.cloud.acting.cleanup import Order

    order = Order(frozenset(os_cloud or ()), age, dry_run=dry_run, tell=lambda text: typer.echo(text, err=True))
    clean = _clean_orphans(os_cloud or [], project, order) if orphans else _clean_ledgers(order)
    raise typer.Exit(ExitCode.OK if clean else ExitCode.FAILED)


def duration(text: str) -> float:
    """Seconds of `90s`, `30m`, `1h` or `2d`; raises UsageError for anything else."""
    match = re.fullmatch(r"([0-9]{1,9})([smhd])", text)
    if match is None:
        raise UsageError(f"`--older-than {text}` is no duration: write a whole number and s, m, h or d, such as 30m")
    return float(match[1]) * UNITS[match[2]]


def _clean_ledgers(order: "Order") -> bool:
    """Whether nothing is left."""
    from sovran.cloud.acting.cleanup import clean_ledgers, recorded_clouds
    from sovran.cloud.acting.ledger import ledger_home
    from sovran.cloud.config.clouds_yaml import read_cloud

    for name in order.clouds - recorded_clouds():
        # a name that nothing knows would find nothing, as if nothing were left
        read_cloud(name)
    clean, found = True, False
    for cleaned in clean_ledgers(order):
        found = True
        if cleaned.live:
            typer.echo(f"{cleaned.what}: is still going on, so nothing of it is touched", err=True)
            continue
        typer.echo(cleaned.what, err=True)
        clean = _show(cleaned, order) and clean
    if not found:
        asked = " that was asked for" if order.clouds or order.older_than else ""
        typer.echo(f"no ledger in {ledger_home()} tells of anything left by an ended run{asked}", err=True)
    return clean


def _clean_orphans(names: "Sequence[str]", project: str, order: "Order") -> bool:
    """Whether nothing is left."""
    from sovran.cloud.acting.cleanup import live_runs
    from sovran.cloud.acting.orphans import clean_orphans
    from sovran.cloud.config.clouds_yaml import read_cloud

    configs = [read_cloud(name or None, None, project) for name in names or [""]]
    live = live_runs()
    clean = True
    for config in configs:
        try:
            cleaned = clean_orphans(config, order, live, _list)
        except SovranError as error:
            typer.echo(f"sovran: {error}", err=True)
            clean = False
        else:
            if dry_run_listed := order.dry_run and cleaned.deleted:
                # the list says it all
                cleaned.deleted = []
            clean = _show(cleaned, order) and clean and not dry_run_listed
    return clean


def _list(orphans: "Orphans") -> None:
    """What bears the marker, before any of it is deleted."""
    from sovran.cli.listing import print_table

    running = f"; {orphans.live} more are of runs that are going on here, and are left alone" if orphans.live else ""
    typer.echo(f"{orphans.where}: {len(orphans.several) or 'nothing'} with the marker{running}", err=True)
    rows = [
        (one.found.kind.name, one.found.name, one.found.id, _age(one.age.total_seconds())) for one in orphans.several
    ]
    if rows:
        print_table(("kind", "name", "id", "age"), rows)


def _age(seconds: float) -> str:
    """E.g. `3m`, `5h`, `2d`."""
    unit = next((unit for unit in "dhm" if seconds >= UNITS[unit]), "s")
    return f"{max(seconds, 0) / UNITS[unit]:.0f}{unit}"


def _show(cleaned: "Cleaned", order: "Order") -> bool:
    """What came of one ledger or project: things on stdout, sentences on stderr; whether nothing is left."""
    from sovran.model.printable import printable

    done = "would delete" if order.dry_run else "gone"
    rows = [(done, one.kind, one.name or one.id, one.id if one.name else "") for one in cleaned.deleted]
    rows += [("left", one.kind, one.name or one.id, one.reason) for one in cleaned.left]
    for row in rows:
        typer.echo(printable("  ".join(cell for cell in row if cell), 2000))
    for problem in cleaned.problems:
        typer.echo(printable(f"sovran: {problem}", 2000), err=True)
    return cleaned.clean and not (order.dry_run and cleaned.deleted)
