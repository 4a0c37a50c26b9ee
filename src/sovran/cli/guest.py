# SPDX-License-Identifier: Apache-2.0
"""`sovran guest`: the image of the small machine that looks at a cloud from inside."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The machine that looks at a cloud from inside.")


class Architecture(StrEnum):
    """What the image can be built for."""

    X86_64 = "x86_64"
    AARCH64 = "aarch64"


@app.callback()
def group() -> None:
    """Keep `image` a word of its own, though it is the only command."""


@app.command()
def image(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where the image goes, as qcow2.")],
    arch: Annotated[Architecture, typer.Option("--arch", metavar="NAME", help="x86_64 or aarch64.")] = (
        Architecture.X86_64
    ),
    packages: Annotated[
        Path | None,
        typer.Option("--packages", metavar="DIR", help="Take the Debian packages from this folder; apt is not asked."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Tell what was built as JSON.")] = False,
) -> None:
    """Build the guest image: Debian's cloud kernel and busybox, and the program that measures.

    It boots by BIOS (x86_64) and by UEFI, runs the program that it finds in user-data, else its own, reports on the
    console, and powers off. Nothing logs in to it and nothing listens. The same packages give the same bytes; root is
    not needed. Packages come from apt, which verifies them, and stay in ~/.cache/sovran/guest.
    """
    from sovran.guest.image import ARCHITECTURES, build, fetched, lying_in

    architecture = ARCHITECTURES[arch.value]
    taken = fetched(architecture) if packages is None else lying_in(packages, architecture)
    built = build(taken, output)
    from sovran.cli.listing import print_fields, print_json

    if json:
        print_json(built)
        return
    print_fields(
        (
            ("image", built.path),
            ("size", f"{built.bytes / 2**20:.1f} MiB, qcow2"),
            ("SHA-256", built.sha256),
            ("kernel", built.kernel),
            ("packages", "\n".join(f"{name} {version}" for name, version in built.packages.items())),
            ("program", f"SHA-256 {built.program_sha256}"),
        )
    )
