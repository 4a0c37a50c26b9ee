# SPDX-License-Identifier: Apache-2.0
"""Probe, only when asked for: is there room for 40 images of 200 GiB in all, as drafts of SCS-0104 once demanded?"""

from functools import partial

import msgspec

from sovran.cloud.acting.answer import ActingFailed
from sovran.cloud.at_once import at_once
from sovran.cloud.outcome import Failure, Ok, Outcome
from sovran.probes.image_data import OCTETS, worked
from sovran.probes.images import new_image, plan_images
from sovran.probes.probe import Need, Probe, Stage
from sovran.probes.qcow2 import empty_qcow2

IMAGES, GIB = 40, 5
"""How many, and the virtual size of each; their bytes are 10 MiB in all."""


class ImageRoom(msgspec.Struct, frozen=True):
    """How far the room went."""

    made: int
    """Images that became active, of IMAGES."""
    said: str
    """Why one did not; empty: all did."""


def plan(stage: Stage) -> tuple[Need, ...] | Failure:
    """40 images of a virtual size of 5 GiB each, next to nothing of it stored; the quota of images is read first."""
    return plan_images(stage.actor, IMAGES) or (Need("image", IMAGES, IMAGES * GIB),)


def run(stage: Stage) -> Outcome[ImageRoom]:
    """Upload sparse qcow2 images, several at a time, until one is refused."""
    content = empty_qcow2(GIB)
    refused: list[str] = []

    def upload() -> bool:
        if refused:
            return False
        try:
            image = new_image(stage.actor, "qcow2")
            worked(stage.actor.call("PUT", "image", f"/images/{image.id}/file", content=content, headers=OCTETS))
            stage.actor.wait(image, until="active", bad=("killed", "deleted"))
        except ActingFailed as error:
            refused.append(str(error))
            return False
        return True

    active = sum(at_once({number: partial(upload) for number in range(IMAGES)}).values())
    return Ok(ImageRoom(active, refused[0] if refused else ""))


IMAGE_ROOM = Probe("image-room", ImageRoom, plan, run, opt_in=True)
