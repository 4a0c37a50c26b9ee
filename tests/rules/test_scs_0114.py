# SPDX-License-Identifier: Apache-2.0
"""SCS-0114: descriptions of volume types, as the official suite reads them and by the text."""

import pytest

from sovran.cloud.facts.volume_types import VolumeTypes
from sovran.cloud.outcome import Absent, NotRun, Unreachable
from sovran.model.finding import Weight
from sovran.model.verdict import Verdict
from sovran.probes.volumes import VolumesProbe
from tests.rules.services_by_hand import FAILURES, judged, verdict, volume_types

PASS, FAIL, ABORT, MISS = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.MISS
NOT_APPLICABLE = Verdict.NOT_APPLICABLE
NOT_PROBED = {VolumesProbe: NotRun("takes the probe volumes")}

VECTORS = [
    # description, aspects that the official suite sees, its verdict on the syntax
    ("[scs:encrypted]", ["encrypted"], PASS),
    ("[scs:encrypted, replicated] x", ["encrypted", "replicated"], PASS),
    ("[scs:encrypted,replicated]", ["encrypted", "replicated"], PASS),
    ("[scs: encrypted]", ["encrypted"], PASS),
    ("[scs:]", [], PASS),
    ("[scs:replicated, encrypted]", ["encrypted", "replicated"], FAIL),
    ("[scs:encrypted, encrypted]", ["encrypted"], FAIL),
    ("[scs:multiattach]", [], FAIL),
    ("[scs:Encrypted]", [], FAIL),
    ("[scs:encrypted,]", ["encrypted"], FAIL),
    ("[scs:encrypted", [], PASS),
    ("[SCS:encrypted]", [], PASS),
    (" [scs:encrypted]", [], PASS),
    ("text [scs:encrypted]", [], PASS),
    ("[scs:encrypted][scs:replicated]", ["encrypted"], PASS),
    ("", [], PASS),
    (None, [], PASS),
]


@pytest.mark.parametrize(("description", "aspects", "syntax"), VECTORS)
def test_the_official_suite_sees(description: str | None, aspects: list[str], syntax: Verdict) -> None:
    types = volume_types(description, "other")
    assert verdict("scs-0114-syntax-check", types) is syntax
    for aspect in ("encrypted", "replicated"):
        assert verdict(f"scs-0114-{aspect}-type", types) is (PASS if aspect in aspects else FAIL)


@pytest.mark.parametrize(
    ("description", "failing"),
    [
        ("[scs:encrypted, replicated] x", set()),
        ("[scs:replicated, encrypted]", {"0114-01"}),
        ("[scs:encrypted, encrypted]", {"0114-02"}),
        ("[scs:multiattach]", {"0114-03"}),
        ("[scs:Encrypted]", {"0114-03"}),
        ("[scs:encrypted,]", {"0114-01", "0114-03"}),
    ],
)
def test_by_the_text_each_fault_is_one_requirement(description: str, failing: set[str]) -> None:
    types = volume_types(description)
    found = {claim: verdict(claim, types) for claim in ("0114-01", "0114-02", "0114-03")}
    assert {claim for claim, one in found.items() if one is FAIL} == failing
    assert set(found.values()) <= {PASS, FAIL}


def test_the_reason_names_the_type_and_what_it_says() -> None:
    judgement = judged("0114-01", volume_types("fine", "[scs:replicated, encrypted] x"))
    assert "type 1" in judgement.reason
    (finding,) = judgement.findings
    assert (finding.field, finding.expected) == ("description", "encrypted, replicated")
    assert finding.seen == "[scs:replicated, encrypted] x"


@pytest.mark.parametrize("description", ["[SCS:encrypted]", " [scs:encrypted]", "fast [scs:encrypted]", "[ scs :x]"])
def test_a_list_that_nobody_reads_is_noted_and_promises_nothing(description: str) -> None:
    types = volume_types(description)
    judgement = judged("0114-01", types)
    assert judgement.verdict is NOT_APPLICABLE
    assert [finding.weight for finding in judgement.findings] == [Weight.NOTE]
    assert verdict("0114-04", types) is FAIL
    assert verdict("0114-06", types, VolumesProbe(())) is NOT_APPLICABLE


def test_an_empty_list_is_noted() -> None:
    judgement = judged("0114-01", volume_types("[scs:] x"))
    assert (judgement.verdict, len(judgement.findings)) == (PASS, 1)


def test_without_lists_there_is_nothing_to_judge_but_the_recommended_types() -> None:
    types = volume_types("fast", None)
    for claim in ("0114-01", "0114-02", "0114-03", "0114-06"):
        assert verdict(claim, types, VolumesProbe(())) is NOT_APPLICABLE
    assert verdict("0114-04", types) is verdict("0114-05", types) is FAIL
    assert verdict("0114-04", VolumeTypes(())) is FAIL


def test_a_wrong_list_does_not_count_as_a_recommended_type() -> None:
    types = volume_types("[scs:replicated, encrypted]")
    assert verdict("scs-0114-encrypted-type", types) is PASS
    judgement = judged("0114-04", types)
    assert judgement.verdict is FAIL
    assert "type 0" in judgement.reason


def test_multiattach_speaks_against_encryption_only() -> None:
    types = volume_types("[scs:encrypted, replicated]", multiattach="<is> True")
    assert verdict("0114-06", types, unread=NOT_PROBED) is FAIL
    assert verdict("0114-04", types) is FAIL
    assert verdict("0114-05", types) is PASS
    assert verdict("scs-0114-encrypted-type", types) is PASS
    assert verdict("0114-06", volume_types("[scs:replicated]", multiattach="<is> True"), unread=NOT_PROBED) is MISS
    assert verdict("0114-06", volume_types("[scs:encrypted]", multiattach="<is> False"), unread=NOT_PROBED) is MISS


def test_a_promise_is_never_taken_for_kept() -> None:
    types = volume_types("[scs:encrypted, replicated]", replication_enabled="<is> True")
    judgement = judged("0114-06", types, unread=NOT_PROBED)
    assert (judgement.verdict, "takes the probe volumes" in judgement.reason) == (MISS, True)
    assert verdict("0114-06", types, unread={VolumesProbe: Unreachable("gone")}) is ABORT


@pytest.mark.parametrize("failure", FAILURES)
def test_types_that_could_not_be_read_decide_nothing(failure: type) -> None:
    unread = {VolumeTypes: failure("not read")}
    for claim in ("scs-0114-syntax-check", "scs-0114-encrypted-type"):
        assert verdict(claim, unread=unread) is ABORT
    expected = NOT_APPLICABLE if failure is Absent else ABORT
    for number in range(1, 7):
        assert verdict(f"0114-0{number}", unread=unread) is expected
