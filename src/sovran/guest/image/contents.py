# SPDX-License-Identifier: Apache-2.0
"""The files in the packages, each package read once."""

from collections.abc import Callable
from pathlib import PurePosixPath

from sovran.guest.image.deb import content
from sovran.guest.image.packages import Packages
from sovran.model.errors import SovranError


class Contents:
    """Files by the end of their path, and the kernel."""

    def __init__(self, packages: Packages) -> None:
        self._packages = packages
        self._read: dict[str, dict[str, bytes]] = {}

    def one(self, package: str, ending: str) -> bytes:
        """The file whose path ends so, in whole names. Raises SovranError when there is none."""
        found = [body for name, body in self._all(package).items() if name.endswith(f"/{ending}")]
        if not found:
            file = self._packages.files[package]
            raise SovranError(f"{file} has no {ending}: take packages of a Debian release that has it, 12 or newer")
        return found[0]

    def kernel(self) -> tuple[str, bytes]:
        """The kernel's release, and what is booted."""
        for name, body in self._all("linux").items():
            if name.startswith("./boot/vmlinuz-"):
                return name.removeprefix("./boot/vmlinuz-"), body
        raise SovranError(f"{self._packages.files['linux']} has no kernel: take a package linux-image-...-cloud-...")

    def drivers(self) -> dict[str, bytes]:
        """All modules, by path."""
        return {name: body for name, body in self._all("linux").items() if _is_module(name)}

    def _all(self, package: str) -> dict[str, bytes]:
        if package not in self._read:
            wanted: Callable[[str], bool] = _is_kernel if package == "linux" else (lambda _: True)
            self._read[package] = content(self._packages.files[package], wanted)
        return self._read[package]


def _is_kernel(name: str) -> bool:
    return name.startswith("./boot/vmlinuz-") or _is_module(name)


def _is_module(name: str) -> bool:
    return ".ko" in PurePosixPath(name).suffixes
