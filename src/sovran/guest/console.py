# SPDX-License-Identifier: Apache-2.0
"""Reads a guest's report out of its console's text, whatever else stands there."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from sovran.guest import records
from sovran.guest.frames import Frame, find_frames, join
from sovran.guest.report import GuestReport

MOST_CHARACTERS = 4 * 1024 * 1024
"""Of a longer text only the end is read."""
_MOST_RECORDS = 100
_PANIC = re.compile(r"Kernel panic - not syncing[\x20-\x7e]{0,200}")


def read_console(text: str, run: str, uuid: str = "") -> GuestReport:
    """Return what the guest of this run told on its console; never raises, whatever the text is.

    `uuid` is the server's: a guest to which no user-data came marks its lines with the first 12 digits of it.
    Where a guest ran several times, the last time counts.
    """
    problems: list[str] = []
    if len(text) > MOST_CHARACTERS:
        text = text[-MOST_CHARACTERS:]
        problems.append(f"Only the last {MOST_CHARACTERS} characters of the console were read.")
    frames = list(find_frames(text))
    own = [frame for frame in frames if frame.run == run]
    if not own and uuid:
        own = [frame for frame in frames if frame.run == run_of_uuid(uuid)]
    found: dict[str, records.Record] = {}
    for number, payload in _payloads(own, problems):
        record = _decode(number, payload, problems)
        if record is not None:
            found[_tag(record)] = record
    problems += _missing(found, frames, own, len(text))
    panic = _PANIC.search(text)
    return msgspec.convert(
        {**found, "problems": tuple(problems), "panic": panic[0] if panic else ""}, GuestReport, from_attributes=True
    )


def run_of_uuid(uuid: str) -> str:
    """The run's name that a guest without user-data uses: of its machine's uuid."""
    return "uuid-" + re.sub("[^0-9a-f]", "", uuid.lower())[:12]


def _payloads(frames: Iterable[Frame], problems: list[str]) -> Iterator[tuple[int, bytes]]:
    """Yield number and text of each record that came whole; tell of those that did not."""
    copies: dict[int, dict[int, dict[int, list[bytes]]]] = {}
    for frame in frames:
        parts = copies.setdefault(frame.number, {}).setdefault(frame.parts, {})
        chunks = parts.setdefault(frame.part, [frame.chunk])
        if chunks[-1] != frame.chunk:
            chunks[1:] = [frame.chunk]
    for number, variants in list(copies.items())[:_MOST_RECORDS]:
        whole = [chunks for parts, chunks in variants.items() if len(chunks) == parts]
        texts = [join([chunks[part][end] for part in sorted(chunks)]) for chunks in whole for end in (0, -1)]
        text = next((text for text in reversed(texts) if text is not None), None)
        if text is not None:
            yield number, text
        elif whole:
            problems.append(f"Record {number} came whole, but its parts are not of one record.")
        else:
            lacking = min(parts - len(chunks) for parts, chunks in variants.items())
            problems.append(f"Of record {number}, {lacking} of {max(variants)} lines are missing or damaged.")


def _decode(number: int, payload: bytes, problems: list[str]) -> records.Record | None:
    try:
        record: records.Record = msgspec.json.decode(payload, type=records.Record)
    except (msgspec.DecodeError, RecursionError) as err:
        problems.append(f"Record {number} is not of the form that is known here: {err}.")
        return None
    return record


def _missing(found: dict[str, records.Record], frames: list[Frame], own: list[Frame], characters: int) -> Iterator[str]:
    """Tell what did not come."""
    if not own:
        others = sorted({frame.run for frame in frames})
        ignored = f" (lines of another run, {', '.join(others[:3])}, were left out)" if others else ""
        yield f"The console has {characters} characters, but no line of this run{ignored}."
        return
    end = found.get("end")
    if not isinstance(end, records.End):
        yield "The guest did not come to its end, or its last record was lost."
        return
    for tag in end.records:
        if tag not in found:
            yield f"The record {tag[:20]!r} was written, but did not come whole."


def _tag(record: records.Record) -> str:
    return str(record.__struct_config__.tag)
