# SPDX-License-Identifier: Apache-2.0
"""docs/reports.md shows what is really written, and leaves no format, verdict or exit code out."""

import json
import re
from pathlib import Path

import pytest

from sovran.model.errors import ExitCode
from sovran.model.verdict import Verdict
from sovran.reports import json_report, json_schema, terminal
from sovran.reports.scs_yaml import RESULT_CODES
from sovran.reports.write import RENDERERS
from tests.reports import samples

PAGE = Path(__file__).parents[2] / "docs" / "reports.md"
TEXT = PAGE.read_text(encoding="utf-8")


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    return str(found)


def test_the_picture_is_what_the_terminal_shows() -> None:
    assert block("text") == terminal.render([samples.failing()], width=80)


def test_the_json_is_what_is_written() -> None:
    (report,) = json.loads(json_report.render([samples.failing()]))["reports"]
    assert json.loads(block("json")) in report["judgements"]


@pytest.mark.parametrize("suffix", RENDERERS)
def test_every_format_is_named(suffix: str) -> None:
    assert f"`-o NAME{suffix}`" in TEXT


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_its_code(verdict: Verdict) -> None:
    code = RESULT_CODES.get(verdict, "absent")
    assert re.search(rf"^\| {verdict.value} \| [^|]+ \| {code} \|", TEXT, re.MULTILINE)


@pytest.mark.parametrize("code", [code for code in ExitCode if code is not ExitCode.PARTLY_APPLIED])
def test_every_exit_code_of_a_check_is_explained(code: ExitCode) -> None:
    assert f"\n| {code.value} | " in TEXT


def test_the_schema_is_where_the_page_says() -> None:
    (link,) = re.findall(r"\]\((\.\./[^)]+\.json)\)", TEXT)
    assert (PAGE.parent / link).resolve() == json_schema.SCHEMA_FILE.resolve()
    assert f"`{json_schema.SCHEMA_ID}`" in TEXT
