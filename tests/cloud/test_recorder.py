# SPDX-License-Identifier: Apache-2.0
"""Tests of what a run keeps of what it saw: each thing once, failures too."""

import threading

import pytest

from sovran.cloud.outcome import Absent, Denied, Failure, Ok, Outcome, Partial, Unreachable
from sovran.cloud.recorder import Failed, Recorder, Request, exchanges
from sovran.cloud.recording import Exchange, Service, variant_of
from tests.cloud.scripted_reader import exchange


def test_the_same_request_is_sent_once_also_from_many_threads() -> None:
    recorder, sent = Recorder(), []
    gate = threading.Barrier(8)

    def ask() -> Outcome[Exchange]:
        sent.append(1)
        return Ok(exchange(b"{}", service="compute", path="/a"))

    def read() -> None:
        gate.wait()
        recorder.exchange(Request("compute", "/a"), ask)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) == 1
    assert [one.body for one in exchanges(recorder.records())] == [b"{}"]


def test_a_microversion_or_other_headers_make_another_request() -> None:
    recorder = Recorder()
    for request in (
        Request("compute", "/a"),
        Request("compute", "/a", "2.61"),
        Request("compute", "/a", "", "range=0"),
    ):
        recorder.exchange(request, lambda: Ok(exchange(b"{}")))
    assert len(recorder.records()) == 3


def test_observations_are_seen_once_and_apart_by_type_and_subject() -> None:
    recorder, looks = Recorder(), []

    def look() -> Outcome[Service]:
        looks.append(1)
        return Ok(Service("seen"))

    for subject in ("a", "a", "b"):
        assert recorder.observe(Service, subject, look) == Ok(Service("seen"))
    assert len(looks) == 2


@pytest.mark.parametrize(
    "failure",
    [Absent("a", 404), Absent("a"), Denied("d"), Partial("p"), Unreachable("u", 503), Unreachable("u", 0, True)],
)
def test_a_failure_comes_back_as_it_was(failure: Failure) -> None:
    assert Failed.of(failure).outcome() == failure


def test_header_values_that_may_be_secret_tell_no_requests_apart() -> None:
    assert variant_of({"Authorization": "secret", "Accept": "text/xml"}) == "accept=text/xml;authorization"
