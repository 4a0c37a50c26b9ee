# SPDX-License-Identifier: Apache-2.0
"""Typos anywhere in the real data are named with the right file and line."""

import re
import shutil
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sovran.model.errors import UsageError
from sovran.standards import load

KEYS = {
    "standard": "id title body url documents tables requirements testcases level who text rule source cure evidence "
    "parameters parameters_by_document each covers columns rows status stabilized_at deprecated_at note",
    "scope": "id name uuid url modules versions timeline document standard targets version include pruned date",
}
KEY = re.compile(r"^[\s-]*(?P<word>[a-z_]+):(?= |$)")
VALUE = re.compile(r"(?:level: |who: \[|v5\.1: |next: )(?P<word>[A-Za-z]+(?: NOT)?)")


class Spot(NamedTuple):
    """A word in a shipped file that has a fixed set of correct spellings."""

    path: Path
    line: int
    """From 0."""
    start: int
    word: str


def spots(pattern: re.Pattern[str], *, keys: bool) -> list[Spot]:
    found = []
    for path in sorted(load.SHIPPED.rglob("*.yaml")):
        known = set(KEYS["scope" if path.parent.name == "scopes" else "standard"].split())
        text_indent = -1
        for number, line in enumerate(path.read_text().splitlines()):
            indent = len(line) - len(line.lstrip())
            if text_indent >= 0 and indent > text_indent:
                continue  # a line of folded text
            text_indent = indent if line.endswith(">-") else -1
            match = pattern.search(line)
            if match and not line.startswith("#") and (not keys or match["word"] in known):
                found.append(Spot(path, number, match.start("word"), match["word"]))
    return found


KEY_SPOTS = spots(KEY, keys=True)
VALUE_SPOTS = spots(VALUE, keys=False)


def complaint(folder: Path, spot: Spot, word: str) -> tuple[Path, str]:
    """Copy our data into the folder with one word replaced and load it: the file and what is said about it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(load.SHIPPED, folder)
    path = folder / spot.path.relative_to(load.SHIPPED)
    lines = path.read_text().splitlines()
    line = lines[spot.line]
    lines[spot.line] = line[: spot.start] + word + line[spot.start + len(spot.word) :]
    path.write_text("\n".join(lines))
    with mock.patch.object(load, "SHIPPED", folder), pytest.raises(UsageError) as caught:
        load.load_standards(environ={})
    assert "\n" not in str(caught.value)
    return path, str(caught.value)


def misspelt(word: str, at: int, letter: str) -> str:
    at %= len(word)
    return word[:at] + letter + word[at:]


def test_there_are_many_places_for_typos() -> None:
    assert len(KEY_SPOTS) > 300
    assert len(VALUE_SPOTS) > 60


GENTLE = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""Each example copies and loads all our data."""


@GENTLE
@given(spot=st.sampled_from(KEY_SPOTS), at=st.integers(0, 30), letter=st.sampled_from("qxzj"))
def test_a_misspelt_key(tmp_path: Path, spot: Spot, at: int, letter: str) -> None:
    wrong = misspelt(spot.word, at, letter)
    path, sentence = complaint(tmp_path / "data", spot, wrong)
    assert sentence.startswith(f"{path}, line {spot.line + 1}, column {spot.start + 1}: `{wrong}` is not a key of ")


@GENTLE
@given(spot=st.sampled_from(VALUE_SPOTS), at=st.integers(0, 30), letter=st.sampled_from("qxzj"))
def test_a_misspelt_value(tmp_path: Path, spot: Spot, at: int, letter: str) -> None:
    wrong = misspelt(spot.word, at, letter)
    path, sentence = complaint(tmp_path / "data", spot, wrong)
    assert sentence.startswith(f"{path}, line {spot.line + 1}, column {spot.start + 1}: `{wrong}` is not a value of ")


@GENTLE
@given(spot=st.sampled_from(KEY_SPOTS))
def test_a_key_that_stands_twice(tmp_path: Path, spot: Spot) -> None:
    # the same key with another value on a line of its own, in front of the key
    path, sentence = complaint(tmp_path / "data", spot, f"{spot.word}: again\n{' ' * spot.start}{spot.word}")
    place = f"{path}, line {spot.line + 2}, column {spot.start + 1}"
    assert sentence == f"{place}: the key `{spot.word}` stands twice in one mapping"
