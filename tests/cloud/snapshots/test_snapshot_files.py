# SPDX-License-Identifier: Apache-2.0
"""Where snapshots go: told before the run when it cannot be, whole files for the user alone after it."""

import os
import stat
from pathlib import Path

import pytest

from sovran.cloud.snapshots import snapshot_files
from sovran.cloud.snapshots.snapshot import Snapshot, read
from sovran.cloud.snapshots.snapshot_files import plan_snapshots
from sovran.model.errors import SovranError, UsageError
from sovran.model.report import CloudInfo
from tests.cloud.snapshots import snapshot


def test_one_cloud_one_file_for_the_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.snapshot"
    plan_snapshots(str(path), ["mine"]).write([snapshot()])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read(path).snapshot.cloud.name == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "a.snapshot"
    path.write_text("old")
    path.chmod(0o644)
    plan_snapshots(str(path), ["mine"]).write([snapshot()])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_several_clouds_need_their_names_in_the_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"2 clouds: put \{cloud\} into the name"):
        plan_snapshots(str(tmp_path / "a"), ["mine", "yours"])
    clouds = [snapshot(), snapshot(cloud=CloudInfo(name="a/../b"))]
    plan_snapshots(str(tmp_path / "x-{cloud}.snapshot"), ["mine", "a/../b"]).write(clouds)
    assert {path.name for path in tmp_path.iterdir()} == {"x-mine.snapshot", "x-a_.._b.snapshot"}


def test_names_that_fall_together(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names that give the same file"):
        plan_snapshots(str(tmp_path / "{cloud}"), ["a/b", "A b"])


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "is a folder"), ("no/such/s", "has no folder to go to"), ("a\0b", "not a path"), ("x" * 300, "too long")],
)
def test_places_where_none_can_go(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        plan_snapshots(str(tmp_path / name), ["mine"])


def test_a_device_is_no_place() -> None:
    with pytest.raises(UsageError, match="cannot be written there"):
        plan_snapshots("/dev/null", ["mine"])


def test_what_fails_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.snapshot"
    path.write_text("old")

    def full(one: Snapshot) -> bytes:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(snapshot_files, "encode", full)
    with pytest.raises(SovranError, match=r"Could not write .*a.snapshot \(No space left on device\)"):
        plan_snapshots(str(path), ["mine"]).write([snapshot()])
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    plan_snapshots(str(tmp_path / "link"), ["mine"]).write([snapshot()])
    assert (tmp_path / "link").is_symlink()
    assert read(tmp_path / "target").snapshot.cloud.name == "mine"
