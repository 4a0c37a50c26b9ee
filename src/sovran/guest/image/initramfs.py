# SPDX-License-Identifier: Apache-2.0
"""The guest's own files, which the kernel unpacks into memory: tools, libraries, drivers, first process, program."""

import zlib
from importlib.resources import files
from pathlib import PurePosixPath

from sovran.guest.image import modules
from sovran.guest.image.contents import Contents
from sovran.guest.image.cpio import File, Link, archive

_LIBRARIES = ("libc.so.6", "libm.so.6", "libresolv.so.2")
_LOADERS = {
    "amd64": ("lib64/ld-linux-x86-64.so.2", "lib/x86_64-linux-gnu"),
    "arm64": ("lib/ld-linux-aarch64.so.1", "lib/aarch64-linux-gnu"),
}
"""Where programs look for the dynamic loader, and it for libraries."""


def initramfs(contents: Contents, architecture: str, program: bytes, time: int) -> bytes:
    """The archive, compressed; `program`: the built-in one, `time`: Unix seconds of every file.

    gzip: of what Debian's kernels unpack it is in Python's library, and boots as fast as LZ4 or Zstandard (2 cores
    emulated by QEMU: within 0.2 s of each other).
    """
    entries = _programs(contents, architecture) | _drivers(contents) | {"lib/sovran/program": File(program)}
    packer = zlib.compressobj(6, wbits=31)
    return packer.compress(archive(entries, time)) + packer.flush()


def _programs(contents: Contents, architecture: str) -> dict[str, File | Link]:
    own = files("sovran.guest.image") / "root"
    loader, libraries = _LOADERS[architecture]
    release, _ = contents.kernel()
    return {
        "init": File((own / "init").read_bytes(), executable=True),
        "lib/sovran/dhcp": File((own / "dhcp").read_bytes(), executable=True),
        "bin/busybox": File(contents.one("busybox-static", "bin/busybox"), executable=True),
        # speaks UDP, which Debian's busybox cannot
        "bin/bash": File(contents.one("bash-static", "bin/bash-static"), executable=True),
        # waits for each write, which busybox's dd cannot; under a name of its own, since that one starts sooner
        "bin/gnudd": File(contents.one("coreutils", "bin/dd"), executable=True),
        "bin/mawk": File(contents.one("mawk", "bin/mawk"), executable=True),
        "sbin": Link("bin"),  # where the kernel looks for modprobe when a file system is to be mounted
        loader: File(contents.one("libc6", PurePosixPath(loader).name), executable=True),
        **{f"{libraries}/{name}": File(contents.one("libc6", name), executable=True) for name in _LIBRARIES},
        "etc/hosts": File(b"127.0.0.1 localhost\n::1 localhost\n"),
        "etc/os-release": File(f'ID=sovran-guest\nPRETTY_NAME="sovran guest image, Linux {release}"\n'.encode()),
    }


def _drivers(contents: Contents) -> dict[str, File | Link]:
    drivers = modules.chosen(contents.drivers())
    folder = f"lib/modules/{contents.kernel()[0]}"
    return {
        **{f"{folder}/{name}.ko": File(module.content) for name, module in drivers.items()},
        **{f"{folder}/{name}": File(table) for name, table in modules.tables(drivers).items()},
    }
