# SPDX-License-Identifier: Apache-2.0
"""`sovran submit`: hand a signed report to the SCS compliance monitor."""

from pathlib import Path
from typing import Annotated

import typer


def submit(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml", help="A report; its signature is in FILE.yaml.sig.")],
    to: Annotated[str, typer.Option("--to", metavar="URL", help="Base URL of the monitor.")],
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file",
            metavar="FILE",
            help="Holds account:password, or that in base64. Default: SOVRAN_MONITOR_TOKEN of the environment.",
        ),
    ] = None,
    allow_http: Annotated[
        bool, typer.Option("--allow-http", help="Send the password unencrypted, beyond this machine as well.")
    ] = False,
) -> None:
    """Hand a signed YAML report to the SCS compliance monitor; prints where the monitor shows it.

    It is sent once. Exit codes: 0 the monitor stored it, 1 it refused or did not answer, 4 the file is not signed or
    not what was signed, 2 wrong usage.
    """
    import os

    from sovran.model.printable import printable
    from sovran.proof.monitor_address import address, login
    from sovran.proof.submission import read_submission
    from sovran.proof.submission import submit as send

    monitor = address(to, allow_http=allow_http)
    account = login(token_file, os.environ)
    submission = read_submission(file)
    pages = send(submission, monitor, account)
    for page, document in zip(pages, submission.documents, strict=True):
        typer.echo(
            f"stored: {printable(document.scope, 80)} of subject {printable(document.subject, 80)}, "
            f"{printable(document.verdict, 200)}",
            err=True,
        )
        typer.echo(page)
