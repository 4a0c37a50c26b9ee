# SPDX-License-Identifier: Apache-2.0
"""The list of commands and the options that stand before them."""

import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from sovran.cli import (
    check,
    cleanup,
    diff,
    explain,
    flavor,
    guest,
    lab,
    probe,
    probes,
    scope,
    snapshot,
    standard,
    submit,
    verify,
)
from sovran.cli.version import version_line

COMPLETION = "_SOVRAN_COMPLETE"
"""Environment variable by which the shell's completion speaks to typer."""


class Commands(TyperGroup):
    """A group whose help shows the whole first sentence of each command, not as much as fits on one line."""

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        """Write the commands in the order in which they were added."""
        rows = [
            (name, command.get_short_help_str(limit=sys.maxsize))
            for name, command in self.commands.items()
            if not command.hidden
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


app = typer.Typer(
    cls=Commands,
    name="sovran",
    help="States, proves and keeps what a sovereign OpenStack cloud must offer.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(check.check)
app.command()(cleanup.cleanup)
app.command()(probes.probes)
app.command()(diff.diff)
app.command()(explain.explain)
app.command()(verify.verify)
app.command()(submit.submit)
for group in (flavor, guest, lab, probe, scope, snapshot, standard):
    app.add_typer(group.app, name=group.__name__.rpartition(".")[2], cls=Commands)


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


def run() -> int:
    """Run the command line of this process; returns its exit code. Raises what the command raises, and
    typer.TyperException for words that no command understands.
    """
    if COMPLETION in os.environ:
        app(prog_name="sovran")
    try:
        with get_command(app).make_context("sovran", sys.argv[1:]) as context:
            context.command.invoke(context)
    except typer.Exit as ended:
        return ended.exit_code
    return 0
