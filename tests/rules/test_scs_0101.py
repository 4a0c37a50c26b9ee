# SPDX-License-Identifier: Apache-2.0
"""SCS-0101: what the official suite's server reads, kernels of images, and instructions for entropy."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.cloud.facts.flavors import Flavors
from sovran.cloud.facts.images import Images
from sovran.cloud.facts.networks import Networks
from sovran.cloud.outcome import NotRun, Unreachable
from sovran.guest.records import Entropy
from sovran.model.finding import Weight
from sovran.model.report import Judgement
from sovran.model.verdict import Verdict
from sovran.probes.guest import CANONICAL, FURTHER, GuestProbe, TriedGuest
from sovran.rules.scs_0101_guests import has_rework
from tests.rules.facts_by_hand import flavor
from tests.rules.guests_by_hand import (
    DEBIAN,
    HWRNG,
    RANDOM,
    THEIRS,
    dead,
    guest,
    judged,
    report,
    torn,
    verdict,
)
from tests.rules.images_by_hand import image

PASS, FAIL, ABORT, MISS = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.MISS
AVAIL, FIPS = "scs-0101-entropy-avail", "scs-0101-fips-test"
OFFICIAL = (AVAIL, FIPS)


def canonical(**changes: Any) -> TriedGuest:
    """The guest that stands for the suite's server."""
    return guest(CANONICAL, **changes)


def random(blocks: int, failures: int) -> dict[str, Any]:
    """A record of entropy with this test of /dev/random."""
    return {"tests": (HWRNG, msgspec.structs.replace(RANDOM, blocks=blocks, failures=failures))}


@pytest.mark.parametrize("claim", OFFICIAL)
def test_the_suites_server_decides_and_no_other(claim: str) -> None:
    bad = guest(entropy={"entropy_avail": "4096", **random(1000, 900)})
    assert judged(claim, bad, canonical()).verdict is PASS
    assert verdict(claim, guest()) is ABORT


@pytest.mark.parametrize(
    ("there", "expected"), [("256", PASS), (" 256\n", PASS), ("3072", FAIL), ("257", FAIL), ("0256", FAIL), ("", ABORT)]
)
def test_entropy_avail_is_exactly_256(there: str, expected: Verdict) -> None:
    assert verdict(AVAIL, canonical(entropy={"entropy_avail": there})) is expected


@given(failures=st.integers(0, 1000))
def test_at_most_five_of_a_thousand_blocks_fail(failures: int) -> None:
    assert verdict(FIPS, canonical(entropy=random(1000, failures))) is (PASS if failures <= 5 else FAIL)


@given(blocks=st.integers(0, 3000), failures=st.integers(0, 12))
def test_another_number_of_blocks_decides_only_what_it_can(blocks: int, failures: int) -> None:
    found = verdict(FIPS, canonical(entropy=random(blocks, failures)))
    if blocks >= 1000 and failures <= 5:
        assert found is PASS
    elif blocks <= 1000 and failures > 5:
        assert found is FAIL
    else:
        assert found is ABORT


@pytest.mark.parametrize("claim", OFFICIAL)
def test_where_the_suite_fails_itself_nothing_is_decided(claim: str) -> None:
    assert verdict(claim, dead(role=CANONICAL)) is ABORT
    assert verdict(claim, canonical(report=torn("entropy"))) is ABORT
    assert verdict(claim, canonical(report=report("entropy"))) is ABORT
    assert verdict(claim, canonical(), facts=(Images(()),)) is ABORT
    assert verdict(claim, canonical(), facts=(Images((image(visibility="private"),)),)) is ABORT
    assert verdict(claim, canonical(), facts=(Flavors((flavor("SCS-1L-1", ram_mib=256),)),)) is ABORT
    assert verdict(claim, canonical(), facts=(Networks(()),)) is ABORT
    for fact in (Images, Flavors, Networks):
        assert verdict(claim, canonical(), unread={fact: Unreachable("slow")}) is ABORT
    assert verdict(FIPS, canonical(entropy={"tests": (HWRNG,)})) is ABORT
    assert "no room" in judged(claim, left_out={CANONICAL: "no room"}).reason


@pytest.mark.parametrize("claim", OFFICIAL)
def test_another_image_or_flavor_than_the_suites_stands_for_nothing(claim: str) -> None:
    newer = image("Debian 14", id="newer", os_version="14", min_ram=512)
    assert verdict(claim, canonical(), facts=(Images((DEBIAN, newer)),)) is ABORT
    cheaper = flavor("SCS-1L-1", id="cheaper")
    assert verdict(claim, canonical(), facts=(Flavors((cheaper,)),)) is ABORT


@pytest.mark.parametrize("claim", OFFICIAL)
def test_without_a_probe_the_suites_server_is_missing(claim: str) -> None:
    unread = {GuestProbe: NotRun("takes the probe guest: not asked for"), Images: Unreachable("slow")}
    assert verdict(claim, unread=unread) is MISS


def kernel(release: str, poolsize: int | None = None, avail: str = "256") -> TriedGuest:
    """A guest of an image of the cloud with this kernel."""
    return canonical(system={"kernel": release}, entropy={"poolsize_bits": poolsize, "entropy_avail": avail})


@pytest.mark.parametrize(
    ("release", "poolsize", "expected"),
    [
        ("6.1.0-56-cloud-amd64", None, PASS),
        ("5.18.0", None, PASS),
        ("5.17.11", None, ABORT),
        ("5.17.12", None, PASS),
        ("5.15.43", None, ABORT),
        ("5.15.44-1.el9", None, PASS),
        ("5.10.119", None, PASS),
        ("5.10.0-13-amd64", None, ABORT),
        ("5.4.200", None, PASS),
        ("4.19.248", None, ABORT),
        ("4.19.249", None, PASS),
        ("4.14.285", None, PASS),
        ("4.9.320", None, PASS),
        ("3.10.0-1160", None, ABORT),
        ("unheard-of", None, ABORT),
        # the size of the pool came with the rework, whatever the version says
        ("5.15.0-47-generic", 256, PASS),
        ("5.15.0-27-generic", 4096, FAIL),
        ("6.1.0", 4096, FAIL),
    ],
)
def test_kernels_with_the_reworked_generator(release: str, poolsize: int | None, expected: Verdict) -> None:
    assert verdict("0101-01", kernel(release, poolsize)) is expected


def test_versions_of_other_systems_are_not_linuxs() -> None:
    assert has_rework("14.1-RELEASE", Entropy()) is None
    assert verdict("0101-01", kernel("14.1-RELEASE", avail="")) is ABORT


def test_images_that_were_not_booted_stay_open() -> None:
    rest = Images((DEBIAN, image("Ubuntu", id="u"), image("Alma", id="a"), image("mine", visibility="private")))
    found = judged("0101-01", canonical(), facts=(rest,))
    assert (found.verdict, found.examined) == (MISS, 1)
    assert "Ubuntu and 1 more" in found.reason
    further = guest(FURTHER, image=msgspec.structs.replace(THEIRS, id="u", name="Ubuntu"))
    assert "Alma" in judged("0101-01", canonical(), further, facts=(rest,)).reason
    # our own image is none of the cloud's
    assert verdict("0101-01", guest()) is MISS
    assert verdict("0101-01", canonical(), unread={Images: Unreachable("slow")}) is ABORT
    assert verdict("0101-01", canonical(report=torn("system"))) is ABORT
    assert verdict("0101-01", canonical(report=report("entropy"))) is MISS


def instructions(claim: str, *guests: TriedGuest) -> Judgement:
    """Of 0101-02 or 0101-03."""
    return judged(claim, *guests)


@pytest.mark.parametrize(
    ("machine", "cpu", "found"),
    [
        ("x86_64", {"flags": ("fpu", "rdseed")}, True),
        ("x86_64", {"flags": ("fpu", "rdrand")}, True),
        ("x86_64", {"flags": ("fpu", "rng")}, False),
        ("aarch64", {"flags": ("fp", "rng")}, True),
        ("aarch64", {"flags": ("fp", "asimd"), "vendor": ""}, False),
        ("riscv64", {"flags": ("rdrand",)}, None),
        ("", {"flags": ("rdrand",)}, None),
        ("x86_64", {"flags": ()}, None),
        # Linux itself hides RDRAND there
        ("x86_64", {"flags": ("fpu",), "vendor": "AuthenticAMD", "family_model_stepping": "21-2-0"}, None),
        ("x86_64", {"flags": ("fpu",), "vendor": "AuthenticAMD", "family_model_stepping": "25-1-1"}, False),
        ("x86_64", {"flags": ("fpu",), "vendor": "AuthenticAMD", "model": "", "family_model_stepping": ""}, False),
    ],
)
def test_flags_that_show_instructions_for_entropy(machine: str, cpu: dict[str, Any], found: bool | None) -> None:
    seen = guest(system={"machine": machine}, cpu=cpu)
    # that all guests get them a tenant never knows, since it cannot list the hosts
    assert instructions("0101-03", seen).verdict is {True: MISS, False: FAIL, None: ABORT}[found]
    # one that gets none cannot tell whether its CPU has them
    assert instructions("0101-02", seen).verdict is {True: MISS, False: ABORT, None: ABORT}[found]


def test_presence_on_one_host_proves_nothing_of_another() -> None:
    good, bad = guest(), guest(FURTHER, host="host-2", zone="", cpu={"flags": ("fpu",)})
    found = instructions("0101-03", good, bad)
    assert (found.verdict, found.examined) == (FAIL, 2)
    assert "host-2" in found.reason
    assert any(one.weight is Weight.NOTE and "host-1" in one.message for one in found.findings)
    assert "host-1 of nova" in instructions("0101-03", good).reason
    assert "host-1 of nova" in instructions("0101-02", good, guest(FURTHER, host="")).reason
    assert instructions("0101-02", good, bad).verdict is ABORT
