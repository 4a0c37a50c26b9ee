# SPDX-License-Identifier: Apache-2.0
"""The profile of a workload: what it needs, read strictly from a YAML file."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar

import msgspec

from sovran.standards.explain_error import Fault
from sovran.standards.yamlfile import decode, read_source

Count = Annotated[int, msgspec.Meta(ge=1)]
Figure = Annotated[float, msgspec.Meta(gt=0)]
Text = Annotated[str, msgspec.Meta(min_length=1)]


class CpuClass(StrEnum):
    """How a vCPU is backed, each better than the one before (SCS-0100, CPU Suffixes)."""

    CROWDED = "crowded"
    SHARED = "shared"
    DEDICATED = "dedicated"
    """A thread of its own, or better."""
    DEDICATED_CORE = "dedicated-core"


class DiskClass(StrEnum):
    """What a root disk is on, each better than the one before (SCS-0100, Disk type)."""

    NETWORK = "network"
    HDD = "hdd"
    SSD = "ssd"
    NVME = "nvme"


class FlavorNeed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A flavor that has at least this."""

    NOUN: ClassVar[str] = "a flavor that is needed"

    vcpus: Count | None = None
    ram_gib: Figure | None = None
    disk_gb: Count | None = None
    """Root disk."""
    cpu: CpuClass | None = None
    disk_type: DiskClass | None = None
    gpu: bool = False


class ImageNeed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An image with these properties (SCS-0102, SCS-0104)."""

    NOUN: ClassVar[str] = "an image that is needed"

    distro: Text | None = None
    version: Text | None = None
    purpose: Text | None = None


class VolumeNeed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One volume type with all of this."""

    NOUN: ClassVar[str] = "a volume type that is needed"

    encrypted: bool = False
    replicated: bool = False
    multiattach: bool = False


class ServiceNeed(StrEnum):
    """A service beside compute, images and networks."""

    BACKUPS = "backups"
    KEY_MANAGER = "key-manager"
    LOAD_BALANCER = "load-balancer"
    S3 = "s3"
    VOLUMES = "volumes"


class NetworkNeed(StrEnum):
    """A way to be reached."""

    EXTERNAL = "external-network"
    FLOATING_IP = "floating-ip"
    IPV6 = "ipv6"


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that a workload needs; plain text in a list is a name."""

    NOUN: ClassVar[str] = "a profile"

    name: str = ""
    """Of the workload."""
    flavors: tuple[FlavorNeed | str, ...] = ()
    images: tuple[ImageNeed | str, ...] = ()
    volumes: tuple[VolumeNeed | str, ...] = ()
    services: tuple[ServiceNeed, ...] = ()
    network: tuple[NetworkNeed, ...] = ()
    availability_zones: Count | None = None
    """Of the compute service, available ones."""


def read_profile(path: Path) -> Profile:
    """The profile in the file at `path`.

    Raises UsageError with file, line and reason for what is no profile, and for a need that says nothing: it must not
    look as if it were met.
    """
    source = read_source(path)
    profile = decode(source, Profile, content_name="a profile")
    lists = {"flavors": profile.flavors, "images": profile.images, "volumes": profile.volumes}
    for key, needs in lists.items():
        for number, need in enumerate(needs):
            if need == "" or (isinstance(need, msgspec.Struct) and need == type(need)()):
                fault = Fault(f"one of the `{key}` says nothing; give a name, or what it must have", key, number)
                raise source.error(fault) from fault
    if not any((*lists.values(), profile.services, profile.network, profile.availability_zones)):
        raise source.error_at("the profile asks for nothing; list flavors, images, volumes, services or network", None)
    return profile
