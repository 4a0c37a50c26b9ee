# SPDX-License-Identifier: Apache-2.0
"""What a machine lacks, and the one line that installs it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sovran.lab import prerequisites


def test_optional_things_are_named_with_the_feature_that_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "qemu-img" else f"/bin/{name}")
    (note,) = prerequisites.notes()
    assert "boot from a volume" in note
    assert "apt-get install --no-install-recommends qemu-utils" in note
    assert prerequisites.complaint() == ""


def test_all_that_is_missing_stands_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert prerequisites.complaint().endswith("apt-get install --no-install-recommends git make qemu-utils")


def test_a_python_that_is_too_new_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prerequisites, "NEWEST", (3, 10))
    assert "the lab's packages need 3.11 to 3.10" in prerequisites.complaint()


def test_it_runs_without_anything_installed() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(Path(prerequisites.__file__))],
        capture_output=True,
        text=True,
        env={"PATH": "/nonexistent"},
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "git make" in done.stderr
