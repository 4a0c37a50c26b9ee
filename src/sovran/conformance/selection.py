# SPDX-License-Identifier: Apache-2.0
"""Which claims a run judges: a scope version, narrowed to standards and to ids."""

import datetime
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from sovran.model.claim import Claim, Level, Observer, Reading
from sovran.model.errors import UsageError
from sovran.model.question import Question
from sovran.model.report import StandardInfo
from sovran.standards.check import TARGETS
from sovran.standards.near import did_you_mean
from sovran.standards.resolve import Resolution, choose, newest_text, resolve
from sovran.standards.ruleset import Ruleset

MAIN, ALL = "main", "all"
OTHER = "other"
"""Target of testcases that count for another version only, or that the suite has and no module asks for."""
WILDCARDS = frozenset("*?[")
"""What makes a pattern more than one id."""
NO_RULE_YET = "this version of sovran has no rule for this testcase"


@dataclass(frozen=True)
class Selection:
    """What is to be judged."""

    resolution: Resolution
    claims: tuple[tuple[Claim, str], ...]
    """Each with its target: `main`, `recommended`, `preview` or `other` for testcases, empty for requirements."""
    complete: bool
    """False when main testcases of the scope version were left out."""
    ruleset: str = ""
    """Digest of the standards and scopes that it was taken from."""
    standards: tuple[StandardInfo, ...] = ()
    """Those of the claims that the ruleset knows, in the order of the claims."""
    notes: tuple[str, ...] = ()
    """What a reader of the report is told about the claims, e.g. that a standard is not part of the scope version."""
    question: Question | None = field(default=None, compare=False)
    """What was asked for; its scope with the version that was found."""


def select(
    ruleset: Ruleset,
    resolution: Resolution,
    *,
    standards: Sequence[str] = (),
    patterns: Sequence[str] = (),
    targets: Sequence[str] = (),
) -> Selection:
    """The main testcases and the requirements of the scope version, narrowed to `standards` and to ids that match one
    of the glob `patterns`. A pattern also reaches testcases that are in the scope but outside this version's main
    target; they do not count towards its verdict.

    With `targets` (main, recommended, preview, all) exactly the testcases of these, modules outside the version
    included; the requirements are among them when main is. `all` adds what is main in another version only, or in no
    module.

    Standards that are asked for though the scope version does not include them are judged by the newest version of
    their text; that has no influence on the scope version, and a note says so.

    Raises UsageError when a standard or target is unknown or nothing is left.
    """
    wanted = {ruleset.standard(name).id for name in standards}
    everything = list(_everything(ruleset, resolution, targets, beyond_main=bool(patterns)))
    outside = _outside(ruleset, resolution, wanted) if _with_requirements(targets) else {}
    everything += [(claim, "") for claims in outside.values() for claim in claims]
    globs = [pattern for pattern in patterns if WILDCARDS.intersection(pattern)]
    named = set(patterns).difference(globs)
    chosen = tuple(
        (claim, target)
        for claim, target in everything
        if (not wanted or claim.standard in wanted)
        and (not patterns or claim.id in named or any(fnmatchcase(claim.id, pattern) for pattern in globs))
    )
    scope_name = f"{resolution.scope.id}@{resolution.version.version}"
    known = [claim.id for claim, _ in everything]
    for pattern in patterns:
        if pattern not in known and not any(fnmatchcase(name, pattern) for name in known):
            near = did_you_mean(pattern, known) or f"; `sovran scope show {scope_name}` lists its ids"
            if {pattern, f"scs-{pattern}"} & ruleset.standards.keys():
                near = f"; `--standard {pattern}` selects a standard"
            raise UsageError(f"nothing in {scope_name} matches {pattern!r}{near}")
    if not chosen:
        where = [*sorted(wanted), *(f"target {target}" for target in targets)]
        raise UsageError(f"{scope_name} has nothing to judge in {', '.join(where)}")
    asked = {claim.id for claim, _ in chosen}
    return Selection(
        resolution,
        chosen,
        complete=asked.issuperset(resolution.testcases[MAIN]),
        ruleset=ruleset.digest,
        standards=_standards(ruleset, chosen),
        notes=tuple(_notes(scope_name, chosen, outside)),
        question=Question(
            scope=scope_name, targets=tuple(targets), standards=tuple(standards), patterns=tuple(patterns)
        ),
    )


def _notes(
    scope_name: str, chosen: Sequence[tuple[Claim, str]], outside: dict[str, tuple[Claim, ...]]
) -> Iterator[str]:
    """What of the chosen says nothing about the scope version."""
    asked = {claim.id for claim, _ in chosen}
    for document, claims in outside.items():
        if asked.intersection(claim.id for claim in claims):
            yield (
                f"{document} is not part of {scope_name}: its text is judged, and changes nothing about the scope "
                "version."
            )
    targets = {target for claim, target in chosen if claim.reading is Reading.OFFICIAL}
    if targets and MAIN not in targets:
        yield f"None of these testcases decides about {scope_name}: only its main testcases do."


def select_for(ruleset: Ruleset, question: Question, today: datetime.date) -> Selection:
    """What the question asks for; a scope without a version means the last of those that are effective `today`.

    Raises UsageError as `choose` and `select` do.
    """
    found, version = choose(ruleset, question.scope, today)[-1]
    resolution = resolve(ruleset, found, version)
    return select(
        ruleset,
        resolution,
        standards=question.standards,
        patterns=question.patterns,
        targets=question.targets,
    )


def _standards(ruleset: Ruleset, chosen: Sequence[tuple[Claim, str]]) -> tuple[StandardInfo, ...]:
    known = (ruleset.standards.get(name) for name in dict.fromkeys(claim.standard for claim, _ in chosen))
    return tuple(StandardInfo(id=one.id, title=one.title, url=one.url) for one in known if one)


def _everything(
    ruleset: Ruleset, resolution: Resolution, targets: Sequence[str], *, beyond_main: bool
) -> Iterator[tuple[Claim, str]]:
    """What can be chosen from; `beyond_main` matters only without `targets`."""
    for target in targets:
        if target not in (*TARGETS, ALL):
            raise UsageError(f"`{target}` is not a target{did_you_mean(target, (*TARGETS, ALL))}")
    for claim, target in _testcases(ruleset, resolution, beyond_main=beyond_main or bool(targets)):
        if not targets or target in targets or ALL in targets:
            yield claim, target
    if _with_requirements(targets):
        yield from ((claim, "") for claim in resolution.requirements if claim.level.judged)


def _with_requirements(targets: Sequence[str]) -> bool:
    return not targets or MAIN in targets or ALL in targets


def _outside(ruleset: Ruleset, resolution: Resolution, wanted: Set[str]) -> dict[str, tuple[Claim, ...]]:
    """Of the wanted standards those that the version does not include: their newest document to its requirements."""
    included = {module.standard for module in resolution.modules}
    found = {}
    for standard in (ruleset.standards[name] for name in sorted(wanted - included)):
        document, claims = newest_text(standard, resolution.scope)
        found[document] = tuple(claim for claim in claims if claim.level.judged)
    return found


def _testcases(ruleset: Ruleset, resolution: Resolution, *, beyond_main: bool) -> Iterator[tuple[Claim, str]]:
    """The testcases in the order of the version's modules; `beyond_main` adds those of the scope's other modules, and
    those of its standards that are in no module.
    """
    seen: set[str] = set()
    targets = [(MAIN, resolution.modules)]
    if beyond_main:
        modules = (*resolution.modules, *resolution.scope.modules)
        targets = [(MAIN, resolution.modules), *((target, modules) for target in ("recommended", "preview", MAIN))]
    for position, (target, modules) in enumerate(targets):
        for module in modules:
            for name in module.targets.get(target, ()):
                if name in seen:
                    continue
                seen.add(name)
                claim = ruleset.claims.get(name) or _unknown(name, module.standard)
                # main testcases of another version are none of this version's
                yield claim, target if position == 0 or target != MAIN else OTHER
    if beyond_main:
        for standard in dict.fromkeys(module.standard for module in resolution.scope.modules):
            testcases = ruleset.standards[standard].testcases if standard in ruleset.standards else ()
            yield from ((claim, OTHER) for claim in testcases if claim.id not in seen)


def _unknown(name: str, standard: str) -> Claim:
    """A testcase of a standard whose rules are not here yet: it stays in the report, as not tried."""
    return Claim(
        id=name,
        standard=standard,
        reading=Reading.OFFICIAL,
        text="",
        level=Level.MUST,
        who=(Observer.TENANT,),
        rule=None,
        source=standard,
        evidence=NO_RULE_YET,
    )
