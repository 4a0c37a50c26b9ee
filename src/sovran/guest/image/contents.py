# SPDX-License-Identifier: Apache-2.0
"""The files in the packages, each package read once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath

from sovran.guest.image.deb import content
from sovran.guest.image.packages import Packages
from sovran.model.errors import SovranError


class Contents:
    """Files by the end of their path, and the kernel."""

    def __init__(self, packages: Packages) -> None:
        self._packages = packages
        with ThreadPoolExecutor() as pool:  # dpkg-deb does the work
            reading = {name: pool.submit(_read, packages, name) for name in packages.files}
            self._files = {name: read.result() for name, read in reading.items()}

    def one(self, package: str, ending: str) -> bytes:
        """The file whose path ends so, in whole names. Raises SovranError when there is none."""
        found = [body for name, body in self._files[package].items() if name.endswith(f"/{ending}")]
        if not found:
            file = self._packages.files[package]
            raise SovranError(f"{file} has no {ending}: take packages of a Debian release that has it, 12 or newer")
        return found[0]

    def kernel(self) -> tuple[str, bytes]:
        """The kernel's release, and what is booted."""
        for name, body in self._files["linux"].items():
            if name.startswith("./boot/vmlinuz-"):
                return name.removeprefix("./boot/vmlinuz-"), body
        raise SovranError(f"{self._packages.files['linux']} has no kernel: take a package linux-image-...-cloud-...")

    def drivers(self) -> dict[str, bytes]:
        """All modules, by path."""
        return {name: body for name, body in self._files["linux"].items() if _is_module(name)}


def _read(packages: Packages, name: str) -> dict[str, bytes]:
    return content(packages.files[name], _is_kernel if name == "linux" else lambda _: True)


def _is_kernel(name: str) -> bool:
    return name.startswith("./boot/vmlinuz-") or _is_module(name)


def _is_module(name: str) -> bool:
    return ".ko" in PurePosixPath(name).suffixes
