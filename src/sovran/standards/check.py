# SPDX-License-Identifier: Apache-2.0
"""Checks what the form of a file cannot: that ids, documents, modules and versions that are named exist."""

from collections.abc import Iterable, Mapping

from sovran.model.claim import Claim
from sovran.model.scope import Scope
from sovran.model.standard import Standard
from sovran.standards.build import Built, Place
from sovran.standards.explain_error import Fault
from sovran.standards.near import did_you_mean

TARGETS = ("main", "recommended", "preview")
"""`main` decides about certification; the others inform (SCS-0003, modules)."""


def check_standard(built: Built) -> None:
    """Raise Fault for documents, requirements or evidence that a standard names or needs but does not have."""
    standard = built.standard
    seen: set[str] = set()
    for index, document in enumerate(standard.documents):
        if not document.id.startswith(f"{standard.id}-"):
            raise Fault(f"`{document.id}` does not begin with `{standard.id}-`", "documents", index, "id")
        if document.id in seen:
            raise Fault(f"the document `{document.id}` stands twice", "documents", index, "id")
        seen.add(document.id)
    versions = [document.id.removeprefix(f"{standard.id}-") for document in standard.documents]
    demands = [requirement.id for requirement in standard.requirements]
    for claim in (*standard.requirements, *standard.testcases):
        _check_claim(claim, built.places[claim.id], versions, demands)


def _check_claim(claim: Claim, place: Place, versions: list[str], demands: list[str]) -> None:
    for index, version in enumerate(claim.documents):
        if version not in versions:
            reason = f"`{version}` is not a version of {claim.standard}{did_you_mean(version, versions)}"
            raise Fault(reason, *place, "documents", index)
    for version in claim.parameters_by_document:
        # `v1-2` is the scope's second module of document v1
        if version.partition("-")[0] not in versions:
            reason = f"`{version}` is not a version of {claim.standard}{did_you_mean(version, versions)}"
            raise Fault(reason, *place, "parameters_by_document", key=version)
    for index, name in enumerate(claim.covers):
        if name not in demands:
            reason = f"`{name}` is not a requirement of {claim.standard}{did_you_mean(name, demands)}"
            raise Fault(reason, *place, "covers", index)
    if claim.rule is None and (claim.parameters or claim.parameters_by_document):
        raise Fault(f"`{claim.id}` has parameters but no rule that could take them", *place)
    if claim.rule is None and claim.level.judged and not claim.evidence:
        raise Fault(f"`{claim.id}` has no rule, so `evidence` must say what would decide it", *place)


def check_scope(scope: Scope, standards: Mapping[str, Standard]) -> None:
    """Raise Fault for what a scope names but nobody defines.

    Testcases of standards that are not among `standards` are allowed: their rules are not there yet, the ids count.
    """
    _unique((module.id for module in scope.modules), "modules", "id")
    _unique((version.version for version in scope.versions), "versions", "version")
    for index, module in enumerate(scope.modules):
        for target in module.targets:
            if target not in TARGETS:
                reason = f"`{target}` is not a target{did_you_mean(target, TARGETS)}"
                raise Fault(reason, "modules", index, "targets", key=target)
        if standard := standards.get(module.standard):
            _check_module(scope, index, standard)
    _check_versions(scope)
    _check_timeline(scope)


def _check_module(scope: Scope, index: int, standard: Standard) -> None:
    module = scope.modules[index]
    documents = [document.id for document in standard.documents]
    if module.document not in documents:
        reason = f"`{module.document}` is not a document of {standard.id}{did_you_mean(module.document, documents)}"
        raise Fault(reason, "modules", index, "document")
    known = {testcase.id for testcase in standard.testcases}
    for target, testcases in module.targets.items():
        for position, testcase in enumerate(testcases):
            if testcase not in known:
                reason = f"`{testcase}` is not a testcase of {standard.id}{did_you_mean(testcase, known)}"
                raise Fault(reason, "modules", index, "targets", target, position)


def _check_versions(scope: Scope) -> None:
    modules = {module.id: module for module in scope.modules}
    for index, version in enumerate(scope.versions):
        seen: dict[str, str] = {}
        for position, name in enumerate(version.include):
            if name not in modules:
                reason = f"`{name}` is not a module of {scope.id}{did_you_mean(name, modules)}"
                raise Fault(reason, "versions", index, "include", position)
            for testcase in (one for testcases in modules[name].targets.values() for one in testcases):
                if testcase in seen:
                    reason = f"version {version.version} has `{testcase}` twice, by {seen[testcase]} and {name}"
                    raise Fault(reason, "versions", index, "include", position)
                seen[testcase] = name


def _check_timeline(scope: Scope) -> None:
    known = [*(version.version for version in scope.versions), *scope.pruned]
    if not scope.timeline:
        raise Fault("a scope needs at least one timeline entry, or nothing says which version is effective", "timeline")
    for index, entry in enumerate(scope.timeline):
        if index and entry.date >= scope.timeline[index - 1].date:
            raise Fault("the timeline is not in order; the newest entry stands first", "timeline", index, "date")
        for version in entry.versions:
            if version not in known:
                reason = f"`{version}` is not a version of {scope.id}{did_you_mean(version, known)}"
                raise Fault(reason, "timeline", index, "versions", key=version)


def _unique(names: Iterable[str], path: str, key: str) -> None:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            raise Fault(f"`{name}` stands twice; it must be unique", path, index, key)
        seen.add(name)
