# SPDX-License-Identifier: Apache-2.0
"""Packages of apt's cache or of a folder; what is wrong with them is one sentence."""

import os
from pathlib import Path

import pytest

from sovran.guest.image.packages import Packages, fetched, lying_in
from sovran.model.errors import SovranError, UsageError

NOBODY = "http://127.0.0.1:9"
"""A proxy that does not exist: who uses it reaches no network."""


def folder_of(packages: Packages, folder: Path, *, without: str = "") -> Path:
    """A folder that holds them."""
    folder.mkdir()
    for name, path in packages.files.items():
        if name != without:
            (folder / path.name).symlink_to(path)
    return folder


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever asks the network fails."""
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, NOBODY)


@pytest.mark.usefixtures("offline")
def test_no_network_is_needed_while_the_cache_has_them(packages: Packages) -> None:
    assert fetched("amd64") == packages


@pytest.mark.usefixtures("offline")
def test_a_package_that_was_changed_is_not_taken(
    packages: Packages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "sovran" / "guest"
    cache.parent.mkdir()
    folder_of(packages, cache)
    changed = cache / packages.files["mawk"].name
    changed.unlink()
    changed.write_bytes(packages.files["mawk"].read_bytes() + b"\0")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(SovranError, match=r"apt has no packages for the guest image .*mawk.*--packages"):
        fetched("amd64")


def test_without_apt_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SovranError, match=r"needs apt-get, which is not here: .*apt"):
        fetched("amd64")


def test_a_folder_serves_as_well(packages: Packages, tmp_path: Path) -> None:
    found = lying_in(folder_of(packages, tmp_path / "folder"), "amd64")
    assert {name: path.resolve() for name, path in found.files.items()} == packages.files


def test_what_a_folder_lacks_is_named(packages: Packages, tmp_path: Path) -> None:
    folder = folder_of(packages, tmp_path / "folder", without="mawk")
    with pytest.raises(UsageError, match=r"lacks these packages for amd64: mawk$"):
        lying_in(folder, "amd64")
    with pytest.raises(
        UsageError, match=r"lacks these packages for arm64: linux-image-\.\.\.-cloud-arm64, busybox-static"
    ):
        lying_in(folder, "arm64")


def test_two_of_one_kind_are_not_chosen_between(packages: Packages, tmp_path: Path) -> None:
    folder = folder_of(packages, tmp_path / "folder")
    os.link(packages.files["mawk"], folder / "mawk_again.deb")
    with pytest.raises(UsageError, match=r"has both .* and .*mawk"):
        lying_in(folder, "amd64")


def test_no_folder_and_no_package(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no folder"):
        lying_in(tmp_path / "nowhere", "amd64")
    (tmp_path / "torn.deb").write_bytes(b"!<arch>\n")
    with pytest.raises(SovranError, match=r"torn\.deb cannot be read as a Debian package"):
        lying_in(tmp_path, "amd64")
