# SPDX-License-Identifier: Apache-2.0
"""The program as a whole: its form, its syntax in every shell, and what it does without anything to measure."""

import base64
import hashlib
import subprocess
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from sovran.guest.console import read_console
from sovran.guest.program import LIMIT_BYTES, PARTS, Neighbour, Request, build, limit_seconds
from sovran.guest.targets import Door, Targets
from sovran.model.errors import UsageError
from tests.guest.internet import Scene, run

SHELLS = (("dash",), ("busybox", "sh"), ("bash",))
FULL = Request(
    run="abcdefgh12345678",
    peer=Neighbour(address="2001:db8:1234:5678:9abc:def0:1234:5678", allowed=7501, denied=7502),
    server_ports=(7501, 7502, 7503, 7504),
    server_seconds=600,
    power_off=True,
)


def test_form() -> None:
    """ASCII, a shell's first line, the limit, a last line that proves that nothing is missing, not too long."""
    program = build(FULL)
    body, _, last = program.removesuffix(b"\n").rpartition(b"\n")
    lines = program.decode("ascii").splitlines()
    assert lines[0] == "#!/bin/sh"
    assert lines[1] == f"#sovran-limit {limit_seconds(FULL)}"
    assert last.decode() == "#sovran-end " + hashlib.sha256(body + b"\n").hexdigest()
    assert len(program) <= LIMIT_BYTES
    assert len(base64.b64encode(program)) <= 65_535
    assert build(FULL) == program


def test_too_long() -> None:
    """Targets that would not fit into user-data are refused before anything is made."""
    with pytest.raises(UsageError, match="give fewer or shorter ones"):
        build(Request(targets=Targets(mail=tuple(Door("a" * 250, port) for port in range(1, 17)))))


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_every_shell_reads_it(shell: tuple[str, ...], tmp_path: Path) -> None:
    """The whole program is correct for each shell."""
    script = tmp_path / "program"
    script.write_bytes(build(FULL))
    assert subprocess.run([*shell, "-n", script], capture_output=True, check=True).stderr == b""


def test_shellcheck() -> None:
    """The sources are clean: joined as they are sent, with their comments, which hold the exceptions."""
    room = files("sovran.guest").joinpath("program")
    names = ("common", "net", "http", "lease", "serve", *PARTS, "peer", "main")
    text = "\n".join(room.joinpath(f"{name}.sh").read_text(encoding="ascii") for name in names)
    # SC2154, SC2034: variables of the request and of main. SC2015: `a && b || c` where b cannot fail or c may follow.
    # SC2030, SC2031: parts run in processes of their own on purpose.
    command = ["shellcheck", "--shell=dash", "--exclude=SC2154,SC2034,SC2015,SC2030,SC2031", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""
    talk = room.joinpath("talk.bash").read_text(encoding="ascii")
    command = ["shellcheck", "--shell=bash", "--exclude=SC2059", "-"]
    done = subprocess.run(command, input=talk, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""


def test_all_sources_are_checked() -> None:
    """No file of the program is left out of what is sent."""
    names = {entry.name for entry in files("sovran.guest").joinpath("program").iterdir() if entry.is_file()}
    shells = {f"{name}.sh" for name in ("common", "net", "http", "lease", "serve", *PARTS, "peer", "main")}
    assert {name for name in names if name.endswith(".sh")} == shells
    assert {name.rpartition(".")[2] for name in names} <= {"sh", "awk", "bash", "python"}


@pytest.mark.parametrize("run_name", ["short", "has space1", "UPPERCASE1", "a" * 17, "x';reboot;'"])
def test_a_run_is_a_plain_word(run_name: str) -> None:
    """What came from elsewhere as a request cannot hold anything for the shell."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"run": run_name}, Request)


def test_quotes_of_a_request() -> None:
    """Even a request that nobody validated is only text to the shell."""
    program = build(Request(run="abcdefgh12", parts=(), targets=Targets(path_mtu="x'; touch /nonexistent; '")))
    assert b"PATH_MTU='x'\\''; touch /nonexistent; '\\'''" in program


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_nothing_there(shell: tuple[str, ...], tmp_path: Path) -> None:
    """On a machine that shows nothing, every record comes, empty but for why, and nothing is left in /tmp."""
    script = tmp_path / "program"
    parts = tuple(part for part in PARTS if part not in ("disks", "memory"))
    script.write_bytes(build(Request(run="abcdefgh12", parts=parts, targets=Targets())))
    root = tmp_path / "root"
    work = tmp_path / "tmp"
    root.mkdir()
    work.mkdir()
    (root / "proc").mkdir()
    (root / "proc" / "stat").write_text("cpu 1 2 3 4 5 6 7 8 0 0\n")
    (root / "proc" / "cpuinfo").write_text("")
    text = run(Scene([*shell, str(script)], root=str(root), environment={"TMPDIR": str(work)}))
    report = read_console(text, "abcdefgh12")
    assert report.complete, report.problems
    assert report.problems == ()
    assert report.end is not None
    assert set(report.end.records) == set(parts)
    assert report.entropy is not None
    assert report.entropy.tests == ()
    assert list(work.iterdir()) == []


def test_uuid_where_no_run_is_given(tmp_path: Path) -> None:
    """The built-in program marks its lines with the machine's uuid, whatever its case."""
    script = tmp_path / "program"
    script.write_bytes(build(Request(parts=("system",))))
    dmi = tmp_path / "root" / "sys" / "class" / "dmi" / "id"
    dmi.mkdir(parents=True)
    (dmi / "product_uuid").write_text("0123ABCD-4567-4000-8000-00000000ABCD\n")
    text = run(Scene(["dash", str(script)], root=str(tmp_path / "root")))
    assert read_console(text, "otherrun", "0123abcd-4567-4000-8000-00000000abcd").complete
