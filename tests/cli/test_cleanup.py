# SPDX-License-Identifier: Apache-2.0
"""`sovran cleanup` where there is nothing to delete: names that nothing knows, and what it says of nothing."""

import datetime
from pathlib import Path

import pytest

from sovran.cloud.acting.ledger import Head, Ledger, ledger_home
from tests.cli.running import Command

CLOUDS = "clouds:\n  prod:\n    auth: {auth_url: 'http://127.0.0.1:9/v3', username: u, password: p, project_name: n}\n"


@pytest.fixture
def sovran(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    (tmp_path / "clouds.yaml").write_text(CLOUDS, encoding="utf-8")
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Command(capsys)


def keep_ledger(cloud: str) -> None:
    """That of a run that has ended with something left."""
    began = datetime.datetime.now(datetime.UTC)
    ledger = Ledger.begin(Head(run="6b00558a907c74", cloud=cloud, auth_url="", project="p", began=began))
    ledger.intend("volume", ledger.name("data"), "/volumes")
    ledger.close()


def test_a_name_that_neither_clouds_yaml_nor_a_ledger_knows_is_wrong_usage(sovran: Command) -> None:
    ended = sovran("cleanup", "--os-cloud", "prd")
    assert ended.code == 2
    assert "has no cloud 'prd'; did you mean 'prod'?" in ended.err


def test_an_entry_that_is_gone_is_known_by_the_ledger(sovran: Command) -> None:
    keep_ledger("former")
    ended = sovran("cleanup", "--os-cloud", "former", "--dry-run")
    assert (ended.code, ended.out.split()[:3]) == (1, ["would", "delete", "volume"])


@pytest.mark.parametrize("words", [(), ("--os-cloud", "prod")])
def test_where_nothing_is_left_it_says_so(sovran: Command, words: tuple[str, ...]) -> None:
    ended = sovran("cleanup", *words)
    assert (ended.code, ended.out) == (0, "")
    asked = " that was asked for" if words else ""
    assert ended.err == f"no ledger in {ledger_home()} tells of anything left by an ended run{asked}\n"
