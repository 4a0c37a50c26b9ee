# SPDX-License-Identifier: Apache-2.0
"""SCS-0121: one availability zone, several, and such that do not fit each other."""

import pytest

from sovran.cloud.facts.availability_zones import ComputeZones, NetworkZones, VolumeZones
from sovran.cloud.outcome import Absent
from sovran.model.finding import Weight
from sovran.model.verdict import Verdict
from tests.rules.services_by_hand import UNKNOWN, compute_zones, judged, network_zones, verdict, volume_zones

FAIL, ABORT, MISS, NOT_APPLICABLE = Verdict.FAIL, Verdict.ABORT, Verdict.MISS, Verdict.NOT_APPLICABLE
NETWORK = network_zones("a")
DOCUMENTED = [f"0121-0{number}" for number in (1, 4, 5, 6, 7, 8)]


@pytest.mark.parametrize("claim", DOCUMENTED)
def test_what_must_be_documented_binds_with_several_zones_only(claim: str) -> None:
    assert verdict(claim, compute_zones("nova")) is NOT_APPLICABLE
    judgement = judged(claim, compute_zones("a", "b"))
    assert judgement.verdict is MISS
    assert judgement.reason.endswith("Zones: a, b.")
    assert verdict(claim, unread={ComputeZones: UNKNOWN}) is ABORT


@pytest.mark.parametrize(
    ("compute", "volume", "expected"),
    [
        (["a"], ["a"], NOT_APPLICABLE),
        (["a"], ["nova"], NOT_APPLICABLE),
        (["a", "b"], ["nova"], ABORT),
        (["a", "b"], ["a", "b"], ABORT),
        (["a"], ["a", "b"], ABORT),
        (["a", "b"], ["storage-1", "storage-2"], ABORT),
        (["a", "b"], ["a", "b", "archive"], ABORT),
        (["a", "b", "c"], ["a", "b"], FAIL),
    ],
)
def test_zones_of_servers_and_volumes_are_compared(compute: list[str], volume: list[str], expected: Verdict) -> None:
    assert verdict("0121-02", compute_zones(*compute), volume_zones(*volume), NETWORK) is expected


def test_the_reason_shows_all_lists() -> None:
    judgement = judged("0121-02", compute_zones("a", "b"), volume_zones("nova"), unread={NetworkZones: UNKNOWN})
    assert judgement.reason.startswith("zones of servers: a, b; of volumes: nova; of networks: unknown; ")
    without = {NetworkZones: Absent("none", 404)}
    assert "of networks: none" in judged("0121-02", compute_zones("a", "b"), volume_zones("b"), unread=without).reason


def test_a_zone_that_is_out_is_noted() -> None:
    judgement = judged("0121-02", compute_zones("a", "b"), volume_zones("a", "b", out="b"), NETWORK)
    (finding,) = judgement.findings
    assert (finding.weight, finding.resource and finding.resource.name) == (Weight.NOTE, "b")


def test_attaching_across_zones_needs_several_zones_of_volumes_and_a_probe() -> None:
    assert verdict("0121-03", volume_zones("a")) is NOT_APPLICABLE
    assert verdict("0121-03", volume_zones("a", "b")) is MISS
    assert verdict("0121-03", unread={VolumeZones: UNKNOWN}) is ABORT


def test_the_manual_testcase_says_what_it_needs() -> None:
    judgement = judged("availability-zones-check")
    assert judgement.verdict is MISS
    assert "fire zones" in judgement.reason
