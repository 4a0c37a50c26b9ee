# SPDX-License-Identifier: Apache-2.0
"""Outputs: refused before the run when they cannot work, whole or untouched after it."""

import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sovran.model.errors import ExitCode, SovranError, UsageError
from sovran.reports.write import plan_outputs
from tests.reports import samples

REPORTS = [samples.failing()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o027)
    yield
    os.umask(before)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_suffix_chooses_the_format(folder: Path) -> None:
    plan_outputs(["a.yaml", "b.yml", "c.json", "d.xml", "e.md", "F.JSON", "g.html"]).write(REPORTS)
    assert names(folder) == ["F.JSON", "a.yaml", "b.yml", "c.json", "d.xml", "e.md", "g.html"]
    starts = {
        "a.yaml": "# A measurement",
        "c.json": "{",
        "d.xml": "<?xml",
        "e.md": "# sovran report",
        "F.JSON": "{",
        "g.html": "<!doctype",
    }
    for name, start in starts.items():
        assert Path(name).read_text(encoding="utf-8").startswith(start)
    assert Path("a.yaml").read_bytes() == Path("b.yml").read_bytes()


def test_the_subject_reaches_the_monitors_report_and_stands_for_one_cloud_only(folder: Path) -> None:
    plan_outputs(["a.yaml", "b.json"], subject="gx-example").write(REPORTS)
    assert "\nsubject: gx-example\n" in Path("a.yaml").read_text(encoding="utf-8")
    with pytest.raises(UsageError, match="One subject cannot stand for 2 clouds"):
        plan_outputs(["a.yaml"], subject="gx-example", clouds=2)


@pytest.mark.parametrize("name", ["report", "report.txt", ".json", "-", "report.json.gz", ""])
def test_an_unknown_suffix_is_answered_with_the_known_ones(folder: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"\.yaml or \.yml .*\.json .*\.xml .*\.md") as caught:
        plan_outputs([name])
    assert caught.value.code is ExitCode.USAGE


@pytest.mark.parametrize(
    "second", ["r.json", "./r.json", "sub/../r.json", "link.json", "R.JSON", "dir/r.json", "hard.json"]
)
@pytest.mark.parametrize("exists", [True, False])
def test_two_names_of_one_file_are_refused(folder: Path, second: str, exists: bool) -> None:
    (folder / "sub").mkdir()
    (folder / "dir").symlink_to(folder)
    (folder / "link.json").symlink_to("r.json")
    if exists:
        (folder / "r.json").write_text("old", encoding="utf-8")
        (folder / "hard.json").hardlink_to("r.json")
    elif second == "hard.json":
        (folder / "hard.json").symlink_to(folder / "r.json")
    before = names(folder)
    with pytest.raises(UsageError, match="are the same file; name each output once"):
        plan_outputs(["r.json", "other.xml", second])
    assert names(folder) == before


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing/r.json", "has no folder to go to; create .*missing first"),
        ("file/r.json", "has no folder to go to"),
        ("d.json", "is a folder; name a file"),
        ("", "The name of an output is empty; let it end in"),
        ("x" * 300 + ".json", "cannot be written (.*too long.*); name another file"),
        ("a\0b.json", "cannot be written"),
        ("a\x1b[2J\n.json/x.json", r"Output a\\x1b\[2J\\n\.json/x\.json has no folder"),
    ],
)
def test_what_cannot_be_written_is_said_in_one_sentence_before_the_run(folder: Path, name: str, reason: str) -> None:
    (folder / "file").write_text("", encoding="utf-8")
    (folder / "d.json").mkdir()
    with pytest.raises(UsageError, match=reason) as caught:
        plan_outputs(["good.json", name])
    assert str(caught.value).isprintable()
    assert names(folder) == ["d.json", "file"]


def test_planning_creates_nothing(folder: Path) -> None:
    plan_outputs(["a.json", "b.xml"])
    assert names(folder) == []


def test_places_without_permission_are_refused(folder: Path) -> None:
    """Asked by a user who is not root, since root may write everywhere."""
    (folder / "old.json").write_text("", encoding="utf-8")
    (folder / "old.json").chmod(0o444)
    (folder / "shut").mkdir(mode=0o555)
    folder.chmod(0o777)
    allowed = {folder / "new.json": True, folder / "old.json": False, folder / "shut" / "new.json": False}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "access", lambda path, mode: bool(Path(path).stat().st_mode & 0o002))
        for path, works in allowed.items():
            if works:
                assert plan_outputs([path]).outputs
            else:
                with pytest.raises(UsageError, match="is not writable for you"):
                    plan_outputs([path])


def test_new_files_get_the_mode_of_the_umask_and_old_ones_keep_theirs(folder: Path, umask: None) -> None:
    Path("old.json").write_text("old", encoding="utf-8")
    Path("old.json").chmod(0o604)
    plan_outputs(["new.json", "old.json"]).write(REPORTS)
    assert stat.S_IMODE(Path("new.json").stat().st_mode) == 0o640
    assert stat.S_IMODE(Path("old.json").stat().st_mode) == 0o604
    assert Path("new.json").read_bytes() == Path("old.json").read_bytes()


def test_a_link_is_followed_and_stays(folder: Path) -> None:
    (folder / "real").mkdir()
    Path("link.json").symlink_to("real/r.json")
    plan_outputs(["link.json"]).write(REPORTS)
    assert Path("link.json").is_symlink()
    assert json.loads(Path("real/r.json").read_text(encoding="utf-8"))["format"] == "sovran-report"


def test_one_failure_keeps_no_other_output_and_leaves_nothing_half_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("b.json").write_text("old", encoding="utf-8")
    Path("gone").mkdir()
    plan = plan_outputs(["a.xml", "b.json", "c.md", "gone/d.json"])
    Path("gone").rmdir()
    written = os.fsync
    calls: list[int] = []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        written(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SovranError) as caught:
        plan.write(REPORTS)
    assert str(caught.value).startswith(
        "Could not write b.json (No space left on device), gone/d.json (No such file or directory);"
    )
    assert caught.value.code is ExitCode.FAILED
    assert Path("b.json").read_text(encoding="utf-8") == "old"
    assert names(folder) == ["a.xml", "b.json", "c.md"]


def test_ctrl_c_while_writing_leaves_no_draft(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        plan_outputs(["a.json"]).write(REPORTS)
    assert names(folder) == []


def test_a_fifo_is_written_to_and_stays(folder: Path) -> None:
    os.mkfifo("pipe.json")
    plan = plan_outputs(["pipe.json"])
    content: list[bytes] = []
    reader = threading.Thread(target=lambda: content.append(Path("pipe.json").read_bytes()))
    reader.start()
    plan.write(REPORTS)
    reader.join(timeout=10)
    assert json.loads(content[0])["version"] == 1
    assert stat.S_ISFIFO(Path("pipe.json").stat().st_mode)


def test_a_full_device_is_named(folder: Path) -> None:
    Path("full.json").symlink_to("/dev/full")
    with pytest.raises(SovranError, match=r"Could not write full\.json \(No space left on device\)"):
        plan_outputs(["full.json"]).write(REPORTS)


CHILD = """
import sys
from sovran.model.errors import SovranError
from sovran.reports.write import plan_outputs
from tests.reports import samples
try:
    plan_outputs([sys.argv[1]]).write([samples.failing()])
except SovranError as error:
    print(error, file=sys.stderr)
    sys.exit(error.code)
"""


def run_child(output: str, stdout: int) -> "subprocess.Popen[bytes]":
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, output],
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root},
    )


def test_stdout_may_be_a_pipe(folder: Path) -> None:
    Path("out.json").symlink_to("/dev/stdout")
    with run_child("out.json", subprocess.PIPE) as child:
        out, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (0, b"")
    assert json.loads(out)["format"] == "sovran-report"


def test_a_closed_pipe_is_one_sentence(folder: Path) -> None:
    Path("out.json").symlink_to("/dev/stdout")
    read, write = os.pipe()
    os.close(read)
    with run_child("out.json", write) as child:
        os.close(write)
        _, err = child.communicate(timeout=30)
    assert child.returncode == ExitCode.FAILED
    assert err.decode().startswith("Could not write out.json (Broken pipe)")
    assert err.count(b"\n") == 1


def test_the_file_that_stdout_goes_to_is_refused(folder: Path) -> None:
    with Path("out.json").open("wb") as stream, run_child("out.json", stream.fileno()) as child:
        _, err = child.communicate(timeout=30)
    assert child.returncode == ExitCode.USAGE
    assert b"is where the shell sends our own text" in err
