# SPDX-License-Identifier: Apache-2.0
"""The image that sovran builds, or a file of the user: where it lies here, and how it comes into the cloud."""

import hashlib
import os
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from sovran.cloud.acting.kinds import IMAGE
from sovran.cloud.acting.marker import METADATA
from sovran.model.errors import SovranError
from sovran.probes.guest import ImageUsed
from sovran.probes.image_data import OCTETS, worked

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor

NAME = "sovran guest image"
MIN_RAM, MIN_DISK = 256, 1
"""MiB and GiB that it takes."""
NOT_BUILT = "sovran's own guest image was not built on this machine: `sovran probe guest` does it"
KEPT = "image-{key}-{architecture}.qcow2"


def used(architecture: str, identifier: str = "") -> ImageUsed:
    """It, as a report tells it; the id is only known when it was uploaded."""
    return ImageUsed(id=identifier, name=NAME, own=True, architecture=architecture, min_disk=MIN_DISK, min_ram=MIN_RAM)


def built(architecture: str, *, download: bool) -> Path:
    """The file, of the cache where it was built before by this version of sovran; else it is built now, if packages may
    be fetched.

    Raises SovranError where it is not there and cannot be built.
    """
    from sovran.guest.image import ARCHITECTURES

    if architecture not in ARCHITECTURES:
        raise SovranError(f"sovran has no guest image for {architecture}")
    path = _folder() / KEPT.format(key=_key(), architecture=architecture)
    if path.is_file():
        return path
    if not download:
        raise SovranError(NOT_BUILT)
    return build_into(path, architecture)


def build_into(path: Path, architecture: str) -> Path:
    """Fetch packages and build it. Raises SovranError."""
    from sovran.guest.image import ARCHITECTURES, build, fetched

    path.parent.mkdir(parents=True, exist_ok=True)
    # others may build at the same time: each gets a whole file
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        build(fetched(ARCHITECTURES[architecture]), unfinished)
        unfinished.replace(path)
    except OSError as error:
        raise SovranError(f"the guest image cannot be kept in {path}: {error.strerror or error}") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def upload(actor: "Actor", file: Path, architecture: str) -> ImageUsed:
    """A private image of the file, as soon as servers can be made of it.

    Raises SovranError where the file cannot be read, Refused, NoAnswer or ActingFailed where it is not taken.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise SovranError(f"the guest image {file} cannot be read: {error.strerror or error}") from None
    fields = {"disk_format": "qcow2", "container_format": "bare", "visibility": "private", METADATA: actor.run}
    # what the provider's images should say too (SCS-0102)
    fields |= {"architecture": architecture, "hw_rng_model": "virtio"}
    # its kernel has no AHCI, by which machines of type q35 would get a config drive
    fields |= {"hw_cdrom_bus": "scsi", "hw_scsi_model": "virtio-scsi"}
    image = actor.create(
        IMAGE, "guest", lambda name: {"name": name, "min_disk": MIN_DISK, "min_ram": MIN_RAM, **fields}
    )
    worked(actor.call("PUT", "image", f"/images/{image.id}/file", content=content, headers=OCTETS))
    actor.wait(image, until="active", bad=("killed", "deleted"))
    return used(architecture, image.id)


def _key() -> str:
    """Changes with whatever the image is made by."""
    digest = hashlib.sha256()
    for folder in ("image", "image/root", "program", "data"):
        for one in sorted(files("sovran.guest").joinpath(folder).iterdir(), key=lambda entry: entry.name):
            if one.is_file():
                digest.update(one.name.encode() + b"\0" + one.read_bytes())
    digest.update(files("sovran.guest").joinpath("program.py").read_bytes())
    return digest.hexdigest()[:16]


def _folder() -> Path:
    """`sovran/guest` below XDG_CACHE_HOME, by default ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "sovran" / "guest"
