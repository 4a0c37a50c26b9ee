# SPDX-License-Identifier: Apache-2.0
"""The generated pages about standards: one for each, an index of them, and one of the rules."""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from sovran.model.claim import Claim
from sovran.model.standard import Standard
from sovran.rules.registry import find_rule
from sovran.standards.resolve import counts_in
from sovran.standards.ruleset import Ruleset

GROUPED = 4
"""So many testcases in a row that differ only in what a table gives share one section."""
NOT_JUDGED = "Nothing is decided: a permission or a definition can neither be kept nor broken."


def pages(ruleset: Ruleset, note: str) -> dict[str, Callable[[], str]]:
    """File name below docs/ to what makes its text; `note` stands at the top of each."""
    found: dict[str, Callable[[], str]] = {
        "claims.md": lambda: _text(note, _index(ruleset)),
        "standards/rules.md": lambda: _text(note, _rules(ruleset)),
    }
    for standard in ruleset.standards.values():
        found[f"standards/{standard.id}.md"] = partial(_standard, ruleset, standard, note)
    return found


def cell(text: str) -> str:
    """Text for one cell of a table."""
    return plain(text).replace("|", "\\|")


def plain(text: str) -> str:
    """Text on one line in which nothing outside code spans is markup."""
    parts = " ".join(text.split()).split("`")
    return "`".join(part if number % 2 else re.sub(r"([*<_])", r"\\\1", part) for number, part in enumerate(parts))


def _text(note: str, lines: Iterator[str]) -> str:
    return "\n".join((note, *lines)) + "\n"


def _standard(ruleset: Ruleset, standard: Standard, note: str) -> str:
    return _text(note, _page(ruleset, standard))


def _index(ruleset: Ruleset) -> Iterator[str]:
    yield from ("# Standards, requirements and testcases", "")
    yield "What `sovran check` judges, one page for each standard. `sovran explain ID` tells the same about one claim."
    yield "[How the rules decide](standards/rules.md), and what they read."
    yield from ("", "| Standard | Title | Requirements | Testcases | Included in |", "| --- | --- | --- | --- | --- |")
    for standard in ruleset.standards.values():
        numbers = f"{len(standard.requirements)} | {len(standard.testcases)}"
        included = ", ".join(_included(ruleset, standard)) or "no scope version"
        yield f"| [{standard.id}](standards/{standard.id}.md) | {cell(standard.title)} | {numbers} | {included} |"


def _rules(ruleset: Ruleset) -> Iterator[str]:
    yield from ("# Rules", "")
    yield "A rule is a function of facts. What it reads, and when that for which it stands holds. [Back](../claims.md)."
    yield from ("", "| Rule | Decides | Reads | How |", "| --- | --- | --- | --- |")
    users: dict[str, list[Claim]] = {}
    for claim in ruleset.claims.values():
        if claim.rule:
            users.setdefault(claim.rule, []).append(claim)
    for name, claims in sorted(users.items()):
        rule = find_rule(name)
        facts = ", ".join(fact.__name__ for fact in rule.facts)
        links = ", ".join(f"[{claim.id}]({claim.standard}.md#{claim.id})" for claim in claims[:GROUPED])
        more = f" and {len(claims) - GROUPED} more" if len(claims) > GROUPED else ""
        yield f'| <a id="{name}"></a>`{name}` | {links}{more} | {facts or "nothing"} | {cell(rule.doc)} |'


def _page(ruleset: Ruleset, standard: Standard) -> Iterator[str]:
    yield from (f"# {standard.id}: {plain(standard.title)}", "")
    included = ", ".join(_included(ruleset, standard)) or "no scope version"
    yield f"Published by {standard.body}. Included in: {included}. [All standards](../claims.md)."
    if standard.url:
        yield f"The text itself: <{standard.url}>"
    yield from ("", "| Document | Status | Stable since | Note |", "| --- | --- | --- | --- |")
    for document in standard.documents:
        yield f"| {document.id} | {document.status} | {document.stabilized_at or '-'} | {cell(document.note)} |"
    if standard.requirements:
        yield from ("", "## Requirements", "", "What the text demands, in our own words.")
        yield from ("", "| Id | Level | Who can check | Demands |", "| --- | --- | --- | --- |")
        for claim in standard.requirements:
            yield f"| [{claim.id}](#{claim.id}) | {claim.level} | {', '.join(claim.who)} | {cell(claim.text)} |"
        for claim in standard.requirements:
            yield from _section(ruleset, claim)
    if standard.testcases:
        yield from ("", "## Testcases", "", "What the official suite decides, which is what the monitor gets.")
        for claims in _groups(standard.testcases):
            yield from _group(ruleset, claims) if len(claims) >= GROUPED else _sections(ruleset, claims)


def _sections(ruleset: Ruleset, claims: Sequence[Claim]) -> Iterator[str]:
    for claim in claims:
        yield from _section(ruleset, claim)


def _section(ruleset: Ruleset, claim: Claim) -> Iterator[str]:
    """Everything about one claim."""
    yield from ("", f"### {claim.id}", "", f"**{claim.level}** {plain(claim.text)}", "")
    yield from _facts(ruleset, claim)
    for name, value in claim.parameters.items():
        yield f"- Parameter `{name}`: {_value(value, claim)}"
    for version, parameters in claim.parameters_by_document.items():
        for name, value in parameters.items():
            yield f"- Parameter `{name}` in {claim.standard}-{version}: {_value(value, claim)}"
    yield f"- Counts in: {', '.join(counts_in(ruleset, claim)) or 'no scope version'}"


def _group(ruleset: Ruleset, claims: Sequence[Claim]) -> Iterator[str]:
    """Testcases of one template: what they have in common once, and a table of the rest."""
    first = claims[0]
    alike = itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*(one.id for one in claims), strict=False))
    yield from ("", f"### {''.join(letters[0] for letters in alike)}\\*", "")
    yield from (f"**{first.level}** For example `{first.id}`: {plain(first.text)}", "")
    yield from _facts(ruleset, first)
    names = tuple(first.parameters)
    yield from ("", f"| Testcase | {' | '.join(names)} | Counts in |", "| --- |" + " --- |" * (len(names) + 1))
    for claim in claims:
        values = " | ".join(_value(claim.parameters.get(name), claim) for name in names)
        counts = ", ".join(counts_in(ruleset, claim)) or "no scope version"
        yield f'| <a id="{claim.id}"></a>`{claim.id}` | {values} | {counts} |'


def _facts(ruleset: Ruleset, claim: Claim) -> Iterator[str]:
    """How it is decided, where it comes from, what to do."""
    if not claim.level.judged:
        yield f"- {NOT_JUDGED}"
    elif claim.rule:
        rule = find_rule(claim.rule)
        reads = f" (reads {', '.join(fact.__name__ for fact in rule.facts)})" if rule.facts else ""
        yield f"- Decided by [`{claim.rule}`](rules.md#{claim.rule}){reads}: {plain(rule.doc)}"
    else:
        yield "- Decided by no rule: it is not run (MISS)."
    yield f"- Source: {plain(claim.source)}"
    if claim.cure:
        yield f"- Cure: {plain(claim.cure)}"
    if claim.evidence:
        yield f"- Evidence that would decide it: {plain(claim.evidence)}"
    others = ruleset.counterparts(claim)
    if others:
        yield f"- In the other reading: {', '.join(f'[{one.id}](#{one.id})' for one in others)}"


def _groups(claims: Sequence[Claim]) -> Iterator[list[Claim]]:
    """Neighbours that one template made: same rule, level, source and parameters' names."""
    for _, group in itertools.groupby(
        claims, key=lambda claim: (claim.rule, claim.level, claim.source, claim.covers, tuple(claim.parameters))
    ):
        yield list(group)


def _included(ruleset: Ruleset, standard: Standard) -> Iterator[str]:
    """The scope versions that include a module of the standard."""
    for scope in ruleset.scopes.values():
        modules = {module.id for module in scope.modules if module.standard == standard.id}
        for version in scope.versions:
            if modules & set(version.include):
                yield f"{scope.id}@{version.version}"


def _value(value: object, claim: Claim) -> str:
    """A parameter in one cell; tables only by their size."""
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        return f"{len(value)} rows ({', '.join(value[0])}), which `sovran explain {claim.id}` lists"
    if isinstance(value, dict):
        return cell("; ".join(f"`{key}`" + (f" ({_plain_list(rest)})" if rest else "") for key, rest in value.items()))
    return cell(_plain_list(value)) or "-"


def _plain_list(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)
