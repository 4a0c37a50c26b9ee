# SPDX-License-Identifier: Apache-2.0
"""Turns what msgspec says about a file's content into a reason in plain words, and the place it is about."""

import re
import types
import typing
from enum import Enum
from typing import Any

import msgspec

from sovran.model.scope import Module, Scope, ScopeVersion, TimelineEntry
from sovran.model.standard import Document
from sovran.standards.fileformat import RequirementEntry, StandardFile, Table, TestcaseEntry
from sovran.standards.near import did_you_mean

_NOUNS: dict[type, str] = {
    StandardFile: "a standard",
    Document: "a document",
    Table: "a table",
    RequirementEntry: "a requirement",
    TestcaseEntry: "a testcase",
    Scope: "a scope",
    Module: "a module",
    ScopeVersion: "a scope version",
    TimelineEntry: "a timeline entry",
}
_TYPES = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
    "array": "a list",
    "object": "a mapping",
    "date": "a date",
    "datetime": "a date with a time",
}
_FORMS = {"rule": "`module.function` in small letters, e.g. `scs_0103.present`"}
_MESSAGE = re.compile(r"(?s)(?P<reason>.*?)(?: - at (?P<key>`key` in )?`\$(?P<path>.*)`)?")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|(\[\.\.\.\])")


class Fault(Exception):
    """Something is wrong at one place of a file.

    `path` leads from the root of the file to the value (keys and list indices); `key` names a key inside that value
    if it is the key that is wrong.
    """

    def __init__(self, reason: str, *path: str | int, key: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path
        self.key = key


def explain(message: str, content: Any, record: type) -> Fault:
    """The fault that a msgspec validation message describes; `content` is what was to become the `record`."""
    match = _MESSAGE.fullmatch(message)
    reason, inside = (match["reason"], match["path"]) if match else (message, "")
    path, wanted = _follow(inside or "", content, record, reason)
    name = next((f"`{step}`" for step in reversed(path) if isinstance(step, str)), "the file")
    if match and match["key"]:
        wrong = next((str(key) for key in _get(content, path) if not isinstance(key, str)), None)
        return Fault(f"the key `{wrong}` in {name} is not text; put it in quotes", *path, key=wrong)
    if unknown := re.fullmatch(r"Object contains unknown field `(.*)`", reason):
        keys = [field.name for field in msgspec.structs.fields(wanted)]
        noun = _noun(wanted)
        return Fault(f"`{unknown[1]}` is not a key of {noun}{did_you_mean(unknown[1], keys)}", *path, key=unknown[1])
    if missing := re.fullmatch(r"Object missing required field `(.*)`", reason):
        return Fault(f"{_noun(wanted)} needs the key `{missing[1]}`, which is missing here", *path)
    return Fault(_about_value(reason, name, wanted), *path)


def _noun(wanted: Any) -> str:
    """What a record is called; records of other rooms say it themselves, as NOUN."""
    return _NOUNS.get(wanted) or str(getattr(wanted, "NOUN", "this mapping"))


def _about_value(reason: str, name: str, wanted: Any) -> str:
    if enum := re.fullmatch(r"Invalid enum value '(.*)'", reason):
        values = (
            [str(member.value) for member in wanted] if isinstance(wanted, type) and issubclass(wanted, Enum) else []
        )
        return f"`{enum[1]}` is not a value of {name}{did_you_mean(enum[1], values)}"
    if got := re.fullmatch(r"Expected `(.*)`, got `(.*)`", reason):
        expected = " or ".join(_TYPES.get(part, part) for part in got[1].split(" | "))
        hint = "; put it in quotes" if expected.startswith("text") and got[2] not in {"array", "object", "null"} else ""
        return f"{name} is {_TYPES.get(got[2], got[2])} where {expected} is expected{hint}"
    if "matching regex" in reason:
        return f"{name} is not of the form {_FORMS.get(name.strip('`'), reason)}"
    if "of length >= 1" in reason:
        return f"{name} is empty"
    if "date" in reason.lower():
        return f"{name} is not a date such as 2026-06-11"
    return f"{name} is wrong: {reason}"


def _follow(inside: str, content: Any, record: Any, reason: str) -> tuple[list[str | int], Any]:
    """Path and wanted type at msgspec's path; `[...]`, some value of a mapping, becomes the first that is wrong."""
    path: list[str | int] = []
    wanted = record
    for field, index, _ in _STEP.findall(inside):
        if field:
            fields = {one.name: one.type for one in msgspec.structs.fields(wanted)}
            path.append(field)
            wanted = _plain(fields[field])
        elif index:
            path.append(int(index))
            wanted = _plain(typing.get_args(wanted)[0]) if typing.get_args(wanted) else Any
        else:
            wanted = _plain(typing.get_args(wanted)[1])
            path.append(_first_wrong(_get(content, path), wanted, reason))
        if isinstance(wanted, types.UnionType):
            wanted = next(part for part in typing.get_args(wanted) if part is not types.NoneType)
    return path, wanted


def _first_wrong(mapping: dict[str, Any], wanted: Any, reason: str) -> str:
    """Which value of the mapping msgspec means: the first that fails with the same reason."""
    for key, value in mapping.items():
        try:
            msgspec.convert(value, wanted)
        except msgspec.ValidationError as error:
            if str(error).startswith(reason):
                return key
    return next(iter(mapping))


def _get(content: Any, path: list[str | int]) -> Any:
    for step in path:
        content = content[step]
    return content


def _plain(annotation: Any) -> Any:
    """The type without `Annotated`."""
    return typing.get_args(annotation)[0] if typing.get_origin(annotation) is typing.Annotated else annotation
