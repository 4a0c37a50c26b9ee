# SPDX-License-Identifier: Apache-2.0
"""The page for everybody: axe finds nothing, all works from the keyboard, nothing is cut off on a phone."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from sovran.model.report import Report
from tests.browser.conftest import DESKTOP, PHONE, Open
from tests.reports import page_samples, samples

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
NARROWEST = (320, 640)
"""A desktop at 400 percent (WCAG 2.2, 1.4.10 Reflow)."""


def violations(page: Any) -> list[str]:
    """What axe finds, with the elements; axe comes by the debugger, which no policy binds."""
    assert AXE.is_file(), "axe-core is missing: npm ci --prefix tests/browser"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert found["passes"], "axe looked at nothing"
    return [
        f"{one['id']} ({one['impact']}): {[node['html'][:200] for node in one['nodes'][:3]]}"
        for one in found["violations"]
    ]


OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"


@SIZES
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(show: Open, scheme: str, size: tuple[int, int]) -> None:
    page = show([page_samples.detailed(), samples.waived(), samples.acting()], size=size, scheme=scheme).page
    page.evaluate(OPEN_ALL)
    assert violations(page) == []


@pytest.mark.parametrize(
    "report", [samples.conformant(), page_samples.hostile("<b>x</b>" * 60)], ids=["conformant", "hostile"]
)
def test_axe_finds_nothing_in_what_is_closed(show: Open, report: Report) -> None:
    assert violations(show([report]).page) == []


def test_axe_would_find_something(show: Open) -> None:
    page = show([samples.failing()]).page
    page.evaluate("document.querySelector('h1').style.color = '#eee'")
    assert [one.partition(" ")[0] for one in violations(page)] == ["color-contrast"]


@pytest.mark.parametrize("size", [NARROWEST, PHONE, DESKTOP], ids=["narrow", "phone", "desktop"])
@pytest.mark.parametrize(
    "reports",
    [[page_samples.detailed()], page_samples.several(), [samples.acting()], [samples.hostile("x" * 3000)]],
)
def test_nothing_is_wider_than_the_screen(show: Open, reports: list[Report], size: tuple[int, int]) -> None:
    page = show(reports, size=size).page
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.closest('[id]')?.id || document.activeElement.textContent"))


def test_everything_can_be_done_from_the_keyboard(show: Open) -> None:
    opened = show([page_samples.detailed()])
    page = opened.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    page.keyboard.press("/")
    assert focused(page) == "sovran-search"
    page.keyboard.type("0103-flavor-2v-8")
    expect(page.locator(".status")).to_have_text("3 of 40 claims")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#scs-0103-flavor-2v-8 > summary')"):
            break
    page.keyboard.press("Enter")
    assert page.locator("#scs-0103-flavor-2v-8 .body").is_visible()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    opened.assert_quiet()
