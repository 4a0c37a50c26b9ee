# SPDX-License-Identifier: Apache-2.0
"""Facts: the images that a listing shows the user, and the hidden ones that only a search for them shows."""

from typing import Any

import msgspec

from sovran.cloud.listing import listing
from sovran.cloud.outcome import Absent, Ok, Outcome, Unreachable
from sovran.cloud.recording import Reader

AT_ONCE = 1000
"""Images asked for per page; a cloud with a lower limit gives as many as that (Glance's own default is 1,000)."""


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """One image (Image API v2, `GET /v2/images`) with the properties that rules read; None: not set.

    Glance lists additional properties beside its own fields and gives each as text. Other properties are left out,
    since users can write there what they like, secrets too.
    """

    id: str
    name: str | None
    status: str
    """`active`, or e.g. `queued` (without data yet), `deactivated` (cannot be used)."""
    visibility: str
    """`public`, `community`, `shared` or `private`."""
    os_hidden: bool = False
    owner: str | None = None
    created_at: str
    """When the image was registered: `YYYY-MM-DDThh:mm:ssZ`."""
    updated_at: str = ""
    min_disk: int
    """GiB; 0: not set."""
    min_ram: int
    """MiB; 0: not set."""
    size: int | None = None
    """Bytes of the stored file; None: no data yet."""
    virtual_size: int | None = None
    """Bytes of the disk that the file describes; None: unknown."""
    disk_format: str | None = None
    tags: tuple[str, ...] = ()
    os_hash_algo: str | None = None
    os_hash_value: str | None = None

    # useful image properties of OpenStack
    architecture: str | None = None
    hypervisor_type: str | None = None
    os_distro: str | None = None
    os_version: str | None = None
    os_type: str | None = None
    os_secure_boot: str | None = None
    hw_disk_bus: str | None = None
    hw_scsi_model: str | None = None
    hw_rng_model: str | None = None
    hw_firmware_type: str | None = None
    hw_watchdog_action: str | None = None
    hw_mem_encryption: str | None = None
    hw_pmu: str | None = None
    hw_video_ram: str | None = None
    hw_vif_multiqueue_enabled: str | None = None

    # properties of SCS-0102
    os_purpose: str | None = None
    replace_frequency: str | None = None
    provided_until: str | None = None
    uuid_validity: str | None = None
    hotfix_hours: str | None = None
    image_source: str | None = None
    image_description: str | None = None
    image_build_date: str | None = None
    image_original_user: str | None = None
    patchlevel: str | None = None
    license_included: str | None = None
    license_required: str | None = None
    subscription_included: str | None = None
    subscription_required: str | None = None
    maintained_until: str | None = None
    l1_support_contact: str | None = None

    def value(self, field: str) -> str | None:
        """A property of text by its name.

        Raises:
            AttributeError: rules read no such property.
        """
        found: Any = getattr(self, field)
        return None if found is None else str(found)


class Images(msgspec.Struct, frozen=True, eq=False):
    """The images of a plain listing, in its order: public ones, and the project's own or accepted ones."""

    items: tuple[Image, ...]


class HiddenImages(msgspec.Struct, frozen=True, eq=False):
    """The images with `os_hidden` that the user can see."""

    items: tuple[Image, ...]


def read_images(reader: Reader) -> Outcome[Images]:
    """The plain listing, which leaves out hidden images and other projects' community images."""
    outcome = _listing(reader, f"/images?limit={AT_ONCE}")
    return Ok(Images(tuple(outcome.value))) if isinstance(outcome, Ok) else outcome


def read_hidden_images(reader: Reader) -> Outcome[HiddenImages]:
    """The listing of hidden images; empty on clouds before Rocky (Image API 2.7), which ignore the filter."""
    outcome = _listing(reader, f"/images?os_hidden=true&limit={AT_ONCE}")
    if not isinstance(outcome, Ok):
        return outcome
    return Ok(HiddenImages(tuple(image for image in outcome.value if image.os_hidden)))


def _listing(reader: Reader, path: str) -> Outcome[list[Image]]:
    outcome = listing(reader, "image", path, "images", Image)
    if isinstance(outcome, Absent) and outcome.status:
        return Unreachable(f"{outcome.reason}, though every image service has it: is the endpoint right?")
    return outcome
