# SPDX-License-Identifier: Apache-2.0
"""From one claim and the facts of a cloud to a judgement."""

from typing import Any

from sovran.cloud.fetch import Facts
from sovran.cloud.outcome import Absent, Failure, NotRun, Ok, Unreachable
from sovran.model.claim import Claim, Reading
from sovran.model.finding import Examined, Finding, NotApplicable, NotTried, Undecided, Weight
from sovran.model.report import Judgement
from sovran.model.verdict import Verdict
from sovran.rules.registry import Rule, bind, find_rule

NOTHING_THERE = "nothing here that it speaks of"


def judge(claim: Claim, target: str, facts: Facts) -> Judgement:
    """Decide one claim.

    A violation makes it FAIL. Without one it is PASS only when the rule examined something; by the text, nothing
    examined is NOT APPLICABLE, while an official testcase passes then as it does upstream. A fact that could not be
    read makes it ABORT; by the text, one that does not exist here NOT APPLICABLE.
    """
    if claim.rule is None:
        return _judgement(claim, target, Verdict.MISS, claim.evidence)
    rule = find_rule(claim.rule)
    arguments: list[Any] = []
    for fact in rule.facts:
        if fact in rule.beside and fact not in facts.outcomes:
            break
        outcome = facts.outcomes.get(fact, Unreachable(f"{fact.__name__} was not read"))
        if fact in rule.wants_outcome:
            arguments.append(outcome)
        elif isinstance(outcome, Ok):
            arguments.append(outcome.value)
        else:
            return _unread(claim, target, outcome)
    return _ask(rule, arguments, claim, target)


def _ask(rule: Rule, arguments: list[Any], claim: Claim, target: str) -> Judgement:
    """What the rule answers, as a judgement; a rule that fails itself decides nothing."""
    findings: list[Finding] = []
    examined: set[tuple[str, str, str]] = set()
    verdict, reason = Verdict.PASS, ""
    parameters = bind(claim)
    try:
        for answer in rule.function(*arguments, **parameters):
            if isinstance(answer, Examined):
                examined.add((answer.resource.kind, answer.resource.name, answer.resource.id))
            else:
                findings.append(answer)
    except NotApplicable as absent:
        verdict, reason = Verdict.NOT_APPLICABLE, str(absent)
    except Undecided as undecided:
        verdict, reason = Verdict.ABORT, str(undecided)
    except NotTried as missing:
        verdict, reason = Verdict.MISS, str(missing)
    except Exception as error:
        verdict, reason = Verdict.ABORT, f"sovran's own rule {claim.rule} failed: {type(error).__name__}: {error}"
    violations = [finding for finding in findings if finding.weight is Weight.VIOLATION]
    rest = ""
    if violations:
        rest = reason if verdict in (Verdict.ABORT, Verdict.MISS) else ""
        verdict, reason = Verdict.FAIL, violations[0].message
        if len(violations) > 1:
            reason += f", and {len(violations) - 1} more"
    elif verdict is Verdict.PASS and not examined and claim.reading is Reading.TEXT:
        verdict, reason = Verdict.NOT_APPLICABLE, NOTHING_THERE
    return _judgement(claim, target, verdict, reason, examined=len(examined), findings=tuple(findings), undecided=rest)


def _unread(claim: Claim, target: str, outcome: Failure) -> Judgement:
    if isinstance(outcome, NotRun):
        return _judgement(claim, target, Verdict.MISS, outcome.reason)
    absent = isinstance(outcome, Absent) and claim.reading is Reading.TEXT
    return _judgement(claim, target, Verdict.NOT_APPLICABLE if absent else Verdict.ABORT, outcome.reason)


def _judgement(
    claim: Claim,
    target: str,
    verdict: Verdict,
    reason: str,
    *,
    examined: int = 0,
    findings: tuple[Finding, ...] = (),
    undecided: str = "",
) -> Judgement:
    return Judgement(
        claim=claim.id,
        standard=claim.standard,
        reading=claim.reading,
        level=claim.level,
        target=target,
        text=claim.text,
        verdict=verdict,
        reason=reason,
        examined=examined,
        findings=findings,
        source=claim.source,
        cure=claim.cure,
        covers=claim.covers,
        undecided=undecided,
    )
