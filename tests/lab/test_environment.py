# SPDX-License-Identifier: Apache-2.0
"""The environment of the upstream packages."""

import re
from pathlib import Path

import pytest

from sovran.lab import environment
from sovran.model.errors import SovranError


def test_every_package_is_pinned_with_hashes_and_no_index_is_named() -> None:
    text = environment.REQUIREMENTS.read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z])", text.partition("\nalembic")[2])
    assert len(entries) > 150
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries[1:])
    assert "://" not in text
    assert "index-url" not in text.replace("--no-emit-index-url", "")


def test_services_get_nothing_of_the_caller_s_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OS_DEFAULT__HOST", "elsewhere")
    monkeypatch.setenv("http_proxy", "http://proxy.example")
    variables = environment.Environment(tmp_path, "x").variables(tmp_path / "home")
    assert not any(key.startswith("OS_") or "proxy" in key for key in variables)
    assert variables["HOME"] == str(tmp_path / "home")


def test_a_failed_installation_is_one_sentence_and_leaves_nothing_complete(
    labs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "requirements.txt"
    broken.write_text("no-such-package==1 --hash=sha256:00\n", encoding="utf-8")
    monkeypatch.setattr(environment, "REQUIREMENTS", broken)
    monkeypatch.setattr(environment, "find_uv", lambda: "/bin/false")
    said: list[str] = []
    with pytest.raises(SovranError, match="installing the lab's packages failed"):
        environment.ensure(said.append)
    assert said == ["installing the upstream services (once, about 500 MB on disk)"]
    assert not list(labs.glob("env/*/complete"))


def test_what_is_installed_is_not_installed_again(labs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = labs / "env" / environment.digest()
    folder.mkdir(parents=True)
    (folder / "complete").touch()
    monkeypatch.setattr(environment, "find_uv", lambda: pytest.fail("installs"))
    assert environment.ensure(pytest.fail).folder == folder


def test_a_python_that_is_too_new_is_refused(labs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "NEWEST", (3, 10))
    with pytest.raises(SovranError, match=r"need Python 3\.11 to 3\.10"):
        environment.ensure(pytest.fail)
