# SPDX-License-Identifier: Apache-2.0
"""`sovran lab seed | break | heal | breaks`: what the lab's cloud offers, and its faults."""

from typing import Annotated

import typer

Name = Annotated[str, typer.Option("--name", "-n", metavar="NAME", help="Which lab; several may run side by side.")]
DEFAULT = "default"


def _progress(line: str) -> None:
    typer.echo(line, err=True)


def seed(
    profile: Annotated[str, typer.Argument(metavar="PROFILE", help="bare, scs, messy or large.")],
    number: Annotated[
        int | None,
        typer.Argument(metavar="[N]", help="Profile large: how many flavors and images beside those of scs."),
    ] = None,
    name: Name = DEFAULT,
) -> None:
    """Make the lab's cloud offer a profile in place of what it offered, and keep that state for `reset`.

    bare: services only. scs: meets every main testcase of scs-iaas@v5.1 that needs no guest and no S3 quirk. messy: a
    plausible public cloud that does not conform. large: scs and N flavors and images more.
    """
    from sovran.lab import content

    content.apply_profile(name, profile, number, _progress)
    _progress(f"lab {name} offers the profile {profile}")


def break_(
    faults: Annotated[list[str], typer.Argument(metavar="DEFECT...", help="Ids that `sovran lab breaks` lists.")],
    name: Name = DEFAULT,
) -> None:
    """Give the lab's cloud faults, on top of the profile scs; `heal` takes them away."""
    from sovran.lab import content

    content.break_lab(name, faults, _progress)


def heal(
    faults: Annotated[
        list[str] | None, typer.Argument(metavar="[DEFECT...]", help="Only these. Default: all that are active.")
    ] = None,
    name: Name = DEFAULT,
) -> None:
    """Undo faults, the latest first."""
    from sovran.lab import content

    content.heal_lab(name, faults or (), _progress)


def breaks(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False, name: Name = DEFAULT) -> None:
    """List the faults that the lab can be given, with the verdicts that each must flip; * marks those active."""
    import json

    from sovran.lab import content
    from sovran.lab.breaks import page

    known, active = content.list_breaks(name)
    if as_json:
        typer.echo(json.dumps(page.records(known, active), indent=2))
    else:
        typer.echo(page.plain(known, active), nl=False)


def register(app: typer.Typer) -> None:
    """Add the commands to those of `sovran lab`."""
    for command, function in (("seed", seed), ("break", break_), ("heal", heal), ("breaks", breaks)):
        app.command(command)(function)
