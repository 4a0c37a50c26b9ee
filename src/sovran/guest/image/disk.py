# SPDX-License-Identifier: Apache-2.0
"""The bootable disk: one FAT partition in a table that BIOS and UEFI both read, written by mtools and syslinux."""

import os
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from sovran.model.errors import SovranError

SECTOR = 512
START = 2048
"""First sector of the partition."""
MIB = 1 << 20
_SERIAL = "50564e47"
"""Volume id, the same for all images."""
_EFI_SYSTEM, _ACTIVE = 0xEF, 0x80


def disk(files: Mapping[str, bytes], tools: Mapping[str, bytes], master_boot_record: bytes, time: int) -> bytes:
    """A disk with these files (`loader/loader.conf`) in its partition.

    `tools`: mtools, and syslinux where it is to boot by BIOS, as programs for this machine. `master_boot_record`: boot
    code that starts the active partition, or nothing. `time`: Unix seconds of all files. Raises SovranError when a
    tool fails.
    """
    size = sum(-(-len(content) // 4096) * 4096 for content in files.values())
    sectors = (-(-size // MIB) + 2) * MIB // SECTOR
    with TemporaryDirectory(prefix="sovran-image-") as folder:
        work = Path(folder)
        image = work / "disk"
        image.write_bytes(_partition_table(master_boot_record, sectors) + bytes(START * SECTOR - SECTOR))
        os.truncate(image, (START + sectors) * SECTOR)
        run = _Tools(work, tools, time)
        partition = f"{image}@@{START * SECTOR}"
        geometry = ("-h", "255", "-s", "63", "-c", "8", "-H", str(START), "-T", str(sectors))
        run("mformat", "-i", partition, "-N", _SERIAL, "-v", "SOVRAN", *geometry, "::")
        for above in sorted({parent for name in files for parent in Path(name).parents} - {Path()}):
            run("mmd", "-i", partition, f"::/{above}")
        for name, content in files.items():
            (work / "file").write_bytes(content)
            run("mcopy", "-i", partition, str(work / "file"), f"::/{name}")
        if "syslinux" in tools:
            run("syslinux", "--offset", str(START * SECTOR), "--install", str(image))
        return image.read_bytes()


class _Tools:
    """Runs the programs of mtools, and others that call them, without anything of the user's settings."""

    def __init__(self, work: Path, tools: Mapping[str, bytes], time: int) -> None:
        self.folder = work / "tools"
        self.folder.mkdir()
        for name, program in tools.items():
            (self.folder / name).write_bytes(program)
            (self.folder / name).chmod(0o755)
        for name in ("mformat", "mmd", "mcopy", "mattrib", "mmove", "mdel"):
            (self.folder / name).symlink_to("mtools")
        self.environment = {
            "PATH": f"{self.folder}:/usr/bin:/bin",
            "HOME": str(work),
            "LC_ALL": "C",
            "TZ": "UTC",
            "TMPDIR": str(work),
            "MTOOLSRC": os.devnull,
            "MTOOLS_SKIP_CHECK": "1",
            "SOURCE_DATE_EPOCH": str(time),
        }

    def __call__(self, name: str, *words: str) -> None:
        command = [str(self.folder / name), *words]
        try:
            done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        except OSError as error:
            raise SovranError(f"{name} of Debian's package does not run on this machine: {error.strerror}") from None
        if done.returncode:
            reason = " ".join(done.stderr.split()) or f"status {done.returncode}"
            raise SovranError(f"{name} could not write the guest image: {reason}")


def _partition_table(code: bytes, sectors: int) -> bytes:
    """A master boot record with one partition; its cylinders are out of reach of the old way to count them."""
    beyond = b"\xfe\xff\xff"
    entry = struct.pack("<B3sB3sII", _ACTIVE, beyond, _EFI_SYSTEM, beyond, START, sectors)
    identifier = bytes.fromhex(_SERIAL)
    return code[:440].ljust(440, b"\0") + identifier + b"\0\0" + entry + bytes(48) + b"\x55\xaa"
