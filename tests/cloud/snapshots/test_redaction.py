# SPDX-License-Identifier: Apache-2.0
"""What of an answer goes into a snapshot, and that facts read the same from it."""

import datetime
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.cloud.listing import decode
from sovran.cloud.outcome import Ok, Outcome, Unreachable
from sovran.cloud.recorder import Record, Request
from sovran.cloud.recording import Exchange
from sovran.cloud.snapshots.redaction import entry
from sovran.cloud.snapshots.scrub import Scrubber
from sovran.cloud.snapshots.snapshot import Entry
from sovran.cloud.snapshots.snapshot_reader import KeptPart
from tests.cloud.scripted_reader import NOW, exchange


class Thing(msgspec.Struct):
    name: str
    size: int = 0
    specs: dict[str, str] = {}


class Things(msgspec.Struct):
    things: list[Thing]


class Seen(msgspec.Struct, frozen=True):
    protocol: str
    expires: datetime.datetime
    fingerprint: bytes


def read(body: bytes, kind: Any = Things) -> tuple[Outcome[Any], Outcome[Any], Entry]:
    """What `kind` reads from a body, from what a snapshot keeps of it, and the latter."""
    answer = exchange(body, service="compute", path="/things")
    live = decode(answer, kind, "things")
    kept = entry(Record(Request("compute", "/things"), NOW, Ok(answer)), Scrubber())
    part = KeptPart(kept.shape, kept.error)
    recorded = msgspec.structs.replace(exchange(kept.content or b"", service="compute", path="/things"), kept=part)
    return live, decode(recorded, kind, "things"), kept


def test_only_what_was_read_is_kept() -> None:
    body = {"things": [{"name": "a", "size": 1, "owner": "SECRET", "nested": {"x": "SECRET"}}], "also": "SECRET"}
    live, again, kept = read(json.dumps(body).encode())
    assert live == again
    assert json.loads(kept.content or b"") == {"things": [{"name": "a", "size": 1}]}
    assert kept.size == len(json.dumps(body))


def test_an_answer_that_no_fact_read_leaves_nothing() -> None:
    kept = entry(Record(Request("compute", "/x"), NOW, Ok(exchange(b'{"a": "SECRET"}', status=403))), Scrubber())
    assert (kept.content, kept.status) == (None, 403)


def test_a_value_of_another_type_says_nothing_but_its_type() -> None:
    live, again, kept = read(b'{"things": [{"name": {"SECRET": 1}, "size": "SECRET"}]}')
    assert b"SECRET" not in (kept.content or b"")
    assert isinstance(live, Unreachable)
    assert live == again


BROKEN = [b"", b"{", b'{"things": [', b"<html>SECRET</html>", b'{"things": SECRET}', b'"\\ud800"', b"\xff\xfe", b"null"]


@pytest.mark.parametrize("body", BROKEN)
def test_malformed_answers_fail_the_same_way_and_say_nothing(body: bytes) -> None:
    live, again, kept = read(body)
    assert isinstance(live, Unreachable)
    assert isinstance(again, Unreachable)
    assert b"SECRET" not in (kept.content or b"")
    assert live == again


def test_a_part_that_nobody_reads_may_be_malformed() -> None:
    live, again, _ = read(b'{"things": [{"name": "a", "mass": 1e400}]}')
    assert isinstance(live, Ok)
    assert live == again


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=6), below, max_size=3),
    max_leaves=8,
)
things = st.fixed_dictionaries(
    {"name": st.text() | json_values},
    optional={"size": st.integers() | json_values, "specs": st.dictionaries(st.text(), st.text()) | json_values},
)


@given(st.fixed_dictionaries({"things": st.lists(things, max_size=4) | json_values}) | json_values)
def test_facts_read_the_same_from_what_is_kept(document: Any) -> None:
    """Property: whatever the cloud says, apart from what looks like a secret (none does here)."""
    live, again, _ = read(json.dumps(document).encode())
    assert live == again


@given(json_values)
def test_whole_documents_too(document: Any) -> None:
    live, again, _ = read(json.dumps({"a": document}).encode(), dict[str, Any])
    assert isinstance(live, Ok)
    assert live == again


def test_a_body_that_is_no_json_is_kept_as_its_fact_says() -> None:
    answer = exchange(b"<Error><Code>X</Code><Secret>SECRET</Secret></Error>")
    answer.kept.body(b"<Error><Code>X</Code></Error>")
    assert entry(Record(Request(path="u"), NOW, Ok(answer)), Scrubber()).text == "<Error><Code>X</Code></Error>"


def test_observations_are_kept_whole() -> None:
    seen = Seen("TLSv1.3", NOW, b"\x00\x01")
    kept = entry(Record(Request(path="h:443", observed="Seen"), NOW, Ok(seen)), Scrubber())
    assert msgspec.json.decode(kept.content or b"", type=Seen) == seen


def test_reasons_of_failures_are_scrubbed() -> None:
    failure = Unreachable("no answer from https://user:SECRET@host/?token=SECRET")
    kept = entry(Record(Request("compute", "/x"), NOW, failure), Scrubber())
    assert kept.failed is not None
    assert "SECRET" not in str(kept.failed.details)
    assert isinstance(kept.failed.outcome(), Unreachable)


def test_headers_and_requests_are_scrubbed() -> None:
    answer: Exchange = msgspec.structs.replace(exchange(b"{}"), headers={"content-type": "token=SECRET"})
    kept = entry(Record(Request(path="https://u:SECRET@h/?token=SECRET"), NOW, Ok(answer)), Scrubber())
    assert b"SECRET" not in msgspec.json.encode(kept)
