# SPDX-License-Identifier: Apache-2.0
"""SCS-0102 by the text: the properties of public images."""

from typing import Any

import pytest

from sovran.cloud.facts.images import HiddenImages, Images
from sovran.cloud.facts.now import Now
from sovran.cloud.fetch import Facts
from sovran.cloud.outcome import Absent, Denied, Ok, Unreachable
from sovran.conformance.judge import judge
from sovran.model.finding import Weight
from sovran.model.verdict import Verdict
from tests.rules.facts_by_hand import claims
from tests.rules.images_by_hand import GIB, NOW, image, judged, verdict

PASS, FAIL, ABORT, NOT_APPLICABLE, MISS = (
    Verdict.PASS,
    Verdict.FAIL,
    Verdict.ABORT,
    Verdict.NOT_APPLICABLE,
    Verdict.MISS,
)
TEXT = [name for name in claims() if name.startswith("0102-") and claims()[name].rule]


def test_a_described_image_meets_what_is_demanded() -> None:
    found = {name: verdict(name, image()) for name in TEXT}
    assert {name for name, one in found.items() if one in (FAIL, ABORT)} == set()
    # licenses, promises of UUIDs, replaced images: nothing here that these speak of
    silent = {"0102-21", "0102-22", "0102-33", "0102-35", "0102-37", "0102-38", "0102-39"}
    assert {name for name, one in found.items() if one is NOT_APPLICABLE} == silent
    # what an image alone cannot show names what would
    assert all(claims()[name].evidence for name, one in found.items() if one is MISS)


@pytest.mark.parametrize(
    "changes",
    [{"visibility": "community"}, {"visibility": "private"}, {"os_hidden": True}, {"status": "deactivated"}],
)
def test_without_a_usable_public_image_nothing_applies(changes: dict[str, Any]) -> None:
    assert {verdict(name, image(architecture="", **changes)) for name in TEXT} == {NOT_APPLICABLE}


def test_images_that_cannot_be_read_decide_nothing() -> None:
    for failure, expected in ((Absent("none"), NOT_APPLICABLE), (Denied("no"), ABORT), (Unreachable("gone"), ABORT)):
        facts = Facts({Images: failure, HiddenImages: failure, Now: Ok(Now(NOW))})
        assert {judge(claims()[name], "", facts).verdict for name in TEXT} == {expected}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, MISS),
        ({"os_secure_boot": "optional"}, MISS),
        ({"os_secure_boot": "required", "hw_firmware_type": "uefi"}, MISS),
        ({"os_secure_boot": "disabled", "hw_mem_encryption": "false"}, MISS),
        ({"os_secure_boot": "required"}, FAIL),
        ({"hw_mem_encryption": "True", "hw_firmware_type": ""}, FAIL),
        (dict.fromkeys(claims()["0102-15"].parameters["fields"], "x"), PASS),
    ],
)
def test_a_feature_that_takes_uefi_without_the_firmware_fails(changes: dict[str, Any], expected: Verdict) -> None:
    assert verdict("0102-15", image(**changes)) is expected
    beside = dict.fromkeys(claims()["0102-15"].parameters["fields"], "x")
    assert verdict("0102-15", image("other", **beside), image(**changes)) is expected


def test_each_image_of_one_name_is_judged() -> None:
    judgement = judged("0102-01", image(architecture="amd64"), image())
    assert (judgement.verdict, judgement.examined, len(judgement.findings)) == (FAIL, 2, 1)


@pytest.mark.parametrize(
    ("claim", "field", "right", "wrong"),
    [
        ("0102-01", "architecture", ["x86_64", "ppc64", "s390x", "aarch64"], [None, "", "amd64", "risc-v", "X86_64"]),
        ("0102-05", "os_distro", ["ubuntu", "arch", "windows", "rocky"], [None, "", "Ubuntu", "archlinux", "flatcar"]),
        ("0102-06", "os_version", ["24.04", "sid"], [None, ""]),
        ("0102-07", "os_version", ["12", "12.4"], ["bookworm", "12 (bookworm)", "v12"]),
        ("0102-08", "os_purpose", ["generic", "network"], [None, "", "oldgeneric", "container"]),
        ("0102-09", "os_purpose", ["generic", "oldgeneric"], [None, "", "container"]),
        ("0102-10", "hw_disk_bus", ["scsi", "ide", "lxc", "sata"], [None, "", "nvme"]),
        ("0102-11", "hw_disk_bus", ["scsi"], [None, "virtio"]),
        ("0102-12", "hypervisor_type", ["kvm"], [None, ""]),
        ("0102-13", "hypervisor_type", ["qemu", "vmware", "hyperv"], ["", "kvm", "hyper-v", "esxi"]),
        ("0102-17", "replace_frequency", ["never", "critical_bug", "yearly"], [None, "", "Monthly", "biweekly"]),
        ("0102-18", "replace_frequency", ["monthly", "weekly", "daily"], [None, "yearly", "never"]),
        ("0102-19", "provided_until", ["none", "notice", "2030-12-31"], [None, "forever", "last-3", "2030-2-1"]),
        ("0102-20", "uuid_validity", ["none", "last-3", "2030-12-31"], [None, "", "last-", "last-x", "2030-1-1"]),
        ("0102-22", "hotfix_hours", ["0", "48", "4.5"], ["", "-1", "two days", "\u0663"]),
        ("0102-24", "image_source", ["private", "https://x.example/y", "HTTP://x"], [None, "", "x.example/y", "https://"]),
        ("0102-26", "image_description", ["words"], [None, ""]),
        ("0102-29", "image_original_user", ["none", "debian"], [None, ""]),
        ("0102-30", "os_hash_algo", ["sha512"], [None, "md5", "sha256"]),
        ("0102-30", "os_hash_value", ["0" * 128], [None, "", "0" * 127, "x" * 128]),
        ("0102-31", "tags", [("managed_by_us",)], [(), ("managed_by_",), ("managed",)]),
        ("0102-32", "tags", [("os:debian",)], [(), ("os:",), ("debian",)]),
        ("0102-35", "license_included", ["true", "False", "no"], ["", "maybe"]),
        ("0102-35", "subscription_required", ["true"], ["ja"]),
        ("0102-35", "maintained_until", ["2030-12-31"], ["2030", "next year"]),
        ("0102-35", "l1_support_contact", ["mailto:a@b.example", "https://x", "tel:112"], ["a@b.example", "call us"]),
    ],
)  # fmt: skip
def test_values_of_properties(claim: str, field: str, right: list[Any], wrong: list[Any]) -> None:
    assert [value for value in right if verdict(claim, image(**{field: value})) is not PASS] == []
    assert [value for value in wrong if verdict(claim, image(**{field: value})) is not FAIL] == []


@pytest.mark.parametrize(
    ("field", "right", "wrong"),
    [
        ("os_type", ["linux", "windows"], ["unix", "Linux"]),
        ("os_secure_boot", ["required", "optional"], ["true"]),
        ("hw_firmware_type", ["uefi", "bios"], ["efi"]),
        ("hw_rng_model", ["virtio"], ["tpm"]),
        ("hw_scsi_model", ["virtio-scsi", "lsilogic"], ["virtio"]),
        ("hw_watchdog_action", ["reset", "none"], ["reboot"]),
        ("hw_pmu", ["true", "False"], ["maybe"]),
        ("hw_video_ram", ["16"], ["16 MB"]),
    ],
)
def test_values_that_openstack_defines(field: str, right: list[str], wrong: list[str]) -> None:
    assert {verdict("0102-16", image(**{field: value})) for value in right} == {PASS}
    assert {verdict("0102-16", image(**{field: value})) for value in wrong} == {FAIL}


def test_what_only_libosinfo_or_nova_knows_is_noted() -> None:
    for claim, changes in (("0102-05", {"os_distro": "rocky"}), ("0102-10", {"hw_disk_bus": "sata"})):
        (finding,) = judged(claim, image(**changes)).findings
        assert finding.weight is Weight.NOTE


def test_versions_without_a_number_are_left_out() -> None:
    assert verdict("0102-07", image(os_version="sid")) is NOT_APPLICABLE
    assert verdict("0102-07", image(os_distro="arch", os_version="rolling")) is NOT_APPLICABLE


def test_min_disk_holds_the_disk_of_the_image() -> None:
    assert verdict("0102-02", image(min_disk=10, virtual_size=10 * GIB)) is PASS
    (finding,) = judged("0102-02", image(min_disk=10, virtual_size=10 * GIB + 1)).findings
    assert (finding.expected, finding.seen) == ("at least 11 GiB", "10 GiB")
    assert verdict("0102-02", image(min_disk=0)) is FAIL
    # a file may be larger than the disk that it describes
    assert verdict("0102-02", image(min_disk=1, virtual_size=GIB, size=2 * GIB)) is PASS
    assert verdict("0102-02", image(min_disk=1, virtual_size=None, size=2 * GIB)) is FAIL


def test_little_ram_is_noted_and_none_is_a_violation() -> None:
    assert verdict("0102-03", image(min_ram=0)) is FAIL
    judgement = judged("0102-03", image(min_ram=48))
    assert (judgement.verdict, judgement.findings[0].weight) == (PASS, Weight.NOTE)


def test_scsi_goes_with_a_model() -> None:
    assert verdict("0102-11", image(hw_scsi_model=None)) is FAIL


def test_a_missing_source_of_random_numbers_is_undecided() -> None:
    judgement = judged("0102-14", image("a", hw_rng_model=None), image("b", hw_rng_model=None), image())
    assert judgement.verdict is ABORT
    assert judgement.reason.startswith("image a and 1 more lacks hw_rng_model")


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026-11-02", PASS),
        ("2026-11-02 10:00", PASS),
        ("2026-11-02 10:00:00", PASS),
        ("2026-11-02T10:00:00Z", FAIL),
        ("2026-11-2", FAIL),
        ("2026-11-02 1:00", FAIL),
        ("2026-11-31", FAIL),
        ("20261102", FAIL),
        ("02.11.2026", FAIL),
        (" 2026-11-02", FAIL),
        ("2026-11-02 25:00", FAIL),
        ("2026-11-20 09:31", FAIL),
        # between registration and the last change the data may have come
        ("2026-11-02 10:04", PASS),
        ("2026-11-02 10:06", FAIL),
        (None, FAIL),
    ],
)
def test_build_dates(date: str | None, expected: Verdict) -> None:
    assert verdict("0102-27", image(image_build_date=date)) is expected


def test_license_pairs() -> None:
    assert verdict("0102-33", image(license_included="true")) is PASS
    assert verdict("0102-33", image(license_included="true", license_required="false")) is PASS
    assert verdict("0102-33", image(license_included="True", license_required="1")) is FAIL


def test_windows_says_who_brings_the_license() -> None:
    windows = {"os_distro": "windows", "os_version": "2022"}
    assert verdict("0102-34", image(**windows)) is FAIL
    assert verdict("0102-34", image(**windows, license_included="false")) is FAIL
    assert verdict("0102-34", image(os_distro="other", os_type="windows")) is FAIL
    # and of other images nobody knows
    assert verdict("0102-34", image(**windows, license_required="true")) is MISS


def test_an_unnamed_image_is_named_by_its_id() -> None:
    (finding,) = judged("0102-06", image(None, os_version=None)).findings
    assert finding.resource is not None
    assert finding.message.startswith(f"image {finding.resource.id}")
