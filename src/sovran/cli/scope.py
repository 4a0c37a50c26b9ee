# SPDX-License-Identifier: Apache-2.0
"""`sovran scope`: certificate scopes, what their versions demand, and what they are worth on a day."""

import datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sovran.standards.difference import Changes
    from sovran.standards.resolve import Resolution
    from sovran.standards.ruleset import Ruleset

app = typer.Typer(help="Show certificate scopes: versions, testcases, differences.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Day = Annotated[
    datetime.datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], metavar="DAY", help="State on this day (YYYY-MM-DD), not today."),
]


@app.command("list")
def list_scopes(day: Day = None, as_json: Json = False) -> None:
    """List the scopes and the state of each version."""
    from sovran.cli.listing import print_json, print_table
    from sovran.standards.load import load_standards
    from sovran.standards.resolve import resolve, state

    ruleset = load_standards()
    on = _day(day)
    versions = [
        {
            "scope": f"{scope.id}@{version.version}",
            "state": state(scope, version.version, on),
            "stabilized_at": version.stabilized_at,
            "modules": len(version.include),
            "main_testcases": len(resolve(ruleset, scope, version).testcases["main"]),
            "name": scope.name,
        }
        for scope in ruleset.scopes.values()
        for version in scope.versions
    ]
    if as_json:
        print_json({"date": on, "versions": versions})
        return
    columns = ("scope", "state", "stabilized", "modules", "main testcases", "name")
    print_table(columns, [["-" if cell is None else str(cell) for cell in one.values()] for one in versions])


@app.command()
def show(
    scope: Annotated[
        str, typer.Argument(metavar="SCOPE[@VERSION]", help="E.g. scs-iaas@v5.1; without version: all effective.")
    ],
    day: Day = None,
    as_json: Json = False,
) -> None:
    """Show what a scope version demands: its state, modules, testcases and requirements."""
    from sovran.cli.listing import print_json
    from sovran.standards.check import TARGETS
    from sovran.standards.load import load_standards
    from sovran.standards.resolve import choose, resolve

    ruleset = load_standards()
    on = _day(day)
    chosen = [resolve(ruleset, found, version, TARGETS) for found, version in choose(ruleset, scope, on)]
    if as_json:
        print_json({"date": on, "versions": [_as_json(one, on) for one in chosen]})
        return
    for number, one in enumerate(chosen):
        if number:
            typer.echo()
        _print_version(ruleset, one, on)


@app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="SCOPE@VERSION")],
    after: Annotated[str, typer.Argument(metavar="SCOPE@VERSION")],
    as_json: Json = False,
) -> None:
    """Show what changes from one scope version to another: modules, testcases, requirements."""
    from sovran.cli.listing import print_json
    from sovran.standards.check import TARGETS
    from sovran.standards.difference import difference
    from sovran.standards.load import load_standards
    from sovran.standards.resolve import choose_one, resolve

    ruleset = load_standards()
    today = _day(None)
    first, second = (resolve(ruleset, *choose_one(ruleset, name, today), TARGETS) for name in (before, after))
    found = difference(first, second)
    if as_json:
        print_json(found)
        return
    typer.echo(f"from {_name(first)} to {_name(second)}")
    for title, changes in (
        ("Modules", found.modules),
        ("Testcases", found.testcases),
        ("Requirements, by the text", found.requirements),
    ):
        _print_changes(title, changes)


def _print_version(ruleset: "Ruleset", one: "Resolution", on: datetime.date) -> None:
    from sovran.cli.listing import print_fields, print_heading, print_table
    from sovran.standards.resolve import history, state

    print_heading(f"{_name(one)}: {one.scope.name}")
    past = ", ".join(f"{since} {what}" for since, what in history(one.scope, one.version.version))
    fields = [
        ("state", f"{state(one.scope, one.version.version, on)} on {on}"),
        ("timeline", past),
        ("stabilized", str(one.version.stabilized_at or "not yet")),
        ("uuid", one.scope.uuid),
        ("source", one.scope.url),
        ("requirements", ", ".join(claim.id for claim in one.requirements)),
    ]
    print_fields(fields)
    typer.echo()
    modules = [
        (module.id, module.document, ", ".join(f"{len(ids)} {target}" for target, ids in module.targets.items()) or "-")
        for module in one.modules
    ]
    print_table(("module", "document", "testcases"), modules)
    typer.echo()
    rows = [(testcase, target, _text(ruleset, testcase)) for target, ids in one.testcases.items() for testcase in ids]
    print_table(("testcase", "target", "text"), rows)


def _as_json(one: "Resolution", on: datetime.date) -> dict[str, object]:
    from sovran.standards.resolve import history, state

    return {
        "scope": one.scope.id,
        "version": one.version.version,
        "name": one.scope.name,
        "uuid": one.scope.uuid,
        "url": one.scope.url,
        "state": state(one.scope, one.version.version, on),
        "timeline": [{"date": since, "state": what} for since, what in history(one.scope, one.version.version)],
        "stabilized_at": one.version.stabilized_at,
        "modules": one.modules,
        "testcases": one.testcases,
        "requirements": [claim.id for claim in one.requirements],
    }


def _print_changes(title: str, changes: "Changes") -> None:
    from sovran.cli.listing import print_heading

    typer.echo()
    print_heading(title)
    for old, new in changes.changed:
        typer.echo(f"  ~ {old}: {new}")
    for name in changes.removed:
        typer.echo(f"  - {name}")
    for name in changes.added:
        typer.echo(f"  + {name}")
    if not changes:
        typer.echo("  no difference")


def _text(ruleset: "Ruleset", testcase: str) -> str:
    claim = ruleset.claims.get(testcase)
    return claim.text if claim else "(no data on this standard yet)"


def _name(one: "Resolution") -> str:
    return f"{one.scope.id}@{one.version.version}"


def _day(given: datetime.datetime | None) -> datetime.date:
    """The day given, or today by UTC, as everywhere in sovran."""
    return (given or datetime.datetime.now(datetime.UTC)).date()
