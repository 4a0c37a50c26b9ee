# SPDX-License-Identifier: Apache-2.0
"""Data of an image, and whether an image service has them that says so: by its bytes, or by their hash."""

import hashlib
import secrets
from typing import TYPE_CHECKING, Any

from sovran.cloud.acting.answer import ActingFailed, Answer
from sovran.model.printable import printable
from sovran.probes.qcow2 import NotReadable, empty_qcow2, first_bytes
from sovran.probes.steps import CannotTell

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor, Made

SIZE = 1024 * 1024
"""Bytes of a raw image."""
FORMATS = ("raw", "qcow2")
"""Those that are tried, in this order."""
OCTETS = {"Content-Type": "application/octet-stream"}
_SPARE = slice(4096, 4128)
"""In the header's cluster of an image of QEMU, behind all that is read of it."""


class Data:
    """Random bytes as an image: all of a raw one; of qcow2, whose disk is empty, some that belong to nothing."""

    def __init__(self, disk_format: str) -> None:
        self.format = disk_format
        if disk_format == "raw":
            self.content = secrets.token_bytes(SIZE)
        else:
            spoilt = bytearray(empty_qcow2(1))
            spoilt[_SPARE] = secrets.token_bytes(_SPARE.stop - _SPARE.start)
            self.content = bytes(spoilt)


def worked(answer: Answer) -> Answer:
    """The answer, if it is a good one; raises Refused, OverQuota or NoAnswer."""
    if answer.ok:
        return answer
    raise answer.failure


def download(actor: "Actor", image: "Made", shown: Any, data: Data) -> None:
    """Raise ActingFailed unless the service gives back the data, or the same disk in the format that it says."""
    accept = {"Accept": OCTETS["Content-Type"]}
    body = worked(actor.call("GET", "image", f"/images/{image.id}/file", headers=accept)).body
    if body == data.content:
        return
    if not body or not _converted(shown, data):
        raise ActingFailed("image gave back other bytes than those that were uploaded")
    if data.format != "raw":
        raise CannotTell("image converted what was uploaded, which held nothing to know it by")
    try:
        disk = first_bytes(body, SIZE)
    except NotReadable as error:
        raise CannotTell(f"image converted what was uploaded, and the result cannot be read: {error}") from None
    if disk != data.content:
        raise ActingFailed("image converted what was uploaded to another disk")


def compare(shown: Any, data: Data) -> None:
    """Raise ActingFailed when the image shows another hash than that of the data, CannotTell when it shows none."""
    shown = shown if isinstance(shown, dict) else {}
    algorithm, value = str(shown.get("os_hash_algo") or ""), shown.get("os_hash_value")
    if not algorithm or not value:
        raise CannotTell("image shows no hash of what was uploaded (os_hash_algo, os_hash_value)")
    if algorithm not in hashlib.algorithms_guaranteed or algorithm.startswith("shake"):
        raise CannotTell(f"image shows a hash by {printable(algorithm, 40)}, which is no algorithm known here")
    if hashlib.new(algorithm, data.content, usedforsecurity=False).hexdigest() == value:
        return
    if _converted(shown, data):
        raise CannotTell("image converted what was uploaded, and shows a hash of the result")
    raise ActingFailed(f"image shows another {algorithm} hash than that of what was uploaded")


def _converted(shown: Any, data: Data) -> bool:
    seen = shown.get("disk_format") if isinstance(shown, dict) else None
    return isinstance(seen, str) and seen != data.format
