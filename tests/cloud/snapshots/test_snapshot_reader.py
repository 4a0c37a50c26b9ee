# SPDX-License-Identifier: Apache-2.0
"""Facts ask a snapshot as they ask a cloud; what it does not hold is said, and nothing is looked at."""

from typing import NoReturn

import msgspec

from sovran.cloud.listing import decode
from sovran.cloud.outcome import Absent, Denied, Ok, Unreachable
from sovran.cloud.recorder import Failed, Record, Request
from sovran.cloud.snapshots.redaction import entry
from sovran.cloud.snapshots.scrub import Scrubber
from sovran.cloud.snapshots.snapshot import Entry
from sovran.cloud.snapshots.snapshot_reader import SnapshotReader
from tests.cloud.snapshots import NOW, snapshot


class Flavor(msgspec.Struct):
    id: str
    name: str


class Flavors(msgspec.Struct):
    flavors: list[Flavor]


class Newer(msgspec.Struct):
    id: str
    swap: int = 0


class NewerFlavors(msgspec.Struct):
    flavors: list[Newer]


class Seen(msgspec.Struct):
    protocol: str


class SeenMore(msgspec.Struct):
    protocol: str
    cipher: str = ""


def look(seconds: float) -> NoReturn:
    raise AssertionError(seconds)


def test_the_recorded_answer_comes_with_its_clock_and_catalog() -> None:
    reader = SnapshotReader(snapshot())
    assert reader.now == NOW
    assert reader.principal.services[0].type == "compute"
    answer = reader.get("compute", "/flavors/detail", microversion="2.61")
    assert isinstance(answer, Ok)
    assert decode(answer.value, Flavors, "flavors") == Ok(Flavors([Flavor("1", "SCS-1V-4")]))
    assert reader.exchanges == (answer.value,)


def test_failures_come_back() -> None:
    assert SnapshotReader(snapshot()).get("network", "/x") == Unreachable("no api.cloud.example.org")


def test_what_was_not_asked_is_said_so() -> None:
    reader = SnapshotReader(snapshot())
    for outcome in (
        reader.get("compute", "/flavors/detail"),
        reader.get("image", "/images"),
        reader.anonymous("https://host/", {}),
        reader.observe(Seen, "host:443", look),
    ):
        assert isinstance(outcome, Unreachable)
        assert "is not in this snapshot: sovran 0.1.0, which took it, did not ask for it" in outcome.reason


def test_a_newer_fact_that_reads_more_gets_no_default_but_a_reason() -> None:
    answer = SnapshotReader(snapshot()).get("compute", "/flavors/detail", microversion="2.61")
    assert isinstance(answer, Ok)
    outcome = decode(answer.value, NewerFlavors, "flavors")
    assert isinstance(outcome, Unreachable)
    assert "did not keep flavors[].swap" in outcome.reason


def test_an_answer_of_which_nothing_was_kept() -> None:
    one = Entry(request=Request("image", "/images"), at=NOW, status=200, size=10)
    answer = SnapshotReader(snapshot(entries=(one,))).get("image", "/images")
    assert isinstance(answer, Ok)
    outcome = decode(answer.value, Flavors, "flavors")
    assert isinstance(outcome, Unreachable)
    assert "did not keep flavors" in outcome.reason


def test_statuses_mean_what_they_mean_live() -> None:
    def status(code: int) -> SnapshotReader:
        return SnapshotReader(snapshot(entries=(Entry(request=Request("image", "/i"), at=NOW, status=code),)))

    assert isinstance(status(404).get("image", "/i"), Absent)
    assert isinstance(status(403).get("image", "/i"), Denied)
    assert isinstance(status(503).get("image", "/i"), Unreachable)


def test_observations_are_answered_without_looking() -> None:
    seen = entry(Record(Request(path="h:443", observed="Seen"), NOW, Ok(Seen("TLSv1.3"))), Scrubber())
    failed = Entry(request=Request(path="h:80", observed="Seen"), at=NOW, failed=Failed.of(Unreachable("no TLS")))
    reader = SnapshotReader(snapshot(entries=(seen, failed)))
    assert reader.observe(Seen, "h:443", look) == Ok(Seen("TLSv1.3"))
    assert reader.observe(Seen, "h:80", look) == Unreachable("no TLS")


def test_an_observation_of_which_a_newer_fact_wants_more() -> None:
    old = entry(Record(Request(path="h:443", observed="SeenMore"), NOW, Ok(Seen("TLSv1.3"))), Scrubber())
    outcome = SnapshotReader(snapshot(entries=(old,))).observe(SeenMore, "h:443", look)
    assert isinstance(outcome, Unreachable)
    assert "did not keep cipher" in outcome.reason


def test_requests_that_were_scrubbed_are_found_again() -> None:
    asked = "https://user:secret@host/?token=abc"
    one = Entry(request=Request(path=Scrubber().text(asked)), at=NOW, status=200)
    assert isinstance(SnapshotReader(snapshot(entries=(one,))).anonymous(asked, {}), Ok)


def test_a_run_without_a_token_has_no_catalog() -> None:
    assert SnapshotReader(snapshot(principal=None, entries=())).principal.services == ()
