# SPDX-License-Identifier: Apache-2.0
"""The profiles as data: what is in them, and how a wrong wish is refused."""

import ipaddress
from collections import Counter

import pytest

from sovran.lab.seeds.profile import load, names
from sovran.model.errors import ExitCode, UsageError
from sovran.standards.load import load_standards


def test_there_are_four_profiles() -> None:
    assert names() == ["bare", "large", "messy", "scs"]


@pytest.mark.parametrize("name", names())
def test_names_that_a_service_wants_unique_are_unique(name: str) -> None:
    profile = load(name)
    for items in (profile.flavors, profile.volume_types):
        assert max(Counter(item.name for item in items).values(), default=1) == 1
    assert len({flavor.id for flavor in profile.flavors}) == len(profile.flavors)


def test_bare_offers_nothing() -> None:
    bare = load("bare")
    assert [*bare.flavors, *bare.images, *bare.volume_types, *bare.networks, *bare.catalog] == []


def test_scs_has_exactly_the_flavors_of_the_standard() -> None:
    claims = load_standards().claims.values()
    wanted = {claim.parameters["name"] for claim in claims if claim.id.startswith("scs-0103-flavor-")}
    flavors = {flavor.name: flavor for flavor in load("scs").flavors}
    assert flavors.keys() == wanted
    ssd = flavors["SCS-2V-4-20s"]
    assert (ssd.vcpus, ssd.ram_mib, ssd.disk_gb) == (2, 4096, 20)
    assert ssd.extra_specs == {
        "scs:cpu-type": "shared-core",
        "scs:disk0-type": "ssd",
        "scs:name-v1": "SCS-2V:4:20s",
        "scs:name-v2": "SCS-2V-4-20s",
        "hw_rng:allowed": "True",
    }


def test_messy_is_as_varied_as_it_claims() -> None:
    messy = load("messy")
    assert len(messy.flavors) >= 80
    assert len(messy.images) == 60
    assert {image.visibility for image in messy.images} == {"public", "community", "private", "shared"}
    assert any(image.hidden for image in messy.images)
    assert any(image.deactivated for image in messy.images)
    assert max(Counter(image.name for image in messy.images).values()) > 1
    private = [flavor for flavor in messy.flavors if not flavor.public]
    assert {flavor.private_to for flavor in private} == {(), ("member",), ("other",)}
    claimed = Counter(flavor.extra_specs.get("scs:name-v2") for flavor in messy.flavors)
    assert claimed["SCS-2V-4"] == 2
    assert any(":" in flavor.name for flavor in messy.flavors)
    assert any(flavor.ram_mib == 4045 for flavor in messy.flavors)
    assert len(messy.volume_types) >= 5
    assert len(messy.zones) > 1
    assert {change.type for change in messy.catalog} >= {"block-storage", "volumev2"}


@pytest.mark.parametrize("name", names())
def test_networks_have_valid_ranges(name: str) -> None:
    for network in load(name).networks:
        assert network.cidr is None or ipaddress.ip_network(network.cidr)


@pytest.mark.parametrize("count", [0, 1, 7])
def test_large_adds_n_flavors_and_images_to_scs(count: int) -> None:
    scs, large = load("scs"), load("large", count)
    assert large.flavors[: len(scs.flavors)] == scs.flavors
    added = large.flavors[len(scs.flavors) :]
    assert len(added) == len(large.images) - len(scs.images) == count
    assert not any(flavor.extra_specs for flavor in added)


@pytest.mark.parametrize(
    ("name", "count", "words"),
    [
        ("sc", None, "there is no profile 'sc': choose one of bare, large, messy, scs"),
        ("scs", 5, "the profile scs takes no number: leave 5 away"),
        ("large", -1, "-1 cannot be a number of flavors: give 0 or more"),
    ],
)
def test_a_wrong_wish_is_refused_with_one_sentence(name: str, count: int | None, words: str) -> None:
    with pytest.raises(UsageError) as error:
        load(name, count)
    assert str(error.value) == words
    assert error.value.code is ExitCode.USAGE


def test_public_images_boot_in_a_lab_with_guests_but_not_those_that_make_a_listing_long() -> None:
    assert all(image.boots for image in load("scs").images)
    messy = load("messy").images
    assert {image.boots for image in messy if image.visibility == "public" and not image.deactivated} == {True}
    assert {image.boots for image in messy if image.visibility != "public" or image.deactivated} == {False}
    assert sum(image.boots for image in load("large", 50).images) == len(load("scs").images)
