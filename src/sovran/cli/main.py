# SPDX-License-Identifier: Apache-2.0
"""The `sovran` command: global options, the list of commands, and how errors reach the user."""

import os
import sys
from typing import Annotated

import typer

from sovran import __version__
from sovran.cli import flavor, lab
from sovran.model.errors import ExitCode, SovranError

app = typer.Typer(
    name="sovran",
    help="States, proves and keeps what a sovereign OpenStack cloud must offer.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(flavor.app, name="flavor")
app.add_typer(lab.app, name="lab")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sovran {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Options that stand before the command."""
    context.obj = debug


def main() -> None:
    """Run the command line; every expected error ends as one sentence on stderr and an exit code."""
    debug = "--debug" in sys.argv[1:2]
    try:
        app()
    except SovranError as error:
        if debug:
            raise
        print(f"sovran: {error}", file=sys.stderr)
        sys.exit(error.code)
    except BrokenPipeError:
        # the reader of our output went away: say nothing more, also not while Python closes stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.FAILED)
    except KeyboardInterrupt:
        print("sovran: interrupted", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
