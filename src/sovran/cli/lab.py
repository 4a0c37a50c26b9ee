# SPDX-License-Identifier: Apache-2.0
"""`sovran lab`: a real OpenStack on loopback."""

from typing import Annotated

import typer

from sovran.cli import lab_content
from sovran.model.errors import SovranError

app = typer.Typer(help="A real OpenStack on loopback, from published packages.", no_args_is_help=True)

Name = Annotated[str, typer.Option("--name", "-n", metavar="NAME", help="Which lab; several may run side by side.")]
DEFAULT = "default"


def _progress(line: str) -> None:
    typer.echo(line, err=True)


@app.command()
def up(
    name: Name = DEFAULT,
    services: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="Only these services, separated by commas, and what they need."),
    ] = None,
    guests: Annotated[
        bool,
        typer.Option("--guests", help="A new lab with real machines on a real network: root and packages needed."),
    ] = False,
) -> None:
    """Start the lab, or what of it does not run; make it first if there is none."""
    from sovran.lab import content, prerequisites

    for line in prerequisites.notes():
        _progress(line)
    wanted = [service.strip() for service in services.split(",") if service.strip()] if services else None
    content.up(name, wanted, _progress, guests)
    _progress(f'lab {name} is up: eval "$(sovran lab env --name {name})"')


@app.command()
def down(
    name: Name = DEFAULT,
    all_: Annotated[bool, typer.Option("--all", help="Every lab.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Delete its state as well.")] = False,
) -> None:
    """End the lab's processes; its state stays."""
    from sovran.lab import lifecycle

    for one in [lab.name for lab in lifecycle.every_lab()] if all_ else [name]:
        ended = sorted(process.service for process in lifecycle.down(one) if process.service)
        _progress(f"lab {one}: ended {', '.join(ended)}" if ended else f"lab {one}: nothing ran")
        if remove:
            lifecycle.remove(one)


@app.command()
def status(
    name: Name = DEFAULT,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show each service: whether it runs, process id, port, seconds of its start."""
    from sovran.lab import lifecycle

    states = lifecycle.status(name)
    if json:
        import msgspec

        typer.echo(msgspec.json.encode(states).decode())
        return
    width = max(10, *(len(one.service) for one in states))
    typer.echo(f"{'SERVICE':{width}} {'STATE':9} {'PID':>8} {'PORT':>6} {'START':>7} {'MEMORY':>9}")
    for one in states:
        seconds = f"{one.seconds:.1f} s" if one.seconds is not None else "-"
        memory = f"{one.resident >> 20} MiB" if one.resident else "-"
        row = f"{one.service:{width}} {one.state:9} {one.pid or '-':>8} {one.port or '-':>6} {seconds:>7} {memory:>9}"
        typer.echo(f"{row}  {one.note}".rstrip())
    resident, proportional = (sum(getattr(one, key) for one in states) >> 20 for key in ("resident", "proportional"))
    typer.echo(f"memory: {resident} MiB resident, {proportional} MiB when shared pages count once")


@app.command()
def env(name: Name = DEFAULT) -> None:
    """Print exports for bash: eval "$(sovran lab env)"."""
    from sovran.lab import clouds, folders, lifecycle

    lifecycle.existing(name)
    typer.echo(clouds.exports(folders.lab_folder(name)))


@app.command()
def reset(name: Name = DEFAULT) -> None:
    """Restore the state of the seed profile that was applied last."""
    from sovran.lab import lifecycle

    profile = lifecycle.reset(name, _progress)
    _progress(f"lab {name} is as the profile {profile} left it")


@app.command()
def logs(
    service: Annotated[str, typer.Argument(metavar="SERVICE", help="Which service.")],
    name: Name = DEFAULT,
    lines: Annotated[int, typer.Option("--lines", min=1, metavar="N", help="How many of the last lines.")] = 100,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on printing what is added.")] = False,
) -> None:
    """Print the end of a service's log."""
    from sovran.lab import folders, lifecycle, log

    lifecycle.check_service(name, service)
    folder = folders.lab_folder(name)
    for line in log.follow(folder, service, lines) if follow else log.last(folder, service, lines):
        typer.echo(line)


@app.command()
def check(
    guests: Annotated[bool, typer.Option("--guests", help="Fail if a lab with guests cannot run here.")] = False,
) -> None:
    """Say what this machine lacks for the lab, with the one line that installs it."""
    from sovran.lab import prerequisites
    from sovran.lab.guests import needs

    if lacking := prerequisites.complaint():
        raise SovranError(lacking)
    notes = prerequisites.notes()
    if said := needs.complaint():
        if guests:
            raise SovranError(f"a lab with guests cannot run here: {said}")
        notes.append(f"a lab with guests (`sovran lab up --guests`) cannot run here: {said}")
    for line in notes or ["nothing is missing"]:
        typer.echo(line)


lab_content.register(app)
