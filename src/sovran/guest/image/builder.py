# SPDX-License-Identifier: Apache-2.0
"""Builds the guest image: Debian's cloud kernel and busybox, sovran's first process and its built-in program."""

import hashlib
import os
import zlib
from importlib.resources import files as resources
from pathlib import Path, PurePosixPath

import msgspec

from sovran.guest.image import cpio, modules
from sovran.guest.image.deb import content, fields
from sovran.guest.image.disk import disk
from sovran.guest.image.packages import Packages
from sovran.guest.image.qcow2 import qcow2
from sovran.model.errors import SovranError, UsageError

TIME = 1_767_225_600
"""Unix seconds of every file where SOURCE_DATE_EPOCH says nothing else: 2026-01-01."""


class _Machine(msgspec.Struct, frozen=True):
    """What differs between architectures."""

    loader: str
    """Of systemd-boot, as UEFI looks for it on removable disks."""
    boot: str
    """The same in its package."""
    interpreter: str
    libraries: str
    serial: str


_MACHINES = {
    "amd64": _Machine(
        "BOOTX64.EFI", "systemd-bootx64.efi", "lib64/ld-linux-x86-64.so.2", "lib/x86_64-linux-gnu", "ttyS0"
    ),
    "arm64": _Machine(
        "BOOTAA64.EFI", "systemd-bootaa64.efi", "lib/ld-linux-aarch64.so.1", "lib/aarch64-linux-gnu", "ttyAMA0"
    ),
}


class Built(msgspec.Struct, frozen=True):
    """An image that was written."""

    path: str
    bytes: int
    sha256: str
    architecture: str
    packages: dict[str, str]
    """Version by package name."""
    program_sha256: str
    """Of the built-in program."""


def build(packages: Packages, out: Path, program: bytes) -> Built:
    """Write the image as qcow2; `program`: the script that runs when no user-data comes.

    The same packages, program and SOURCE_DATE_EPOCH give the same bytes. Raises SovranError when a package lacks what
    is needed, or `out` cannot be written.
    """
    time = _time()
    machine = _MACHINES[packages.architecture]
    kernel = content(packages.files["linux"], lambda name: "/vmlinuz-" in name or ".ko" in PurePosixPath(name).suffixes)
    loader = _one(packages, "systemd-boot-efi", machine.boot)
    arguments = f"console=tty0 console={machine.serial},115200 quiet"
    on_disk = {
        "linux": next(body for name, body in kernel.items() if "/vmlinuz-" in name),
        "initrd": _initramfs(packages, machine, kernel, program, time),
        "loader/loader.conf": b"timeout 0\ndefault sovran.conf\neditor no\n",
        "loader/entries/sovran.conf": f"title sovran\nlinux /linux\ninitrd /initrd\noptions {arguments}\n".encode(),
        f"EFI/BOOT/{machine.loader}": loader,
    }
    tools = {"mtools": _one(packages, "mtools", "mtools")}
    boot_code = b""
    if "syslinux" in packages.files:
        tools["syslinux"] = _one(packages, "syslinux", "syslinux")
        boot_code = _one(packages, "syslinux-common", "mbr/mbr.bin")
        on_disk["ldlinux.c32"] = _one(packages, "syslinux-common", "bios/ldlinux.c32")
        on_disk["syslinux.cfg"] = (
            f"DEFAULT l\nPROMPT 0\nLABEL l\nLINUX linux\nINITRD initrd\nAPPEND {arguments}\n".encode()
        )
    image = qcow2(disk(on_disk, tools, boot_code, time))
    try:
        out.write_bytes(image)
    except OSError as error:
        raise UsageError(f"cannot write {out}: {error.strerror}") from None
    versions = {name: version for name, version, _ in map(fields, packages.files.values())}
    return Built(
        str(out),
        len(image),
        hashlib.sha256(image).hexdigest(),
        packages.architecture,
        dict(sorted(versions.items())),
        hashlib.sha256(program).hexdigest(),
    )


def _initramfs(packages: Packages, machine: _Machine, kernel: dict[str, bytes], program: bytes, time: int) -> bytes:
    drivers = modules.chosen({name: body for name, body in kernel.items() if "/vmlinuz-" not in name})
    release = next(PurePosixPath(name).name.removeprefix("vmlinuz-") for name in kernel if "/vmlinuz-" in name)
    own = resources("sovran.guest.image") / "root"
    entries: dict[str, cpio.File | cpio.Link] = {
        "init": cpio.File((own / "init").read_bytes(), executable=True),
        "lib/sovran/dhcp": cpio.File((own / "dhcp").read_bytes(), executable=True),
        "lib/sovran/program": cpio.File(program),
        "bin/busybox": cpio.File(_one(packages, "busybox", "bin/busybox"), executable=True),
        # speaks UDP, which Debian's busybox cannot
        "bin/bash": cpio.File(_one(packages, "bash-static", "bin/bash-static"), executable=True),
        "bin/mawk": cpio.File(_one(packages, "mawk", "bin/mawk"), executable=True),
        "etc/hosts": cpio.File(b"127.0.0.1 localhost\n::1 localhost\n"),
        "etc/os-release": cpio.File(f'ID=sovran-guest\nPRETTY_NAME="sovran guest image, Linux {release}"\n'.encode()),
        machine.interpreter: cpio.File(
            _one(packages, "libc6", PurePosixPath(machine.interpreter).name), executable=True
        ),
    }
    for folder in ("proc", "sys", "run", "tmp"):
        entries[f"{folder}/.keep"] = cpio.File(b"")
    for library in ("libc.so.6", "libm.so.6", "libresolv.so.2"):
        entries[f"{machine.libraries}/{library}"] = cpio.File(_one(packages, "libc6", library), executable=True)
    for name, module in drivers.items():
        entries[f"lib/modules/{release}/{name}.ko"] = cpio.File(module.content)
    for name, table in modules.tables(drivers).items():
        entries[f"lib/modules/{release}/{name}"] = cpio.File(table)
    packer = zlib.compressobj(9, wbits=31)
    return packer.compress(cpio.archive(entries, time)) + packer.flush()


def _one(packages: Packages, package: str, ending: str) -> bytes:
    """The file of a package whose path ends so. Raises SovranError when there is none."""
    found = content(packages.files[package], lambda name: name.endswith(f"/{ending}"))
    if not found:
        raise SovranError(f"{packages.files[package]} has no {ending}: it is another release than those that are known")
    return next(iter(found.values()))


def _time() -> int:
    """SOURCE_DATE_EPOCH, or TIME. Raises UsageError when it is no number of seconds that FAT can hold."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given:
        return TIME
    if not given.isdecimal() or not 315_532_800 <= int(given) < 1 << 32:
        raise UsageError("SOURCE_DATE_EPOCH is no time in Unix seconds between 1980 and 2106: unset it or correct it")
    return int(given)
