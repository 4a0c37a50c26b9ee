# SPDX-License-Identifier: Apache-2.0
"""Listings: pages to their end, and one sentence for whatever a service answers instead."""

import msgspec
import pytest

from sovran.cloud.listing import MOST_PAGES, listing
from sovran.cloud.outcome import Absent, Denied, Failure, Ok, Outcome, Partial, Unreachable
from sovran.cloud.recording import Exchange
from tests.cloud.scripted_reader import Answer, ScriptedReader


class Item(msgspec.Struct):
    id: str
    name: str = ""


def read(*answers: Answer, path: str = "/things") -> tuple[Outcome[list[Item]], list[str]]:
    """The outcome when the first page, then `?marker=1`, `?marker=2`, ... get these answers; and what was asked."""
    pages: dict[str | tuple[str, str], Answer] = {
        path if number == 0 else f"/things?marker={number}": answer for number, answer in enumerate(answers)
    }
    reader = ScriptedReader(pages)
    return listing(reader, "compute", path, "things", Item), reader.asked


def page(*ids: str, following: str = "") -> dict[str, object]:
    """One page; `following` is the address of the next."""
    links = [{"rel": "self", "href": "http://x/"}, {"rel": "next", "href": following}] if following else []
    return {"things": [{"id": one, "name": f"name of {one}"} for one in ids], "things_links": links}


def test_one_page() -> None:
    outcome, asked = read(page("a", "b"))
    assert outcome == Ok([Item("a", "name of a"), Item("b", "name of b")])
    assert asked == ["/things"]


def test_an_empty_collection_is_read_whole() -> None:
    assert read({"things": []})[0] == Ok([])


def test_pages_are_followed_by_their_query() -> None:
    outcome, asked = read(
        page("a", following="https://elsewhere.example/v2.1/p1/things?marker=1"),
        page("b", following="/things?marker=2#x"),
        page("c"),
    )
    assert isinstance(outcome, Ok)
    assert [item.id for item in outcome.value] == ["a", "b", "c"]
    assert asked == ["/things", "/things?marker=1", "/things?marker=2"]


def test_a_query_of_our_own_stays_on_the_first_page() -> None:
    outcome, asked = read(page("a"), path="/things?limit=5")
    assert isinstance(outcome, Ok)
    assert asked == ["/things?limit=5"]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ((page("a", following="http://x/things?marker=1"), page("b", following="?marker=1")), "without end"),
        ((page("a", following="http://[broken/"),), "without end"),
        ((page("a", following="http://x/things?marker=1"), page("a")), "lists the id 'a' twice"),
        ((page("a", "a"),), "lists the id 'a' twice"),
        ((b'{"things": [{"id": "a"}',), "something other than a list of things"),
        ((b"<!DOCTYPE html><html>Welcome</html>",), "something other than a list of things"),
        ((b"",), "something other than a list of things"),
        ((b"[]",), "Expected `object`, got `array`"),
        ((b"null",), "Expected `object`"),
        ((b'{"items": []}',), "missing required field `things`"),
        ((b'{"things": null}',), "Expected `array`, got `null`"),
        ((b'{"things": [{"name": "no id"}]}',), "missing required field `id`"),
        ((b'{"things": [{"id": 5}]}',), "Expected `str`, got `int`"),
        ((b'{"things": [{"id": "\xff"}]}',), "something other than a list of things"),
        ((b'{"things": [], "things_links": [{"rel": "next", "href": 5}]}',), "Expected `str`"),
        ((b"[" * 100_000,), "something other than a list of things"),
    ],
)
def test_an_unusable_listing_is_unreachable(answers: tuple[Answer, ...], words: str) -> None:
    outcome, _ = read(*answers)
    assert isinstance(outcome, Unreachable)
    assert words in outcome.reason
    assert "\n" not in outcome.reason


def test_a_listing_of_endless_new_pages_ends() -> None:
    class Endless(ScriptedReader):
        """Every page names a new one."""

        def get(self, service: str, path: str, *, microversion: str = "") -> Outcome[Exchange]:
            number = len(self.asked)
            self.answers[path] = page(str(number), following=f"?marker={number}")
            return super().get(service, path, microversion=microversion)

    reader = Endless()
    outcome = listing(reader, "compute", "/things", "things", Item)
    assert outcome == Unreachable(f"compute lists things on more than {MOST_PAGES} pages")
    assert len(reader.asked) == MOST_PAGES


@pytest.mark.parametrize(
    "failure", [Denied("refused"), Absent("none", 404), Unreachable("HTTP 500", 500), Unreachable("reset")]
)
def test_a_failure_on_the_first_page_is_that_of_the_listing(failure: Failure) -> None:
    assert read(failure)[0] == failure
    later = read(page("a", following="?marker=1"), failure)[0]
    assert later == Partial(f"after 1 things: {failure.reason}")


def test_what_the_cloud_writes_cannot_flood_or_forge_the_reason() -> None:
    hostile = "\x1b[2J\u202e" + "x" * 1_000_000
    for answers in (
        (page(hostile, hostile),),
        (page("a", following=f"?{hostile}"),),
        (b'{"things": [{"id": 5, "name": "' + b"y" * 1_000_000 + b'"}]}',),
    ):
        outcome = read(*answers)[0]
        assert isinstance(outcome, Failure)
        assert len(outcome.reason) < 500
        assert outcome.reason.isprintable()
