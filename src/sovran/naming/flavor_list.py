# SPDX-License-Identifier: Apache-2.0
"""Reads a user's list of flavors: one name per line, or JSON or YAML as `openstack flavor list` prints."""

import json
from typing import Any

import msgspec

from sovran.model.errors import UsageError
from sovran.model.printable import printable

MAX_BYTES = 64 * 2**20
"""Far more than any cloud's flavors; keeps an endless input from filling the memory."""


class ListedFlavor(msgspec.Struct, frozen=True):
    """One flavor of a list; a figure is None when the list does not tell it."""

    name: str
    vcpus: int | None = None
    ram_mib: int | None = None
    disk_gb: int | None = None


def read_flavor_list(data: bytes, source: str) -> list[ListedFlavor]:
    """Return the flavors in `data`; `source` names it in errors and tells by .json, .yaml or .yml what it holds.

    JSON and YAML hold a list of names or of records with Name, VCPUs, RAM (MiB) and Disk (GB) in any case, also inside
    a record under `flavors`, or a single record. Without a telling suffix the first characters decide.

    Raises:
        UsageError: `data` is too large, not UTF-8, broken JSON or YAML, or holds something else.
    """
    where = printable(source)
    if len(data) > MAX_BYTES:
        raise UsageError(f"{where} is larger than {MAX_BYTES // 2**20} MiB and cannot be a list of flavors")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{where} is not UTF-8 text (byte {error.start}); give one name per line, JSON or YAML"
        ) from None
    start = text.lstrip()[:4]
    if source.endswith(".json") or start[:1] in ("[", "{"):
        return _flavors(_json(text, where), where)
    if source.endswith((".yaml", ".yml")) or start.startswith(("---", "- ")):
        return _flavors(_yaml(text, where), where)
    if start.startswith("+--"):
        raise UsageError(f"{where} holds a table; list the flavors with `openstack flavor list -f json`")
    lines = (line.strip(" \t\r") for line in text.split("\n"))
    return [ListedFlavor(line) for line in lines if line]


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise UsageError(f"{where} is broken JSON ({place}: {error.msg})") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{where} is no list of flavors: it is nested too deep or holds a huge number") from None


def _yaml(text: str, where: str) -> Any:
    import yaml

    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe
    except yaml.MarkedYAMLError as error:
        place = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise UsageError(f"{where} is broken YAML ({place}{printable(str(error.problem))})") from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise UsageError(f"{where} cannot be read as YAML; give a list of names or of flavors") from None


def _flavors(content: Any, where: str) -> list[ListedFlavor]:
    if isinstance(content, dict):
        content = content.get("flavors", [content])
    if not isinstance(content, list):
        raise UsageError(f"{where} holds no list of flavors; give a list of names or of records with a Name")
    return [_flavor(entry, f"entry {number} of {where}") for number, entry in enumerate(content, start=1)]


def _flavor(entry: Any, where: str) -> ListedFlavor:
    if isinstance(entry, str):
        return ListedFlavor(entry)
    if isinstance(entry, dict):
        fields = {key.lower(): value for key, value in entry.items() if isinstance(key, str)}
        name = fields.get("name")
        if isinstance(name, str):
            figures = [_figure(fields.get(key), key, where) for key in ("vcpus", "ram", "disk")]
            return ListedFlavor(name, *figures)
    raise UsageError(f"{where} is neither a name nor a record with a Name")


def _figure(value: Any, key: str, where: str) -> int | None:
    """A whole number of at least 0, which some formats print as text."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        return int(value)
    # only text is shown: printing a number or a structure can cost any amount of time
    shown = f"'{printable(value, 20)}'" if isinstance(value, str) else f"a {type(value).__name__}"
    raise UsageError(f"{where} has {shown} as {key}, which must be a whole number of at least 0")
