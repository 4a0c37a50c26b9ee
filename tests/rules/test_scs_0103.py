# SPDX-License-Identifier: Apache-2.0
"""SCS-0103: the standard flavors by the official testcases and by the text, and what `scs:` keys mean."""

import pytest

from sovran.cloud.facts.flavors import Flavor, Flavors
from sovran.cloud.outcome import Absent, Denied, Unreachable
from sovran.model.verdict import Verdict
from tests.rules.facts_by_hand import (
    changed,
    claims,
    claims_of,
    conforming,
    flavor,
    judged,
    keys,
    misnamed,
    only,
    rows,
    verdict,
    with_change,
)

PASS, FAIL, ABORT, NOT_APPLICABLE = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.NOT_APPLICABLE
TEXT = tuple(f"0103-0{number}" for number in range(1, 10))
MANDATORY = [row.name for row in rows("mandatory")]
RECOMMENDED = [row.name for row in rows("recommended")]


def official(name: str) -> str:
    """The official testcase of a standard flavor."""
    return f"scs-0103-flavor-{name.removeprefix('SCS-').lower()}"


def failing(flavors: Flavors) -> set[str]:
    """The claims of the standard that fail."""
    return {claim for claim in claims_of("scs-0103") if verdict(claim, flavors) is FAIL}


def test_the_table_has_15_mandatory_and_16_recommended_flavors() -> None:
    assert (len(MANDATORY), len(RECOMMENDED)) == (15, 16)
    assert {official(name) for name in (*MANDATORY, *RECOMMENDED)} < set(claims())


def test_a_conforming_cloud() -> None:
    found = {claim: verdict(claim, conforming()) for claim in claims_of("scs-0103")}
    others = {claim: one for claim, one in found.items() if one is not PASS}
    # the guarantees behind the keys are not seen by API; there is no flavor beyond the table
    assert others == {"0103-07": ABORT, "0103-09": NOT_APPLICABLE}


@pytest.mark.parametrize("name", [*MANDATORY, *RECOMMENDED])
def test_a_missing_flavor(name: str) -> None:
    requirement = "0103-01" if name in MANDATORY else "0103-02"
    assert failing(conforming(without=name)) == {official(name), requirement}
    (finding,) = judged(requirement, conforming(without=name)).findings
    assert (finding.expected, finding.seen) == (name, "no such flavor")


def test_an_empty_cloud_lacks_all() -> None:
    assert failing(only()) == {"0103-01", "0103-02", *map(official, (*MANDATORY, *RECOMMENDED))}
    assert {claim: verdict(claim, only()) for claim in TEXT[2:]} == dict.fromkeys(TEXT[2:], NOT_APPLICABLE)
    assert len(judged("0103-01", only()).findings) == 15


@pytest.mark.parametrize("claim", claims_of("scs-0103"))
def test_without_the_listing_or_the_specs(claim: str) -> None:
    assert verdict(claim, unread={Flavors: Unreachable("gone")}) is ABORT
    assert verdict(claim, unread={Flavors: Denied("refused")}) is ABORT
    absent = verdict(claim, unread={Flavors: Absent("none")})
    assert absent is (ABORT if claim.startswith("scs-") else NOT_APPLICABLE)
    hidden = Flavors(tuple(changed(one, extra_specs=None) for one in conforming().items))
    assert verdict(claim, hidden) is ABORT


@pytest.mark.parametrize(
    ("name", "change", "text"),
    [
        # the seven deliberate faults of the fixture that the official suite once had
        ("SCS-1V-4", {"extra_specs": keys("SCS-1V-4", cpu_type="crowded-core")}, {"0103-05", "0103-07"}),
        ("SCS-2V-8", {"extra_specs": keys("SCS-2V-8", name_v1="SCS-2V-8")}, {"0103-04"}),
        ("SCS-4V-16", {"ram_mib": 12 * 1024}, {"0103-03", "0103-07"}),
        ("SCS-8V-32", {"disk_gb": 128}, {"0103-03"}),
        ("SCS-1V-2", {"vcpus": 2}, {"0103-03"}),
        ("SCS-2V-4-20s", {"extra_specs": keys("SCS-2V-4-20s", disk0_type="network")}, {"0103-06", "0103-07"}),
        ("SCS-4V-16-100s", {"disk_gb": 10}, {"0103-03", "0103-07"}),
        # and the edges: exactly, not at least; to the MiB, unlike in the semantics check
        ("SCS-4V-16", {"ram_mib": 16 * 1024 + 1}, {"0103-03"}),
        ("SCS-4V-16", {"ram_mib": 16 * 1024 - 1}, {"0103-03", "0103-07"}),
        ("SCS-2V-4-20s", {"disk_gb": 21}, {"0103-03"}),
        ("SCS-2V-8", {"extra_specs": keys("SCS-2V-8", name_v1=None)}, {"0103-04"}),
        ("SCS-2V-8", {"extra_specs": keys("SCS-2V-8", name_v2=None)}, {"0103-04", "0103-08"}),
        ("SCS-2V-8", {"extra_specs": keys("SCS-2V-8", cpu_type=None)}, {"0103-05"}),
        ("SCS-2V-8", {"extra_specs": keys("SCS-2V-8", cpu_type="dedicated-core")}, {"0103-05"}),
        ("SCS-2V-4-20s", {"extra_specs": keys("SCS-2V-4-20s", disk0_type=None)}, {"0103-06"}),
        ("SCS-1L-1", {"extra_specs": keys("SCS-1L-1", cpu_type="shared-core")}, {"0103-05"}),
        ("SCS-2V-8-20", {"extra_specs": keys("SCS-2V-8-20", disk0_type=None)}, {"0103-06"}),
    ],
)
def test_a_flaw_in_a_standard_flavor(name: str, change: dict[str, object], text: set[str]) -> None:
    assert failing(with_change(name, **change)) == {official(name), *text}


def test_where_the_text_is_milder_than_the_official_testcase() -> None:
    nvme = keys("SCS-2V-4-20s", disk0_type="nvme")
    assert failing(with_change("SCS-2V-4-20s", extra_specs=nvme)) == {official("SCS-2V-4-20s")}
    for kind in ("hdd", "ssd", "nvme"):
        some_disk = keys("SCS-2V-8-20", disk0_type=kind)
        assert failing(with_change("SCS-2V-8-20", extra_specs=some_disk)) == {official("SCS-2V-8-20")}


def test_where_the_text_is_stricter_than_the_official_testcase() -> None:
    assert failing(with_change("SCS-2V-16", extra_specs=keys("SCS-2V-16") | {"scs:disk0-type": "ssd"})) == {
        "0103-06",
        "0103-07",
    }


def test_a_flavor_under_another_name_stands_for_the_standard_one() -> None:
    gold = misnamed("gold", vcpus=2, ram_mib=4096, extra_specs=keys("SCS-2V-4"))
    assert failing(conforming(gold, without="SCS-2V-4")) == set()


def test_a_flavor_of_the_right_properties_stands_for_a_mandatory_one_but_lacks_the_names() -> None:
    nameless = {"scs:cpu-type": "shared-core"}
    gold = misnamed("gold", vcpus=2, ram_mib=4096, extra_specs=nameless)
    assert failing(conforming(gold, without="SCS-2V-4")) == {official("SCS-2V-4"), "0103-04"}
    other = changed(gold, extra_specs={})
    assert failing(conforming(other, without="SCS-2V-4")) == {official("SCS-2V-4"), "0103-01"}


def test_a_flavor_of_the_providers_own_need_not_carry_the_name_of_a_recommended_one() -> None:
    own = flavor("SCS-2V-8-20n")
    assert failing(conforming(own, without="SCS-2V-8-20")) == {official("SCS-2V-8-20")}
    # but the flavor that bears the name must
    bare = flavor("SCS-2V-8-20", extra_specs={"scs:cpu-type": "shared-core", "scs:disk0-type": "network"})
    assert failing(conforming(bare, without="SCS-2V-8-20")) == {official("SCS-2V-8-20"), "0103-04"}


def test_a_better_flavor_with_a_standard_name_as_a_further_one_is_no_standard_flavor() -> None:
    further = flavor("SCS-4T-16", extra_specs=keys("SCS-4T-16") | {"scs:name-v3": "SCS-2V-8-20"})
    assert failing(conforming(changed(further, disk_gb=50))) == set()
    lacking = conforming(changed(further, disk_gb=50), without="SCS-2V-8-20")
    assert failing(lacking) == {official("SCS-2V-8-20"), "0103-02"}


def test_of_several_flavors_one_that_keeps_everything_suffices() -> None:
    worse = misnamed("other", vcpus=4, ram_mib=8192, extra_specs={"scs:name-v1": "SCS-2V:4"})
    assert "0103-03" not in failing(conforming(worse))
    alone = conforming(worse, without="SCS-2V-4")
    assert {"0103-03", "0103-04", "0103-05"} <= failing(alone)
    # without one that keeps everything, the one that comes nearest is judged
    unnamed = flavor("SCS-2V-4", extra_specs=keys("SCS-2V-4", name_v1=None, name_v2=None))
    nearest = conforming(worse, unnamed, without="SCS-2V-4")
    assert {"0103-03", "0103-04", "0103-05"} & failing(nearest) == {"0103-04"}


def test_the_official_lookup_takes_the_last_key_and_then_the_name() -> None:
    right, wrong = flavor("SCS-2V-4"), misnamed("other", vcpus=4, extra_specs=keys("SCS-2V-4"))
    assert verdict(official("SCS-2V-4"), only(right, wrong)) is FAIL
    assert verdict(official("SCS-2V-4"), only(wrong, right)) is PASS
    bare = flavor("SCS-2V-4", extra_specs={})
    gold = misnamed("gold", extra_specs=keys("SCS-2V-4"))
    assert verdict(official("SCS-2V-4"), only(bare, gold)) is PASS
    assert verdict(official("SCS-2V-4"), only(bare)) is FAIL
    only_v1 = misnamed("gold", extra_specs=keys("SCS-2V-4", name_v2=None))
    assert judged(official("SCS-2V-4"), only(only_v1)).findings[0].seen == "no such flavor"


def test_private_flavors_do_not_show_that_everyone_gets_them() -> None:
    private = with_change("SCS-2V-4", is_public=False)
    judgement = judged("0103-01", private)
    assert judgement.verdict is ABORT
    assert "SCS-2V-4" in judgement.reason
    assert verdict("0103-02", private) is PASS
    # one that everyone sees is judged rather than a private one
    public = misnamed("gold", vcpus=2, ram_mib=4096, extra_specs={"scs:cpu-type": "shared-core"})
    both = Flavors((*private.items, public))
    assert verdict("0103-01", both) is PASS
    assert verdict("0103-04", both) is FAIL


def foreign(*, disk_gb: int = 0, name: str = "m1.small", **specs: str) -> Flavors:
    """A conforming cloud with a flavor of 2 vCPUs and 4 GiB that has these keys: `disk0_type` for scs:disk0-type."""
    named = {f"scs:{key.replace('_', '-')}": value for key, value in specs.items()}
    return conforming(misnamed(name, disk_gb=disk_gb, extra_specs=named))


@pytest.mark.parametrize(
    ("flavors", "wrong"),
    [
        (foreign(name_v1="SCS-2V-4"), False),
        (foreign(name_v7="SCS-2V:4"), False),
        (foreign(name_v12345678901="SCS-1V-4"), False),
        (foreign(name_v0="SCS-2V-4"), True),
        (foreign(name_v01="SCS-2V-4"), True),
        (foreign(name_v="SCS-2V-4"), True),
        (foreign(name_vx="SCS-2V-4"), True),
        (foreign(name_v2="m1.small"), True),
        (foreign(name_v2=""), True),
        (foreign(name_v2="SCS-1L-2"), False),
        (foreign(name_v2="SCS-4V-4"), True),
        (foreign(name_v2="SCS-2V-8"), True),
        (foreign(name_v2="SCS-2V-4-10"), True),
        (foreign(name_v2="SCS-2C-4", cpu_type="shared-core"), True),
        (foreign(name_v2="SCS-2L-4", cpu_type="shared-core"), False),
        (foreign(name_v2="SCS-2V-4-20s", disk_gb=20, disk0_type="network"), True),
        (foreign(name_v2="SCS-2V-4-20n", disk_gb=20, disk0_type="ssd"), False),
        (foreign(cpu_type="shared-core"), False),
        (foreign(cpu_type="fast-core"), True),
        (foreign(cpu_type=""), True),
        (foreign(disk_gb=20, disk0_type="hdd"), False),
        (foreign(disk_gb=20, disk0_type="floppy"), True),
        (foreign(disk_gb=20, disk1_type="ssd"), False),
        (foreign(disk_gb=20, disk01_type="ssd"), True),
        (foreign(disk_gb=20, disk_type="ssd"), True),
        (foreign(disk_gb=0, disk0_type="ssd"), True),
        # a disk whose size the cloud chooses is 0 GB to Nova
        (foreign(disk_gb=0, disk0_type="ssd", name_v2="SCS-2V-4-s"), False),
        (foreign(disk_gb=0, disk0_type="ssd", name="SCS-2V-4-"), False),
    ],
)
def test_keys_of_any_flavor(flavors: Flavors, wrong: bool) -> None:
    assert verdict("0103-07", flavors) is (FAIL if wrong else ABORT)


@pytest.mark.parametrize(
    ("cpu_type", "policy", "wrong"),
    [
        ("dedicated-core", "shared", True),
        ("dedicated-thread", "mixed", True),
        ("dedicated-core", "dedicated", False),
        ("shared-core", "dedicated", False),
        ("shared-core", "shared", False),
    ],
)
def test_cpu_type_against_novas_own_policy(cpu_type: str, policy: str, wrong: bool) -> None:
    specs = {"scs:cpu-type": cpu_type, "hw:cpu_policy": policy}
    assert verdict("0103-07", only(misnamed("gp.x", extra_specs=specs))) is (FAIL if wrong else ABORT)


def test_other_keys_are_nobodys_business() -> None:
    assert (
        verdict("0103-07", only(misnamed("m1.small", extra_specs={"scs:color": "red", "hw:x": "y"}))) is NOT_APPLICABLE
    )


@pytest.mark.parametrize(
    ("specs", "expected"),
    [
        ({"scs:name-v1": "SCS-2V:4", "scs:name-v2": "SCS-2V-4"}, PASS),
        ({"scs:name-v1": "SCS-2V:4"}, FAIL),
        ({"scs:name-v5": "SCS-2V-4"}, PASS),
        ({"scs:name-v1": "rubbish"}, FAIL),
        ({"scs:cpu-type": "shared-core"}, NOT_APPLICABLE),
    ],
)
def test_one_name_is_of_the_latest_naming(specs: dict[str, str], expected: Verdict) -> None:
    assert verdict("0103-08", only(misnamed("m1.small", extra_specs=specs))) is expected


@pytest.mark.parametrize(
    ("extra", "fields"),
    [
        (flavor("SCS-32V-128-500s"), set()),
        (flavor("SCS-2V-4-200"), set()),
        (flavor("SCS-32V-64"), set()),
        (flavor("SCS-6V-24"), {"vcpus"}),
        (flavor("SCS-4V-16-60"), {"disk"}),
        (flavor("SCS-4V-12"), {"ram"}),
        (flavor("SCS-4V-16_kvm", ram_mib=16385), {"ram"}),
        (misnamed("m1.tiny", vcpus=3, extra_specs={"scs:name-v1": "SCS-1V-1"}), {"vcpus", "ram"}),
    ],
)
def test_sizes_beyond_the_table(extra: Flavor, fields: set[str]) -> None:
    judgement = judged("0103-09", conforming(extra))
    assert {finding.field for finding in judgement.findings} == fields
    assert judgement.verdict is (FAIL if fields else PASS)


def test_sizes_of_other_flavors_are_free() -> None:
    assert verdict("0103-09", conforming(misnamed("m1.odd", vcpus=3, ram_mib=999, disk_gb=7))) is NOT_APPLICABLE
