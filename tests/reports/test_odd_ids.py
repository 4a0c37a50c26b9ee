# SPDX-License-Identifier: Apache-2.0
"""Ids come from files that anyone may write: no format may break on them."""

import json
from xml.etree import ElementTree

import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sovran.model.printable import printable
from sovran.reports import json_report, junit, markdown, scs_yaml, terminal
from tests.reports import samples

TEXTS = st.text() | st.sampled_from(samples.HOSTILE)


@given(text=TEXTS, width=st.integers(1, 200), verbose=st.booleans())
def test_terminal(text: str, width: int, verbose: bool) -> None:
    shown = terminal.render([samples.odd_ids(text)], width=width, verbose=verbose)
    assert all(line.isprintable() for line in shown.split("\n"))


@given(text=TEXTS)
def test_json(text: str) -> None:
    (report,) = json.loads(json_report.render([samples.odd_ids(text)]).encode())["reports"]
    assert report["judgements"][0]["claim"] == report["scopes"][0]["scope"]


@given(text=TEXTS)
def test_scs_yaml(text: str) -> None:
    (document,) = yaml.safe_load_all(scs_yaml.render([samples.odd_ids(text)]))
    (run,) = document["run"]["invocations"].values()
    assert run["results"] == {printable(text, limit=1000): -1}


@given(text=TEXTS)
def test_junit(text: str) -> None:
    content = junit.render([samples.odd_ids(text)]).encode()
    root = ElementTree.fromstring(content)  # noqa: S314 - written by ourselves a line above
    assert root[0].findall("testcase/failure")


@given(text=TEXTS)
def test_markdown(text: str) -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown.render([samples.odd_ids(text)]))
    kinds = [token.type for token in tokens]
    assert kinds.count("table_open") == 2
    assert kinds.count("heading_open") == 7
    assert "html_block" not in kinds
