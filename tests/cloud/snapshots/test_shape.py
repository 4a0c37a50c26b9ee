# SPDX-License-Identifier: Apache-2.0
"""Which parts of a document a type reads, and which of them a recording lacks."""

import datetime
from enum import StrEnum
from typing import Any, Literal

import msgspec
import pytest

from sovran.cloud.snapshots.shape import lacking, merged, places, shape_of


class Colour(StrEnum):
    RED = "red"


class Inner(msgspec.Struct):
    name: str
    size: int = 0


class Outer(msgspec.Struct):
    items: list[Inner]
    ram_mib: int = msgspec.field(name="ram", default=0)
    specs: dict[str, str] = {}
    colour: Colour | None = None
    kind: Literal["a"] = "a"
    at: datetime.datetime | None = None
    pair: tuple[int, str] = (0, "")
    anything: Any = None


class Name(msgspec.Struct):
    name: str


class Named(msgspec.Struct):
    items: list[Name]


class Node(msgspec.Struct):
    below: "list[Node]" = []


def test_the_shape_names_fields_as_the_document_does() -> None:
    text: dict[str, Any] = {"": {}}
    assert shape_of(Outer) == {
        "items": {"[]": {"name": text, "size": {}}},
        "ram": {},
        "specs": {"*": text},
        "colour": text,
        "kind": text,
        "at": text,
        "pair": {"[]": text},
        "anything": {"**": {}},
    }


def test_places_are_told_as_people_write_them() -> None:
    assert list(places(shape_of(Outer))) == [
        *("items[].name", "items[].size", "ram", "specs.*", "colour", "kind", "at", "pair[]", "anything.*")
    ]
    assert list(places({})) == []


def test_types_that_contain_themselves_end() -> None:
    assert "below" in shape_of(Node)


@pytest.mark.parametrize(
    ("held", "wanted", "missing"),
    [
        (list[Inner], list[Inner], ""),
        (dict[str, Any], dict[str, Any], ""),
        (Any, Outer, ""),
        (list[Any], list[Inner], ""),
        (dict[str, str], dict[str, Any], "*"),
        (msgspec.defstruct("A", [("name", str)]), Inner, "size"),
        (Named, Outer, "items[].size"),
        (msgspec.defstruct("A", [("name", int), ("size", int)]), Inner, "name"),
        (dict[str, str], msgspec.defstruct("A", [("name", str)]), ""),
    ],
)
def test_what_a_recording_lacks_is_named(held: Any, wanted: Any, missing: str) -> None:
    assert lacking(shape_of(held), shape_of(wanted)) == missing


def test_nothing_held_lacks_everything() -> None:
    assert lacking({}, shape_of(Any)) == "the whole answer"


def test_merging_holds_what_either_holds() -> None:
    both = merged(shape_of(msgspec.defstruct("A", [("name", str)])), shape_of(msgspec.defstruct("B", [("size", int)])))
    assert both == shape_of(Inner)
