# SPDX-License-Identifier: Apache-2.0
"""SCS-0104 by the text: standard images and their sources."""

import datetime
from typing import Any

import pytest

from sovran.cloud.facts.images import Images
from sovran.cloud.facts.now import Now
from sovran.cloud.fetch import Facts
from sovran.cloud.outcome import Ok
from sovran.conformance.judge import judge
from sovran.model.verdict import Verdict
from sovran.standards.load import load_standards
from sovran.standards.resolve import resolve
from tests.rules.facts_by_hand import claims
from tests.rules.images_by_hand import NOW, image, judged, verdict

PASS, FAIL, ABORT, NOT_APPLICABLE = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.NOT_APPLICABLE
NOBLE = {
    "os_distro": "ubuntu",
    "os_version": "24.04",
    "image_source": "https://cloud-images.ubuntu.com/noble/current/x.img",
}
CAPI = "https://nbg1.your-objectstorage.com/osism/openstack-k8s-capi-images/ubuntu-2404-kube-v1.34/x.qcow2"
DASH, BLANK = "ubuntu-capi-image-v1.34.1", "ubuntu-capi-image v1.33.5"


def test_without_images_presence_fails_and_nothing_else_applies() -> None:
    found = {name: verdict(name) for name in claims() if name.startswith("0104-") and claims()[name].rule}
    # whether a user may upload images has nothing to do with those that are there
    assert found.pop("0104-04") is Verdict.MISS
    presence = {"0104-01", "0104-02", "0104-09", "0104-10", "0104-11", "0104-12", "0104-13"}
    assert {name for name, one in found.items() if one is FAIL} == presence
    assert {one for name, one in found.items() if name not in presence} == {NOT_APPLICABLE}


def test_presence_is_by_name_and_in_public() -> None:
    assert verdict("0104-01", image("Ubuntu 24.04")) is PASS
    for changes in (
        {"visibility": "community"},
        {"visibility": "private"},
        {"status": "deactivated"},
        {"status": "queued"},
    ):
        assert verdict("0104-01", image("Ubuntu 24.04", **changes)) is FAIL
    assert verdict("0104-01", image("Ubuntu 24.04 LTS", **NOBLE)) is FAIL


def test_a_name_of_a_class_matches_whole() -> None:
    debian = image("Debian 12")
    assert verdict("0104-02", debian, image(DASH)) is PASS
    for name in (BLANK, f"{DASH}-patched", f"my {DASH}", "ubuntu-capi-image-v1"):
        assert verdict("0104-02", debian, image(name)) is FAIL
    assert verdict("0104-02", image(DASH)) is FAIL


def test_every_image_of_the_name_comes_from_a_source() -> None:
    good, bad = image("Ubuntu 24.04", **NOBLE), image("Ubuntu 24.04", image_source="https://x.example/")
    assert verdict("0104-03", good) is PASS
    assert [verdict("0104-03", *order) for order in ((good, bad), (bad, good))] == [FAIL, FAIL]
    assert verdict("0104-03", image("Ubuntu 24.04", image_source=None)) is FAIL
    assert verdict("0104-03", image(DASH, image_source=CAPI)) is PASS
    assert verdict("0104-03", image(DASH, image_source="private")) is FAIL
    # not in the list of v5, or not a name of the class
    assert verdict("0104-03", image("Debian 13", image_source="private")) is NOT_APPLICABLE
    assert verdict("0104-03", image(f"{DASH}-patched", image_source="private")) is NOT_APPLICABLE


@pytest.mark.parametrize(
    ("version", "mandatory", "class_name"),
    [("v4", "Ubuntu 22.04", BLANK), ("v5.1", "Ubuntu 24.04", DASH), ("next", "Ubuntu 24.04", DASH)],
)
def test_each_scope_version_has_its_own_list(version: str, mandatory: str, class_name: str) -> None:
    ruleset = load_standards(environ={})
    scope = ruleset.scope("scs-iaas")
    found = next(one for one in scope.versions if one.version == version)
    wanted = {claim.id: claim for claim in resolve(ruleset, scope, found).requirements}

    def verdict_of(claim: str, *names: str) -> Verdict:
        cloud = Facts({Images: Ok(Images(tuple(image(name) for name in names))), Now: Ok(Now(NOW))})
        return judge(wanted[claim], "", cloud).verdict

    assert verdict_of("0104-01", mandatory) is PASS
    assert verdict_of("0104-01", "Ubuntu 20.04") is FAIL
    assert verdict_of("0104-02", class_name, "Debian 12") is PASS
    assert verdict_of("0104-03", class_name) is FAIL


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, PASS),
        ({"image_source": "https://cloud-images.ubuntu.com/releases/noble/x"}, PASS),
        ({"image_source": "https://cloud-images.ubuntu.com/jammy/x"}, FAIL),
        ({"os_version": "26.04", "image_source": "https://cloud-images.ubuntu.com/resolute/x"}, PASS),
        ({"os_version": "28.04", "image_source": "https://cloud-images.ubuntu.com/unheard/x"}, ABORT),
        ({"os_version": "28.04", "image_source": "private"}, FAIL),
        ({"os_version": "noble", "image_source": "private"}, NOT_APPLICABLE),
        ({"os_purpose": "custom", "image_source": "private"}, NOT_APPLICABLE),
    ],
)
def test_sources_of_generic_images(changes: dict[str, Any], expected: Verdict) -> None:
    assert verdict("0104-05", image("any name", **{**NOBLE, **changes})) is expected


def test_generic_images_of_debian() -> None:
    assert verdict("0104-06", image()) is PASS
    assert verdict("0104-06", image(os_version="13")) is FAIL


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, PASS),
        ({"image_source": "https://ubuntu.com.example/x"}, FAIL),
        ({"image_source": "https://debian.org:99999999/x"}, PASS),
        ({"image_source": "https://[x/"}, FAIL),
        ({"image_source": "private"}, FAIL),
        ({"os_distro": "nixos"}, ABORT),
        ({"os_distro": "nixos", "image_source": "private"}, FAIL),
    ],
)
def test_generic_images_come_from_their_vendor(changes: dict[str, Any], expected: Verdict) -> None:
    assert verdict("0104-07", image(**changes)) is expected


@pytest.mark.parametrize("name", [DASH, BLANK])
def test_cluster_images_have_their_properties(name: str) -> None:
    right = {
        "image_source": CAPI,
        "os_purpose": "k8snode",
        "image_description": "https://github.com/osism/k8s-capi-images",
    }
    assert verdict("0104-08", image(name, **right)) is PASS
    for field in right:
        judgement = judged("0104-08", image(name, **{**right, field: "generic"}))
        assert [finding.field for finding in judgement.findings] == [field]


def on(year: int, month: int, day: int) -> datetime.datetime:
    return datetime.datetime(year, month, day, 12, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("claim", "distro", "version", "first", "last"),
    [
        ("0104-09", "ubuntu", "24.04", on(2024, 5, 1), on(2026, 4, 30)),
        ("0104-09", "ubuntu", "26.04", on(2026, 5, 1), on(2028, 4, 30)),
        ("0104-10", "ubuntu", "24.04", on(2026, 5, 1), on(2028, 4, 30)),
        ("0104-11", "debian", "13", on(2025, 9, 10), on(2027, 6, 1)),
        ("0104-12", "debian", "12", on(2025, 9, 10), on(2027, 6, 1)),
    ],
)
def test_which_release_is_wanted_when(
    claim: str, distro: str, version: str, first: datetime.datetime, last: datetime.datetime
) -> None:
    there = image("any name", os_distro=distro, os_version=version)
    assert [verdict(claim, there, now=day) for day in (first, last)] == [PASS, PASS]
    assert verdict(claim, there, now=first - datetime.timedelta(days=1)) is FAIL
    assert verdict(claim, there, now=last + datetime.timedelta(days=1)) in (FAIL, ABORT)
    assert verdict(claim, image(os_distro=distro, os_version=version, os_purpose="custom"), now=first) is FAIL


def test_after_the_known_releases_nothing_is_decided() -> None:
    there = image(os_distro="ubuntu", os_version="26.04")
    assert verdict("0104-09", there, now=on(2028, 5, 1)) is ABORT
