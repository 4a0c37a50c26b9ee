# SPDX-License-Identifier: Apache-2.0
"""Hostile names in every field, in a real browser: nothing runs, nothing is asked for, nothing is added."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from sovran.reports import html_report
from tests.browser.conftest import Open, Opened
from tests.reports import page_samples, samples

pytestmark = pytest.mark.browser

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "--><iframe src=https://example.org></iframe>",
    "javascript:alert(1)",
    'https://example.org/" onmouseover="alert(1)',
    "<meta http-equiv=refresh content=0;url=https://example.org>",
    "<base href=https://example.org/><link rel=stylesheet href=x>",
    "<details open ontoggle=alert(1)><template><plaintext>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "{{7*7}}${alert(1)}`${alert(1)}`",
    "\x00<\x00script>alert(1)</script>",
    "\u2028alert(1)\u2029",
    "]]><!--<!DOCTYPE x>",
)
PIECES = st.sampled_from(
    ["<", ">", '"', "'", "&", "/", "=", "script", "img", "svg", " src=", " onerror=", "alert(1)", "</", "<!--", "-->",
     "`", "style", "title", "x", "\n", "\t", "&#60;", "&lt;", "https://example.org/", "javascript:", "\u2028", "\0"]
)  # fmt: skip
COUNT = """() => {
  const counts = {};
  for (const one of document.querySelectorAll('*')) counts[one.tagName] = (counts[one.tagName] || 0) + 1;
  for (const own of ['CODE', 'MARK']) delete counts[own];
  counts.A -= document.querySelectorAll('a[href^=http]').length;
  return counts;
}"""
"""Elements by name, but those that depend on what a text is: pairs of backticks, marked lines, links to the web."""


def elements(opened: Opened) -> object:
    """How many there are of each, after all was opened, searched and pointed at."""
    page = opened.page
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.locator("input[type=search]").fill("a")
    page.locator("main").hover()
    return page.evaluate(COUNT)


def test_no_name_breaks_out(show: Open) -> None:
    opened = show([page_samples.hostile("harmless")])
    expected = elements(opened)
    for attack in (*ATTACKS, *samples.HOSTILE):
        opened.show([page_samples.hostile(attack)])
        assert elements(opened) == expected, attack
        links = opened.page.locator("a[href^=http], a[href^=javascript], a[href^=data]").count()
        assert bool(links) == attack.startswith("https:")
        opened.assert_quiet()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(PIECES, min_size=1, max_size=12).map("".join) | st.text(min_size=1))
def test_no_text_breaks_out(browser: Browser, tmp_path: Path, text: str) -> None:
    path = tmp_path / "page.html"
    path.write_text(html_report.render([page_samples.hostile(text)]), encoding="utf-8")
    page = browser.new_page()
    try:
        opened = Opened(page, path)
        opened.go()
        tags = page.evaluate("[...new Set([...document.querySelectorAll('body *')].map((one) => one.tagName))]")
        assert not set(tags) & {
            "IMG",
            "IFRAME",
            "OBJECT",
            "EMBED",
            "BASE",
            "META",
            "LINK",
            "STYLE",
            "TEMPLATE",
            "TITLE",
        }
        assert page.locator("script").count() == 1
        opened.assert_quiet()
    finally:
        page.close()


def test_the_policy_stops_what_markup_would_let_through(show: Open) -> None:
    opened = show([samples.failing()])
    opened.page.evaluate(
        """() => {
          const box = document.createElement('div');
          box.innerHTML = '<img src="https://example.org/x.png" onerror="alert(1)"><style>body{color:red}</style>';
          document.body.append(box);
        }"""
    )
    opened.page.wait_for_timeout(200)
    assert opened.dialogs == []
    assert "Content Security Policy" in " ".join(opened.messages)
