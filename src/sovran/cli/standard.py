# SPDX-License-Identifier: Apache-2.0
"""`sovran standard`: which standards sovran knows, and what each demands."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sovran.model.claim import Claim
    from sovran.model.standard import Standard
    from sovran.standards.ruleset import Ruleset

app = typer.Typer(help="Show the standards: their requirements and official testcases.", no_args_is_help=True)


@app.command("list")
def list_standards(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the standards that sovran can judge."""
    from sovran.cli.listing import print_json, print_table
    from sovran.standards.load import load_standards

    standards = load_standards().standards.values()
    if as_json:
        print_json([_summary(standard) for standard in standards])
        return
    columns = ("standard", "requirements", "testcases", "documents", "title")
    rows = [
        (
            standard.id,
            str(len(standard.requirements)),
            str(len(standard.testcases)),
            ", ".join(f"{_version(standard, document.id)} {document.status}" for document in standard.documents),
            standard.title,
        )
        for standard in standards
    ]
    print_table(columns, rows)


@app.command()
def show(
    standard: Annotated[str, typer.Argument(metavar="ID", help="The standard, e.g. scs-0103 or 0103.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show one standard: each requirement and testcase with its level and who can see whether it holds."""
    from sovran.cli.listing import print_fields, print_heading, print_json, print_table
    from sovran.standards.load import load_standards

    ruleset = load_standards()
    found = ruleset.standard(standard)
    if as_json:
        print_json(found)
        return
    print_heading(f"{found.id}: {found.title}")
    documents = "\n".join(
        f"{document.id}, {document.status}" + (f" ({document.note})" if document.note else "")
        for document in found.documents
    )
    print_fields([("documents", documents), ("text", found.url)])
    typer.echo()
    print_heading("Requirements, by the text of the standard")
    columns = ("requirement", "level", "who", "official test", "text")
    print_table(columns, [(one.id, one.level, _who(one), _tests(ruleset, one), one.text) for one in found.requirements])
    typer.echo()
    print_heading("Testcases of the official suite")
    print_table(
        ("testcase", "level", "who", "text"), [(one.id, one.level, _who(one), one.text) for one in found.testcases]
    )


def _summary(standard: "Standard") -> dict[str, object]:
    return {
        "id": standard.id,
        "title": standard.title,
        "body": standard.body,
        "url": standard.url,
        "documents": standard.documents,
        "requirements": len(standard.requirements),
        "testcases": len(standard.testcases),
    }


def _version(standard: "Standard", document: str) -> str:
    return document.removeprefix(f"{standard.id}-")


def _tests(ruleset: "Ruleset", claim: "Claim") -> str:
    """The official testcase that looks at the requirement, or how many do."""
    tests = ruleset.counterparts(claim)
    return tests[0].id if len(tests) == 1 else f"{len(tests)} testcases" if tests else "-"


def _who(claim: "Claim") -> str:
    return ", ".join(claim.who)
