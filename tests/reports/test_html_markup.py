# SPDX-License-Identifier: Apache-2.0
"""Markup escapes by construction: text stays text, whatever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.model.printable import printable
from sovran.reports.page.markup import TEXT_LIMIT, Html, element, join, lines, link, prose
from tests.reports.parsed_page import Node, parse

TEXT = st.text() | st.text(alphabet="<>&\"'=/!-;`# \n\tab1x", max_size=40)


@given(text=TEXT, value=TEXT)
def test_text_and_values_come_back_as_they_went_in(text: str, value: str) -> None:
    (node,) = parse(element("p", text, title=value)).children
    assert isinstance(node, Node)
    assert (node.tag, node.text) == ("p", printable(text, limit=TEXT_LIMIT))
    assert node.attributes == {"title": printable(value, limit=TEXT_LIMIT)}


@given(text=TEXT)
def test_what_is_put_together_by_hand_is_text_again(text: str) -> None:
    glued = f"{element('b', text)}{element('i', text)}"
    assert not isinstance(glued, Html)
    assert parse(element("p", glued)).one("p").children in ([glued], [printable(glued, limit=TEXT_LIMIT)])


@given(parts=st.lists(TEXT, max_size=5))
def test_only_we_break_lines(parts: list[str]) -> None:
    assert lines(parts).count("\n") == max(0, len(parts) - 1)


def test_attributes_may_be_alone_or_absent() -> None:
    made = element("input", type="checkbox", checked=True, hidden=False, id=None, tabindex=0, data_kind="x", for_="y")
    assert made == '<input type="checkbox" checked tabindex="0" data-kind="x" for="y">'
    assert element("p", None, "a", None) == "<p>a</p>"
    assert join(["<", element("b")], ", ") == "&lt;, <b></b>"


def test_pairs_of_backticks_are_code_and_odd_ones_are_themselves() -> None:
    assert prose("Run `a <b>` now.") == "Run <code>a &lt;b&gt;</code> now."
    for odd in ("one ` alone", "a``b", "` `"):
        assert prose(odd) == odd


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JavaScript:x", "data:text/html,x", "file:///etc/passwd", "//x", "", "#x", "https://a\n.b"],
)
def test_only_addresses_on_the_web_are_links(address: str) -> None:
    assert link(address, "<text>") == "&lt;text&gt;"
    assert (
        parse(link("https://example.org/?a=1&b=2", "text")).one("a").attributes["href"]
        == "https://example.org/?a=1&b=2"
    )
