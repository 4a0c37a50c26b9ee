# SPDX-License-Identifier: Apache-2.0
"""Debian packages as files: what they hold and say of themselves, read by dpkg-deb; nothing in them is run."""

import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

from sovran.model.errors import SovranError


def fields(package: Path) -> tuple[str, str, str]:
    """Name, version and architecture. Raises SovranError when it is no package."""
    command = ["dpkg-deb", "--show", "--showformat=${Package}\n${Version}\n${Architecture}", str(package)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SovranError(f"{package} cannot be read as a Debian package: fetch it anew")
    name, version, architecture = done.stdout.split("\n")
    return name, version, architecture


def content(package: Path, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """The regular files whose path (`./usr/...`) is wanted. Raises SovranError when the package is torn."""
    found: dict[str, bytes] = {}
    with subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", str(package)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as reading:
        try:
            with tarfile.open(fileobj=reading.stdout, mode="r|", bufsize=1 << 20) as archive:
                for member in archive:
                    stream = archive.extractfile(member) if member.isreg() and wanted(member.name) else None
                    if stream is not None:
                        found[member.name] = stream.read()
        except tarfile.TarError:
            raise SovranError(f"{package} is torn: delete it and try again") from None
    if reading.returncode:
        raise SovranError(f"{package} is torn: delete it and try again")
    return found
