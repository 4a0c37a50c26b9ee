# SPDX-License-Identifier: Apache-2.0
"""Folders, private files and locks."""

import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sovran.lab import folders
from sovran.model.errors import SovranError, UsageError


def test_home_follows_the_variable(labs: Path) -> None:
    assert folders.lab_folder("dev") == labs / "labs" / "dev"


def test_home_without_the_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SOVRAN_LAB_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert folders.home() == tmp_path / ".local" / "share" / "sovran" / "lab"


@pytest.mark.parametrize("name", ["", "..", "a/b", "-x", "Ä", "a" * 41, "a b", "x\n", "A"])
def test_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be a lab's name"):
        folders.lab_folder(name)


def test_private_files_are_private_and_whole(tmp_path: Path) -> None:
    target = folders.make_private(tmp_path / "lab") / "secret"
    folders.write_private(target, "first")
    folders.write_private(target, "second")
    assert target.read_text(encoding="utf-8") == "second"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700
    assert [path.name for path in target.parent.iterdir()] == ["secret"]


@pytest.mark.parametrize("path", ["/a b", "/50%", "/$HOME", "/a?b", "/a#b", "/a,b", '/a"b', "/a\nb"])
def test_a_home_that_configuration_files_cannot_hold_is_refused(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOVRAN_LAB_HOME", path)
    with pytest.raises(UsageError, match="set SOVRAN_LAB_HOME to a plain path"):
        folders.home()


def test_a_home_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SovranError, match=r"cannot make the folder .*file/lab .*: set SOVRAN_LAB_HOME"):
        folders.make_private(tmp_path / "file" / "lab")


def test_a_lock_is_waited_for_and_said(tmp_path: Path) -> None:
    lock, said, order = tmp_path / "lock", threading.Event(), []

    def second() -> None:
        with folders.locked(lock, lambda _line: said.set()):
            order.append("second")

    with folders.locked(lock):
        waiting = threading.Thread(target=second)
        waiting.start()
        assert said.wait(10)
        order.append("first")
    waiting.join(10)
    assert order == ["first", "second"]


def test_a_killed_process_leaves_no_lock(tmp_path: Path) -> None:
    program = (
        "import os, signal, pathlib, sys; from sovran.lab.folders import locked\n"
        "with locked(pathlib.Path(sys.argv[1])): os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "lock")], check=False)
    with folders.locked(tmp_path / "lock", pytest.fail):
        pass
