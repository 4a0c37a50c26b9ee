# SPDX-License-Identifier: Apache-2.0
"""Which flavor a guest gets: the smallest that fits, or one by its id or name."""

from sovran.cloud.facts.flavors import Flavor, Flavors
from sovran.model.errors import UsageError
from sovran.probes.guest import FlavorUsed

SPECIAL = ("pci_passthrough:", "resources:", "aggregate_instance_extra_specs:")
"""Beginnings of extra_specs by which flavors ask for hardware that is scarce."""


def smallest(flavors: Flavors, *, ram_mib: int, disk_gib: int, volumes: bool) -> Flavor | None:
    """The smallest in which an image runs that takes so much: by RAM, then vCPUs; then one with a disk of its own.

    `volumes`: whether root disks can be volumes, without which flavors need a disk. Flavors for special hardware come
    last. None: none fits.
    """
    fitting = [one for one in flavors.items if one.ram_mib >= ram_mib and (volumes or one.disk_gb >= disk_gib)]
    return min(fitting, key=lambda one: _size(one, disk_gib), default=None)


def _size(flavor: Flavor, disk_gib: int) -> tuple[bool, int, int, bool, int, str]:
    special = any(key.startswith(SPECIAL) for key in flavor.extra_specs or {})
    return special, flavor.ram_mib, flavor.vcpus, flavor.disk_gb < disk_gib, flavor.disk_gb, flavor.name


def by_word(flavors: Flavors, word: str) -> Flavor:
    """The flavor of that id or name; raises UsageError when there is none."""
    for flavor in flavors.items:
        if word in (flavor.id, flavor.name):
            return flavor
    raise UsageError(
        f"`--flavor {word}`: no flavor of this cloud has that id or name: take one of `openstack flavor list`"
    )


def used(flavor: Flavor) -> FlavorUsed:
    """A flavor as a report tells it."""
    return FlavorUsed(
        id=flavor.id,
        name=flavor.name,
        vcpus=flavor.vcpus,
        ram=flavor.ram_mib,
        disk=flavor.disk_gb,
        ephemeral=flavor.ephemeral_gb,
        extra_specs=flavor.extra_specs,
    )
