# SPDX-License-Identifier: Apache-2.0
"""`sovran lab`: a real OpenStack on loopback."""

from typing import Annotated

import typer

app = typer.Typer(help="A real OpenStack on loopback, from published packages.", no_args_is_help=True)

Name = Annotated[str, typer.Option("--name", "-n", help="Which lab; several may run side by side.")]


def _progress(line: str) -> None:
    typer.echo(line, err=True)


@app.command()
def up(
    name: Name = "default",
    services: Annotated[
        str | None, typer.Option(help="Only these, separated by commas, and what they need. Default: all.")
    ] = None,
) -> None:
    """Start the lab, or what of it does not run; make it first if there is none."""
    from sovran.lab import lifecycle

    wanted = [service.strip() for service in services.split(",") if service.strip()] if services else None
    lifecycle.up(name, wanted, _progress)
    _progress(f'lab {name} is up: eval "$(sovran lab env --name {name})"')


@app.command()
def down(name: Name = "default") -> None:
    """End the lab's processes; its state stays."""
    from sovran.lab import lifecycle

    ended = [process.service for process in lifecycle.down(name) if process.service]
    _progress(f"ended {', '.join(sorted(ended))}" if ended else f"nothing of lab {name} ran")


@app.command()
def status(name: Name = "default") -> None:
    """Show each service: whether it runs, process id, port."""
    from sovran.lab import lifecycle

    for one in lifecycle.status(name):
        typer.echo(f"{one.service:10} {one.state:9} {one.pid or '-':>8} {one.port}")


@app.command()
def env(name: Name = "default") -> None:
    """Print exports for bash: eval "$(sovran lab env)"."""
    from sovran.lab import clouds, folders, lifecycle

    lifecycle.existing(name)
    typer.echo(clouds.exports(folders.lab_folder(name)))
