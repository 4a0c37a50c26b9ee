# SPDX-License-Identifier: Apache-2.0
"""Fills `{column}` and `{column|filter|...}` in the texts of a testcase group from one row of a table."""

import re
from collections.abc import Mapping
from typing import Any

from sovran.standards.near import did_you_mean

_PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)((?:\|[^{}|]+)*)\}")


class TemplateError(ValueError):
    """A column or a filter that does not exist; the text is the reason."""


def fill(value: Any, row: Mapping[str, Any]) -> Any:
    """The value with every place filled, also inside lists and mappings.

    A text that is nothing but `{column}` becomes the value of the column itself, e.g. a number.
    Filters: `lower` (small letters), `drop X` (without the leading X), `colons` (every dash after the first as a colon,
    as in names of SCS-0100 v1).
    Raises TemplateError for unknown columns and filters.
    """
    if isinstance(value, str):
        whole = _PLACE.fullmatch(value)
        if whole and not whole[2]:
            return _column(whole[1], row)
        return _PLACE.sub(lambda place: _filtered(place, row), value)
    if isinstance(value, list):
        return [fill(item, row) for item in value]
    if isinstance(value, dict):
        return {key: fill(item, row) for key, item in value.items()}
    return value


def _column(name: str, row: Mapping[str, Any]) -> Any:
    if name not in row:
        raise TemplateError(f"`{{{name}}}` names no column of the table{did_you_mean(name, row)}")
    return row[name]


def _filtered(place: re.Match[str], row: Mapping[str, Any]) -> str:
    text = str(_column(place[1], row))
    for name in place[2].split("|")[1:]:
        if name == "lower":
            text = text.lower()
        elif name == "colons":
            first, dash, rest = text.partition("-")
            text = first + dash + rest.replace("-", ":")
        elif name.startswith("drop "):
            text = text.removeprefix(name.removeprefix("drop "))
        else:
            raise TemplateError(f"`{name}` is not a filter{did_you_mean(name, ('lower', 'colons', 'drop X'))}")
    return text
