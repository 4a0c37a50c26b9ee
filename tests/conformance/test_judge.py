# SPDX-License-Identifier: Apache-2.0
"""From what a rule answers, or does not, to a verdict with its reason."""

from collections.abc import Callable, Iterator

import pytest

from sovran.cloud.facts.catalog import Catalog
from sovran.cloud.facts.flavors import Flavors
from sovran.cloud.fetch import Facts
from sovran.cloud.outcome import Absent, Denied, Failure, Ok, Outcome, Partial, Unreachable
from sovran.conformance.judge import judge
from sovran.model.claim import Claim, Level, Observer, Reading
from sovran.model.finding import Examined, Finding, NotApplicable, NotTried, Resource, Undecided, Weight
from sovran.model.report import Judgement
from sovran.model.verdict import Verdict
from sovran.rules import scs_0100

Answers = Iterator[Finding | Examined]
Judged = Callable[..., Judgement]

ONE = Examined(Resource("flavor", "a", "1"))
WRONG = Finding(message="a is wrong")
NOTED = Finding(message="a is old", weight=Weight.NOTE)
NOTHING = Flavors(())


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Judged:
    """Judge a claim whose rule gives these answers, then raises this; `flavors` is how the fact was read."""

    def run(
        *answers: Finding | Examined,
        error: Exception | None = None,
        reading: Reading = Reading.TEXT,
        flavors: Outcome[Flavors] | None = None,
    ) -> Judgement:
        def made_for_this_test(flavors: Flavors) -> Answers:
            """Answer."""
            yield from answers
            if error:
                raise error

        name = f"rule_{id(made_for_this_test)}"
        monkeypatch.setattr(scs_0100, name, made_for_this_test, raising=False)
        return judge(claim(f"scs_0100.{name}", reading), "main", Facts({Flavors: flavors or Ok(NOTHING)}))

    return run


def claim(rule: str | None, reading: Reading = Reading.TEXT, evidence: str = "") -> Claim:
    return Claim(
        id="x",
        standard="scs-0100",
        reading=reading,
        text="Something holds.",
        level=Level.MUST,
        who=(Observer.TENANT,),
        rule=rule,
        source="somewhere",
        evidence=evidence,
    )


def test_evidence_without_a_violation_passes(judged: Judged) -> None:
    judgement = judged(ONE, NOTED)
    assert (judgement.verdict, judgement.reason, judgement.examined) == (Verdict.PASS, "", 1)
    assert judgement.findings == (NOTED,)
    assert (judgement.claim, judgement.target, judgement.level) == ("x", "main", Level.MUST)


@pytest.mark.parametrize("reading", Reading)
def test_what_only_a_probe_or_a_document_could_tell_was_not_tried(judged: Judged, reading: Reading) -> None:
    judgement = judged(ONE, error=NotTried("needs a probe"), reading=reading)
    assert (judgement.verdict, judgement.reason) == (Verdict.MISS, "needs a probe")
    assert judged(WRONG, error=NotTried("needs a probe"), reading=reading).verdict is Verdict.FAIL


def test_a_resource_counts_once(judged: Judged) -> None:
    other = Examined(Resource("flavor", "a", "2"))
    assert judged(ONE, ONE, other).examined == 2


def test_violations_decide_and_the_first_is_the_reason(judged: Judged) -> None:
    assert judged(ONE, WRONG).reason == "a is wrong"
    judgement = judged(ONE, NOTED, WRONG, Finding(message="b"), Finding(message="c"))
    assert (judgement.verdict, judgement.reason) == (Verdict.FAIL, "a is wrong, and 2 more")


@pytest.mark.parametrize("error", [Undecided("not seen"), NotApplicable("not here"), ValueError("a fault of ours")])
def test_a_violation_stands_whatever_comes_after_it(judged: Judged, error: Exception) -> None:
    assert judged(ONE, WRONG, error=error).verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("error", "said"),
    [(Undecided("503"), "503"), (NotTried("needs a probe"), "needs a probe"), (NotApplicable("x"), "")],
)
def test_a_violation_does_not_hide_what_is_undecided_besides(judged: Judged, error: Exception, said: str) -> None:
    assert judged(ONE, WRONG, error=error).undecided == said
    assert judged(ONE, error=error).undecided == ""


@pytest.mark.parametrize("reading", Reading)
def test_what_a_rule_says_instead_of_an_answer(judged: Judged, reading: Reading) -> None:
    undecided = judged(ONE, error=Undecided("not seen"), reading=reading)
    assert (undecided.verdict, undecided.reason) == (Verdict.ABORT, "not seen")
    absent = judged(ONE, error=NotApplicable("not here"), reading=reading)
    assert (absent.verdict, absent.reason) == (Verdict.NOT_APPLICABLE, "not here")


@pytest.mark.parametrize("reading", Reading)
def test_a_rule_that_crashes_decides_nothing(judged: Judged, reading: Reading) -> None:
    judgement = judged(ONE, error=KeyError("disk"), reading=reading)
    assert judgement.verdict is Verdict.ABORT
    assert judgement.reason.endswith("failed: KeyError: 'disk'")
    assert "sovran's own rule" in judgement.reason


def test_nothing_examined_passes_in_the_official_reading_only(judged: Judged) -> None:
    text = judged(NOTED)
    assert (text.verdict, text.reason) == (Verdict.NOT_APPLICABLE, "nothing here that it speaks of")
    assert judged(reading=Reading.OFFICIAL).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("failure", "by_the_text"),
    [
        (Absent("no service"), Verdict.NOT_APPLICABLE),
        (Denied("refused"), Verdict.ABORT),
        (Unreachable("gone"), Verdict.ABORT),
        (Partial("half of it"), Verdict.ABORT),
    ],
)
def test_a_fact_that_could_not_be_read(judged: Judged, failure: Failure, by_the_text: Verdict) -> None:
    text = judged(ONE, flavors=failure)
    assert (text.verdict, text.reason, text.examined) == (by_the_text, failure.reason, 0)
    assert judged(ONE, flavors=failure, reading=Reading.OFFICIAL).verdict is Verdict.ABORT


def test_a_fact_that_nobody_fetched(judged: Judged) -> None:
    judgement = judge(claim("scs_0100.grammar"), "", Facts())
    assert (judgement.verdict, judgement.reason) == (Verdict.ABORT, "Flavors was not read")


def test_a_rule_may_ask_for_the_outcome_itself() -> None:
    facts = Facts({Catalog: Ok(Catalog((), "", "public"))})
    judgement = judge(claim("scs_0123.official_swift_s3", Reading.OFFICIAL), "", facts)
    assert judgement.verdict is Verdict.PASS


def test_a_claim_without_a_rule_is_missed_with_what_would_decide_it() -> None:
    judgement = judge(claim(None, evidence="The address of a page."), "", Facts())
    assert (judgement.verdict, judgement.reason) == (Verdict.MISS, "The address of a page.")
