# SPDX-License-Identifier: Apache-2.0
"""SCS-0123: what a probe saw of objects, beside what the catalog says."""

import pytest

from sovran.cloud.outcome import Absent, NotRun, Ok, Outcome, Unreachable
from sovran.model.finding import Finding, Resource, Weight
from sovran.probes.object_steps import (
    BUCKET_MADE,
    DENIALS,
    GET,
    KEYS,
    S3_STEPS,
    SWIFT_DENIED,
    SWIFT_GET,
    SWIFT_STEPS,
    UNSIGNED,
)
from sovran.probes.object_storage import ObjectStorageProbe
from sovran.probes.steps import Step
from sovran.rules.object_storage import how_it_stores, what_was_not_seen

S3 = Resource("service", "object-store-s3")
SOUND = (KEYS, BUCKET_MADE, *S3_STEPS, *DENIALS, *SWIFT_STEPS, SWIFT_DENIED)


def found(*wrong: Step) -> list[Finding]:
    steps = {what: Step(what, ok=True) for what in SOUND} | {step.what: step for step in wrong}
    return list(how_it_stores(Ok(ObjectStorageProbe(tuple(steps.values()), "http://s3", True)), S3))


def step(what: str, *, unclear: bool = False) -> Step:
    return Step(what, ok=False, status=0 if unclear else 403, said="S3 said no", unclear=unclear)


def test_nothing_is_found_where_all_works() -> None:
    assert found() == []


@pytest.mark.parametrize("what", [GET, UNSIGNED, SWIFT_DENIED, *S3_STEPS])
def test_who_has_a_bucket_must_be_able_to_use_it_and_others_not(what: str) -> None:
    (finding,) = found(step(what))
    assert (finding.weight, finding.field) == (Weight.VIOLATION, what)
    assert "S3 said no" in finding.message


@pytest.mark.parametrize("wrong", [step(KEYS), step(BUCKET_MADE), step(SWIFT_GET), step(GET, unclear=True)])
def test_what_may_be_about_the_user_or_the_moment_is_a_note(wrong: Step) -> None:
    (finding,) = found(wrong)
    assert finding.weight is Weight.NOTE


def test_without_a_bucket_steps_of_objects_decide_nothing() -> None:
    assert {finding.weight for finding in found(step(BUCKET_MADE), step(GET))} == {Weight.NOTE}


@pytest.mark.parametrize(
    ("outcome", "notes"), [(NotRun("not asked for"), 0), (Unreachable("quota"), 1), (Absent("no S3"), 1)]
)
def test_where_no_probe_acted_nothing_is_violated(outcome: Outcome[ObjectStorageProbe], notes: int) -> None:
    findings = list(how_it_stores(outcome, S3))
    assert [finding.weight for finding in findings] == [Weight.NOTE] * notes


def unseen(*wrong: Step) -> str:
    steps = {what: Step(what, ok=True) for what in SOUND} | {one.what: one for one in wrong}
    return what_was_not_seen(Ok(ObjectStorageProbe(tuple(steps.values()), "http://s3", True)))


def test_what_was_not_seen_to_its_end_leaves_it_undecided_but_for_quotas_and_what_comes_before_a_bucket() -> None:
    assert GET in unseen(step(GET, unclear=True))
    assert UNSIGNED in unseen(step(UNSIGNED, unclear=True))
    assert unseen() == unseen(step(GET)) == unseen(step(KEYS, unclear=True)) == ""
    assert unseen(Step(GET, ok=False, status=403, said="quota", unclear=True)) == ""
    assert unseen(step(BUCKET_MADE), step(GET, unclear=True)) == ""
    assert what_was_not_seen(NotRun("not asked for")) == ""
