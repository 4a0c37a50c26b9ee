# SPDX-License-Identifier: Apache-2.0
"""SCS-0102 and SCS-0104 as the official suite decides, leniencies included; bench/differential.py compares the two."""

import datetime
from typing import Any

import pytest

from sovran.cloud.facts.images import Images
from sovran.cloud.facts.now import Now
from sovran.cloud.fetch import Facts
from sovran.cloud.outcome import Absent, Denied, Ok, Unreachable
from sovran.conformance.judge import judge
from sovran.model.verdict import Verdict
from sovran.rules.official_images import seconds_of
from tests.rules.facts_by_hand import claims
from tests.rules.images_by_hand import GIB, NOW, image, verdict

PASS, FAIL, ABORT = Verdict.PASS, Verdict.FAIL, Verdict.ABORT
OFFICIAL = [name for name in claims() if name.startswith(("scs-0102-", "scs-0104-"))]
PRESENCE = {name for name in OFFICIAL if name.startswith("scs-0104-image-")}


def test_without_images_everything_passes_but_presence() -> None:
    assert {name for name in OFFICIAL if verdict(name) is FAIL} == PRESENCE
    assert {verdict(name) for name in OFFICIAL} == {PASS, FAIL}


def test_images_that_cannot_be_read_abort() -> None:
    for failure in (Absent("no image service"), Denied("refused"), Unreachable("gone")):
        facts = Facts({Images: failure, Now: Ok(Now(NOW))})
        assert {judge(claims()[name], "main", facts).verdict for name in OFFICIAL} == {ABORT}


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("2024-01-05", True),
        ("2024-1-5", True),
        ("2024-01-05 10:11", True),
        ("2024-01-05  10:11", True),
        ("2024-01-05 10:11:12", True),
        ("2024-01-05T10:11:12Z", True),
        ("2024-01-05t10:11:12z", True),
        ("2024-01-05T10:11:12", False),
        ("20240105", False),
        ("24-01-05", False),
        ("2024-13-01", False),
        ("2024-02-30", False),
        (" 2024-01-05", False),
        ("1970-01-01", False),
        ("1969-12-31", True),
        ("", False),
    ],
)
def test_dates_are_read_as_the_suite_reads_them(text: str, accepted: bool) -> None:
    assert bool(seconds_of(text)) is accepted
    later = image(image_build_date=text, provided_until="none")
    assert verdict("scs-0102-prop-image_build_date", later) is (PASS if accepted else FAIL)


@pytest.mark.parametrize(
    ("testcase", "field", "accepted", "refused"),
    [
        ("architecture", "architecture", ["x86_64", "aarch64", "risc-v"], [None, "", "riscv64", "amd64"]),
        ("hash_algo", "os_hash_algo", ["sha256", "sha512"], [None, "md5", "SHA512"]),
        ("min_ram", "min_ram", [1, 64], [0]),
        ("os_version", "os_version", ["0", "bookworm"], [None, ""]),
        ("os_distro", "os_distro", ["Debian", "whatever"], [None, ""]),
        ("os_purpose", "os_purpose", ["oldgeneric", "custom"], [None, "", "container"]),
        ("hw_disk_bus", "hw_disk_bus", [None, "virtio", "scsi"], ["", "ide", "sata"]),
        ("hypervisor_type", "hypervisor_type", [None, "kvm", "hyper-v", "esxi"], ["", "hyperv", "vmware"]),
        ("hw_rng_model", "hw_rng_model", [None, "virtio"], ["", "tpm"]),
        ("image_original_user", "image_original_user", ["none"], [None, ""]),
        ("image_source", "image_source", ["private", "ftps://"], [None, "", "Private", "HTTPS://x", "http:/x"]),
        ("image_description", "image_description", ["words"], [None, ""]),
        ("replace_frequency", "replace_frequency", ["never", "daily"], [None, "", "Daily", "biweekly"]),
        ("provided_until", "provided_until", ["forever", "nobody knows"], [None, ""]),
        ("uuid_validity", "uuid_validity", [None, "forever", "last-0", "last-\u0663", "2024-1-5"], ["", "last-", "3"]),
        ("hotfix_hours", "hotfix_hours", [None, "", "0", "\u0663"], ["-1", "4.5", "two days"]),
    ],
)  # fmt: skip
def test_values_of_properties(testcase: str, field: str, accepted: list[Any], refused: list[Any]) -> None:
    name = f"scs-0102-prop-{testcase}"
    assert [value for value in accepted if verdict(name, image(**{field: value})) is not PASS] == []
    assert [value for value in refused if verdict(name, image(**{field: value})) is not FAIL] == []


def test_community_images_count_and_others_do_not() -> None:
    name = "scs-0102-prop-architecture"
    seen = {kind: verdict(name, image(visibility=kind, architecture="")) for kind in ("public", "community")}
    assert set(seen.values()) == {FAIL}
    assert {verdict(name, image(visibility=kind, architecture="")) for kind in ("shared", "private")} == {PASS}
    assert verdict(name, image(status="deactivated", architecture="")) is FAIL


def test_min_disk_is_compared_with_the_file() -> None:
    name = "scs-0102-prop-min_disk"
    assert verdict(name, image(min_disk=1, size=GIB, virtual_size=9 * GIB)) is PASS
    assert verdict(name, image(min_disk=1, size=GIB + 1)) is FAIL
    assert verdict(name, image(min_disk=0, size=0)) is FAIL
    # the suite crashes on an image without data
    assert verdict(name, image(min_disk=1, size=None, status="queued")) is PASS


def test_build_date_lies_before_registration_and_now() -> None:
    name = "scs-0102-prop-image_build_date"
    assert verdict(name, image(image_build_date="2026-11-02 10:00:00")) is PASS
    assert verdict(name, image(image_build_date="2026-11-02 10:00:01")) is FAIL
    later = {"created_at": "2027-01-01T00:00:00Z"}
    assert verdict(name, image(image_build_date="2026-11-20 09:30:00", **later)) is PASS
    assert verdict(name, image(image_build_date="2026-11-20 09:30:01", **later)) is FAIL


@pytest.mark.parametrize(
    ("frequency", "hours"),
    [("yearly", 9636), ("quarterly", 2428.8), ("monthly", 818.4), ("weekly", 192.5), ("daily", 27.5)],
)
def test_recency_excuses_a_tenth_of_the_period(frequency: str, hours: float) -> None:
    built = f"{NOW - datetime.timedelta(hours=hours):%Y-%m-%d %H:%M:%S}"
    old = image(replace_frequency=frequency, image_build_date=built)
    assert verdict("scs-0102-image-recency", old) is PASS
    assert verdict("scs-0102-image-recency", old, now=NOW + datetime.timedelta(seconds=1)) is FAIL


OLD = {"image_build_date": "2025-01-05"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, FAIL),
        ({"replace_frequency": "never"}, PASS),
        ({"replace_frequency": "critical_bug"}, PASS),
        ({"replace_frequency": None}, PASS),
        ({"replace_frequency": "hourly"}, PASS),
        ({"provided_until": "none"}, PASS),
        ({"provided_until": "notice"}, PASS),
        ({"provided_until": "2026-11-20"}, PASS),
        ({"provided_until": "2026-11-21"}, FAIL),
        ({"provided_until": "forever"}, FAIL),
        ({"provided_until": ""}, FAIL),
        # the suite crashes here
        ({"provided_until": None}, FAIL),
        ({"image_build_date": None}, PASS),
        ({"image_build_date": None, "created_at": "2025-01-05T00:00:00Z"}, FAIL),
        ({"name": None}, FAIL),
    ],
)
def test_recency_of_an_old_image(changes: dict[str, str | None], expected: Verdict) -> None:
    assert verdict("scs-0102-image-recency", image(**{**OLD, **changes})) is expected


def test_an_image_of_the_name_without_its_last_word_is_a_replacement() -> None:
    name = "scs-0102-image-recency"
    new = image("Debian 12")
    assert verdict(name, image("Debian 12 anything", **OLD), new) is PASS
    assert verdict(name, image("Debian 12  old", **OLD), new) is PASS
    assert verdict(name, image("Debian 12", **OLD), new) is FAIL
    assert verdict(name, image("Debian 12-old", **OLD), new) is FAIL
    assert verdict(name, image("Debian 12 old", **OLD), image("Debian 12", **OLD)) is FAIL
    # of several of one name the last of the listing counts
    stale = image("Debian 12", **OLD, provided_until="none", replace_frequency="never")
    assert verdict(name, image("Debian 12 old", **OLD), image("Debian 12", **OLD, visibility="private"), stale) is PASS


def test_uniqueness_compares_verbatim_and_leaves_out_what_is_not_named() -> None:
    name = "scs-0102-os_purpose-uniqueness"
    assert verdict(name, image(), image("second")) is FAIL
    for changes in (
        {"os_distro": "Debian"},
        {"os_version": None},
        {"os_purpose": "custom"},
        {"visibility": "community"},
        {"architecture": None},
    ):
        assert verdict(name, image(), image("second", **changes)) is PASS
    nameless = {"architecture": None}
    assert verdict(name, image(**nameless), image("second", **nameless)) is FAIL


NOBLE = {"image_source": "https://cloud-images.ubuntu.com/noble/x.img"}


def test_of_images_of_one_name_the_last_counts() -> None:
    name = "scs-0104-source-ubuntu-2404"
    good, bad = image("Ubuntu 24.04", **NOBLE), image("Ubuntu 24.04", image_source="private")
    assert verdict(name, bad, good) is PASS
    assert verdict(name, good, bad) is FAIL
    assert verdict(name, image("Ubuntu 24.04", image_source=None)) is FAIL
    assert verdict(name, image("Ubuntu 24.04", visibility="community", image_source="")) is FAIL
    assert verdict("scs-0104-image-ubuntu-2404", image("Ubuntu 24.04", visibility="community")) is PASS
    assert verdict("scs-0104-image-ubuntu-2404", image("Ubuntu 24.04 LTS")) is FAIL


def test_class_names_need_only_begin_as_the_scheme_says() -> None:
    dash, blank = "ubuntu-capi-image-v1.33.4-foo", "ubuntu-capi-image v1.3"
    assert verdict("scs-0104-image-capi-2", image(dash)) is PASS
    assert verdict("scs-0104-image-capi-2", image(blank)) is FAIL
    assert verdict("scs-0104-image-capi-1", image(blank)) is PASS
    assert verdict("scs-0104-image-capi-1", image(f"x {blank}")) is FAIL
    assert verdict("scs-0104-source-capi-2", image(dash)) is FAIL
    # the suite crashes on an image without a name
    assert verdict("scs-0104-image-capi-2", image(None), image(dash)) is PASS
