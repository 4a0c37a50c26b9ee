# SPDX-License-Identifier: Apache-2.0
"""The units, the cron line and the Containerfile do what they say: commands parse, steps lead to a verdict."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from sovran.cli.app import app
from tests.cli.stub_cloud import StubCloud

ROOT = Path(__file__).parents[2]
SERVICE = ROOT / "packaging" / "systemd" / "sovran-check.service"
TIMER = SERVICE.with_suffix(".timer")
CRON = ROOT / "packaging" / "cron" / "sovran-check"
CONTAINER = ROOT / "Containerfile"
PAGES = [ROOT / "docs" / name for name in ("operations.md", "profile.md")]
INSTALLED = "/opt/sovran/bin/sovran"


def parsed(words: list[str]) -> None:
    """Let the command line parse `sovran WORDS` without running it; raises what a user would be told."""
    group: Any = typer.main.get_command(app)
    group.commands[words[0]].make_context(words[0], words[1:])


def in_pages() -> list[str]:
    """Every `sovran check ...` of a shell block, its continued lines joined."""
    found: list[str] = []
    for page in PAGES:
        blocks = re.findall(r"```shell\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        lines = "".join(blocks).replace("\\\n", " ").splitlines()
        found += [match[1] for line in lines if (match := re.search(r"(?:^|\s)sovran (check .*)$", line))]
    return found


def directives(unit: Path) -> dict[str, str]:
    """The keys of a unit that stand once."""
    lines = unit.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def test_the_service_runs_a_command_that_parses() -> None:
    program, *words = shlex.split(directives(SERVICE)["ExecStart"])
    assert program == INSTALLED
    parsed(words)


def test_the_service_reads_its_credentials_and_writes_where_it_may() -> None:
    unit = directives(SERVICE)
    name, _, _ = unit["LoadCredential"].partition(":")
    assert f"OS_CLIENT_CONFIG_FILE=%d/{name}" in unit["Environment"].split()
    state = f"/var/lib/{unit['StateDirectory']}"
    assert unit["WorkingDirectory"] == state
    written = [word for word in shlex.split(unit["ExecStart"])[1:] if word.startswith("/")]
    assert len(written) == 3
    assert all(word.startswith(f"{state}/") for word in written)


def test_systemd_accepts_both_units(tmp_path: Path) -> None:
    """With a program in place of the one that is not installed here; where there is no systemd, the form alone."""
    text = SERVICE.read_text(encoding="utf-8").replace(INSTALLED, "/bin/true")
    (tmp_path / SERVICE.name).write_text(text, encoding="utf-8")
    shutil.copy(TIMER, tmp_path)
    assert re.findall(r"^\[(\w+)\]$", text, re.MULTILINE) == ["Unit", "Service"]
    assert directives(TIMER)["OnCalendar"] == "daily"
    if not (analyze := shutil.which("systemd-analyze")):
        return
    units = [str(tmp_path / name) for name in (SERVICE.name, TIMER.name)]
    done = subprocess.run([analyze, "verify", *units], capture_output=True, text=True, check=False, timeout=60)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "sovran-check" in line]
    assert ours == []


def test_the_cron_line_parses() -> None:
    (line,) = [one for one in CRON.read_text(encoding="utf-8").splitlines() if INSTALLED in one]
    match = re.fullmatch(r"(\S+ \S+ \S+ \S+ \S+) sovran " + re.escape(INSTALLED) + r" ([^%]+)", line)
    assert match, "a % would end the line for cron"
    parsed(shlex.split(match[2]))


@pytest.mark.parametrize("command", in_pages())
def test_commands_of_the_pages_parse(command: str) -> None:
    parsed(shlex.split(command))


def test_the_pages_show_commands() -> None:
    assert len(in_pages()) >= 5


def instructions() -> list[tuple[str, str]]:
    """Instruction and its words, in order."""
    lines = CONTAINER.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    parts = [line.split(None, 1) for line in lines if line.strip() and not line.startswith("#")]
    return [(name, rest) for name, rest in parts]


def copied() -> list[str]:
    """What comes from the source tree."""
    words = [rest.split() for name, rest in instructions() if name == "COPY" and not rest.startswith("--from")]
    return [name for group in words for name in group[:-1]]


def test_the_image_is_small_and_runs_without_rights() -> None:
    found = instructions()
    names = [name for name, _ in found]
    assert set(names) <= {"FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "ENTRYPOINT", "CMD"}
    bases = [rest.split()[0] for name, rest in found if name == "FROM"]
    assert all(re.fullmatch(r"docker\.io/library/python:3\.\d+-slim", base) for base in bases)
    last = len(names) - names[::-1].index("FROM")
    (user,) = [rest for name, rest in found[last:] if name == "USER"]
    (created,) = re.findall(r"useradd --uid (\d+)", CONTAINER.read_text(encoding="utf-8"))
    assert user == created != "0"
    assert "RUN" not in names[names.index("USER") :]
    assert json.loads(dict(found)["ENTRYPOINT"]) == ["sovran"]
    parsed_help = json.loads(dict(found)["CMD"])
    assert parsed_help == ["--help"]


def test_what_is_copied_reaches_the_builder() -> None:
    """.dockerignore leaves out everything but what it names."""
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    assert copied()
    for name in copied():
        assert (ROOT / name).exists()
        assert f"!{name.removeprefix('./')}" in ignored


def test_the_steps_of_the_image_lead_to_a_verdict(tmp_path: Path) -> None:
    """The wheel is built from nothing but what is copied, and judges a snapshot from an environment of its own."""
    source, wheels, home = tmp_path / "source", tmp_path / "wheels", tmp_path / "home"
    source.mkdir()
    for name in copied():
        origin = ROOT / name
        (shutil.copytree if origin.is_dir() else shutil.copy)(origin, source / origin.name)
    uv = Path(sys.executable).parent / "uv"
    run(uv, "build", "--quiet", "--wheel", "--out-dir", wheels, source)
    (wheel,) = wheels.glob("sovran-*.whl")
    run(uv, "venv", "--quiet", "--python", sys.executable, home)
    pins = ROOT / "requirements-dev.txt"
    run(uv, "pip", "install", "--quiet", "--python", home / "bin" / "python", "--constraint", pins, wheel)
    with StubCloud(tmp_path) as cloud:
        taken = cloud.start("check", "--standard", "0103", "--save-snapshot", "s.snapshot")
        taken.communicate(timeout=60)
    command = [str(home / "bin" / "sovran"), "check", "--snapshot", "s.snapshot", "-o", "r.json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env={}, timeout=60)
    assert (done.returncode, done.stderr) == (4, "")
    assert "NOT CONFORMANT" in done.stdout
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["reports"]


def run(*words: object) -> None:
    """Run a program that must succeed."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
