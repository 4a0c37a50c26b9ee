# SPDX-License-Identifier: Apache-2.0
"""Examples in hand-written pages are what really happens: files are read, outputs are printed."""

import re
from pathlib import Path

import msgspec
import pytest

from sovran.conformance.difference import Trend, difference
from sovran.conformance.waivers import WaiverEntry, read_waivers
from sovran.reports import difference_json, difference_text, json_report
from sovran.standards.load import load_standards
from tests.cli.running import Command
from tests.reports import samples

DOCS = Path(__file__).parents[2] / "docs"


def block(page: str, language: str) -> str:
    """The only block of this language in the page."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


def test_the_waivers_are_valid_and_every_key_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text(block("waivers.md", "yaml"), encoding="utf-8")
    waivers = read_waivers(path, load_standards(environ={}))
    assert [one.waiver.id for one in waivers] == ["scs-0103-flavor-*", "0100-01"]
    text = (DOCS / "waivers.md").read_text(encoding="utf-8")
    for field in msgspec.structs.fields(WaiverEntry):
        assert f"\n| `{field.name}` | " in text


def test_the_difference_is_what_the_terminal_shows() -> None:
    shown = difference_text.render(
        difference([samples.conformant()], [samples.failing()]), ("last-week.json", "today.json"), width=80
    )
    assert shown.startswith(block("comparing.md", "text"))


@pytest.mark.parametrize("trend", Trend)
def test_every_trend_is_explained_with_its_exit_code(trend: Trend) -> None:
    codes = {Trend.WORSE: 4, Trend.UNDECIDED: 3, Trend.OTHER: 3, Trend.BETTER: 0, Trend.DETAILS: 0}
    heading, _ = difference_text.HEADINGS[trend]
    text = (DOCS / "comparing.md").read_text(encoding="utf-8")
    assert re.search(rf"^\| {heading} \| .* \| {codes[trend]} \|$", text, re.MULTILINE)


def test_every_key_of_the_difference_in_json_is_named_where_it_is_not_plain() -> None:
    text = (DOCS / "comparing.md").read_text(encoding="utf-8")
    for word in ("format", "version", "exit_code", "counts", "changes", "appeared", "disappeared", "changed"):
        assert f"`{word}`" in text
    assert f"`{difference_json.FORMAT}`" in text


def test_the_explained_failure_is_what_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOVRAN_STANDARDS", raising=False)
    Path("report.json").write_text(json_report.render([samples.failing()]), encoding="utf-8")
    command, _, shown = block("reports.md", "console").partition("\n")
    assert command.startswith("$ sovran explain ")
    assert shown in Command(capsys)(*command.removeprefix("$ sovran ").split()).out
