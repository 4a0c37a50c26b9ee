# SPDX-License-Identifier: Apache-2.0
"""Which parts of a JSON document a type reads: the allow-list of a snapshot, taken from the facts' own types."""

from collections.abc import Iterator
from typing import Any

from msgspec import inspect

Shape = dict[str, Any]
"""A tree: names of fields, and the marks below, each to the shape of what stands there; empty: a number or a truth."""
ITEM, VALUE, TEXT, ANYTHING = "[]", "*", "", "**"
"""Marks: items of a list, values of a mapping with free names, a text is read here, everything below is read."""
DEEPEST = 32
"""Levels; types that contain themselves end here."""


def shape_of(kind: Any) -> Shape:
    """The shape of a msgspec type."""
    return _shape(inspect.type_info(kind), DEEPEST)


def merged(one: Shape, other: Shape) -> Shape:
    """The shape of what either reads."""
    both = dict(one)
    for name, below in other.items():
        both[name] = merged(both[name], below) if name in both else below
    return both


def lacking(held: Shape, wanted: Shape, where: str = "") -> str:
    """The first place that `wanted` reads and `held` does not have, as `flavors[].swap`; empty: it has them all."""
    if ANYTHING in held:
        return ""
    for name, below in wanted.items():
        named = name in (ITEM, VALUE)
        if name in (ANYTHING, TEXT):
            if name not in held:
                return where or "the whole answer"
            continue
        here = f"{where}{name}" if named else f"{where}.{name}".lstrip(".")
        found = held.get(name, None if named else held.get(VALUE))
        if found is None:
            return here
        if missing := lacking(found, below, here):
            return missing
    return ""


def places(shape: Shape, where: str = "") -> Iterator[str]:
    """Every place that the shape reads, as `flavors[].extra_specs.*`; a star: all names, or all that is below."""
    below = {name: one for name, one in shape.items() if name not in (TEXT, ANYTHING)}
    if where and not below:
        yield f"{where}.*" if ANYTHING in shape else where
    for name, one in below.items():
        yield from places(one, f"{where}{ITEM}" if name == ITEM else f"{where}.{name}".lstrip("."))


def _shape(info: inspect.Type, levels: int) -> Shape:
    if levels <= 0:
        return {}
    if isinstance(info, inspect.UnionType | inspect.TupleType | inspect.CollectionType | inspect.DictType):
        return _container(info, levels - 1)
    if isinstance(info, inspect.StructType | inspect.TypedDictType | inspect.DataclassType | inspect.NamedTupleType):
        shape: Shape = {field.encode_name: _shape(field.type, levels - 1) for field in info.fields}
        tag = info.tag_field if isinstance(info, inspect.StructType) else None
        return {**shape, tag: {TEXT: {}}} if tag else shape
    if isinstance(info, inspect.Metadata):
        return _shape(info.type, levels)
    if isinstance(info, inspect.AnyType | inspect.RawType | inspect.CustomType | inspect.ExtType):
        return {ANYTHING: {}}
    numeric = isinstance(info, inspect.IntType | inspect.FloatType | inspect.BoolType | inspect.NoneType)
    # the rest are strings, and what JSON writes as one: enumerations, times, UUIDs, bytes
    return {} if numeric else {TEXT: {}}


def _container(
    info: inspect.UnionType | inspect.TupleType | inspect.CollectionType | inspect.DictType, levels: int
) -> Shape:
    if isinstance(info, inspect.UnionType):
        return _all(info.types, levels)
    if isinstance(info, inspect.DictType):
        return {VALUE: _shape(info.value_type, levels)}
    return {ITEM: _all(info.item_types if isinstance(info, inspect.TupleType) else (info.item_type,), levels)}


def _all(infos: tuple[inspect.Type, ...], levels: int) -> Shape:
    shape: Shape = {}
    for info in infos:
        shape = merged(shape, _shape(info, levels))
    return shape
