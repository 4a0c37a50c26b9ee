# SPDX-License-Identifier: Apache-2.0
"""From Nova's objects to a machine: what flavor, image, volumes and ports ask for, read as the libvirt driver does."""

import uuid
from typing import Any

from nova import exception, version
from nova.virt import driver, hardware
from oslo_utils import strutils

from sovran.lab.services.nova_qemu_machine import BUSES, CARDS, Boot, Card, Disk, Machine

ROOT, CONFIG, SWAP = "disk", "disk.config", "disk.swap"
KERNEL, RAMDISK = "kernel", "ramdisk"
"""Files in a server's folder; those of ephemeral disks are `disk.eph0` and so on."""


def machine(instance: Any, cards: tuple[Card, ...], block_devices: Any, *, config_drive: bool) -> Machine:
    """The machine of a server.

    Args:
        instance: Nova's object.
        cards: its network cards.
        block_devices: Nova's block_device_info; None: only the disk of the image.
        config_drive: whether it has one.

    Raises:
        nova.exception.UnsupportedHardware: the image asks for a bus that QEMU here does not offer.
    """
    flavor, wanted = instance.flavor, instance.image_meta
    shape = hardware.get_best_cpu_topology(flavor, wanted)
    return Machine(
        uuid=instance.uuid,
        name=instance.name,
        memory_mib=flavor.memory_mb,
        processors=flavor.vcpus,
        sockets=shape.sockets,
        cores=shape.cores,
        threads=shape.threads,
        version=version.version_string_with_package(),
        random_device=has_random_device(flavor),
        random_bytes_per_period=_random_bound(flavor),
        boot=_boot(instance),
        disks=_disks(instance, block_devices, config_drive),
        cards=cards,
    )


def has_random_device(flavor: Any) -> bool:
    """Whether there is a device of random numbers: yes, unless the flavor forbids it.

    So does the libvirt driver of this release; what the image says in hw_rng_model, it does not read any more.
    """
    return bool(strutils.bool_from_string(flavor.extra_specs.get("hw_rng:allowed", "True")))


def _random_bound(flavor: Any) -> tuple[int, int] | None:
    size = int(flavor.extra_specs.get("hw_rng:rate_bytes", 0))
    return (size, int(flavor.extra_specs.get("hw_rng:rate_period", 0)) or 1000) if size else None


def _boot(instance: Any) -> Boot:
    properties = instance.image_meta.properties
    uefi = properties.get("hw_firmware_type") == "uefi"
    if not instance.kernel_id:
        return Boot(uefi=uefi)
    line = properties.get("os_command_line") or f"root={instance.root_device_name} console=tty0 console=ttyS0"
    return Boot(uefi=uefi, kernel=KERNEL, ramdisk=RAMDISK if instance.ramdisk_id else "", command_line=line)


def _bus(instance: Any) -> str:
    """The bus of the server's own disk: what the image asks for, else virtio.

    Raises:
        nova.exception.UnsupportedHardware: one that QEMU here does not offer.
    """
    name = instance.image_meta.properties.get("hw_disk_bus") or "virtio"
    if name not in BUSES:
        raise exception.UnsupportedHardware(model=name, virt="qemu")
    return str(name)


def _flexible_bus(instance: Any) -> str:
    """The bus of further disks, to which also a machine that runs can get one."""
    name = _bus(instance)
    return name if name == "scsi" else "virtio"


def _disks(instance: Any, block_devices: Any, config_drive: bool) -> tuple[Disk, ...]:
    own, further = _bus(instance), _flexible_bus(instance)
    disks = [Disk("root", ROOT, "qcow2", own)] if instance.image_ref else []
    mapping = driver.block_device_info_get_mapping(block_devices)
    from_volume = [one for one in mapping if one.get("boot_index") == 0]
    disks += [volume(instance, one["connection_info"]) for one in from_volume]
    for number, _ in enumerate(driver.block_device_info_get_ephemerals(block_devices)):
        disks.append(Disk(f"ephemeral{number}", ephemeral(number), "qcow2", further))
    if driver.swap_is_usable(driver.block_device_info_get_swap(block_devices)):
        disks.append(Disk("swap", SWAP, "qcow2", further))
    others = [one for one in mapping if one not in from_volume]
    disks += [volume(instance, one["connection_info"]) for one in others]
    if config_drive:
        disks.append(Disk("config", CONFIG, "raw", further, compact_disc=True))
    return tuple(disks)


def ephemeral(number: int) -> str:
    """File of an ephemeral disk."""
    return f"disk.eph{number}"


def volume(instance: Any, connection: dict[str, Any]) -> Disk:
    """The disk for a volume; its serial number is the volume's id."""
    serial = connection.get("serial") or connection["data"].get("volume_id") or ""
    name = f"v{uuid.UUID(serial).hex[:30]}"  # QEMU's names have at most 31 characters
    path = connection["data"]["device_path"]
    return Disk(name, path, "raw", _flexible_bus(instance), serial=serial, shared=True)


def card(instance: Any, vif: Any) -> Card:
    """The network card for a port.

    Raises:
        nova.exception.UnsupportedHardware: the image asks for a model that QEMU here does not offer.
    """
    model = instance.image_meta.properties.get("hw_vif_model") or "virtio"
    if model not in CARDS:
        raise exception.UnsupportedHardware(model=model, virt="qemu")
    return Card(tap_name(vif), vif["id"], vif["address"], vif["network"].get_meta("mtu"), model)


def tap_name(vif: Any) -> str:
    """Name of the tap for a port."""
    return str(vif["devname"] or f"tap{vif['id']}"[:14])
