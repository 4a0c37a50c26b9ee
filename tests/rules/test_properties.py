# SPDX-License-Identifier: Apache-2.0
"""What holds of the rules on flavors whatever the cloud offers."""

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sovran.cloud.facts.flavors import Flavor, Flavors
from sovran.model.verdict import Verdict
from sovran.naming.flavor_name import extra_specs, parse
from tests.rules.facts_by_hand import claims_of, judged, verdict

WRONG = ("SCS-2C-10.5", "SCS-02V-4", "SCS-2v-4", "SCS-2V-4_fast", "m1")
RIGHT = (
    "SCS-1V-4",
    "SCS-2V-4",
    "SCS-2V-8",
    "SCS-2V-4-20s",
    "SCS-2V-8-20",
    "SCS-1V-4_kvm",
    "SCS-2C-4-",
    "SCS-2C-4-3x10s",
)
NAMES = (*RIGHT, *WRONG, "SCS-2V:4")
KEYS = ("scs:name-v1", "scs:name-v2", "scs:name-v3", "scs:name-vx", "scs:cpu-type", "scs:disk0-type", "scs:diskx-type")
VALUES = (*NAMES, "shared-core", "crowded-core", "dedicated-core", "ssd", "network", "nvme", "", "rubbish")
TEXT = [claim for claim in (*claims_of("scs-0100"), *claims_of("scs-0103")) if not claim.startswith("scs-")]
CLAIMS = [
    *TEXT,
    "scs-0100-syntax-check",
    "scs-0100-semantics-check",
    *(f"scs-0103-flavor-{name}" for name in ("1v-4", "2v-4", "2v-4-20s", "2v-8-20")),
]


@st.composite
def clouds(draw: st.DrawFn, names: st.SearchStrategy[str] | None = None) -> Flavors:
    """A few flavors: as their name says, or with figures and keys of anything, or with keys that are not shown."""
    items = []
    for number in range(draw(st.integers(0, 6))):
        name = draw(st.sampled_from(NAMES) if names is None else names)
        specs = draw(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES), max_size=4))
        said = parse(draw(st.sampled_from(RIGHT)))
        if draw(st.booleans()):
            specs = extra_specs(said) | specs
        items.append(
            Flavor(
                id=str(number),
                name=name,
                vcpus=said.cpus + draw(st.integers(-1, 1)),
                ram_mib=int(said.ram_gib * 1024) + draw(st.sampled_from([0, 0, -51, -52, 1, 1024])),
                disk_gb=draw(st.sampled_from([0, 0, 5, 10, 20, 100])),
                ephemeral_gb=draw(st.sampled_from([0, 20])),
                extra_specs=draw(st.sampled_from([specs, specs, specs, None])),
                is_public=draw(st.sampled_from([True, True, True, False])),
            )
        )
    return Flavors(tuple(items))


@settings(deadline=None)
@given(clouds(), st.randoms(use_true_random=False))
def test_the_order_of_the_listing_does_not_change_what_the_text_says(flavors: Flavors, order: random.Random) -> None:
    shuffled = Flavors(tuple(order.sample(flavors.items, len(flavors.items))))
    for claim in TEXT:
        first, second = judged(claim, flavors), judged(claim, shuffled)
        assert (first.verdict, len(first.findings)) == (second.verdict, len(second.findings)), claim


@settings(deadline=None)
@given(clouds(), st.integers(0, 6))
def test_a_flavor_of_another_kind_changes_nothing(flavors: Flavors, at: int) -> None:
    other = Flavor(id="other", name="m1.huge", vcpus=3, ram_mib=777, disk_gb=3, extra_specs={"hw:numa_nodes": "2"})
    more = Flavors((*flavors.items[:at], other, *flavors.items[at:]))
    for claim in CLAIMS:
        assert judged(claim, more) == judged(claim, flavors), claim


@settings(deadline=None)
@given(clouds(), clouds())
def test_more_flavors_never_cure_the_official_name_checks(flavors: Flavors, further: Flavors) -> None:
    renumbered = tuple(msgspec.structs.replace(one, id=f"further {one.id}") for one in further.items)
    more = Flavors(flavors.items + renumbered)
    for claim in ("scs-0100-syntax-check", "scs-0100-semantics-check"):
        if verdict(claim, flavors) is Verdict.FAIL:
            assert verdict(claim, more) is Verdict.FAIL


@settings(deadline=None)
@given(clouds(), st.integers(0, 5), st.sampled_from(["vcpus", "ram_mib", "disk_gb"]), st.integers(1, 4096))
def test_more_of_everything_never_breaks_the_semantics_check(flavors: Flavors, at: int, field: str, by: int) -> None:
    claim = "scs-0100-semantics-check"
    if at >= len(flavors.items) or verdict(claim, flavors) is not Verdict.PASS:
        return
    larger = list(flavors.items)
    larger[at] = msgspec.structs.replace(larger[at], **{field: getattr(larger[at], field) + by})
    assert verdict(claim, Flavors(tuple(larger))) is Verdict.PASS


@settings(deadline=None)
@given(clouds())
def test_flavors_of_other_names_and_keys_never_break_a_standard_flavor(flavors: Flavors) -> None:
    readable = Flavors(tuple(one for one in flavors.items if one.extra_specs is not None))
    wanted = "SCS-8V-32"
    without = [one for one in readable.items if one.name != wanted and wanted not in (one.extra_specs or {}).values()]
    said = parse(wanted)
    right = Flavor(id="r", name=wanted, vcpus=8, ram_mib=32768, disk_gb=0, extra_specs=extra_specs(said))
    for cloud in (Flavors((*without, right)), Flavors((right, *without))):
        assert verdict("scs-0103-flavor-8v-32", cloud) is Verdict.PASS
    assert verdict("scs-0103-flavor-8v-32", Flavors(tuple(without))) is Verdict.FAIL


HOSTILE = st.one_of(
    st.text(max_size=40).map("SCS-".__add__),
    st.text(max_size=20),
    st.sampled_from(
        ["SCS-" + "1" * 5000, "SCS-1V-" + "9" * 400, "SCS-2V-4\n", "SCS-2V-4\x1b[2J", "SCS-٣V-4", "SCS-2V-4-🦊"]
    ),
)


@settings(max_examples=50, deadline=None)
@given(clouds(HOSTILE), st.dictionaries(st.sampled_from(["scs:name-v²", "scs:name-v1\n", "scs:disk٣-type"]), HOSTILE))
def test_hostile_names_and_keys_are_judged_without_an_error(flavors: Flavors, specs: dict[str, str]) -> None:
    odd = Flavor(id="odd", name="SCS-x", vcpus=0, ram_mib=0, disk_gb=0, extra_specs=specs)
    for claim in CLAIMS:
        judgement = judged(claim, Flavors((*flavors.items, odd)))
        assert "own rule" not in judgement.reason, claim


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_name_of_a_megabyte_is_judged(claim: str) -> None:
    long = "SCS-2V-4" + "-" * 1_000_000
    flavor = Flavor(
        id="l", name=long, vcpus=1, ram_mib=1, disk_gb=0, extra_specs={"scs:name-v1": long, "scs:name-v" + long: long}
    )
    assert "own rule" not in judged(claim, Flavors((flavor,))).reason
