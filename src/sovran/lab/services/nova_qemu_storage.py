# SPDX-License-Identifier: Apache-2.0
"""What a server's folder holds: disks above cached images, kernel, config drive, the firmware's memory."""

import contextlib
import os
import shutil
import threading
from pathlib import Path
from typing import Any

from nova import exception
from nova.api.metadata import base as instance_metadata
from nova.virt import configdrive, driver, images

from sovran.lab.services import nova_qemu_disks as qemu_img
from sovran.lab.services import nova_qemu_faults as faults
from sovran.lab.services import nova_qemu_plan as plan
from sovran.lab.services.nova_qemu_machine import FIRMWARE_VARIABLES, VARIABLES

IMAGE = "image"
"""File in a server's folder: the raw content of its image."""
CACHE = "_base"
"""Folder of the cached images, beside those of the servers."""
UNUSED_KEPT = 4
"""Cached images that no server uses and that stay all the same, the latest first."""


class Storage:
    """The folders of one compute host's servers."""

    def __init__(self, folder: Path) -> None:
        """`folder` is Nova's instances_path."""
        self.folder = folder
        self._cache = folder / CACHE
        self._fetching = threading.Lock()

    def of(self, uuid: str) -> Path:
        """A server's folder."""
        return self.folder / uuid

    def servers(self) -> set[str]:
        """UUIDs of the servers that have a folder."""
        if not self.folder.is_dir():
            return set()
        return {path.name for path in self.folder.iterdir() if path.name != CACHE}

    def make(self, context: Any, instance: Any, image_meta: Any, block_devices: Any) -> None:
        """Make a server's folder with its own disks, and the kernel it boots, if any.

        `image_meta` is Glance's, which has the checksum that the instance's copy lacks.

        Raises:
            nova.exception.FlavorDiskSmallerThanImage: the flavor's disk is too small.
            DiskError: qemu-img failed.
        """
        folder = self.of(instance.uuid)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if instance.image_ref:
            self._make_root(context, instance, image_meta, folder)
        for name, image in ((plan.KERNEL, instance.kernel_id), (plan.RAMDISK, instance.ramdisk_id)):
            if image and not (folder / name).exists():
                images.fetch(context, image, str(folder / name))
        for number, one in enumerate(driver.block_device_info_get_ephemerals(block_devices)):
            qemu_img.blank(folder / plan.ephemeral(number), one["size"] * qemu_img.GIB)
        swap = driver.block_device_info_get_swap(block_devices)
        if driver.swap_is_usable(swap):
            qemu_img.blank(folder / plan.SWAP, swap["swap_size"] << 20)
        if instance.image_meta.properties.get("hw_firmware_type") == "uefi":
            shutil.copyfile(FIRMWARE_VARIABLES, folder / VARIABLES)

    def _make_root(self, context: Any, instance: Any, image_meta: Any, folder: Path) -> None:
        image = folder / IMAGE
        with self._fetching:
            cached = self._cached(context, instance, image_meta)
            # a name of its own, so that the cache can forget the other
            image.unlink(missing_ok=True)
            os.link(cached, image)
        content, size = qemu_img.virtual_size(image), instance.flavor.root_gb * qemu_img.GIB
        if size and content > size:
            raise exception.FlavorDiskSmallerThanImage(flavor_size=size, image_size=content)
        given = max(faults.root_bytes(size), content) if size else 0
        qemu_img.layer(folder / plan.ROOT, image, given or None)
        faults.leave_over(folder / plan.ROOT, given)

    def _cached(self, context: Any, instance: Any, image_meta: Any) -> Path:
        """The raw content of the server's image; images with the same content share it."""
        checksum = image_meta.checksum if image_meta.obj_attr_is_set("checksum") else None
        # the same bytes are another disk in another format
        image = self._cache / (f"{checksum}-{image_meta.disk_format}" if checksum else instance.image_ref)
        self._cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not image.exists():
            images.fetch_to_raw(context, instance.image_ref, str(image))
        os.utime(image)
        return image

    def make_config_drive(self, instance: Any, network_info: Any, files: Any, password: str | None) -> None:
        """Make the config drive, as upstream's drivers do (needs genisoimage)."""
        extra = {"admin_pass": password} if password else {}
        metadata = instance_metadata.InstanceMetadata(
            instance, content=files, extra_md=extra, network_info=network_info
        )
        with configdrive.ConfigDriveBuilder(instance_md=metadata) as builder:
            builder.make_drive(str(self.of(instance.uuid) / plan.CONFIG))

    def has_config_drive(self, uuid: str) -> bool:
        """Whether the server has one."""
        return (self.of(uuid) / plan.CONFIG).exists()

    def remove(self, uuid: str) -> None:
        """Delete a server's folder, and cached images that have not been used for long."""
        shutil.rmtree(self.of(uuid), ignore_errors=True)
        if not self._cache.is_dir():
            return
        with self._fetching, contextlib.suppress(FileNotFoundError):
            cached = [(path, path.stat()) for path in self._cache.iterdir()]
            unused = sorted((stat.st_mtime, path) for path, stat in cached if stat.st_nlink == 1)
            for _, path in unused[:-UNUSED_KEPT]:
                path.unlink(missing_ok=True)
