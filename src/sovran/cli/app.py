# SPDX-License-Identifier: Apache-2.0
"""The list of commands and the options that stand before them."""

from typing import Annotated

import typer

from sovran.cli import check, explain, flavor, lab, scope, standard
from sovran.cli.version import version_line

app = typer.Typer(
    name="sovran",
    help="States, proves and keeps what a sovereign OpenStack cloud must offer.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(check.check)
app.command()(explain.explain)
app.add_typer(flavor.app, name="flavor")
app.add_typer(lab.app, name="lab")
app.add_typer(scope.app, name="scope")
app.add_typer(standard.app, name="standard")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version_line())
        raise typer.Exit


@app.callback()
def options(
    _debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Options that stand before the command; `main` looks at --debug itself, since it also covers parsing."""
