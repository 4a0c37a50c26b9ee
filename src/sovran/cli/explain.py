# SPDX-License-Identifier: Apache-2.0
"""`sovran explain`: one requirement or testcase: what it says, how it is decided, how to cure a failure."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sovran.conformance.told import Told
    from sovran.model.claim import Claim


def explain(
    claim: Annotated[str, typer.Argument(metavar="ID", help="E.g. scs-0103-flavor-1v-4 or 0103-01.")],
    report: Annotated[
        str, typer.Option("--report", metavar="FILE.json", help="Also tell what this report saw, and the cure for it.")
    ] = "",
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show every finding of the report.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Explain a requirement or testcase: what it says, who can see it, how it is decided, how to cure a failure."""
    from sovran.cli.listing import print_fields, print_heading, print_json
    from sovran.standards.load import load_standards
    from sovran.standards.resolve import counts_in

    ruleset = load_standards()
    found = ruleset.claim(claim)
    decided = _how(found)
    others = ruleset.counterparts(found)
    scopes = counts_in(ruleset, found)
    seen = _seen(report, found, others) if report else ()
    if as_json:
        extra: dict[str, object] = {"decided": decided, "counterparts": [one.id for one in others], "counts_in": scopes}
        extra |= {"reports": seen} if report else {}
        print_json({"claim": found, **extra})
        return
    standard = ruleset.standards[found.standard]
    print_heading(f"{found.id} ({found.level}), {_kind(found)} of {standard.id}: {standard.title}")
    print_fields(
        [
            ("says", found.text),
            ("reading", f"{found.reading}: {found.reading.meaning}"),
            ("source", found.source),
            ("who can check", ", ".join(found.who)),
            ("decided by", decided),
            ("parameters", "\n".join(_parameters(found))),
            ("counts in", ", ".join(scopes) or "no scope version"),
            ("result counts", _lasts(found)),
            ("counterparts", _counterparts(others)),
            ("cure", found.cure),
            ("evidence", found.evidence),
        ]
    )
    if seen:
        from sovran.cli.explain_report import print_told

        print_told(seen, verbose=verbose)


def _seen(report: str, claim: "Claim", others: "tuple[Claim, ...]") -> "tuple[Told, ...]":
    from pathlib import Path

    from sovran.conformance.told import told
    from sovran.reports.json_report import read_report

    return told(read_report(Path(report)), claim, others)


def _kind(claim: "Claim") -> str:
    from sovran.model.claim import Reading

    return "official testcase" if claim.reading is Reading.OFFICIAL else "requirement"


def _how(claim: "Claim") -> str:
    """How the rule decides, in the words of the rule itself."""
    if not claim.level.judged:
        return "nothing to decide: a permission or a definition can neither be kept nor broken"
    if claim.rule is None:
        return "no rule: no API shows it"
    from sovran.rules.registry import find_rule

    return f"{claim.rule}: {find_rule(claim.rule).doc}"


def _lasts(claim: "Claim") -> str:
    """For testcases: how long a result counts, by the day of today as an example."""
    import datetime

    from sovran.model.claim import Reading
    from sovran.standards.lifetime import expiry

    if claim.reading is not Reading.OFFICIAL:
        return ""
    today = datetime.datetime.now(datetime.UTC).date()
    end = expiry(claim.lifetime, today)
    return f"to the end of the {claim.lifetime} after that of the check; one of today before {end}"


def _parameters(claim: "Claim") -> list[str]:
    lines = [line for name, value in claim.parameters.items() for line in _parameter(name, value)]
    for version, parameters in claim.parameters_by_document.items():
        document = f"{claim.standard}-{version}"
        lines += [f"{document}: {line}" for name, value in parameters.items() for line in _parameter(name, value)]
    return lines


def _parameter(name: str, value: Any) -> list[str]:
    """One line, or for rows of a table one line each."""
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        return [
            f"{name} ({', '.join(value[0])}):",
            *("  " + ", ".join("-" if cell is None else str(cell) for cell in row.values()) for row in value),
        ]
    if isinstance(value, dict):
        if any(isinstance(rest, dict) for rest in value.values()):
            return [f"{name}: {', '.join(value)} (`--json` shows what is in them)"]
        return [f"{name}: " + "; ".join(f"{key} ({_words(rest)})" if rest else key for key, rest in value.items())]
    return [f"{name}: {_words(value)}"]


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _counterparts(others: "tuple[Claim, ...]") -> str:
    if not others:
        return "none in the other reading"
    by_level: dict[str, list[str]] = {}
    for one in others:
        by_level.setdefault(f"{one.level}, {one.reading}", []).append(one.id)
    return "\n".join(f"{level}: {', '.join(names)}" for level, names in by_level.items())
