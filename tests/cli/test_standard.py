# SPDX-License-Identifier: Apache-2.0
"""`sovran standard` as its users see it."""

import json
from pathlib import Path

import pytest

from sovran.standards.load import load_standards
from tests.cli.running import Command, on_terminal, visible
from tests.standards.folders import STANDARD, write


@pytest.fixture
def sovran(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.delenv("SOVRAN_STANDARDS", raising=False)
    return Command(capsys)


def test_list_shows_every_standard_on_one_line(sovran: Command) -> None:
    ended = sovran("standard", "list")
    assert ended.code == 0
    head, *lines = ended.out.splitlines()
    assert head.split() == ["STANDARD", "REQUIREMENTS", "TESTCASES", "DOCUMENTS", "TITLE"]
    assert len(lines) == len(load_standards(environ={}).standards)
    figures = [line.split()[:3] for line in lines]
    for row in (["scs-0100", "11", "2"], ["scs-0101", "4", "5"], ["scs-0103", "9", "31"], ["scs-0126", "13", "0"]):
        assert row in figures
    assert "\x1b" not in ended.out


def test_show_lists_requirements_with_level_observer_and_official_test(sovran: Command) -> None:
    ended = sovran("standard", "show", "0115")
    assert ended.code == 0
    lines = {line.split("  ")[0]: line for line in ended.out.splitlines()}
    assert lines["0115-02"].split()[:5] == ["0115-02", "MUST", "NOT", "tenant", "scs-0115-default-rules"]
    assert lines["0115-01"].split()[:4] == ["0115-01", "SHOULD", "tenant", "-"]
    assert "scs-0115-default-rules" in lines
    assert "\x1b" not in ended.out


def test_json_holds_the_whole_standard(sovran: Command) -> None:
    shown = json.loads(sovran("standard", "show", "scs-0103", "--json").out)
    assert shown["id"] == "scs-0103"
    assert len(shown["testcases"]) == 31
    assert shown["requirements"][0]["parameters"]["wanted"][0]["name"] == "SCS-1V-4"
    listed = json.loads(sovran("standard", "list", "--json").out)
    assert {one["id"]: one["testcases"] for one in listed}["scs-0103"] == 31


def test_an_unknown_standard_is_one_sentence_and_exit_code_2(sovran: Command) -> None:
    ended = sovran("standard", "show", "scs-103")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("sovran: unknown standard `scs-103`; did you mean `scs-0103` or ")
    assert ended.err.count("\n") == 1


def test_a_typo_in_an_own_folder_is_one_sentence_and_exit_code_2(
    sovran: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, STANDARD.replace("title:", "titel:"))
    monkeypatch.setenv("SOVRAN_STANDARDS", str(tmp_path))
    ended = sovran("standard", "list")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        f"sovran: {tmp_path}/own-0001.yaml, line 2, column 1: `titel` is not a key of a standard; "
        "did you mean `title`?\n"
    )


def test_an_own_standard_cannot_send_control_characters_to_the_terminal(
    sovran: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = STANDARD.replace("title: Own rules", r'title: "Own \e[31m[red] rules"')
    monkeypatch.setenv("SOVRAN_STANDARDS", str(write(tmp_path, hostile)))
    assert r"Own \x1b[31m[red] rules" in sovran("standard", "list").out
    assert r"Own \x1b[31m[red] rules" in on_terminal("standard", "show", "own-0001", SOVRAN_STANDARDS=str(tmp_path))


def test_a_terminal_gets_colour_and_lines_that_fit_unless_no_color() -> None:
    shown = on_terminal("standard", "show", "0115", columns=90)
    assert "\x1b[" in shown
    plain = on_terminal("standard", "show", "0115", columns=90, NO_COLOR="1")
    assert "\x1b[3" not in plain
    assert max(map(len, visible(plain))) <= 90
    assert visible(plain) == visible(shown)
