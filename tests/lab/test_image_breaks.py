# SPDX-License-Identifier: Apache-2.0
"""Faults of images: they find their image, say how it was and is to be, and Glance is asked for no more than that."""

from typing import Any

import pytest

from sovran.lab.breaks.actions import Cloud, read_action
from sovran.lab.breaks.image_states import ADDED, UNMANAGED, AddImage, ImageState, SetImage, put_image
from sovran.lab.breaks.states import subject
from sovran.lab.breaks.table import load
from sovran.lab.seeds import profile
from sovran.lab.seeds.images import TAG
from sovran.model.errors import SovranError
from tests.lab.recorder import RecordingApi

ITEM: dict[str, Any] = {
    "id": "i",
    "name": "Debian 12",
    "visibility": "public",
    "os_hidden": False,
    "status": "active",
    "min_disk": 8,
    "min_ram": 512,
    "tags": ["os:debian", TAG],
    "size": 65536,
    "os_hash_algo": "sha512",
    "os_distro": "debian",
    "os_purpose": "generic",
}
LISTING = "/v2/images?limit=1000&visibility=all&tag={}&os_hidden={}"


def api(*items: dict[str, Any]) -> RecordingApi:
    """Glance with these images, which none of them hides."""
    answers: dict[tuple[str, str], Any] = {
        ("glance", LISTING.format(mark, hidden)): {
            "images": [one for one in items if mark in one["tags"] and hidden == "false"]
        }
        for mark in (TAG, UNMANAGED)
        for hidden in ("false", "true")
    }
    return RecordingApi(answers | {("glance", f"/v2/images/{item['id']}"): item for item in items})


def resolve(cloud: RecordingApi, **written: Any) -> tuple[ImageState, ImageState]:
    ((before, after),) = Cloud(cloud).changes(read_action(written))
    assert isinstance(before, ImageState)
    assert isinstance(after, ImageState)
    return before, after


def test_a_property_is_set_and_another_removed() -> None:
    cloud = api(ITEM)
    changes = {"os_purpose": "gpu", "os_distro": None, "os_type": "linux"}
    before, after = resolve(cloud, do="set-image", image="Debian 12", min_disk=0, properties=changes)
    put_image(cloud, after)
    assert cloud.sent == [
        (
            "PATCH",
            "/v2/images/i",
            [
                {"op": "replace", "path": "/min_disk", "value": 0},
                {"op": "remove", "path": "/os_distro"},
                {"op": "replace", "path": "/os_purpose", "value": "gpu"},
                {"op": "add", "path": "/os_type", "value": "linux"},
            ],
        )
    ]
    cloud.sent.clear()
    put_image(cloud, before)
    assert cloud.sent == []
    assert subject(before) == subject(after) == "image i"


@pytest.mark.parametrize(
    ("status", "active", "action"), [("active", False, "deactivate"), ("deactivated", True, "reactivate")]
)
def test_an_image_is_deactivated_and_back(status: str, active: bool, action: str) -> None:
    cloud = api({**ITEM, "status": status})
    put_image(cloud, resolve(cloud, do="set-image", image="Debian 12", active=active)[1])
    assert cloud.sent == [("POST", f"/v2/images/i/actions/{action}", None)]


def test_the_mark_of_seeding_stays_among_the_tags() -> None:
    _, after = resolve(api(ITEM), do="set-image", image="Debian 12", tags=[])
    assert after.image is not None
    assert after.image.tags == (TAG,)


def test_an_image_that_nobody_is_said_to_manage_is_found_again() -> None:
    _, after = resolve(api(ITEM), do="set-image", image=ITEM["name"], managed=False)
    assert after.image is not None
    assert after.image.tags == (UNMANAGED, "os:debian")
    again, _ = resolve(api({**ITEM, "tags": list(after.image.tags)}), do="set-image", image=ITEM["name"])
    assert again == after


def test_an_added_image_is_like_another_and_found_again() -> None:
    before, after = resolve(
        api(ITEM), do="add-image", name="Debian 12", like="Debian 12", properties={"os_purpose": "gpu"}
    )
    assert before == ImageState(id=after.id, image=None)
    assert after.image is not None
    assert after.image.tags == (ADDED, TAG, "os:debian")
    assert after.image.properties == {"os_distro": "debian", "os_purpose": "gpu"}
    made = {**ITEM, "id": after.id, "tags": list(after.image.tags), "os_purpose": "gpu"}
    again = resolve(
        api(made, ITEM), do="add-image", name="Debian 12", like="Debian 12", properties={"os_purpose": "gpu"}
    )
    assert again == (before, after)


def test_an_added_image_is_taken_away() -> None:
    cloud = api(ITEM)
    put_image(cloud, ImageState(id="i", image=None))
    assert cloud.sent == [("DELETE", "/v2/images/i", None)]


def test_an_image_that_is_not_there_is_said_to_be_missing() -> None:
    with pytest.raises(SovranError, match="offers no image Debian 9 to break: run `sovran lab seed scs` first"):
        resolve(api(ITEM), do="set-image", image="Debian 9")


def test_breaks_of_images_fit_the_profile_scs() -> None:
    names = [image.name for image in profile.load("scs").images]
    assert len(names) == len(set(names))
    actions = [action for row in load().values() for action in row.actions]
    wanted = {action.image for action in actions if isinstance(action, SetImage)}
    wanted |= {action.like for action in actions if isinstance(action, AddImage)}
    assert wanted <= set(names)
