# SPDX-License-Identifier: Apache-2.0
"""`sovran probes`: list the probes, what each does and makes, and what it decides."""

from typing import Annotated

import typer


def probes(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the probes that `sovran check` lets act: what each does, what it makes for a moment, what it decides."""
    from sovran.cli.listing import print_fields, print_heading, print_json
    from sovran.conformance.probe_list import list_probes

    listed = list_probes()
    if as_json:
        print_json(listed)
        return
    for number, one in enumerate(listed):
        if number:
            typer.echo()
        print_heading(one.name)
        print_fields(
            (
                ("does", one.does),
                ("makes", one.makes),
                ("acts", "only with --probe " + one.name if one.opt_in else "where a selected claim needs it"),
                ("decides", ", ".join(one.decides)),
            )
        )
