# SPDX-License-Identifier: Apache-2.0
"""How `sovran explain --report` prints what a report saw."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sovran.conformance.told import Seen, Told

SHOWN = 10
"""Findings of one report, unless everything is wanted."""


def print_told(found: "Sequence[Told]", *, verbose: bool) -> None:
    """For each report: the verdict and when, then every finding with its resource, and the commands that cure it."""
    from sovran.cli.listing import print_fields, print_heading

    for one in found:
        judgement = one.judgement
        place = f"{one.cloud}, region {one.region}" if one.region else one.cloud
        when = f"{one.checked_at:%Y-%m-%d %H:%M} UTC"
        typer.echo()
        print_heading(f"{judgement.verdict} on {place}, {when}, judged by {', '.join(one.scopes)}")
        others = ", ".join(f"{name} {verdict}" for name, verdict in one.counterparts.items())
        print_fields(
            [
                ("reason", _line(judgement.reason)),
                ("undecided", _line(judgement.undecided)),
                ("examined", str(judgement.examined)),
                ("known", "the baseline has the same verdict" if judgement.known else ""),
                ("other reading", others),
            ]
        )
        shown = one.seen if verbose else one.seen[:SHOWN]
        for seen in shown:
            typer.echo()
            print_fields(_fields(seen))
        if len(shown) < len(one.seen):
            typer.echo(f"\n... and {len(one.seen) - len(shown)} more findings; --verbose shows all")


def _fields(seen: "Seen") -> list[tuple[str, str]]:
    from sovran.reports.accepted import accepted

    finding = seen.finding
    resource = finding.resource
    called = " ".join(part for part in (resource.kind, resource.name) if part) if resource else ""
    if resource and resource.id not in ("", resource.name):
        called += f" ({resource.id})"
    return [
        (str(finding.weight), _line(finding.message)),
        ("resource", _line(called)),
        ("field", _line(finding.field)),
        ("expected", _line(finding.expected)),
        ("seen", _line(finding.seen)),
        ("accepted", _line(accepted(finding))),
        ("cure command", "\n".join(seen.commands)),
    ]


def _line(text: str) -> str:
    """Foreign text on one line: a line break in it must not look like another field."""
    from sovran.model.printable import printable

    return printable(text, 2000)
