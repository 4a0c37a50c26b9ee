# SPDX-License-Identifier: Apache-2.0
"""Random images for the comparison with the reference suite: as conforming clouds have them, each with a few faults."""

import datetime
import random
from collections.abc import Iterator
from typing import Any

import msgspec

from sovran.cloud.facts.images import Image, Images

NOW = datetime.datetime(2026, 11, 20, 9, 30, tzinfo=datetime.UTC)
IMAGE_NAMES = (
    "Ubuntu 24.04", "Ubuntu 24.04", "Ubuntu 22.04", "Ubuntu 20.04", "Debian 13", "Debian 12", "Debian 11",
    "Debian 12 old", "Ubuntu 24.04 20260901", "Ubuntu 24.04  prev", "Debian", "Debian 12 ", "ubuntu-capi-image v1.31.9",
    "ubuntu-capi-image-v1.33.4", "ubuntu-capi-image-v1.33.4-foo", "x ubuntu-capi-image v1.3",
    "ubuntu-capi-image v11", "",
)  # fmt: skip
DATES = (
    "2024-01-05", "2024-1-5", "2024-01-05 10:11", "2024-01-05  10:11", "2024-01-05 10:11:12", "2024-01-05T10:11:12Z",
    "2024-01-05t10:11:12z", "2024-01-05T10:11:12", "20240105", "24-01-05", "2024-13-01", "2024-02-30", " 2024-01-05",
    "1970-01-01", "1969-12-31", "", "soon", "2026-11-20", "2026-11-20 09:30:01", "2027-01-01",
)  # fmt: skip
SOURCES = (
    "https://cloud-images.ubuntu.com/noble/x.img", "https://cloud-images.ubuntu.com/releases/jammy/x.img", "private",
    "https://cloud.debian.org/images/cloud/trixie/x", "https://cdimage.debian.org/cdimage/cloud/bookworm/x",
    "https://nbg1.your-objectstorage.com/osism/openstack-k8s-capi-images/x", "HTTPS://x/", "ftps://", "http:/x", "",
    " https://x/", "https://cloud-images.ubuntu.com/focal/", "https://cloud.debian.org/images/cloud/bullseye/x",
)  # fmt: skip
PROPERTIES: dict[str, tuple[str, ...]] = {
    "architecture": ("x86_64", "aarch64", "risc-v", "riscv64", "X86_64", ""),
    "os_hash_algo": ("sha512", "sha256", "md5", ""),
    "hw_disk_bus": ("scsi", "virtio", "ide", ""),
    "hypervisor_type": ("qemu", "kvm", "xen", "hyper-v", "hyperv", "esxi", "vmware", ""),
    "hw_rng_model": ("virtio", "tpm", ""),
    "os_distro": ("ubuntu", "Ubuntu", "debian", ""),
    "os_version": ("24.04", "12", "0", ""),
    "os_purpose": ("generic", "generic", "oldgeneric", "custom", "container", ""),
    "replace_frequency": ("never", "critical_bug", "yearly", "quarterly", "monthly", "weekly", "daily", "hourly", ""),
    "provided_until": ("none", "notice", "2030-01-01", "2024-1-1", "2026-11-20", "forever", ""),
    "uuid_validity": ("none", "notice", "forever", "last-3", "last-0", "last-", "last-x", "last-\u0663", "2030-01-01",
                      "30", ""),
    "hotfix_hours": ("0", "48", "-1", "4.5", "\u0663", "", "soon"),
    "image_original_user": ("ubuntu", "none", ""),
    "image_description": ("text", ""),
    "image_source": SOURCES,
}  # fmt: skip
HOURS = {"yearly": 365 * 24, "quarterly": 92 * 24, "monthly": 31 * 24, "weekly": 7 * 25, "daily": 25}
"""Periods, so that many ages lie near where the reference draws its line."""

_ATTRIBUTES = (
    "architecture", "hw_disk_bus", "hypervisor_type", "hw_rng_model", "os_distro", "os_version", "name", "status",
    "visibility", "created_at", "min_disk", "min_ram", "size",
)  # fmt: skip
"""What openstacksdk gives as attributes of an image; other properties stand in its `properties`."""


def random_images(draw: random.Random) -> Images:
    """Images as conforming clouds have them, each with a few faults."""
    items = []
    for number in range(draw.choice((0, 1, 1, 2, 3, 6, 10))):
        frequency = draw.choice(PROPERTIES["replace_frequency"])
        age = HOURS.get(frequency, 100) * draw.choice(
            (draw.uniform(0, 0.9), draw.uniform(0.9, 1.3), draw.uniform(1.3, 9))
        )
        built = NOW - datetime.timedelta(hours=int(age))
        properties: dict[str, Any] = {name: values[0] for name, values in PROPERTIES.items()}
        properties["replace_frequency"] = frequency
        properties["provided_until"] = draw.choice(("2030-01-01", *PROPERTIES["provided_until"]))
        properties["image_build_date"] = draw.choice((f"{built:%Y-%m-%d}", f"{built:%Y-%m-%d %H:%M}"))
        for name in draw.sample(sorted(properties), draw.choice((0, 0, 1, 2))):
            properties[name] = draw.choice((None, *PROPERTIES.get(name, DATES)))
        properties["image_source"] = draw.choice(SOURCES)
        created = built + datetime.timedelta(hours=draw.choice((0, 0, 30, 30, 30, -30)))
        items.append(
            Image(
                id=str(number),
                name=draw.choice(IMAGE_NAMES),
                status=draw.choice(("active", "active", "active", "deactivated")),
                visibility=draw.choice(("public", "public", "public", "community", "private", "shared")),
                created_at=f"{created:%Y-%m-%dT%H:%M:%SZ}",
                min_disk=draw.choice((8, 8, 8, 8, 1, 0)),
                min_ram=draw.choice((512, 512, 512, 48, 0)),
                size=draw.choice((0, 1024**3, 1024**3 + 1, 8 * 1024**3 + 1)),
                **properties,
            )
        )
    return Images(tuple(items))


def as_the_sdk_gives_them(images: Images) -> Iterator[dict[str, Any]]:
    """The images as openstacksdk gives them to the reference, which takes public and community ones."""
    for image in images.items:
        if image.visibility in ("public", "community"):
            fields = msgspec.structs.asdict(image)
            own = {name: fields[name] for name in _ATTRIBUTES}
            rest = {name: value for name, value in fields.items() if name not in own and value is not None}
            yield {**own, "hash_algo": image.os_hash_algo, "is_hidden": image.os_hidden, "properties": rest}
