# SPDX-License-Identifier: Apache-2.0
"""The command line as a whole: help, wrong words, errors of every kind, completion, what it costs to start."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from sovran import __version__
from sovran.cli import app as cli
from sovran.cli.main import INTERRUPTED, LONGEST, READER_GONE
from sovran.model.errors import ExitCode, SovranError, UsageErrors
from tests.cli.running import Command
from tests.cli.stub_cloud import StubCloud


def paths(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command and group."""
    yield words
    for name, inner in getattr(command, "commands", {}).items():
        yield from paths(inner, (*words, name))


EVERY = tuple(paths(get_command(cli.app)))


def python(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own."""
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **variables}, timeout=60, check=False
    )


def loaded_by(*words: str) -> set[str]:
    """Top-level packages and rooms that a command line loads."""
    code = f"""
import sys
sys.argv = ["sovran", *{words!r}]
from sovran.cli.main import main
try:
    main()
except SystemExit:
    pass
finally:
    names = {{".".join(name.split(".")[: 2 if name.startswith("sovran") else 1]) for name in sys.modules}}
    print("\\nLOADED", *names)
"""
    return set(python(code).stdout.rpartition("LOADED")[2].split())


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_help_fits_on_80_columns_and_says_what_each_thing_is(sovran: Command, words: tuple[str, ...]) -> None:
    ended = sovran(*words, "--help")
    assert (ended.code, ended.err) == (0, "")
    assert max(map(len, ended.out.splitlines())) <= 80
    assert ended.out.startswith(f"Usage: {' '.join(('sovran', *words))} ")
    assert "..." not in ended.out.partition("\n\n")[2].replace("]...", "").replace("DEFECT...", "").replace(
        "NAME...", ""
    )
    assert not re.search(r"<(bool|str|int|float|path)\b", ended.out)


def test_a_group_without_command_shows_its_help_on_stderr(sovran: Command) -> None:
    for words in [words for words in EVERY if any(other[:-1] == words for other in EVERY if other)]:
        ended = sovran(*words)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err == sovran(*words, "--help").out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["chekc"], "sovran: No such command 'chekc'. Did you mean 'check'?; see `sovran --help`"),
        (["--nix"], "sovran: No such option: --nix; see `sovran --help`"),
        (
            ["check", "--verbos"],
            "No such option: --verbos (Possible options: --verbose, --waivers); see `sovran check --help`",
        ),
        (["check", "more"], "sovran: Got unexpected extra argument(s) (more); see `sovran check --help`"),
        (["check", "--os-cloud"], "sovran: Option '--os-cloud' requires an argument; see `sovran"),
        (["check", "--verbose=yes"], "sovran: Option '--verbose' does not take a value; see `sovran"),
        (["explain"], "sovran: Missing argument 'ID'; see `sovran explain --help`"),
        (["scope", "sohw"], "Did you mean 'show'?; see `sovran scope --help`"),
    ],
)
def test_words_that_no_command_understands(sovran: Command, words: list[str], sentence: str) -> None:
    ended = sovran(*words)
    assert (ended.code, ended.out) == (2, "")
    assert sentence in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "code", "lines"),
    [
        (SovranError("It broke."), 1, ["sovran: It broke."]),
        (SovranError("Half done.", ExitCode.PARTLY_APPLIED), 5, ["sovran: Half done."]),
        (UsageErrors(["One.", "Two.", "One."]), 2, ["sovran: One.", "sovran: Two."]),
        (SovranError("a\x1b[2Jb\nc"), 1, ["sovran: a\\x1b[2Jb\\nc"]),
        (OSError(28, "No space left", "x"), 1, ["sovran: the system refused: No space left (x); `sovran --debug ..."]),
        (RecursionError("deep"), 1, ["sovran: RecursionError: deep; this is a defect of sovran: `sovran --debug ..."]),
        (KeyboardInterrupt(), INTERRUPTED, ["sovran: interrupted"]),
        (BrokenPipeError(32, "Broken pipe"), READER_GONE, []),
    ],
)
def test_errors_end_as_one_sentence_and_an_exit_code(
    sovran: Command, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, lines: list[str]
) -> None:
    def fail() -> int:
        raise error

    monkeypatch.setattr(cli, "run", fail)
    ended = sovran("check")
    assert (ended.code, ended.out) == (code, "")
    assert len(ended.err.splitlines()) == len(lines)
    assert all(
        line.startswith(begin.removesuffix(" ...")) for line, begin in zip(ended.err.splitlines(), lines, strict=True)
    )


def test_a_sentence_is_never_longer_than_a_screen(sovran: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> int:
        raise SovranError("x" * 1_000_000 + ": do this")

    monkeypatch.setattr(cli, "run", fail)
    ended = sovran("check")
    assert len(ended.err) <= LONGEST + len("sovran: \n")
    assert ended.err.endswith(": do this\n")


def test_debug_shows_where(sovran: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = python("import sys; sys.argv[1:] = ['--debug', 'explain', 'nix']; import sovran.__main__")
    assert ended.returncode == 2
    assert "Traceback" in ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("sovran: unknown requirement or testcase `nix`")


def test_version(sovran: Command) -> None:
    for words in ("['--version']", "['--debug', '--version']"):
        ended = python(f"import sys; sys.argv[1:] = {words}; import sovran.__main__")
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"sovran {__version__}\n", "")


@pytest.mark.parametrize(("typed", "offered"), [("sovran ch", "check"), ("sovran scope d", "diff")])
def test_the_shell_completes_commands(typed: str, offered: str) -> None:
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    ended = python("import sovran.__main__", _SOVRAN_COMPLETE="complete_bash", **words)
    assert (ended.stdout.split(), ended.stderr) == ([offered], "")


class TestStart:
    """What is loaded; `bench/startup.py` measures what it costs."""

    def test_help_and_wrong_words_load_no_library_but_that_of_the_command_line(self) -> None:
        for words in (["--help"], ["check", "--help"], ["check", "--nix"], ["check", "--timeout", "x"]):
            heavy = {"yaml", "msgspec", "keystoneauth1", "requests", "rich", "sovran.standards", "sovran.cloud"}
            assert loaded_by(*words) & heavy == set()

    def test_a_wrong_question_is_told_before_the_library_for_clouds_is_loaded(self) -> None:
        for words in (["-s", "nix"], ["-o", "nix"], ["-t", "nix"]):
            assert loaded_by("check", *words) & {"keystoneauth1", "requests", "rich"} == set()

    def test_a_verdict_needs_neither_the_whole_sdk_nor_a_library_for_screens(
        self, cloud: StubCloud, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        loaded = loaded_by("check", "-t", "scs-0103-flavor-1v-4")
        assert {"keystoneauth1", "sovran.reports"} <= loaded
        assert loaded & {"openstack", "rich", "pydantic"} == set()

    def test_only_the_renderers_of_the_files_asked_for_are_loaded(self, cloud: StubCloud) -> None:
        def loaded(*outputs: str) -> set[str]:
            words = ["sovran", "check", "-t", "scs-0103-flavor-1v-4", *outputs]
            ended = python(
                f"import sys; sys.argv = {words!r}\nfrom sovran.cli.main import main\ntry: main()\nfinally:"
                " print('\\nLOADED', *(name.removeprefix('sovran.reports.') for name in sys.modules))"
            )
            return set(ended.stdout.rpartition("LOADED")[2].split()) & {"junit", "markdown", "html_report"}

        assert loaded() == set()
        assert loaded("-o", "report.md") == {"markdown"}
        assert (cloud.folder / "report.md").is_file()

    def test_the_end_does_not_search_what_the_process_takes_with_it(self) -> None:
        ended = python(
            "import atexit, gc, sys\n"
            "atexit.register(lambda: print(gc.isenabled(), gc.get_freeze_count() > len(gc.get_objects())))\n"
            "sys.argv = ['sovran', 'scope', 'list']\n"
            "from sovran.cli.main import main\n"
            "main()"
        )
        assert ended.stdout.splitlines()[-1] == "True True"
