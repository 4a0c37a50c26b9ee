# SPDX-License-Identifier: Apache-2.0
"""`sovran snapshot`: look into recordings of runs, redact and verify them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sovran.model.errors import SovranError

if TYPE_CHECKING:
    from sovran.cloud.snapshots.snapshot_outline import Asked, Outline

CHANGES_SHOWN = 20
"""Verdicts that differ, of which each has a line."""

app = typer.Typer(no_args_is_help=True, help="Look into recordings of runs, redact and verify them.")

File = Annotated[Path, typer.Argument(metavar="FILE", help="Written by `sovran check --save-snapshot`.")]


@app.command()
def show(
    file: File,
    json: Annotated[bool, typer.Option("--json", help="As JSON, with everything.")] = False,
) -> None:
    """Show of which cloud a snapshot is, who took it when, and what was asked."""
    from sovran.cloud.snapshots.snapshot import read
    from sovran.cloud.snapshots.snapshot_outline import outline

    told = outline(read(file))
    if json:
        from sovran.reports.json_report import safe_json

        typer.echo(safe_json(told), nl=False)
        return
    from sovran.cli.listing import print_fields, print_table

    print_fields(_fields(told))
    typer.echo()
    print_table(("service", "status", "bytes", "kept", "request"), [_row(one) for one in told.asked])


@app.command()
def redact(
    file: File,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where the new snapshot goes.")],
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Also replace names of cloud, project and regions, hosts and ids.")
    ] = False,
) -> None:
    """Write a snapshot anew with only what the rules of this version read, and check that no verdict changes by it."""
    from sovran.cloud.snapshots.snapshot import read
    from sovran.cloud.snapshots.snapshot_files import check_place, write
    from sovran.conformance.redacted import redacted
    from sovran.conformance.verification import compare
    from sovran.model.printable import printable
    from sovran.standards.load import load_standards

    stored = read(file)
    check_place(output)
    clean = redacted(stored.snapshot, without_names=anonymous)
    compare(stored, clean, load_standards())
    try:
        write(output, clean)
    except OSError as error:
        raise SovranError(f"Could not write {output} ({error.strerror}); make room or name another place.") from None
    dropped = len(stored.snapshot.entries) - len(clean.entries)
    typer.echo(
        f"{printable(str(output), 200)}: {len(clean.entries)} answers kept, {dropped} dropped, every verdict as before",
        err=True,
    )


@app.command()
def verify(file: File) -> None:
    """Check that a snapshot is whole and unchanged, and that its verdicts come out again.

    Exit codes: 0 they do, 1 some verdict is another one, 2 the file is damaged or not readable by this version.
    """
    from sovran.cloud.snapshots.snapshot import read
    from sovran.conformance.verification import verify as verified
    from sovran.standards.load import load_standards

    stored = read(file)
    found = verified(stored, load_standards())

    from sovran.cli.listing import print_fields

    standards = "the same as then" if found.same_ruleset else "not the same as then"
    fields = [
        ("Whole", "yes, as it was written"),
        ("Digest", f"sha256:{stored.digest}"),
        ("Taken", f"{stored.snapshot.now:%Y-%m-%d %H:%M:%S} UTC by sovran {stored.snapshot.sovran}"),
        ("Standards", standards),
        ("Verdicts", f"{found.same} come out again, {len(found.changes)} do not"),
        ("Changed", "\n".join(str(change) for change in found.changes[:CHANGES_SHOWN])),
    ]
    print_fields(fields)
    if found.changes:
        raise SovranError(
            f"{len(found.changes)} verdicts of {file} do not come out again: judge it with sovran "
            f"{stored.snapshot.sovran} and its standards, or take a new snapshot."
        )


def _fields(told: "Outline") -> list[tuple[str, str]]:
    cloud, question = told.cloud, told.question
    narrowed = [*question.targets, *question.standards, *question.patterns]
    person = ", ".join(cloud.roles) + (" (judged with admin rights)" if cloud.admin else "")
    return [
        ("Cloud", cloud.name + (" (names, hosts and ids were replaced)" if told.anonymous else "")),
        ("Identity", cloud.auth_url),
        ("Region", cloud.region),
        ("Project", cloud.project),
        ("Roles", person),
        ("Taken", f"{told.taken_at:%Y-%m-%d %H:%M:%S} UTC by sovran {told.sovran}"),
        ("Question", " ".join([question.scope, *narrowed])),
        ("Verdicts", ", ".join(f"{count} {verdict}" for verdict, count in told.verdicts.items())),
        ("Standards", told.ruleset),
        ("Digest", f"sha256:{told.digest}"),
        ("Size", f"{told.bytes:,} bytes, format {told.format}"),
        ("Removed", ", ".join(f"{kind}: {count}" for kind, count in told.removed.items())),
        ("Obstacle", told.obstacle),
        ("Interrupted", "yes: what had not been read by then is undecided" if told.interrupted else ""),
        ("Late", "\n".join(f"{fact}: {reason}" for fact, reason in told.late.items())),
        ("Notes", "\n".join(told.notes)),
    ]


def _row(asked: "Asked") -> tuple[str, ...]:
    status = str(asked.status) if asked.status else "-"
    version = f" ({asked.microversion})" if asked.microversion else ""
    failed = f": {asked.failed}" if asked.failed else ""
    return asked.service, status, str(asked.bytes), str(asked.kept), f"{asked.path}{version}{failed}"
