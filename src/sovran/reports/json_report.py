# SPDX-License-Identifier: Apache-2.0
"""The report for programs: one versioned JSON document, written and read back; its schema is published beside it.

A consumer checks `format` and `version` and ignores keys it does not know: keys may be added within a version; a key
that goes away or changes its meaning makes a new version.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from sovran.model.errors import UsageError
from sovran.model.printable import printable
from sovran.model.report import Report
from sovran.reports.digest import checked_at

FORMAT: Final = "sovran-report"
VERSION: Final = 1

_UNSAFE = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
"""Characters that JSON allows bare, but that a terminal or an editor obeys when the file is shown."""
_SURROGATE = re.compile("[\ud800-\udfff]")


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """Reports of one invocation of sovran: one per cloud."""

    format: Literal["sovran-report"]
    """Tells this document from any other JSON."""
    version: Literal[1]
    """Of the format."""
    reports: tuple[Report, ...]
    """In the order in which the clouds were named."""


class _Head(msgspec.Struct):
    """What tells a document that we can read from others."""

    format: str = ""
    version: int = 0


def render(reports: Sequence[Report]) -> str:
    """Return the JSON document, indented, in UTF-8 encodable text with a newline at the end.

    Text from the cloud is kept as it is, except that lone surrogates, which no Unicode encoding can carry, become
    their Python escapes (`\\ud800`, backslash and letters).
    """
    dated = (msgspec.structs.replace(report, checked_at=checked_at(report)) for report in reports)
    return safe_json(Document(format=FORMAT, version=VERSION, reports=tuple(dated)))


def safe_json(document: msgspec.Struct) -> str:
    """The record as JSON, indented, with a newline at the end, in which no terminal or editor obeys anything."""
    try:
        encoded = msgspec.json.encode(document)
    except UnicodeEncodeError:
        encoded = msgspec.json.encode(_without_surrogates(msgspec.to_builtins(document)))
    text = msgspec.json.format(encoded, indent=2).decode()
    return _UNSAFE.sub(_escape, text) + "\n"


def read_report(path: Path) -> tuple[Report, ...]:
    """Return the reports in the JSON file at `path`; raises UsageError when it is not a document of this format."""
    shown = printable(str(path), limit=200)
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise UsageError(f"Cannot read the report {shown} ({reason}); name a file that sovran wrote.") from None
    return decode(content, shown)


def decode(content: bytes, shown: str) -> tuple[Report, ...]:
    """The reports in the content of a file called `shown`; raises UsageError when it is no document of this format."""
    try:
        head = msgspec.json.decode(content, type=_Head)
        if head.format == FORMAT and head.version > VERSION:
            raise UsageError(f"{shown} has version {head.version} of the report format; use a newer sovran to read it.")
        return msgspec.json.decode(content, type=Document).reports
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        reason = printable(str(error), limit=200)
        raise UsageError(
            f"{shown} is not a sovran report of version {VERSION} ({reason}); name a file written by `-o NAME.json`."
        ) from None


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code > 0xFFFF:
        high, low = divmod(code - 0x10000, 0x400)
        return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
    return f"\\u{code:04x}"


def _without_surrogates(value: object) -> object:
    """The same tree with every lone surrogate written out."""
    if isinstance(value, str):
        return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", value)
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(item) for item in value]
    return value
