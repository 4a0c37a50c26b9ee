# SPDX-License-Identifier: Apache-2.0
"""Fact of the services' answers: what is asked, and what an answer or its absence shows."""

import pytest

from sovran.cloud.facts.services import READS, S3, ServiceAnswer, State, read_service_answers
from sovran.cloud.outcome import Absent, Denied, Ok, Unreachable
from sovran.cloud.recording import Endpoint, Service
from tests.cloud.scripted_reader import Answer, ScriptedReader, exchange

COMPUTE = "https://compute.example/v2.1"
ROOT = "https://compute.example/"
SERVERS = "/servers?limit=1"


def service(kind: str, url: str = "") -> Service:
    return Service(kind, endpoints=(Endpoint("public", "R", url or f"https://{kind}.example"),))


def read(kind: str, url: str = "", **answers: Answer) -> tuple[ServiceAnswer | None, list[str]]:
    """How one service answers, and what was asked for it; `listing`, `root` and `endpoint` are answers."""
    path = READS[kind][0] if kind in READS else url
    found = {"listing": path, "root": ROOT, "endpoint": url}
    script: dict[str | tuple[str, str], Answer] = {other: Absent("no endpoint") for other, _ in READS.values()}
    script |= {found[name]: answer for name, answer in answers.items()}
    reader = ScriptedReader(script, (service(kind, url),))
    outcome = read_service_answers(reader)
    assert isinstance(outcome, Ok)
    others = {other for name, (other, _) in READS.items() if name != kind}
    return outcome.value.items.get(kind), [asked for asked in reader.asked if asked not in others]


@pytest.mark.parametrize("kind", sorted(READS))
def test_a_listing_of_one_shows_that_a_service_answers(kind: str) -> None:
    answer, asked = read(kind, listing={READS[kind][1]: []})
    assert answer is not None
    assert answer.state is State.ANSWERS
    assert asked[0] == READS[kind][0]


@pytest.mark.parametrize(
    "url",
    ["https://compute.example", f"{ROOT}v2.1", f"{ROOT}v2.1/", f"{ROOT}v2.1/0123456789abcdef0123456789abcdef"],
)
def test_microversions_come_from_the_root_of_the_api(url: str) -> None:
    versions: Answer = {
        "versions": [
            {"id": "v2.0", "status": "SUPPORTED", "version": "", "min_version": ""},
            {"id": "v2.1", "status": "CURRENT", "version": "2.103", "min_version": "2.1"},
        ]
    }
    answer, asked = read("compute", url, listing={"servers": []}, root=versions)
    assert answer == ServiceAnswer(asked=SERVERS, state=State.ANSWERS, microversions="2.1 to 2.103")
    assert asked == [SERVERS, ROOT]


@pytest.mark.parametrize(
    "root",
    [Unreachable("reset"), b"<html>", {"versions": []}, {"versions": [{"id": "v2.1", "status": "CURRENT"}]}],
)
def test_versions_that_cannot_be_read_change_nothing(root: Answer) -> None:
    answer, _ = read("compute", COMPUTE, listing={"servers": []}, root=root)
    assert answer == ServiceAnswer(asked=SERVERS, state=State.ANSWERS)


@pytest.mark.parametrize(
    ("listing", "state"),
    [
        (Denied("compute GET /servers was refused (HTTP 403)"), State.ANSWERS),
        (Absent("compute GET /servers does not exist (HTTP 404)", 404), State.GONE),
        (Unreachable("compute GET /servers ended with HTTP 410", 410), State.GONE),
        (Unreachable("connection refused", no_connection=True, refused=True), State.GONE),
        (Unreachable("connection reset", no_connection=True), State.UNKNOWN),
        (Unreachable("compute GET /servers ended with HTTP 503", 503), State.UNKNOWN),
        (Unreachable("compute GET /servers ended with HTTP 429", 429), State.UNKNOWN),
        (b"<html>", State.UNKNOWN),
        (b"[]", State.UNKNOWN),
        ({"flavors": []}, State.UNKNOWN),
        ({"servers": None}, State.UNKNOWN),
    ],
)
def test_what_an_answer_shows(listing: Answer, state: State) -> None:
    answer, _ = read("compute", COMPUTE, listing=listing)
    assert answer is not None
    assert answer.state is state
    assert answer.reason


NO_VERSION = Unreachable("image at https://image.example offers no version 2.0 to 2.latest")


@pytest.mark.parametrize(
    ("endpoint", "state", "reason"),
    [
        (Unreachable("nobody there", no_connection=True, refused=True), State.GONE, "nobody there"),
        (Unreachable("the name does not resolve", no_connection=True), State.UNKNOWN, "the name does not resolve"),
        (Ok(exchange(b"", status=404)), State.GONE, "GET https://image.example ended with HTTP 404"),
        (Ok(exchange(b"", status=503)), State.UNKNOWN, NO_VERSION.reason),
        (Ok(exchange(b"", status=300)), State.UNKNOWN, NO_VERSION.reason),
    ],
)
def test_an_endpoint_that_tells_no_versions_is_asked_itself(endpoint: Answer, state: State, reason: str) -> None:
    answer, _ = read("image", "https://image.example", listing=NO_VERSION, endpoint=endpoint)
    assert answer is not None
    assert (answer.state, answer.reason) == (state, reason)


def test_a_service_that_is_not_in_the_catalog_is_not_judged() -> None:
    answer, asked = read("image", listing=Absent("the catalog has no image endpoint"))
    assert answer is None
    assert asked == ["/images?limit=1"]


@pytest.mark.parametrize("kind", ["object-store-s3", "s3"])
@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Ok(exchange(b"<Error><Code>InvalidAccessKeyId</Code></Error>", status=403)), State.ANSWERS),
        (Ok(exchange(b"<Error><Code>SlowDown</Code></Error>", status=503)), State.ANSWERS),
        (Ok(exchange(b"<ListAllMyBucketsResult/>")), State.ANSWERS),
        (Ok(exchange(b"<html>hello</html>")), State.UNKNOWN),
        (Ok(exchange(b"", status=502)), State.UNKNOWN),
        (Ok(exchange(b"no such page", status=404)), State.GONE),
        (Unreachable("nobody there", no_connection=True, refused=True), State.GONE),
        (Unreachable("no answer in time"), State.UNKNOWN),
    ],
)
def test_s3_is_asked_as_a_client_with_an_unknown_key(kind: str, answer: Answer, state: State) -> None:
    reader = ScriptedReader({"https://s3.example/": answer}, (service(kind, "https://s3.example"),))
    outcome = read_service_answers(reader)
    assert isinstance(outcome, Ok)
    assert outcome.value.items[S3].state is state
    assert reader.headers["Authorization"].startswith("AWS4-HMAC-SHA256")


def test_without_a_catalog_nothing_is_asked() -> None:
    reader = ScriptedReader()
    assert isinstance(read_service_answers(reader), Absent)
    assert reader.asked == []
