# SPDX-License-Identifier: Apache-2.0
"""The files behind a server's own disks: layers over cached images, and blank ones."""

import json
import subprocess
from pathlib import Path

GIB = 1 << 30
FORMAT = "qcow2"
"""Of a server's own disks."""


class DiskError(Exception):
    """qemu-img failed, with what it said."""


def virtual_size(image: Path) -> int:
    """Bytes of the disk that a raw image holds.

    Raises:
        DiskError: it cannot be read.
    """
    told = _qemu_img("info", "--output=json", "-f", "raw", str(image))
    return int(json.loads(told)["virtual-size"])


def layer(disk: Path, image: Path, size: int | None) -> None:
    """Make a disk whose content is a raw image's until the guest writes.

    Args:
        disk: to be made.
        image: stays as it is.
        size: of the disk in bytes; None: the image's.

    Raises:
        DiskError: it cannot be made.
    """
    wanted = [str(size)] if size else []
    _qemu_img("create", "-q", "-f", FORMAT, "-b", str(image), "-F", "raw", str(disk), *wanted)


def blank(disk: Path, size: int) -> None:
    """Make a disk of so many bytes, all zeros.

    Raises:
        DiskError: it cannot be made.
    """
    _qemu_img("create", "-q", "-f", FORMAT, str(disk), str(size))


def flatten(disk: Path, target: Path, wanted: str) -> None:
    """Copy a disk with what lies below it into one file of the format `wanted` (`raw` or `qcow2`).

    Raises:
        DiskError: it cannot be copied.
    """
    _qemu_img("convert", "-U", "-f", FORMAT, "-O", wanted, str(disk), str(target))


def _qemu_img(*arguments: str) -> str:
    try:
        done = subprocess.run(["qemu-img", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise DiskError("there is no qemu-img: install qemu-utils") from None
    if done.returncode:
        raise DiskError(done.stderr.strip() or f"qemu-img {arguments[0]} failed")
    return done.stdout
