# SPDX-License-Identifier: Apache-2.0
"""The difference of two runs as a person reads it, and as a program does."""

import json

import pytest

from sovran.conformance.difference import difference
from sovran.reports import difference_json, difference_text
from tests.reports import samples

NAMES = ("a.json", "b.json")


def shown(**options: bool) -> str:
    return difference_text.render(difference([samples.conformant()], [samples.failing()]), NAMES, width=100, **options)


def test_the_worst_comes_first_with_its_cause() -> None:
    text = shown()
    lines = text.splitlines()
    assert lines[0] == "a.json -> b.json"
    assert lines[1] == "lab, 2026-11-20 09:41 UTC  ->  lab, 2026-11-20 09:41 UTC"
    assert lines[3] == "5 worse, 7 not decided any more, 28 the same"
    assert text.index("Worse") < text.index("Not decided any more")
    assert "PASS -> FAIL  scs-0103-flavor-2v-8 (MUST)\n              + flavor SCS-2V-8: scs:name-v1 is" in text
    assert "... and 17 more" in text
    assert "PASS -> ABORT  scs-0115-default-rules (MUST)\n               The network API answered 503" in text


def test_verbose_leaves_nothing_out() -> None:
    text = shown(verbose=True)
    assert text.count("CPU suffix X") == 20
    assert "... and" not in text


def test_other_conditions_are_told() -> None:
    text = difference_text.render(difference([samples.report(cloud="a")], [samples.report(cloud="b")]), NAMES)
    assert "all 40 claims the same" in text
    assert "Judged under other conditions\ncloud  a -> b\n" in text


def test_colours_only_where_they_are_wanted() -> None:
    assert "\x1b[" not in shown()
    assert "\x1b[" in shown(colour=True)


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_nothing_foreign_is_obeyed(text: str) -> None:
    found = difference([samples.conformant()], [samples.hostile(text)])
    written = difference_text.render(found, (text, text), verbose=True)
    assert all(line.isprintable() for line in written.split("\n"))
    document = difference_json.render(found, (text, text))
    assert not set(document) & {"\x1b", "\x7f", "\x9b", "\u202e", "\u200b"}
    assert json.loads(document)["format"] == "sovran-difference"
