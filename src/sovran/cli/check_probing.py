# SPDX-License-Identifier: Apache-2.0
"""The options of `sovran check` for probes, which act, and what they say together."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sovran.cli.check_options import seconds as parse_seconds
from sovran.model.errors import UsageError

if TYPE_CHECKING:
    from sovran.conformance.probing import Probing

SECONDS = 900.0

NoProbes = Annotated[
    bool, typer.Option("--no-probes", help="Only read: what takes a probe that makes something is not tried (MISS).")
]
Probes = Annotated[
    list[str] | None,
    typer.Option("--probe", metavar="NAME", help="Let only this probe act; repeatable. `sovran probes` lists them."),
]
Personas = Annotated[
    list[str] | None,
    typer.Option(
        "--persona",
        metavar="PERSONA=ENTRY",
        help="Another user for the probes that compare users, by an entry of clouds.yaml; PERSONA is admin, foreign, "
        "manager, member or reader; repeatable.",
    ),
]
Project = Annotated[
    str, typer.Option("--project", metavar="NAME", help="Let probes act in this project; default: that of the entry.")
]
ProbeTimeout = Annotated[
    float,
    typer.Option(
        "--probe-timeout",
        parser=parse_seconds,
        metavar="SECONDS",
        help="For all probes of a cloud, without their cleanup.",
    ),
]


class Teller:
    """Tells what probes are going to make, and knows whether it did."""

    def __init__(self) -> None:
        self.told = False

    def __call__(self, text: str) -> None:
        """Print it, before anything is made."""
        self.told = True
        typer.echo(text, err=True)

    def note(self, text: str) -> None:
        """Print what says nothing of making."""
        typer.echo(text, err=True)

    def last_words(self) -> str:
        """What there is to say when the process is ended at once."""
        return "ended at once: `sovran cleanup` deletes what the probes may have left" if self.told else ""


def probing(
    no_probes: bool,
    probe: Sequence[str] | None,
    persona: Sequence[str] | None,
    project: str,
    seconds: float,
    *,
    offline: bool,
    tell: Teller,
) -> "Probing | None":
    """What probes may do; None: nothing.

    Raises UsageError for options that cannot stand together, and for a probe, persona or entry that there is not.
    """
    given = {"--probe": probe, "--persona": persona, "--project": project, "--probe-timeout": seconds != SECONDS}
    other = next((name for name, value in given.items() if value), "")
    if offline and (no_probes or other):
        raise UsageError(
            f"`--snapshot` judges a recording, in which no probe can act: leave out `{other or '--no-probes'}`"
        )
    if no_probes and other:
        raise UsageError(f"`--no-probes` lets nothing act: leave out it or `{other}`")
    if no_probes or offline:
        return None
    from sovran.conformance.probing import read_probing

    return read_probing(
        tuple(probe or ()),
        tuple(persona or ()),
        project=project,
        seconds=seconds,
        tell=tell,
        note=tell.note,
    )
