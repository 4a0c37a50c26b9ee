# SPDX-License-Identifier: Apache-2.0
"""Builds the guest image: Debian's cloud kernel and busybox, sovran's first process and its built-in program."""

import hashlib
import os
from pathlib import Path

import msgspec

from sovran.guest.image.contents import Contents
from sovran.guest.image.deb import fields
from sovran.guest.image.disk import disk
from sovran.guest.image.initramfs import initramfs
from sovran.guest.image.packages import Packages
from sovran.guest.image.qcow2 import qcow2
from sovran.guest.program import Request
from sovran.guest.program import build as built_in
from sovran.model.errors import UsageError

TIME = 1_767_225_600
"""Unix seconds of every file where SOURCE_DATE_EPOCH says nothing else: 2026-01-01."""
_LOADERS = {"amd64": ("BOOTX64.EFI", "systemd-bootx64.efi"), "arm64": ("BOOTAA64.EFI", "systemd-bootaa64.efi")}
"""The name under which UEFI looks for a loader on disks that it does not know, and systemd-boot's in its package."""
_CONSOLES = {"amd64": "console=tty0 console=ttyS0,115200", "arm64": "console=tty0 console=ttyAMA0,115200"}
"""The last one is where the guest reports."""
_ARGUMENTS = (
    "quiet no_timer_check nokaslr cryptomgr.notests mitigations=off init_on_alloc=0 init_on_free=0 audit=0 apparmor=0 "
    "nowatchdog"
)
"""An emulated timer may be late for the check, which then panics; the last two save half a second of emulated boot."""


class Built(msgspec.Struct, frozen=True):
    """An image that was written."""

    path: str
    bytes: int
    sha256: str
    architecture: str
    """As Debian names it: amd64 or arm64."""
    kernel: str
    """Release."""
    packages: dict[str, str]
    """Version by package name."""
    program_sha256: str
    """Of the built-in program."""


def build(packages: Packages, out: Path, program: bytes | None = None) -> Built:
    """Write the image as qcow2; `program`: the script that runs when no user-data comes, by default sovran's own.

    The same packages, program and SOURCE_DATE_EPOCH give the same bytes. Raises SovranError when a package lacks what
    is needed, UsageError when `out` cannot be written.
    """
    time = _time()
    program = built_in(Request()) if program is None else program
    contents = Contents(packages)
    image = qcow2(_disk(contents, packages, program, time))
    try:
        out.write_bytes(image)
    except OSError as error:
        raise UsageError(f"cannot write {out}: {error.strerror}") from None
    versions = {name: version for name, version, _ in map(fields, packages.files.values())}
    return Built(
        path=str(out),
        bytes=len(image),
        sha256=hashlib.sha256(image).hexdigest(),
        architecture=packages.architecture,
        kernel=contents.kernel()[0],
        packages=dict(sorted(versions.items())),
        program_sha256=hashlib.sha256(program).hexdigest(),
    )


def _disk(contents: Contents, packages: Packages, program: bytes, time: int) -> bytes:
    architecture = packages.architecture
    arguments = f"{_CONSOLES[architecture]} {_ARGUMENTS}"
    name, loader = _LOADERS[architecture]
    files = {
        "linux": contents.kernel()[1],
        "initrd": initramfs(contents, architecture, program, time),
        "loader/loader.conf": b"timeout 0\ndefault sovran.conf\neditor no\n",
        "loader/entries/sovran.conf": f"title sovran\nlinux /linux\ninitrd /initrd\noptions {arguments}\n".encode(),
        f"EFI/BOOT/{name}": contents.one("systemd-boot-efi", loader),
    }
    tools = {"mtools": contents.one("mtools", "bin/mtools")}
    if "syslinux" not in packages.files:
        return disk(files, tools, b"", time)
    label = f"DEFAULT sovran\nPROMPT 0\nLABEL sovran\nLINUX linux\nINITRD initrd\nAPPEND {arguments}\n"
    files["syslinux.cfg"] = label.encode()
    files["ldlinux.c32"] = contents.one("syslinux-common", "bios/ldlinux.c32")
    tools["syslinux"] = contents.one("syslinux", "bin/syslinux")
    return disk(files, tools, contents.one("syslinux-common", "mbr/mbr.bin"), time)


def _time() -> int:
    """SOURCE_DATE_EPOCH, or TIME. Raises UsageError when it is no number of seconds that FAT can hold."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given:
        return TIME
    if not given.isdecimal() or not 315_532_800 <= int(given) < 1 << 32:
        raise UsageError("SOURCE_DATE_EPOCH is no time in Unix seconds between 1980 and 2106: unset it or correct it")
    return int(given)
