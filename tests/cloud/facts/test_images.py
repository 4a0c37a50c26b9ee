# SPDX-License-Identifier: Apache-2.0
"""Facts: images as the user sees them, hidden ones, and the moment of the run."""

from typing import Any

import pytest

from sovran.cloud.facts.images import HiddenImages, Images, read_hidden_images, read_images
from sovran.cloud.facts.now import Now, read_now
from sovran.cloud.outcome import Absent, Denied, Ok, Partial, Unreachable
from tests.cloud.scripted_reader import NOW, ScriptedReader

FIRST, HIDDEN = "/images?limit=1000", "/images?os_hidden=true&limit=1000"


def listed(name: str, /, **changes: Any) -> dict[str, Any]:
    """An image as Glance lists it."""
    fields = {
        "id": f"id of {name}",
        "name": name,
        "status": "active",
        "visibility": "public",
        "os_hidden": False,
        "owner": "provider",
        "created_at": "2026-11-01T08:00:00Z",
        "updated_at": "2026-11-01T08:00:05Z",
        "min_disk": 8,
        "min_ram": 512,
        "size": 1048576,
        "virtual_size": None,
        "disk_format": "raw",
        "container_format": "bare",
        "protected": False,
        "checksum": "c",
        "tags": ["os:debian"],
        "os_hash_algo": "sha512",
        "os_hash_value": "ab",
        "file": f"/v2/images/{name}/file",
        "schema": "/v2/schemas/image",
        "self": f"/v2/images/{name}",
        "os_distro": "debian",
        "password": "hunter2",
    }
    return {key: value for key, value in {**fields, **changes}.items() if value != "absent"}


def page(*images: dict[str, Any], **more: Any) -> dict[str, object]:
    """A page of Glance's listing."""
    return {"images": list(images), "first": "/v2/images", "schema": "/v2/schemas/images", **more}


def names(outcome: object) -> list[str | None]:
    assert isinstance(outcome, Ok)
    return [image.name for image in outcome.value.items]


def test_a_listing_is_one_request_and_keeps_its_order() -> None:
    reader = ScriptedReader({FIRST: page(listed("b"), listed("a"))})
    outcome = read_images(reader)
    assert names(outcome) == ["b", "a"]
    assert isinstance(outcome, Ok)
    assert isinstance(outcome.value, Images)
    assert reader.asked == [FIRST]
    image = outcome.value.items[0]
    assert (image.min_disk, image.min_ram, image.tags, image.virtual_size) == (8, 512, ("os:debian",), None)
    assert (image.value("os_distro"), image.value("os_hash_algo"), image.value("os_version")) == (
        "debian",
        "sha512",
        None,
    )


def test_properties_that_no_rule_reads_are_left_out() -> None:
    outcome = read_images(ScriptedReader({FIRST: page(listed("a"))}))
    assert "hunter2" not in repr(outcome)


def test_clouds_with_small_pages_are_read_to_the_end() -> None:
    second = "/images?limit=1000&marker=id%20of%20a"
    reader = ScriptedReader({FIRST: page(listed("a"), next="/v2" + second), second: page(listed("b"))})
    assert names(read_images(reader)) == ["a", "b"]
    assert reader.asked == [FIRST, second]


def test_pages_without_end_are_no_listing() -> None:
    endless = ScriptedReader({FIRST: page(listed("a"), next="/v2/images?limit=1000")})
    outcome = read_images(endless)
    assert isinstance(outcome, Unreachable)
    assert "without end" in outcome.reason
    lost = ScriptedReader({FIRST: page(listed("a"), next="/v2/images?marker=x")})
    assert isinstance(read_images(lost), Partial)


def test_what_old_clouds_lack_has_a_default() -> None:
    absent = dict.fromkeys(("os_hidden", "os_hash_algo", "os_hash_value", "virtual_size", "owner", "tags"), "absent")
    outcome = read_images(ScriptedReader({FIRST: page(listed("a", **absent, name=None, size=None))}))
    assert isinstance(outcome, Ok)
    (image,) = outcome.value.items
    assert (image.name, image.size, image.os_hidden, image.os_hash_algo, image.tags) == (None, None, False, None, ())


@pytest.mark.parametrize(
    "change",
    [
        {"id": "absent"},
        {"status": "absent"},
        {"visibility": "absent"},
        {"created_at": "absent"},
        {"min_disk": "absent"},
        {"min_ram": "much"},
        {"os_distro": 12},
        {"tags": "os:debian"},
    ],
)
def test_images_of_another_form_are_unreadable(change: dict[str, Any]) -> None:
    assert isinstance(read_images(ScriptedReader({FIRST: page(listed("a", **change))})), Unreachable)


def test_hidden_images_are_asked_for() -> None:
    reader = ScriptedReader({HIDDEN: page(listed("old", os_hidden=True))})
    outcome = read_hidden_images(reader)
    assert names(outcome) == ["old"]
    assert isinstance(outcome, Ok)
    assert isinstance(outcome.value, HiddenImages)
    # clouds before Rocky ignore the filter
    assert names(read_hidden_images(ScriptedReader({HIDDEN: page(listed("new"))}))) == []


@pytest.mark.parametrize(
    "failure", [Denied("refused"), Unreachable("gone"), Absent("the catalog has no image endpoint")]
)
def test_failures_are_passed_on(failure: Denied | Unreachable | Absent) -> None:
    reader = ScriptedReader({FIRST: lambda: failure, HIDDEN: lambda: failure})
    assert read_images(reader) == failure
    assert read_hidden_images(reader) == failure


def test_an_image_service_without_images_is_a_wrong_endpoint() -> None:
    outcome = read_images(ScriptedReader())
    assert isinstance(outcome, Unreachable)
    assert outcome.reason.endswith("is the endpoint right?")


def test_now_is_the_moment_of_the_run() -> None:
    assert read_now(ScriptedReader()) == Ok(Now(NOW))
