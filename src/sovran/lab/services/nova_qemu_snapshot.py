# SPDX-License-Identifier: Apache-2.0
"""A server's root disk, uploaded as an image."""

from pathlib import Path
from typing import Any

from nova.image import glance

from sovran.lab.services.nova_qemu_disks import flatten
from sovran.lab.services.nova_qemu_plan import ROOT

COPY = "snapshot"
"""File in the server's folder while it is uploaded."""


def upload(context: Any, instance: Any, image_id: str, folder: Path) -> None:
    """Fill an image that Nova has made already.

    Raises:
        DiskError: the disk cannot be copied.
    """
    copy = folder / COPY
    try:
        flatten(folder / ROOT, copy, "qcow2")
        properties = {"owner_id": instance.project_id, "image_state": "available"}
        metadata = {"disk_format": "qcow2", "container_format": "bare", "status": "active", "properties": properties}
        with copy.open("rb") as content:
            glance.API().update(context, image_id, metadata, data=content, purge_props=False)
    finally:
        copy.unlink(missing_ok=True)
