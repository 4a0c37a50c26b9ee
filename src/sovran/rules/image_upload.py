# SPDX-License-Identifier: Apache-2.0
"""SCS-0104: whether users may upload images of their own."""

from sovran.cloud.outcome import Ok, Outcome
from sovran.model.finding import Examined, Finding, Resource, Undecided, Weight
from sovran.probes.image_room import GIB, ImageRoom
from sovran.probes.image_room import IMAGES as ROOM
from sovran.probes.images import DELETE, DOWNLOAD, HASH, IMPORT, UPLOAD, ImagesProbe
from sovran.probes.steps import Step
from sovran.rules.registry import Answer

SERVICE = Resource("service", "image")
DENIED = (401, 403)
FETCHED = "web-download"
"""The import method by which the service fetches what the user names."""


def members_may_upload(probe: ImagesProbe, room: Outcome[ImageRoom]) -> Answer:
    """Holds where a member uploads an image and gets it back, be it converted, or may not download it and finds the
    hash of just these bytes; an import of what the member stages is as good as an upload. The text names no numbers:
    how many images fit in is a note.

    Source: scs-0104-v1, Uploading custom images.
    """
    yield Examined(SERVICE)
    steps = {step.what: step for step in probe.steps}
    upload, imported = steps.get(UPLOAD), steps.get(IMPORT)
    if upload and upload.ok:
        yield from _got_it_back(steps)
    elif imported and imported.ok:
        if upload:
            yield _note("uploading directly is refused, importing works", upload)
    elif any(step is None or step.unclear for step in (upload, imported or upload)):
        raise Undecided(next((step.said for step in (upload, imported) if step and step.unclear), "nothing was tried"))
    elif upload and imported is None and FETCHED in probe.methods:
        raise Undecided(f"uploading is refused, and importing by {FETCHED} was not tried: {upload.said}")
    elif upload:
        yield _violation("the image service does not let a member upload an image", upload)
    if (gone := steps.get(DELETE)) and not gone.ok:
        yield _note("the image that was uploaded could not be deleted by the member", gone)
    if isinstance(room, Ok):
        said = f": {room.value.said}" if room.value.said else ""
        fits = f"{room.value.made} of {ROOM} images of {GIB} GiB each fit in{said}"
        yield Finding(message=fits, resource=SERVICE, field="room", seen=fits, weight=Weight.NOTE)


def _got_it_back(steps: dict[str, Step]) -> Answer:
    download, digest = steps.get(DOWNLOAD), steps.get(HASH)
    if download and download.ok:
        if digest and not digest.ok:
            yield _note("the image that was uploaded is not known by its hash", digest)
        return
    for step in (download, digest):
        # without a status the service said something, and it was wrong
        if step and not step.ok and not step.unclear and not step.status:
            yield _violation("what a member uploads is not what the image service has then", step)
            return
    if not (digest and digest.ok):
        raise Undecided("an image was uploaded, but neither its bytes nor its hash could be read")
    if download and download.status not in DENIED:
        # the hash is that of what came in: it says nothing of what was kept
        raise Undecided(f"an image was uploaded, and its bytes could not be read: {download.said}")
    if download:
        yield _note("the image that was uploaded could not be downloaded", download)


def _violation(message: str, step: Step) -> Finding:
    return Finding(
        message=f"{message}: {step.said}", resource=SERVICE, field=step.what, expected="works", seen=step.said
    )


def _note(message: str, step: Step) -> Finding:
    return Finding(
        message=f"{message}: {step.said}", resource=SERVICE, field=step.what, seen=step.said, weight=Weight.NOTE
    )
