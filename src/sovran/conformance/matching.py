# SPDX-License-Identifier: Apache-2.0
"""Which findings of two runs are the same: by claim, resource and field."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from sovran.model.finding import Finding
from sovran.model.report import Report


@dataclass(frozen=True, slots=True)
class Matched:
    """Findings of one claim before and after."""

    same: tuple[tuple[Finding, Finding], ...]
    """Before and after, in the order of after; what was seen may differ."""
    gone: tuple[Finding, ...]
    come: tuple[Finding, ...]
    positions: frozenset[int]
    """Which of those after have a partner."""


def match_findings(before: Sequence[Finding], after: Sequence[Finding]) -> Matched:
    """Pair the findings of one claim, each at most once: first those that say the same of the same resource, then
    those with the same resource and field. A resource keeps being itself under a new id if its kind and name stay (an
    image uploaded anew), and under a new name if kind and id stay. Without a resource only equal messages match.
    """
    old, new = dict(enumerate(before)), dict(enumerate(after))
    partners: dict[int, int] = {}
    for key in (_exactly, _by_field, _by_name, _by_id):
        waiting: dict[Hashable, deque[int]] = defaultdict(deque)
        for number, finding in old.items():
            waiting[key(finding)].append(number)
        for number, finding in list(new.items()):
            wanted = key(finding)
            # findings without such a key wait under None
            if wanted is not None and waiting[wanted]:
                partners[number] = waiting[wanted].popleft()
                del old[partners[number]], new[number]
    same = tuple((before[partners[number]], after[number]) for number in sorted(partners))
    return Matched(same, tuple(old.values()), tuple(new.values()), frozenset(partners))


def pair_reports(
    before: Iterable[Report], after: Iterable[Report]
) -> tuple[list[tuple[Report, Report]], list[Report], list[Report]]:
    """Reports on the same cloud in pairs, and those on each side that have no partner.

    A single report on each side is a pair whatever the clouds are called; else name and region of the cloud decide, or
    the name alone where it stands only once among what is left.
    """
    old, new = list(before), list(after)
    if len(old) == len(new) == 1:
        return [(old[0], new[0])], [], []
    pairs: dict[int, Report] = {}
    keys: tuple[Callable[[Report], Hashable], ...] = (
        lambda report: (report.cloud.name, report.cloud.region),
        lambda report: report.cloud.name,
    )
    for key in keys:
        for number, report in enumerate(new):
            found = [one for one in old if key(one) == key(report)]
            if number not in pairs and len(found) == 1:
                pairs[number] = found[0]
                old.remove(found[0])
    return (
        [(pairs[number], report) for number, report in enumerate(new) if number in pairs],
        old,
        [report for number, report in enumerate(new) if number not in pairs],
    )


def _exactly(finding: Finding) -> Hashable:
    return finding.resource, finding.field, finding.message


def _by_field(finding: Finding) -> Hashable:
    return (finding.resource, finding.field) if finding.resource else None


def _by_name(finding: Finding) -> Hashable:
    resource = finding.resource
    return (resource.kind, resource.name, finding.field) if resource and resource.name else None


def _by_id(finding: Finding) -> Hashable:
    resource = finding.resource
    return (resource.kind, resource.id, finding.field) if resource and resource.id else None
