# SPDX-License-Identifier: Apache-2.0
"""`sovran probe`: let one probe act by itself, and print what it saw."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sovran.cli.check_options import seconds as parse_seconds
from sovran.cli.check_probing import SECONDS, Project, Teller
from sovran.model.errors import UsageError

if TYPE_CHECKING:
    from sovran.conformance.guests import GuestRun
    from sovran.guest.targets import Targets
    from sovran.probes.guests.order import Order

MOST_GUESTS, MOST_BLOCKS = 64, 10_000

app = typer.Typer(no_args_is_help=True, help="Let one probe act by itself, and print what it saw.")


@app.callback()
def probe() -> None:
    """Let one probe act by itself, and print what it saw."""


@app.command()
def guest(
    os_cloud: Annotated[str, typer.Option("--os-cloud", "-c", metavar="NAME", help="Entry of clouds.yaml.")] = "",
    image: Annotated[
        list[str] | None,
        typer.Option(
            metavar="IMAGE",
            help="An id or name, a qcow2 file to upload, `own` (default: sovran's own image) or `canonical` (the one "
            "that the official suite takes); repeatable.",
        ),
    ] = None,
    flavor: Annotated[
        list[str] | None,
        typer.Option(metavar="FLAVOR", help="An id or name; repeatable. Default: the smallest that fits."),
    ] = None,
    az: Annotated[
        list[str] | None, typer.Option(metavar="ZONE", help="An availability zone, or `all`; repeatable.")
    ] = None,
    host: Annotated[
        list[str] | None, typer.Option(metavar="HOST", help="A compute host, for administrators; repeatable.")
    ] = None,
    network: Annotated[
        str,
        typer.Option(metavar="NETWORK", help="An id or name, or `own`. Default: the project's, if one fits, else own."),
    ] = "",
    count: Annotated[int, typer.Option(metavar="N", min=1, max=MOST_GUESTS, help="Guests of each sort.")] = 1,
    part: Annotated[
        list[str] | None,
        typer.Option(metavar="RECORD", help="Only this record, e.g. `entropy`; repeatable. Default: all."),
    ] = None,
    fips_blocks: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            max=MOST_BLOCKS,
            help="Blocks of 20,000 bits for the statistical tests of random numbers.",
        ),
    ] = None,
    targets: Annotated[
        Path | None, typer.Option(metavar="FILE.yaml", help="What guests ask on the internet instead of the defaults.")
    ] = None,
    project: Project = "",
    probe_timeout: Annotated[
        float,
        typer.Option("--probe-timeout", parser=parse_seconds, metavar="SECONDS", help="For all of it but the cleanup."),
    ] = SECONDS,
    keep_console: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write there what each console showed.")
    ] = None,
    output: Annotated[
        list[str] | None, typer.Option("--output", "-o", metavar="FILE.json", help="Also write JSON; repeatable.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Boot guests, print what they see from inside, and delete them again.

    Exit codes: 0 all told all, 2 wrong usage, 3 something was not told, 1 sovran failed.
    """
    from sovran.probes.guests.order import OWN_IMAGE, Order
    from sovran.reports.write import plan_outputs

    plan = plan_outputs(_json_files(output or []))
    _check_parts(part or [])
    asked = Order(
        images=tuple(image or (OWN_IMAGE,)),
        flavors=tuple(flavor or ()),
        zones=tuple(az or ()),
        hosts=tuple(host or ()),
        network=network,
        count=count,
        fips_blocks=fips_blocks,
        targets=_targets(targets),
        parts=tuple(part or ()),
        keep_console=keep_console,
        download=True,
    )
    run = _boot(os_cloud, asked, project, probe_timeout)

    from sovran.reports import guests
    from sovran.reports.json_report import safe_json

    text = safe_json(run)
    plan.write_text(text)
    with suppress(BrokenPipeError):
        if as_json:
            typer.echo(text, nl=False)
        else:
            guests.show(run, sys.stdout)
    raise typer.Exit(run.code)


def _boot(os_cloud: str, order: "Order", project: str, seconds: float) -> "GuestRun":
    from sovran.cli.interruption import Interruption
    from sovran.cloud.config.clouds_yaml import read_cloud
    from sovran.conformance.guests import probe_guests

    teller = Teller()
    with Interruption(teller.last_words) as interruption:
        run = probe_guests(read_cloud(os_cloud or None), order, seconds=seconds, project=project, tell=teller)
        interruption.hold()
    return run


def _json_files(names: list[str]) -> list[str]:
    for name in names:
        if not name.lower().endswith(".json"):
            raise UsageError(f"`--output {name}`: facts of guests are written as JSON; let the name end in .json")
    return names


def _check_parts(parts: list[str]) -> None:
    from sovran.guest.program import PARTS

    known = (*PARTS, "peer")
    for one in parts:
        if one not in known:
            raise UsageError(f"`--part {one}`: guests have no such record; choose from {', '.join(known)}")


def _targets(file: Path | None) -> "Targets | None":
    if file is None:
        return None
    from sovran.guest.targets import read

    return read(file)
