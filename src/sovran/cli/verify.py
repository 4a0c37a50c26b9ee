# SPDX-License-Identifier: Apache-2.0
"""`sovran verify`: who signed a report or snapshot, and what it says."""

from pathlib import Path
from typing import Annotated

import typer


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What was signed; its signature is in FILE.sig.")],
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE.pub", help="Trust the public keys in this file.")
    ] = None,
    allowed_signers: Annotated[
        Path | None,
        typer.Option("--allowed-signers", metavar="FILE", help="Trust whom this file of OpenSSH names, as it says."),
    ] = None,
    identity: Annotated[
        str, typer.Option("--identity", metavar="NAME", help="Who of the allowed signers must have signed.")
    ] = "",
    revoked: Annotated[
        Path | None,
        typer.Option("--revoked", metavar="FILE", help="Trust none of these keys; public keys, or a KRL of OpenSSH."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell who signed a report or snapshot, and what it says; never without a key that you trust.

    Exit codes: 0 it is what a trusted key signed, 3 it is what was signed but nobody said whom to trust, 4 it is not
    signed, not what was signed, or by nobody who is trusted, 2 wrong usage, 1 sovran failed.
    """
    from sovran.proof.testimony import what_it_says
    from sovran.proof.trust import Trust
    from sovran.proof.verification import verify as verified

    found = verified(file, Trust(key, allowed_signers, identity, revoked))
    signed = found.signed
    says = [(label, text) for label, text in what_it_says(signed.content, signed.shown) if text]

    from sovran.cli.listing import print_fields, print_json

    if json:
        print_json(
            {
                "verified": True,
                "file": signed.shown,
                "sha256": signed.digest,
                "signer": found.signer,
                "key": signed.signature.key.line,
                "fingerprint": signed.signature.key.fingerprint,
                "statements": found.statements,
                "says": [{"label": label, "text": text} for label, text in says],
            }
        )
        return
    statements = f"{found.statements} in-toto, by the same key, of the same digest and result"
    print_fields(
        [
            ("Verified", f"{signed.shown} is what was signed"),
            ("Digest", f"sha256:{signed.digest}"),
            ("Signer", found.signer),
            ("Key", str(signed.signature.key)),
            ("Statements", statements if found.statements else ""),
            *says,
        ]
    )
