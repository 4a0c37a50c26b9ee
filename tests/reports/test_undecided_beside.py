# SPDX-License-Identifier: Apache-2.0
"""What was left undecided beside a violation is told by every report, and breaks out of none."""

from collections.abc import Callable, Sequence

import msgspec
import pytest

from sovran.model.claim import Reading
from sovran.model.report import Report
from sovran.model.verdict import Verdict
from sovran.reports import html_report, json_report, junit, markdown, terminal
from tests.reports import samples

LEFT = "the zones of volumes could not be read"
RENDERERS: list[Callable[[Sequence[Report]], str]] = [
    terminal.render,
    html_report.render,
    markdown.render,
    junit.render,
    json_report.render,
]


def failing(undecided: str, reading: Reading) -> Report:
    """A report in which the failures of one reading left something undecided."""
    report = samples.failing()
    judgements = tuple(
        msgspec.structs.replace(one, undecided=undecided)
        if one.verdict is Verdict.FAIL and one.reading is reading
        else one
        for one in report.judgements
    )
    assert judgements != report.judgements
    return msgspec.structs.replace(report, judgements=judgements)


@pytest.mark.parametrize("render", RENDERERS, ids=lambda render: render.__module__.rpartition(".")[2])
@pytest.mark.parametrize("reading", Reading)
def test_every_report_tells_it(render: Callable[[Sequence[Report]], str], reading: Reading) -> None:
    assert LEFT not in render([samples.failing()])
    assert LEFT in " ".join(render([failing(LEFT, reading)]).split())


@pytest.mark.parametrize("render", [html_report.render, junit.render])
def test_it_is_text_and_no_markup(render: Callable[[Sequence[Report]], str]) -> None:
    assert "<b>x</b>" not in render([failing("<b>x</b>", Reading.OFFICIAL)])
