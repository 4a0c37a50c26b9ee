# SPDX-License-Identifier: Apache-2.0
"""What the renderers for people have in common: the answer per target, counts per standard, reasons grouped."""

import datetime
import functools
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sovran.model.claim import Reading
from sovran.model.finding import Finding, Weight
from sovran.model.report import Judgement, Report, ScopeResult
from sovran.model.scope import State
from sovran.model.verdict import PRECEDENCE, Verdict, aggregate

WORDS = {
    Verdict.FAIL: "fail",
    Verdict.ABORT: "undecided",
    Verdict.MISS: "not run",
    Verdict.NOT_APPLICABLE: "not applicable",
    Verdict.PASS: "pass",
}
"""How a count of verdicts is spoken, in the order in which counts are listed."""

SHOULD_WORDS = "against a SHOULD"
"""How a count of failed recommendations is spoken: they do not make a cloud nonconformant."""

STANDARDS_NAMED = 3
"""In an answer about their text; more are counted."""

STATE_WORDS = {
    State.EFFECTIVE: "effective",
    State.WARN: "effective, about to end",
    State.DRAFT: "draft, not certifiable",
    State.DEPRECATED: "deprecated, no longer certifiable",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a report says about one target of one scope version, or about the text of standards."""

    scope: str
    """Of what it speaks, as it is written everywhere: `scs-iaas@v5.1`; `scs-0126` where only requirements were asked
    for, which say nothing about a scope version."""
    target: str
    verdict: Verdict
    verdicts: tuple[Verdict, ...]
    """One per testcase asked for, in the scope's order."""
    complete: bool
    result: ScopeResult | None = None
    """The scope version; None where it speaks of the text of standards."""

    @property
    def label(self) -> str:
        """The answer in one or two capital words; CONFORMANT only when the whole of target `main` was asked for."""
        if self.verdict in (Verdict.ABORT, Verdict.MISS):
            return "UNDECIDED"
        if self.target == "main":
            if self.verdict is Verdict.FAIL:
                return "NOT CONFORMANT"
            if self.verdict is Verdict.PASS and self.complete:
                return "CONFORMANT"
        return self.verdict.value

    @property
    def sentence(self) -> str:
        """The counts behind the label, e.g. `2 of 54 fail, 29 not run`."""
        total = len(self.verdicts)
        counts = Counter(self.verdicts)
        first = Verdict.FAIL if counts[Verdict.FAIL] else Verdict.PASS
        of_all = f"{total}" if self.complete else f"{total} selected"
        if total == 0:
            return "nothing that decides"
        if counts[first] == total > 1:
            return f"all {of_all} {WORDS[first]}"
        parts = [f"{counts[first]} of {of_all} {WORDS[first]}"]
        parts += [f"{counts[v]} {word}" for v, word in WORDS.items() if counts[v] and v not in (first, Verdict.PASS)]
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Row:
    """Counts of one standard in both readings, ready to be spoken."""

    standard: str
    official: str
    text: str
    worst: Verdict
    """Of the official testcases and the binding requirements."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Claims that were not decided for one and the same reason."""

    reason: str
    claims: tuple[Judgement, ...]


def answers(report: Report) -> tuple[Answer, ...]:
    """One answer per scope version and target, in the order of the report; testcases without a judgement are MISS.

    Where only requirements were asked for, one answer by the text of their standards, as the exit code has it: of the
    binding ones if there are any.
    """
    official = {judgement.claim: judgement.verdict for judgement in report.judged(Reading.OFFICIAL)}
    if not official:
        return (_by_the_text(report),) if report.scopes else ()
    return tuple(
        Answer(
            scope=scope_name(scope),
            target=target,
            verdict=verdict,
            verdicts=tuple(official.get(claim, Verdict.MISS) for claim in scope.testcases.get(target, ())),
            complete=scope.complete,
            result=scope,
        )
        for scope in report.scopes
        for target, verdict in scope.targets.items()
    )


def _by_the_text(report: Report) -> Answer:
    binding = [judgement.verdict for judgement in report.judgements if judgement.level.binding]
    verdicts = tuple(binding or [judgement.verdict for judgement in report.judgements])
    standards = sorted({judgement.standard for judgement in report.judgements})
    named = ", ".join(standards) if len(standards) <= STANDARDS_NAMED else f"{len(standards)} standards"
    return Answer(
        named or "standards",
        "by the text",
        aggregate(verdicts),
        verdicts,
        all(scope.complete for scope in report.scopes),
    )


def checked_at(report: Report) -> datetime.datetime:
    """The moment of the check in UTC, with its zone; a time without a zone is taken for UTC, as the model says."""
    moment = report.checked_at
    return moment.replace(tzinfo=datetime.UTC) if moment.tzinfo is None else moment.astimezone(datetime.UTC)


def replay_sentence(report: Report) -> str:
    """That the verdicts come from a recording, and from which; empty when the cloud itself was asked."""
    replay = report.replay
    if replay is None:
        return ""
    replaced = " in which names, hosts and ids were replaced" if replay.anonymous else ""
    return (
        f"Replay of a snapshot of {checked_at(report):%Y-%m-%d %H:%M} UTC{replaced}, taken by sovran {replay.sovran} "
        f"(sha256 {replay.snapshot[:16]}); the cloud was not asked again."
    )


def scope_name(scope: ScopeResult) -> str:
    """The scope version as users write it, e.g. `scs-iaas@v5.1`."""
    return f"{scope.scope}@{scope.version}"


def rows(report: Report) -> tuple[Row, ...]:
    """One row per standard, in the order of first appearance."""
    official: dict[str, list[Judgement]] = {}
    text: dict[str, list[Judgement]] = {}
    for judgement in report.judgements:
        side = official if judgement.reading is Reading.OFFICIAL else text
        side.setdefault(judgement.standard, []).append(judgement)
    found = []
    for standard in dict.fromkeys(judgement.standard for judgement in report.judgements):
        both = official.get(standard, []) + text.get(standard, [])
        weighty = {j.verdict for j in both if not is_advice(j)}
        worst = next((verdict for verdict in PRECEDENCE if verdict in weighty), Verdict.NOT_APPLICABLE)
        found.append(Row(standard, counted(official.get(standard, ())), counted(text.get(standard, ())), worst))
    return tuple(found)


def counted(judgements: Iterable[Judgement]) -> str:
    """Verdicts as words with counts, e.g. `2 fail, 13 pass`; failed recommendations are counted apart; `-` for none."""
    plain: Counter[Verdict] = Counter()
    advice = 0
    for judgement in judgements:
        if is_advice(judgement):
            advice += 1
        else:
            plain[judgement.verdict] += 1
    parts = [f"{plain[verdict]} {word}" for verdict, word in WORDS.items() if plain[verdict]]
    if advice:
        parts.insert(1 if plain[Verdict.FAIL] else 0, f"{advice} {SHOULD_WORDS}")
    return ", ".join(parts) or "-"


def is_advice(judgement: Judgement) -> bool:
    """True for a requirement that fails and whose text only recommends it."""
    return judgement.reading is Reading.TEXT and judgement.verdict is Verdict.FAIL and not judgement.level.binding


def with_verdict(judgements: Iterable[Judgement], verdict: Verdict) -> tuple[Judgement, ...]:
    """The judgements that ended so, in order."""
    return tuple(judgement for judgement in judgements if judgement.verdict is verdict)


def beyond_official(report: Report) -> tuple[tuple[Judgement, ...], tuple[Judgement, ...]]:
    """Failed requirements in two parts, each with MUST before SHOULD.

    First those of standards of which no official testcase fails: only the text shows them. Then the others.
    """
    failed_officially = {j.standard for j in with_verdict(report.judged(Reading.OFFICIAL), Verdict.FAIL)}
    failed = sorted(with_verdict(report.judged(Reading.TEXT), Verdict.FAIL), key=lambda j: not j.level.binding)
    only_text = tuple(j for j in failed if j.standard not in failed_officially)
    return only_text, tuple(j for j in failed if j.standard in failed_officially)


def by_reason(judgements: Iterable[Judgement]) -> tuple[Reason, ...]:
    """Judgements with the same reason together; the reason that concerns most claims first."""
    groups: dict[str, list[Judgement]] = {}
    for judgement in judgements:
        groups.setdefault(judgement.reason, []).append(judgement)
    ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
    return tuple(Reason(reason, tuple(claims)) for reason, claims in ordered)


def by_standard(judgements: Iterable[Judgement]) -> Mapping[str, Sequence[Judgement]]:
    """Judgements of each standard, in order of first appearance."""
    groups: dict[str, list[Judgement]] = {}
    for judgement in judgements:
        groups.setdefault(judgement.standard, []).append(judgement)
    return groups


def own_reason(judgement: Judgement) -> str:
    """The reason, unless it only repeats the first finding, as the reason of a plain FAIL does."""
    first = next((finding for finding in judgement.findings if finding.weight is Weight.VIOLATION), None)
    return "" if first is not None and judgement.reason.startswith(first.message) else judgement.reason


def violations(judgement: Judgement) -> list[Finding]:
    """The findings that made it fail, sorted by resource and field."""
    return _sorted(finding for finding in judgement.findings if finding.weight is Weight.VIOLATION)


def remarks(judgement: Judgement) -> list[Finding]:
    """The findings that change nothing, sorted by resource and field."""
    return _sorted(finding for finding in judgement.findings if finding.weight is Weight.NOTE)


def _sorted(findings: Iterable[Finding]) -> list[Finding]:
    def key(finding: Finding) -> tuple[str, tuple[str | int, ...], str, str]:
        resource = finding.resource
        kind, name = (resource.kind, resource.name) if resource else ("", "")
        return kind, _natural(name), finding.field, finding.message

    return sorted(findings, key=key)


@functools.lru_cache(maxsize=10_000)
def _natural(name: str) -> tuple[str | int, ...]:
    """Sorts SCS-2V before SCS-16V; looks at the start only, since a name can be a megabyte of digits.

    The same resources come again with every claim, which is why it remembers.
    """
    return tuple([int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", name[:100])])
