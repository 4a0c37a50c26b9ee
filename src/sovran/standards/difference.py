# SPDX-License-Identifier: Apache-2.0
"""What changes from one version of a scope to another: modules, testcases per target, requirements."""

import msgspec

from sovran.model.claim import Claim
from sovran.standards.resolve import Resolution


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """Ids that come, go or change."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[tuple[str, str], ...] = ()
    """Before and after: a module and the one of the same standard that takes its place; a testcase and `old -> new`
    target; a requirement and why it is not the same."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


class ScopeDifference(msgspec.Struct, frozen=True, kw_only=True):
    """From the first version to the second."""

    modules: Changes
    testcases: Changes
    """Ids with their target when added or removed, e.g. `scs-0123-service-s3 (main)`."""
    requirements: Changes


def difference(before: Resolution, after: Resolution) -> ScopeDifference:
    """Compare two resolutions; resolve both for the same targets, or every testcase of the rest looks removed."""
    return ScopeDifference(
        modules=_modules(before, after),
        testcases=_testcases(before, after),
        requirements=_requirements(before.requirements, after.requirements),
    )


def _modules(before: Resolution, after: Resolution) -> Changes:
    gone = {module.id: module for module in before.modules if module not in after.modules}
    come = {module.id: module for module in after.modules if module not in before.modules}
    changed: list[tuple[str, str]] = []
    for module in tuple(gone.values()):
        heir = next((one for one in come.values() if one.standard == module.standard), None)
        if heir:
            changed.append((module.id, heir.id))
            del gone[module.id], come[heir.id]
    return Changes(added=tuple(come), removed=tuple(gone), changed=tuple(changed))


def _testcases(before: Resolution, after: Resolution) -> Changes:
    old = {testcase: target for target, testcases in before.testcases.items() for testcase in testcases}
    new = {testcase: target for target, testcases in after.testcases.items() for testcase in testcases}
    return Changes(
        added=tuple(f"{testcase} ({target})" for testcase, target in new.items() if testcase not in old),
        removed=tuple(f"{testcase} ({target})" for testcase, target in old.items() if testcase not in new),
        changed=tuple(
            (testcase, f"{old[testcase]} -> {target}")
            for testcase, target in new.items()
            if testcase in old and old[testcase] != target
        ),
    )


def _requirements(before: tuple[Claim, ...], after: tuple[Claim, ...]) -> Changes:
    old = {claim.id: claim for claim in before}
    new = {claim.id: claim for claim in after}
    return Changes(
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        changed=tuple((name, _why(old[name], claim)) for name, claim in new.items() if old.get(name, claim) != claim),
    )


def _why(old: Claim, new: Claim) -> str:
    fields = [name for name in Claim.__struct_fields__ if getattr(old, name) != getattr(new, name)]
    return f"other {' and '.join(fields)}"
