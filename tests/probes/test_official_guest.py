# SPDX-License-Identifier: Apache-2.0
"""The image and the flavor of the official suite's one server."""

from typing import Any

import pytest

from sovran.cloud.facts.flavors import Flavors
from sovran.cloud.facts.images import Image, Images
from sovran.probes.official_guest import canonical_image, frugal_flavor, volume_gib
from tests.rules.facts_by_hand import flavor
from tests.rules.images_by_hand import image


def chosen(*images: Image) -> str | None:
    """Name of the image that is taken of these."""
    found = canonical_image(Images(images))
    return found.name if found else None


def of(distribution: str | None, version: str | None, **changes: Any) -> Image:
    """An image named after both."""
    return image(f"{distribution} {version}", os_distro=distribution, os_version=version, **changes)


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (("ubuntu", "24.04"), ("debian", "11")),
        (("debian", "11"), ("debian", "12")),
        (("debian", "bullseye"), ("debian", "Trixie ")),
        (("debian", "9"), ("debian", "buster")),
        (("debian", "sid"), ("debian", "1")),
        (("ubuntu", "22.04"), (" Ubuntu", "24.04")),
        (("ubuntu", "jammy"), ("ubuntu", "20.04")),
        (("almalinux", "9"), ("ubuntu", "noble")),
        ((None, "12"), ("debian", "sid")),
        (("debian", None), ("ubuntu", "x")),
    ],
)
def test_debian_before_ubuntu_before_others_and_the_newest(
    worse: tuple[str | None, str | None], better: tuple[str | None, str | None]
) -> None:
    assert chosen(of(*worse), of(*better)) == of(*better).name
    assert chosen(of(*better), of(*worse)) == of(*better).name


def test_of_equal_images_the_first_of_the_listing() -> None:
    assert chosen(of("debian", "12", status="queued"), image("later", os_version="12")) == "debian 12"


def test_images_of_the_project_do_not_count() -> None:
    assert chosen(of("debian", "13", visibility="private"), of("ubuntu", "x", visibility="community")) == "ubuntu x"
    assert chosen(of("debian", "13", visibility="shared")) is None


def test_the_cheapest_flavor_with_ram_enough() -> None:
    small, middle = flavor("small", ram_mib=512), flavor("middle", ram_mib=2048, disk_gb=5)
    large = flavor("large", vcpus=4, ram_mib=2049)
    assert frugal_flavor(Flavors((large, middle, small)), image(min_ram=512)) is small
    assert frugal_flavor(Flavors((large, middle, small)), image(min_ram=513)) is middle
    assert frugal_flavor(Flavors((large, middle, small)), image(min_ram=4096)) is None


def test_a_flavor_with_a_random_number_generator_goes_first() -> None:
    plain = flavor("plain", ram_mib=512, extra_specs=None)
    dear = flavor("dear", ram_mib=65536, extra_specs={"hw_rng:allowed": "True"})
    off = flavor("off", ram_mib=512, extra_specs={"hw_rng:allowed": "false"})
    assert frugal_flavor(Flavors((plain, dear, off)), image()) is dear
    assert frugal_flavor(Flavors((plain, off)), image()) is plain


def test_the_volume_has_eight_gib_at_least() -> None:
    assert volume_gib(image(min_disk=0)) == 8
    assert volume_gib(image(min_disk=20)) == 20
