# SPDX-License-Identifier: Apache-2.0
"""`sovran lab`."""

import typer

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _commands() -> None:
    """Placeholder until the commands of this group land in the same session."""
