# SPDX-License-Identifier: Apache-2.0
"""The options of `sovran check`, as types of its parameters; those that other commands share are taken from here."""

from contextlib import suppress
from enum import StrEnum
from typing import Annotated

import typer

MOST_REQUESTS = 256
"""At once; as many pooled connections are kept."""
LEAST_SECONDS, MOST_SECONDS = 0.1, 86400.0


class FailOn(StrEnum):
    """What counts for the exit code."""

    ANY = "any"
    NEW = "new"


def _concurrency(text: str) -> int:
    number = int(text) if str(text).isdecimal() else 0
    if not 1 <= number <= MOST_REQUESTS:
        raise typer.BadParameter(f"{text!r} is not a number from 1 to {MOST_REQUESTS}")
    return number


def seconds(text: str) -> float:
    with suppress(ValueError):
        # a comparison with NaN is false, so that it is refused as well
        if LEAST_SECONDS <= (seconds := float(text)) <= MOST_SECONDS:
            return seconds
    raise typer.BadParameter(f"{text!r} is not a number of seconds from {LEAST_SECONDS:g} to {MOST_SECONDS:g}")


Clouds = Annotated[
    list[str] | None,
    typer.Option("--os-cloud", "-c", metavar="NAME", help="Entry of clouds.yaml; repeatable. Default: OS_CLOUD."),
]
AllClouds = Annotated[
    bool,
    typer.Option("--all-clouds", help="Judge every cloud of clouds.yaml at once; those that refuse say so in a row."),
]
ProfileFile = Annotated[
    str,
    typer.Option("--profile", metavar="FILE.yaml", help="Tell whether what a workload needs is there, need by need."),
]
ScopeName = Annotated[
    str,
    typer.Option(
        "--scope", "-s", metavar="SCOPE[@VERSION]", help="What to judge by. Default: scs-iaas, effective version."
    ),
]
Targets = Annotated[
    list[str] | None,
    typer.Option(
        "--target",
        metavar="TARGET",
        help="main (default), recommended, preview or all, also of modules outside the version; repeatable.",
    ),
]
Standards = Annotated[
    list[str] | None, typer.Option("--standard", metavar="ID", help="Only this standard, e.g. 0103; repeatable.")
]
Patterns = Annotated[
    list[str] | None,
    typer.Option("--testcase", "-t", metavar="GLOB", help="Only ids that match, e.g. 'scs-0103-*'; repeatable."),
]
Concurrency = Annotated[int, typer.Option(parser=_concurrency, metavar="N", help="Requests under way at once.")]
Timeout = Annotated[float, typer.Option(parser=seconds, metavar="SECONDS", help="For all that one cloud is asked.")]
Outputs = Annotated[
    list[str] | None,
    typer.Option("--output", "-o", metavar="FILE", help="Also write FILE.{html,json,md,xml,yaml}; repeatable."),
]
Subject = Annotated[
    str, typer.Option(metavar="NAME", help="Subject of the SCS YAML report. Default: the cloud's name.")
]
SignWith = Annotated[
    str,
    typer.Option(
        "--sign",
        metavar="KEY",
        help="Sign what is written with this SSH key: FILE.sig, and for JSON also FILE.json.intoto.jsonl.",
    ),
]
BaselineFile = Annotated[
    str, typer.Option("--baseline", metavar="FILE.json", help="Mark what this earlier report has too as known.")
]
FailOnWhat = Annotated[
    FailOn, typer.Option("--fail-on", help="new: what the baseline has too does not count for the exit code.")
]
WaiverFile = Annotated[
    str, typer.Option("--waivers", metavar="FILE.yaml", help="Findings accepted until a day; verdicts stay.")
]
SnapshotsIn = Annotated[
    list[str] | None,
    typer.Option("--snapshot", metavar="FILE", help="Judge this recording instead of a cloud, offline; repeatable."),
]
SnapshotOut = Annotated[
    str,
    typer.Option("--save-snapshot", metavar="FILE", help="Also record the run; {cloud} stands for the cloud's name."),
]
AllowAdmin = Annotated[
    bool, typer.Option("--allow-admin", help="Judge although the user is admin or manager; the report says so.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, as in FILE.json, in place of the table.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show every claim and every finding.")]
