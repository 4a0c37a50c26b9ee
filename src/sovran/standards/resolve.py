# SPDX-License-Identifier: Apache-2.0
"""From `scs-iaas@v5.1` to the testcases and requirements that it means; states of versions by day; differences."""

import datetime
from collections.abc import Iterable

import msgspec

from sovran.model.claim import Claim
from sovran.model.errors import UsageError
from sovran.model.scope import Module, Scope, ScopeVersion, State, TimelineEntry
from sovran.model.standard import Standard
from sovran.standards.check import TARGETS
from sovran.standards.near import did_you_mean
from sovran.standards.ruleset import Ruleset


class Resolution(msgspec.Struct, frozen=True, kw_only=True):
    """What one version of a scope demands."""

    scope: Scope
    version: ScopeVersion
    modules: tuple[Module, ...]
    """In the order in which the version includes them."""
    testcases: dict[str, tuple[str, ...]]
    """Target to testcase ids in module order; ids of standards that are not loaded are among them."""
    requirements: tuple[Claim, ...]
    """By the text of exactly the document versions that the modules speak of, in module order."""

    @property
    def documents(self) -> tuple[str, ...]:
        """Ids of the documents that the modules speak of, in module order."""
        return tuple(dict.fromkeys(module.document for module in self.modules))


def choose(ruleset: Ruleset, text: str, today: datetime.date) -> tuple[tuple[Scope, ScopeVersion], ...]:
    """The scope versions that the user means: `scs-iaas@v5.1`, or `scs-iaas` for all that are effective on the day.

    Raises UsageError with near names for an unknown scope or version, and when no version is effective.
    """
    name, at, wanted = text.partition("@")
    scope = ruleset.scope(name)
    if at:
        return ((scope, find_version(scope, wanted)),)
    chosen = tuple(
        (scope, version) for version in scope.versions if state(scope, version.version, today) is State.EFFECTIVE
    )
    if not chosen:
        names = ", ".join(f"{scope.id}@{version.version}" for version in scope.versions)
        raise UsageError(f"no version of {scope.id} is effective on {today}; name one of {names}")
    return chosen


def choose_one(ruleset: Ruleset, text: str, today: datetime.date) -> tuple[Scope, ScopeVersion]:
    """As `choose`, where one version is needed; raises UsageError when several are effective and none is named."""
    chosen = choose(ruleset, text, today)
    if len(chosen) > 1:
        names = ", ".join(f"{scope.id}@{version.version}" for scope, version in chosen)
        raise UsageError(f"several versions of {text} are effective on {today}; name one of {names}")
    return chosen[0]


def find_version(scope: Scope, wanted: str) -> ScopeVersion:
    """The version of this name; raises UsageError with near names, also for a version that the body has pruned."""
    versions = {version.version: version for version in scope.versions}
    if wanted in versions:
        return versions[wanted]
    names = ", ".join(f"{scope.id}@{name}" for name in versions)
    if wanted in scope.pruned:
        raise UsageError(f"{scope.id}@{wanted} ({scope.pruned[wanted]}) is no longer published; name one of {names}")
    raise UsageError(f"{scope.id} has no version `{wanted}`{did_you_mean(wanted, versions)}")


def entry_on(scope: Scope, day: datetime.date) -> TimelineEntry:
    """The timeline entry that holds on the day; raises UsageError for a day before the first."""
    for entry in scope.timeline:
        if entry.date <= day:
            return entry
    first = scope.timeline[-1].date
    raise UsageError(
        f"the timeline of {scope.id} begins on {first}, so no version had a state on {day}; name a later day"
    )


def state(scope: Scope, version: str, day: datetime.date) -> State:
    """What the version is worth on the day (SCS-0003, timeline); deprecated if the entry does not name it."""
    return entry_on(scope, day).versions.get(version, State.DEPRECATED)


def history(scope: Scope, version: str) -> tuple[tuple[datetime.date, State], ...]:
    """Since when the version had which state, oldest first; begins with the first entry that names it."""
    changes: list[tuple[datetime.date, State]] = []
    for entry in reversed(scope.timeline):
        now = entry.versions.get(version)
        if now is None and changes:
            now = State.DEPRECATED
        if now and (not changes or changes[-1][1] is not now):
            changes.append((entry.date, now))
    return tuple(changes)


def counts_in(ruleset: Ruleset, claim: Claim) -> tuple[str, ...]:
    """The scope versions for which the claim counts, e.g. `scs-iaas@v5.1 (main)`; for requirements without a target."""
    found: list[str] = []
    for scope in ruleset.scopes.values():
        for version in scope.versions:
            one = resolve(ruleset, scope, version, TARGETS)
            name = f"{scope.id}@{version.version}"
            found.extend(f"{name} ({target})" for target, testcases in one.testcases.items() if claim.id in testcases)
            if any(claim.id == requirement.id for requirement in one.requirements):
                found.append(name)
    return tuple(found)


def resolve(ruleset: Ruleset, scope: Scope, version: ScopeVersion, targets: Iterable[str] = ("main",)) -> Resolution:
    """What the version demands: the testcases of these targets, and the requirements of its documents."""
    by_id = {module.id: module for module in scope.modules}
    modules = tuple(by_id[name] for name in version.include)
    testcases = {
        target: tuple(testcase for module in modules for testcase in module.targets.get(target, ()))
        for target in targets
    }
    return Resolution(
        scope=scope,
        version=version,
        modules=modules,
        testcases=testcases,
        requirements=_requirements(ruleset, modules),
    )


def _requirements(ruleset: Ruleset, modules: Iterable[Module]) -> tuple[Claim, ...]:
    requirements: dict[str, Claim] = {}
    for module in modules:
        standard = ruleset.standards.get(module.standard)
        document = module.document.removeprefix(f"{module.standard}-")
        for claim in standard.requirements if standard else ():
            if not claim.documents or document in claim.documents:
                part = module.id.removeprefix(f"{module.standard}-")
                requirements.setdefault(claim.id, claim.for_document(document, part))
    return tuple(requirements.values())


SUPPLEMENT = "Supplement"
"""Status of documents that say how a standard is tested or built, and demand nothing."""


def newest_text(standard: Standard, scope: Scope) -> tuple[str, tuple[Claim, ...]]:
    """The id of the standard's newest document that demands something, and its requirements; where their parameters
    depend on the module of a scope, those of the scope's last module that has any.
    """
    document = [one.id for one in standard.documents if one.status != SUPPLEMENT][-1]
    version = document.removeprefix(f"{standard.id}-")
    parts = [one.id.removeprefix(f"{standard.id}-") for one in scope.modules if one.standard == standard.id]
    claims = []
    for claim in standard.requirements:
        if not claim.documents or version in claim.documents:
            part = next((name for name in reversed(parts) if name in claim.parameters_by_document), "")
            claims.append(claim.for_document(version, part))
    return document, tuple(claims)
