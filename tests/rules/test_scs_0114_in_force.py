# SPDX-License-Identifier: Apache-2.0
"""SCS-0114: what volumes of a type turn out to be, against what its description promises."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.cloud.facts.volume_types import VolumeType, VolumeTypes
from sovran.model.finding import Weight
from sovran.model.report import Judgement
from sovran.model.verdict import Verdict
from sovran.probes.steps import Step
from sovran.probes.volumes import FIRST_SERVER, MADE, SECOND_SERVER, TriedType, VolumesProbe
from tests.rules.services_by_hand import judged

PASS, FAIL, ABORT, MISS = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.MISS
WORKED = (Step(MADE, ok=True),)
ATTACHED = (*WORKED, Step(FIRST_SERVER, ok=True), Step(SECOND_SERVER, ok=True))
MULTI = {"multiattach": "<is> True"}


def promised(description: str | None, name: str = "t", **extra_specs: str) -> VolumeType:
    """A volume type that is described so."""
    return VolumeType(id=f"id {name}", name=name, description=description, extra_specs={**extra_specs})


def tried(name: str = "t", steps: tuple[Step, ...] = WORKED, **seen: Any) -> TriedType:
    """What the volume of a type turned out to be."""
    return TriedType(id=f"id {name}", name=name, steps=steps, **seen)


def judgement(types: tuple[VolumeType, ...], *seen: TriedType) -> Judgement:
    """Of 0114-06."""
    return judged("0114-06", VolumeTypes(types), VolumesProbe(seen))


@pytest.mark.parametrize(
    ("description", "seen", "expected"),
    [
        ("[scs:encrypted] x", tried(encrypted=True), PASS),
        ("[scs:encrypted] x", tried(encrypted=False), FAIL),
        ("[scs:encrypted] x", tried(encrypted=None), MISS),
        ("[scs:encrypted, replicated]", tried(encrypted=True), MISS),
        ("[scs:encrypted, replicated]", tried(encrypted=True, replication="enabled"), PASS),
        ("[scs:replicated, encrypted]", tried(encrypted=False, replication="enabled"), FAIL),
        ("[scs:replicated]", tried(encrypted=False), MISS),
        ("[scs:replicated]", tried(replication="enabled"), PASS),
        ("[scs:replicated]", tried(replication="error"), FAIL),
        ("[scs:replicated]", tried(replication="disabled"), MISS),
        ("[scs:replicated]", tried(replication="not-capable"), MISS),
    ],
)
def test_a_promise_holds_only_where_it_was_seen_to(description: str, seen: TriedType, expected: Verdict) -> None:
    assert judgement((promised(description),), seen).verdict is expected


def test_what_is_broken_is_named_beside_what_cannot_be_told() -> None:
    found = judgement((promised("[scs:encrypted, replicated]"),), tried(encrypted=False))
    assert found.verdict is FAIL
    assert "volume type t promises encrypted" in found.reason
    assert "no API shows" in found.undecided


def test_each_type_counts() -> None:
    types = (promised("[scs:encrypted]", "a"), promised("[scs:encrypted]", "b"), promised("plain", "c"))
    assert judgement(types, tried("a", encrypted=True), tried("b", encrypted=True)).examined == 2
    assert judgement(types, tried("a", encrypted=True), tried("b", encrypted=False)).verdict is FAIL
    assert judgement(types, tried("a", encrypted=True)).verdict is MISS


def test_a_type_without_a_volume_stays_open_with_the_services_own_words() -> None:
    failed = (Step(MADE, ok=False, said="the volume went to error (schedule allocate volume: no host)"),)
    found = judgement((promised("[scs:encrypted]"),), tried(steps=failed))
    assert (found.verdict, "no host" in found.reason) == (ABORT, True)
    assert judgement((promised("[scs:encrypted]"),), tried(steps=())).verdict is ABORT


@pytest.mark.parametrize(
    ("steps", "multiattach", "expected"),
    [
        (ATTACHED, True, PASS),
        (ATTACHED, False, FAIL),
        ((*WORKED, Step(FIRST_SERVER, ok=True), Step(SECOND_SERVER, ok=False, status=400, said="in use")), True, FAIL),
        ((*WORKED, Step(FIRST_SERVER, ok=False, said="no answer", unclear=True)), True, ABORT),
        (WORKED, True, ABORT),
    ],
)
def test_multiattach_that_is_promised(steps: tuple[Step, ...], multiattach: bool, expected: Verdict) -> None:
    found = judgement((promised("[scs:multiattach]", **MULTI),), tried(steps=steps, multiattach=multiattach))
    assert found.verdict is expected


def test_multiattach_that_only_the_extra_specs_name_is_noted() -> None:
    refused = (*WORKED, Step(FIRST_SERVER, ok=True), Step(SECOND_SERVER, ok=False, status=400, said="in use"))
    types = (promised("[scs:encrypted]", "a"), promised(None, "b", **MULTI))
    found = judgement(types, tried("a", encrypted=True), tried("b", refused, multiattach=True))
    assert found.verdict is PASS
    assert [(one.weight, one.field) for one in found.findings] == [(Weight.NOTE, "multiattach")]
    fine = judgement(types, tried("a", encrypted=True), tried("b", ATTACHED, multiattach=True))
    assert (fine.verdict, fine.findings) == (PASS, ())


SEEN = st.builds(
    tried,
    steps=st.sampled_from([WORKED, ATTACHED, (), (Step(MADE, ok=False, said="x"),)]),
    encrypted=st.sampled_from([True, False, None]),
    replication=st.sampled_from(["", "enabled", "error", "disabled"]),
    multiattach=st.sampled_from([True, False, None]),
)


@given(SEEN, st.sets(st.sampled_from(["encrypted", "replicated"]), min_size=1))
def test_pass_means_that_a_volume_showed_every_promise(seen: TriedType, aspects: set[str]) -> None:
    found = judgement((promised(f"[scs:{', '.join(sorted(aspects))}]"),), seen)
    made = any(step.what == MADE and step.ok for step in seen.steps)
    shown = {"encrypted": seen.encrypted is True, "replicated": seen.replication == "enabled"}
    assert (found.verdict is PASS) == (made and all(shown[aspect] for aspect in aspects))
