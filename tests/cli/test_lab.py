# SPDX-License-Identifier: Apache-2.0
"""`sovran lab check`: what this machine lacks, for a lab and for one with guests."""

import pytest

from sovran.lab import prerequisites
from sovran.lab.guests import needs
from tests.cli.running import Command

WHY = "root is needed"


@pytest.fixture(autouse=True)
def nothing_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a lab without guests."""
    monkeypatch.setattr(prerequisites, "complaint", lambda: "")
    monkeypatch.setattr(prerequisites, "notes", lambda: [])


def test_what_guests_need_is_a_note(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "complaint", lambda: WHY)
    ended = Command(capsys)("lab", "check")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("a lab with guests")
    assert ended.out.rstrip().endswith(WHY)


def test_what_guests_need_is_an_error_where_they_are_wanted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(needs, "complaint", lambda: WHY)
    ended = Command(capsys)("lab", "check", "--guests")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == f"sovran: a lab with guests cannot run here: {WHY}\n"


def test_nothing_is_missing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "complaint", lambda: "")
    ended = Command(capsys)("lab", "check", "--guests")
    assert (ended.code, ended.out) == (0, "nothing is missing\n")
