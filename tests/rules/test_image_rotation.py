# SPDX-License-Identifier: Apache-2.0
"""SCS-0102 by the text: how images replace each other."""

from typing import Any

import pytest

from sovran.model.finding import Weight
from sovran.model.verdict import Verdict
from tests.rules.images_by_hand import image, judged, verdict

PASS, FAIL, ABORT, NOT_APPLICABLE, MISS = (
    Verdict.PASS,
    Verdict.FAIL,
    Verdict.ABORT,
    Verdict.NOT_APPLICABLE,
    Verdict.MISS,
)
STAMPED = {"image_build_date": "2026-10-02", "os_purpose": "oldgeneric"}


def test_one_name_leads_to_one_image() -> None:
    assert verdict("0102-36", image(), image("Debian 13", os_version="13")) is PASS
    assert verdict("0102-36", image(), image(image_build_date="2026-10-02")) is FAIL
    # hidden, private or community ones are not found by name
    assert verdict("0102-36", image(), image(visibility="private"), image(visibility="community")) is PASS


def test_different_products_of_one_name_are_noted() -> None:
    judgement = judged("0102-36", image(), image(architecture="aarch64"))
    assert judgement.verdict is PASS
    assert [finding.weight for finding in judgement.findings] == [Weight.NOTE]


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("Debian 12 20261002", {}, PASS),
        ("Debian 12 20261003", {}, FAIL),
        ("Debian 12 20261002", {"image_build_date": None}, FAIL),
        ("Debian 12 2026-10-02", {}, FAIL),
        ("Debian 12 old", {}, FAIL),
        ("Debian bookworm", {}, FAIL),
        # no successor is there, or none of that name
        ("Debian 11 old", {"os_purpose": "custom"}, NOT_APPLICABLE),
        ("Debian 12 minimal", {"os_purpose": "minimal"}, NOT_APPLICABLE),
    ],
)
def test_visible_old_images_end_with_their_date(name: str, changes: dict[str, Any], expected: Verdict) -> None:
    old = image(name, **{**STAMPED, **changes})
    assert verdict("0102-37", image(), old) is expected
    assert verdict("0102-38", image(), old) is (NOT_APPLICABLE if expected is NOT_APPLICABLE else FAIL)


def test_old_images_are_hidden() -> None:
    for name in ("Debian 12", "Debian 12 20261002", "Debian 12 prev"):
        old = image(name, os_hidden=True, **STAMPED)
        assert verdict("0102-38", image(), hidden=(old,)) is PASS
    other = image("other", os_hidden=True)
    own = image("Debian 12", os_hidden=True, visibility="private")
    assert verdict("0102-38", image(), hidden=(other, own)) is NOT_APPLICABLE


def test_old_generic_images_say_so() -> None:
    old = image("Debian 12", os_hidden=True)
    assert verdict("0102-39", image(), hidden=(old,)) is FAIL
    assert verdict("0102-39", image(), image("Debian 12 20261102")) is FAIL
    assert verdict("0102-39", image(), hidden=(image("Debian 12", os_hidden=True, os_purpose="oldgeneric"),)) is PASS
    assert verdict("0102-39", image(), hidden=(image("Debian 12", os_hidden=True, os_purpose="gpu"),)) is PASS


@pytest.mark.parametrize("claim", ["0102-40", "0102-41"])
def test_one_generic_image_of_each_release(claim: str) -> None:
    assert verdict(claim, image()) is PASS
    judgement = judged(claim, image("one"), image("two"))
    assert judgement.verdict is FAIL
    assert judgement.findings[0].seen == "so on one, two"
    for changes in ({"architecture": "aarch64"}, {"os_version": "13"}, {"os_purpose": "custom"}):
        assert verdict(claim, image("one"), image("two", **changes)) is PASS
    assert verdict(claim, image("one"), image("two", visibility="community")) is PASS
    assert verdict(claim, image("one"), image("two", status="deactivated")) is PASS
    assert verdict(claim, image(os_purpose="custom")) is NOT_APPLICABLE


def test_promises_of_uuids() -> None:
    old = [
        image("Debian 12", os_hidden=True, os_purpose="oldgeneric", created_at=f"2026-0{n}-01T00:00:00Z")
        for n in (7, 8)
    ]
    assert verdict("0102-21", image(uuid_validity="none")) is NOT_APPLICABLE
    assert verdict("0102-21", image(uuid_validity="last-2"), hidden=tuple(old)) is PASS
    assert verdict("0102-21", image(uuid_validity="last-3"), hidden=tuple(old)) is MISS
    renamed = image("Debian 12 20260902", os_purpose="oldgeneric", uuid_validity="none")
    assert verdict("0102-21", image(uuid_validity="last-3"), renamed, hidden=tuple(old)) is PASS
    for promise in ("forever", "notice", "2030-01-01"):
        judgement = judged("0102-21", image(uuid_validity=promise), hidden=tuple(old))
        assert (judgement.verdict, "record of former listings" in judgement.reason) == (MISS, True)


@pytest.mark.parametrize(
    ("frequency", "last", "late"),
    [
        ("yearly", "2025-11-17", "2025-11-16"),
        ("quarterly", "2026-08-17", "2026-08-16"),
        ("monthly", "2026-10-17", "2026-10-16"),
        ("weekly", "2026-11-10", "2026-11-09"),
        ("daily", "2026-11-16", "2026-11-15"),
    ],
)
def test_three_days_late_are_no_violation(frequency: str, last: str, late: str) -> None:
    def registered(day: str) -> Verdict:
        return verdict(
            "0102-42", image(replace_frequency=frequency, image_build_date=day, created_at=f"{day}T00:00:00Z")
        )

    assert (registered(last), registered(late)) == (PASS, FAIL)


OLD = {"image_build_date": "2026-01-05", "created_at": "2026-01-05T08:00:00Z"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, FAIL),
        ({"provided_until": None}, FAIL),
        ({"provided_until": "forever"}, FAIL),
        ({"provided_until": "2026-11-20"}, FAIL),
        ({"provided_until": "2026-11-19"}, NOT_APPLICABLE),
        ({"provided_until": "none"}, NOT_APPLICABLE),
        # by the text updates go on until the notice, which the API does not show
        ({"provided_until": "notice"}, ABORT),
        ({"replace_frequency": "never"}, NOT_APPLICABLE),
        ({"replace_frequency": "critical_bug"}, NOT_APPLICABLE),
        ({"created_at": "2026-11-05T08:00:00Z"}, ABORT),
        ({"image_build_date": None}, FAIL),
        ({"image_build_date": "2026-11-05"}, FAIL),
        ({"created_at": "yesterday"}, ABORT),
    ],
)
def test_recency_of_an_old_image(changes: dict[str, Any], expected: Verdict) -> None:
    assert verdict("0102-42", image(**{**OLD, **changes})) is expected


def test_replaced_images_need_not_be_recent() -> None:
    for name in ("Debian 12 20260105", "Debian 12 old"):
        assert verdict("0102-42", image(), image(name, **OLD)) is PASS
        assert verdict("0102-42", image(name, **OLD)) is FAIL
    # but one of the same name was not replaced as it should
    assert verdict("0102-42", image(), image(**OLD)) is FAIL
