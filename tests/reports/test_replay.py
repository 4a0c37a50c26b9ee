# SPDX-License-Identifier: Apache-2.0
"""Every format says when its verdicts come from a recording, and none says so of a live run."""

import datetime
import html
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest

from sovran.model.report import Replay, Report
from sovran.reports import html_report, json_report, junit, markdown, scs_yaml, terminal
from tests.reports import samples

DIGEST = "9b415e1038bea22a" + "0" * 48
RENDERERS = [terminal.render, html_report.render, json_report.render, junit.render, markdown.render, scs_yaml.render]


def replayed() -> Report:
    moment = datetime.datetime(2026, 12, 24, 18, 0, tzinfo=datetime.UTC)
    replay = Replay(snapshot=DIGEST, sovran="0.0.9", ruleset="1" * 64, at=moment)
    return msgspec.structs.replace(samples.failing(), replay=replay)


@pytest.mark.parametrize("render", RENDERERS, ids=lambda render: render.__module__.rpartition(".")[2])
def test_it_names_the_snapshot(render: Callable[[Sequence[Report]], str]) -> None:
    assert DIGEST[:16] in render([replayed()])
    assert DIGEST[:16] not in render([samples.failing()])


@pytest.mark.parametrize("render", [terminal.render, html_report.render, markdown.render, scs_yaml.render])
def test_it_is_said_in_words(render: Callable[[Sequence[Report]], str]) -> None:
    words = " ".join(html.unescape(render([replayed()])).split())
    assert "the cloud was not asked again" in words
    assert "0.0.9" in words


def test_the_monitor_gets_the_time_at_which_the_cloud_was_asked() -> None:
    """Else a replay would make a result look younger than it is (lifetimes: SCS-0003)."""
    live, again = (scs_yaml.render([report]) for report in (samples.failing(), replayed()))
    (line,) = (line for line in live.splitlines() if "checked_at" in line)
    assert line in again.splitlines()


def test_json_brings_it_back(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(json_report.render([replayed()]), encoding="utf-8")
    (report,) = json_report.read_report(path)
    assert report.replay == replayed().replay
