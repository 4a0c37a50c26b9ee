# SPDX-License-Identifier: Apache-2.0
"""The Debian packages that a guest image is made of: fetched by apt, which verifies them, or lying in a folder."""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from sovran.guest.image.deb import fields
from sovran.model.errors import SovranError, UsageError

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
"""What can be built, and Debian's name for it."""
_GUEST = ("busybox-static", "mawk", "bash-static", "coreutils", "libc6", "systemd-boot-efi")
_KERNEL = re.compile(r"linux-image-\d[\w.+~-]*-cloud-\w+")
_OFFERED = re.compile(r"'(?P<address>[^']+)' (?P<file>\S+) \d+ SHA256:(?P<digest>[0-9a-f]{64})")


class Packages(msgspec.Struct, frozen=True):
    """The files, by package name; the kernel's is `linux`."""

    architecture: str
    files: dict[str, Path]


def _names(architecture: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Packages of the guest's architecture, and those that run here, without the kernel."""
    return _GUEST, ("mtools", "syslinux", "syslinux-common") if architecture == "amd64" else ("mtools",)


def lying_in(folder: Path, architecture: str) -> Packages:
    """The packages in a folder, which may hold others too. Raises UsageError for one that lacks or is there twice."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder: give one that holds Debian packages")
    _need("dpkg-deb", "dpkg")
    here = {architecture, "all"}
    guest, tools = _names(architecture)
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.deb")):
        name, _, of = fields(path)
        if _KERNEL.fullmatch(name) and of == architecture:
            found.setdefault("linux", []).append(path)
        elif (name in guest and of in here) or (name in tools and of in {_native(), "all"}):
            found.setdefault(name, []).append(path)
    lacking = [name for name in ("linux", *guest, *tools) if name not in found]
    if lacking:
        named = ", ".join(f"linux-image-...-cloud-{architecture}" if name == "linux" else name for name in lacking)
        raise UsageError(f"{folder} lacks these packages for {architecture}: {named}")
    for paths in found.values():
        if len(paths) > 1:
            raise UsageError(f"{folder} has both {paths[0].name} and {paths[1].name}: leave the one that is to be used")
    return Packages(architecture, {name: paths[0] for name, paths in found.items()})


def fetched(architecture: str) -> Packages:
    """The newest packages that apt knows, from the cache where they are there already, else downloaded.

    Raises SovranError when apt is not here, knows no such package, or cannot reach its servers.
    """
    for program, package in (("apt-get", "apt"), ("apt-cache", "apt"), ("dpkg-deb", "dpkg")):
        _need(program, package)
    cache = _cache()
    cache.mkdir(parents=True, exist_ok=True)
    guest, tools = _names(architecture)
    files: dict[str, Path] = {}
    apt = _Apt(cache, architecture)
    if architecture == _native():
        kernel = apt.kernel()
        files = apt.fetch((kernel, *guest, *tools))
    else:
        apt.update()
        kernel = apt.kernel()
        files = apt.fetch((kernel, *guest)) | _Apt(cache, _native()).fetch(tools)
    files["linux"] = files.pop(kernel)
    return Packages(architecture, files)


class _Apt:
    """Asks apt for packages of one architecture; one that is not this machine's gets lists of its own."""

    def __init__(self, cache: Path, architecture: str) -> None:
        self.cache = cache
        self.architecture = architecture
        state = cache / f"apt-{architecture}"
        state.mkdir(parents=True, exist_ok=True)
        # what apt makes of its lists: systems that keep none of it, such as containers, work it out for each command
        settings = {"Dir::Cache::pkgcache": str(state / "packages"), "Dir::Cache::srcpkgcache": ""}
        if architecture != _native():
            for folder in ("lists", "archives"):
                (state / folder / "partial").mkdir(parents=True, exist_ok=True)
            (state / "status").touch()
            settings |= {
                "APT::Architecture": architecture,
                "APT::Architectures": architecture,
                "Dir::State": str(state),
                "Dir::State::status": str(state / "status"),
                "Dir::Cache": str(state),
            }
        self.options = tuple(word for key, value in settings.items() for word in ("-o", f"{key}={value}"))

    def update(self) -> None:
        """Fetch the lists of packages."""
        self._run("apt-get", "update", "-q")

    def kernel(self) -> str:
        """The package on which `linux-image-cloud-...` depends now."""
        general = f"linux-image-cloud-{self.architecture}"
        found = re.search(_KERNEL, self._run("apt-cache", "show", "--no-all-versions", general))
        if found is None:
            raise SovranError(f"apt's {general} names no kernel: give --packages with a folder of Debian packages")
        return found[0]

    def fetch(self, names: Iterable[str]) -> dict[str, Path]:
        """Files by package, in the cache, each of the digest that apt's signed lists give."""
        names = tuple(names)
        # in an empty folder: apt says nothing of files that lie there already, and others may fetch at the same time
        with TemporaryDirectory(prefix="fetching-", dir=self.cache) as empty:
            listed = self._run("apt-get", "download", "--print-uris", *names, folder=empty)
            offered = {found["file"].partition("_")[0]: found for found in _OFFERED.finditer(listed)}
            if lacking := [name for name in names if name not in offered]:
                raise SovranError(f"apt gives no SHA-256 for {', '.join(lacking)}: run `sudo apt-get update`")
            files = {name: self.cache / offered[name]["file"] for name in names}
            old = [name for name in names if not _is(files[name], offered[name]["digest"])]
            if old:
                self._run("apt-get", "download", "-q", *old, folder=empty)
            for name in old:
                path = Path(empty) / files[name].name
                if not _is(path, offered[name]["digest"]):
                    raise SovranError(f"apt fetched no {name} of the digest that its lists give: try again")
                path.replace(files[name])
        return files

    def _run(self, program: str, *words: str, folder: str | None = None) -> str:
        command = [program, *self.options, *words]
        environment = {**os.environ, "LC_ALL": "C"}
        done = subprocess.run(
            command,
            cwd=folder or self.cache,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            reasons = [line.removeprefix("E: ") for line in done.stderr.splitlines() if line.startswith("E: ")]
            raise SovranError(
                f"apt has no packages for the guest image ({'; '.join(reasons) or 'no reason given'}): run"
                " `sudo apt-get update`, or give --packages with a folder of Debian packages"
            )
        return done.stdout


def _is(path: Path, digest: str) -> bool:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == digest
    except FileNotFoundError:
        return False


def _native() -> str:
    return ARCHITECTURES.get(os.uname().machine, os.uname().machine)


def _need(program: str, package: str) -> None:
    if shutil.which(program) is None:
        raise SovranError(
            f"the guest image needs {program}, which is not here: install it with apt-get install {package}"
        )


def _cache() -> Path:
    """`sovran/guest` below XDG_CACHE_HOME, by default ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "sovran" / "guest"
