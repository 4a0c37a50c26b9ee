# SPDX-License-Identifier: Apache-2.0
"""The image as a file: small, the same whoever builds it, and told truly."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from sovran.guest.image import Built, Packages, build
from sovran.guest.program import Request
from sovran.guest.program import build as built_in
from sovran.model.errors import SovranError, UsageError
from tests.cli.running import Command
from tests.guest.image.conftest import BUILT_IN

LARGEST = 20 << 20


@pytest.fixture
def sovran(capsys: pytest.CaptureFixture[str]) -> Command:
    """The command line."""
    return Command(capsys)


def test_it_is_small_and_told_truly(built: Built, packages: Packages) -> None:
    content = Path(built.path).read_bytes()
    assert len(content) == built.bytes <= LARGEST
    assert hashlib.sha256(content).hexdigest() == built.sha256
    assert built.packages["busybox-static"] in packages.files["busybox-static"].name.replace("%3a", ":")
    assert built.kernel in packages.files["linux"].name
    assert built.program_sha256 == hashlib.sha256(BUILT_IN).hexdigest()


def test_two_builds_are_equal(
    built: Built, packages: Packages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In another place, time zone, language and file mode mask, and with settings of mtools."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "Pacific/Chatham")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    (tmp_path / ".mtoolsrc").write_text("mtools_lower_case=1\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    before = os.umask(0o077)
    try:
        again = build(packages, Path("again.qcow2"), BUILT_IN)
    finally:
        os.umask(before)
    assert again.sha256 == built.sha256
    assert Path("again.qcow2").read_bytes() == Path(built.path).read_bytes()


def test_another_program_or_time_is_another_image(
    built: Built, packages: Packages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = build(packages, tmp_path / "program", BUILT_IN + b"true\n")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    later = build(packages, tmp_path / "time", BUILT_IN)
    assert len({built.sha256, other.sha256, later.sha256}) == 3


@pytest.mark.parametrize("given", ["yesterday", "-1", "5", "99999999999"])
def test_a_time_that_is_none(given: str, packages: Packages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", given)
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH is no time"):
        build(packages, tmp_path / "image", BUILT_IN)


def test_the_command_needs_no_privilege(packages: Packages, tmp_path: Path) -> None:
    """Run with all capabilities of root taken away, where the tests run as root."""
    folder = tmp_path / "packages"
    folder.mkdir()
    for path in packages.files.values():
        shutil.copy(path, folder)
    without = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs") if os.geteuid() == 0 else ()
    words = ("guest", "image", "-o", str(tmp_path / "probe.qcow2"), "--packages", str(folder), "--json")
    done = subprocess.run(
        [*without, sys.executable, "-m", "sovran", *words], capture_output=True, text=True, check=True
    )
    told = msgspec.json.decode(done.stdout, type=Built)
    assert told.sha256 == hashlib.sha256((tmp_path / "probe.qcow2").read_bytes()).hexdigest()
    assert told.program_sha256 == hashlib.sha256(built_in(Request())).hexdigest()
    assert told.bytes <= LARGEST


def test_the_command_tells_what_it_built(sovran: Command, tmp_path: Path) -> None:
    ended = sovran("guest", "image", "-o", str(tmp_path / "probe.qcow2"))
    assert ended.code == 0
    told = dict(line.split(None, 1) for line in ended.out.splitlines() if not line.startswith(" "))
    assert told["SHA-256"] == hashlib.sha256((tmp_path / "probe.qcow2").read_bytes()).hexdigest()
    assert "busybox-static 1:" in ended.out


def test_a_place_that_cannot_be_written_to(sovran: Command, tmp_path: Path) -> None:
    ended = sovran("guest", "image", "-o", str(tmp_path / "nowhere" / "probe.qcow2"))
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"sovran: cannot write {tmp_path}/nowhere/probe.qcow2: No such file or directory\n"


def test_a_package_that_is_torn_inside(packages: Packages, tmp_path: Path) -> None:
    torn = tmp_path / "busybox.deb"
    torn.write_bytes(packages.files["busybox-static"].read_bytes()[:-1000])
    with pytest.raises(SovranError, match=r"busybox\.deb is torn"):
        build(Packages("amd64", packages.files | {"busybox-static": torn}), tmp_path / "image", BUILT_IN)


def test_a_package_without_what_is_needed(packages: Packages, tmp_path: Path) -> None:
    wrong = packages.files | {"systemd-boot-efi": packages.files["mawk"]}
    with pytest.raises(SovranError, match=r"mawk.* has no systemd-bootx64\.efi"):
        build(Packages("amd64", wrong), tmp_path / "image", BUILT_IN)
