# SPDX-License-Identifier: Apache-2.0
"""The Markdown report, as a CommonMark parser with tables and links sees it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from sovran.model.printable import printable
from sovran.model.verdict import Verdict
from sovran.reports import markdown
from tests.reports import samples

GOLDEN = Path(__file__).parent / "golden" / "failing.md"
HARMLESS = {"text", "text_special", "code_inline", "softbreak", "strong_open", "strong_close", "em_open", "em_close"}


def parse(text: str) -> list[Token]:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)


def inlines(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or []


def structure(text: str) -> list[str]:
    """Block and inline elements without their text."""
    tokens = parse(text)
    return [token.type for token in tokens] + [token.type for token in inlines(tokens) if token.type not in HARMLESS]


def test_a_whole_report() -> None:
    assert markdown.render([samples.failing()]) == GOLDEN.read_text(encoding="utf-8")


def test_answers_and_standards_are_tables() -> None:
    tokens = parse(markdown.render([samples.failing()]))
    assert [token.type for token in tokens].count("table_open") == 2
    cells = ["".join(child.content for child in token.children or []) for token in tokens if token.type == "inline"]
    at = cells.index("scs-iaas@v5.1 (effective)")
    assert cells[at + 1 : at + 4] == ["main", "NOT CONFORMANT", "2 of 32 fail, 1 undecided, 6 not run"]
    at = cells.index("scs-0103")
    assert cells[at + 1 : at + 3] == ["1 fail, 14 pass", "1 fail, 2 pass"]


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_hostile_text_changes_no_structure(text: str) -> None:
    assert structure(markdown.render([samples.hostile(text)])) == structure(markdown.render([samples.hostile("x")]))


@given(text=st.text(min_size=1) | st.text(alphabet="`|\\*_<>[]()#@!~-=+&;: \n1.x", min_size=1, max_size=30))
def test_no_text_changes_the_structure(text: str) -> None:
    written = markdown.render([samples.hostile(text)])
    assert structure(written) == structure(markdown.render([samples.hostile("x")]))
    assert all(line.isprintable() for line in written.split("\n"))


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_names_of_scopes_and_standards_stay_in_their_cells(text: str) -> None:
    report = samples.failing()
    (scope,) = report.scopes
    scope = msgspec.structs.replace(scope, scope=text, targets={text: Verdict.PASS})
    first = msgspec.structs.replace(report.judgements[0], standard=text, claim=text)
    odd = msgspec.structs.replace(report, scopes=(scope,), judgements=(first, *report.judgements[1:]))
    tokens = [token.type for token in parse(markdown.render([odd]))]
    assert tokens.count("table_open") == 2
    assert tokens.count("td_open") == 4 + 3 * 8
    assert "html_block" not in tokens


@given(text=st.text(min_size=1) | st.text(alphabet="` |\\", min_size=1, max_size=12))
def test_code_spans_show_exactly_the_text(text: str) -> None:
    (span,) = [child for child in inlines(parse(f"x{markdown.code(text)}x")) if child.type == "code_inline"]
    shown = printable(text, limit=markdown.TEXT_LIMIT)
    assert span.content.strip(" ") == shown.strip(" ")


@given(text=st.text(min_size=1) | st.sampled_from(samples.HOSTILE))
def test_plain_text_is_shown_as_it_is(text: str) -> None:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    rendered = parser.renderInline(f"x {markdown.plain(text)} x")
    shown = f"x {printable(text, limit=markdown.TEXT_LIMIT)} x"
    for character, reference in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        shown = shown.replace(character, reference)
    assert rendered == shown


def test_code_in_sentences_of_standards_is_code() -> None:
    assert markdown.sentence("A flavor has `scs:name-v2` or `x|y`.") == "A flavor has `scs:name-v2` or `x|y`."
    for odd in ("one ` alone", "`a``b`", "` `", "``"):
        assert "`" not in markdown.sentence(odd)


def test_nothing_outside_code_is_a_link_a_mention_or_an_issue_number() -> None:
    written = markdown.plain("www.example.org https://example.org a@b.org @someone #1 org/repo#2")
    for trigger in ("www.", "://", "@", "#1", "org/repo"):
        assert trigger not in written


def test_thousands_of_findings_are_cut() -> None:
    written = markdown.render([samples.many_findings(5000)])
    assert "  - and 4900 more\n" in written
    assert len(written.splitlines()) < 200
