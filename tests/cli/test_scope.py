# SPDX-License-Identifier: Apache-2.0
"""`sovran scope` as its users see it."""

import json
from pathlib import Path

import pytest

from tests.cli.running import Command, on_terminal
from tests.standards.folders import write


@pytest.fixture
def sovran(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.delenv("SOVRAN_STANDARDS", raising=False)
    return Command(capsys)


def test_list_shows_the_state_on_a_day(sovran: Command) -> None:
    def states(*words: str) -> dict[str, tuple[str, str]]:
        rows = [line.split() for line in sovran("scope", "list", *words).out.splitlines()[1:]]
        return {row[0]: (row[1], row[4]) for row in rows}

    assert states("--date", "2025-03-01") == {
        "scs-iaas@next": ("deprecated", "55"),
        "scs-iaas@v5.1": ("effective", "54"),
        "scs-iaas@v4": ("warn", "39"),
        "scs-iaas@v3": ("deprecated", "16"),
    }
    assert states("--date", "2026-11-20")["scs-iaas@next"] == ("draft", "55")


def test_list_as_json(sovran: Command) -> None:
    listed = json.loads(sovran("scope", "list", "--date", "2026-11-20", "--json").out)
    assert listed["date"] == "2026-11-20"
    assert listed["versions"][1] == {
        "scope": "scs-iaas@v5.1",
        "state": "effective",
        "stabilized_at": "2024-12-19",
        "modules": 13,
        "main_testcases": 54,
        "name": "SCS-compatible IaaS",
    }


def test_show_tells_state_modules_and_testcases(sovran: Command) -> None:
    ended = sovran("scope", "show", "scs-iaas@v4", "--date", "2025-03-01")
    assert ended.code == 0
    assert "warn on 2025-03-01" in ended.out
    assert "2024-02-28 effective, 2025-02-01 warn, 2025-07-01 deprecated" in ended.out
    assert "scs-0103-v1    scs-0103-v1  15 main" in ended.out
    assert "scs-0103-flavor-1v-4               main    A flavor with" in ended.out
    assert "scs-0101-entropy-avail             main    A server of one chosen image" in ended.out
    assert ended.out.count(" main    ") == 39


def test_show_without_version_shows_all_effective_ones(sovran: Command) -> None:
    shown = json.loads(sovran("scope", "show", "scs-iaas", "--date", "2025-01-01", "--json").out)
    assert [(one["version"], one["state"]) for one in shown["versions"]] == [("v5.1", "effective"), ("v4", "effective")]
    assert len(shown["versions"][0]["testcases"]["main"]) == 54
    assert "0123-02" in shown["versions"][0]["requirements"]
    text = sovran("scope", "show", "scs-iaas", "--date", "2025-01-01").out
    assert "scs-iaas@v5.1: " in text
    assert "\n\nscs-iaas@v4: " in text


def test_diff_shows_what_comes_and_goes(sovran: Command) -> None:
    ended = sovran("scope", "diff", "scs-iaas@v5.1", "scs-iaas@next")
    assert ended.code == 0
    for line in (
        "  ~ scs-0123-v1: scs-0123-v2",
        "  - scs-0123-swift-s3 (main)",
        "  + scs-0123-service-s3 (main)",
        "  ~ 0123-01: other parameters",
    ):
        assert line in ended.out.splitlines()
    as_json = json.loads(sovran("scope", "diff", "scs-iaas@v5.1", "scs-iaas@next", "--json").out)
    assert as_json["testcases"]["removed"] == ["scs-0123-service-placement (main)", "scs-0123-swift-s3 (main)"]


def test_diff_of_a_version_with_itself_is_none(sovran: Command) -> None:
    assert sovran("scope", "diff", "scs-iaas@v4", "scs-iaas@v4").out.count("  no difference") == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "scs-iaas@5.1"), "sovran: scs-iaas has no version `5.1`; did you mean `v5.1`?\n"),
        (("show", "scs-iaa"), "sovran: unknown scope `scs-iaa`; did you mean `scs-iaas`?\n"),
        (
            ("list", "--date", "2020-01-01"),
            "sovran: the timeline of scs-iaas begins on 2021-01-01, so no version had a state on 2020-01-01; "
            "name a later day\n",
        ),
    ],
)
def test_mistakes_are_one_sentence_and_exit_code_2(sovran: Command, words: tuple[str, ...], said: str) -> None:
    ended = sovran("scope", *words)
    assert (ended.code, ended.out, ended.err) == (2, "", said)


def test_a_day_that_is_none_is_refused(sovran: Command) -> None:
    ended = sovran("scope", "list", "--date", "tomorrow")
    assert ended.code == 2
    assert "tomorrow" in ended.err


def test_a_terminal_gets_the_whole_table() -> None:
    shown = on_terminal("scope", "list", NO_COLOR="1")
    assert "scs-iaas@v5.1" in shown
    assert "─" in shown


def test_a_testcase_of_a_standard_without_data_says_so(
    sovran: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOVRAN_STANDARDS", str(write(tmp_path)))
    shown = sovran("scope", "show", "own-scope@v1").out
    assert "other-0009-anything  main         (no data on this standard yet)" in shown
