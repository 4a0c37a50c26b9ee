# SPDX-License-Identifier: Apache-2.0
"""The live reader: what it asks, what it keeps, and how a cloud's bad days end."""

import gzip
import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from sovran.cloud import live
from sovran.cloud.at_once import at_once
from sovran.cloud.facts.flavors import read_flavors
from sovran.cloud.live import LiveReader
from sovran.cloud.outcome import Absent, Denied, Failure, Ok, Outcome, Unreachable
from sovran.cloud.recording import Exchange
from sovran.cloud.session import Connection
from tests.cloud.identity_stub import PASSWORD, Handler, IdentityStub, endpoints

Connected = Callable[..., Connection]


@pytest.fixture
def reader(connected: Connected, identity: IdentityStub) -> Callable[..., LiveReader]:
    """Make a reader on a cloud whose compute service is beside the identity stub, with options of the entry."""
    base = identity.url.removesuffix("/v3")
    identity.token["catalog"] = [endpoints("identity", identity.url), endpoints("compute", f"{base}/compute/v2.1")]

    def make(seconds: float = 5.0, **options: Any) -> LiveReader:
        made = LiveReader(connected(**options), seconds=seconds)
        assert made.principal.roles
        return made

    return make


def answer(identity: IdentityStub, what: Callable[[Handler], None], path: str = "/compute/v2.1/things") -> None:
    """Let a GET of the compute service get this."""
    identity.answers["GET", path] = what


def reason(outcome: Outcome[Any]) -> str:
    """The reason of a failure."""
    assert not isinstance(outcome, Ok)
    return outcome.reason


def test_as_whom_and_with_which_catalog(reader: Callable[..., LiveReader], identity: IdentityStub) -> None:
    identity.token["catalog"].append({"type": None, "endpoints": [{"interface": None, "url": None}]})
    identity.token["catalog"].append({"name": "no endpoints", "endpoints": None})
    principal = reader(region_name="R1", interface="publicURL").principal
    assert (principal.roles, principal.project, principal.region) == (("member", "reader"), "p", "R1")
    assert principal.interface == "public"
    assert [service.type for service in principal.services] == ["identity", "compute", "", ""]
    assert principal.services[1].endpoints[0].region == "R1"
    assert principal.services[2].endpoints[0].url == ""


def test_a_request_carries_token_and_microversion(reader: Callable[..., LiveReader], identity: IdentityStub) -> None:
    answer(identity, lambda handler: handler.reply(200, {"things": []}))
    outcome = reader().get("compute", "/things", microversion="2.61")
    assert isinstance(outcome, Ok)
    method, path, headers, _ = identity.requests[-1]
    assert (method, path) == ("GET", "/compute/v2.1/things")
    assert headers["X-Auth-Token"] == "the-token"
    assert headers["OpenStack-API-Version"] == "compute 2.61"


def test_the_recording_holds_the_answer_and_no_secret(
    reader: Callable[..., LiveReader], identity: IdentityStub
) -> None:
    extra = {"X-Openstack-Request-Id": "req-1", "Set-Cookie": "session=secret", "X-Subject-Token": "the-token"}
    answer(identity, lambda handler: handler.reply(200, {"things": []}, extra))
    one = reader()
    one.get("compute", "/things")
    (exchange,) = one.exchanges
    assert (exchange.service, exchange.path, exchange.status) == ("compute", "/things", 200)
    assert json.loads(exchange.body) == {"things": []}
    assert set(exchange.headers) == {"content-type", "date", "x-openstack-request-id"}
    assert "the-token" not in repr(exchange)
    assert PASSWORD not in repr(exchange)
    assert exchange.at >= one.now


def test_a_compressed_answer_is_recorded_plain(reader: Callable[..., LiveReader], identity: IdentityStub) -> None:
    body = gzip.compress(b'{"things": []}')
    answer(identity, lambda handler: handler.send(200, body, {"Content-Encoding": "gzip"}))
    outcome = reader().get("compute", "/things")
    assert isinstance(outcome, Ok)
    assert outcome.value.body == b'{"things": []}'


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (403, Denied, "compute GET /things was refused (HTTP 403)"),
        (401, Denied, "refused"),
        (404, Absent, "compute GET /things does not exist (HTTP 404)"),
        (406, Unreachable, "HTTP 406"),
        (500, Unreachable, "compute GET /things ended with HTTP 500"),
        (503, Unreachable, "HTTP 503"),
        (304, Unreachable, "HTTP 304"),
    ],
)
def test_statuses(
    reader: Callable[..., LiveReader], identity: IdentityStub, status: int, kind: type[Failure], words: str
) -> None:
    answer(identity, lambda handler: handler.reply(status, {}))
    outcome = reader().get("compute", "/things")
    assert isinstance(outcome, kind)
    assert words in outcome.reason
    if isinstance(outcome, Absent | Unreachable):
        assert outcome.status == status


@pytest.mark.parametrize(
    "broken",
    [
        Handler.reset,
        lambda handler: handler.send(200, b"{", {}, length=500),
        lambda handler: handler.send(200, b"not gzip", {"Content-Encoding": "gzip"}),
        lambda handler: handler.wfile.write(b"not HTTP\r\n\r\n"),
    ],
)
def test_broken_answers_are_unreachable(
    reader: Callable[..., LiveReader], identity: IdentityStub, broken: Callable[[Handler], None]
) -> None:
    def breaks(handler: Handler) -> None:
        broken(handler)
        handler.close_connection = True

    answer(identity, breaks)
    outcome = reader().get("compute", "/things")
    assert isinstance(outcome, Unreachable)
    assert outcome.reason.startswith("compute gave no answer: ")
    assert outcome.reason.isprintable()


def test_a_service_that_is_not_in_the_catalog_is_absent(reader: Callable[..., LiveReader]) -> None:
    assert reader().get("network", "/things") == Absent("the catalog has no network endpoint")
    elsewhere = reader(region_name="R1", compute_region_name="R9").get("compute", "/things")
    assert elsewhere == Absent("the catalog has no compute endpoint in region R9")


def test_a_port_where_nobody_listens(reader: Callable[..., LiveReader], identity: IdentityStub) -> None:
    identity.token["catalog"][1] = endpoints("compute", "http://127.0.0.1:1/v2.1")
    outcome = reader().get("compute", "/things")
    assert isinstance(outcome, Unreachable)
    assert outcome.no_connection


@pytest.mark.parametrize("seconds", [3600, 5])
def test_a_token_that_is_refused_and_cannot_be_renewed(
    reader: Callable[..., LiveReader], identity: IdentityStub, seconds: int
) -> None:
    identity.token["expires_at"] = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
    one = reader()
    answer(identity, lambda handler: handler.reply(401, {}))
    identity.tokens(lambda handler: handler.reply(401, {"error": {"code": 401, "message": "expired"}}))
    assert one.get("compute", "/things") == Denied("compute: the token was refused and could not be renewed")


def test_an_endpoint_of_no_known_version_is_asked_for_its_versions(
    reader: Callable[..., LiveReader], identity: IdentityStub
) -> None:
    root = identity.url.replace("/v3", "/network")
    identity.token["catalog"].append(endpoints("network", root))
    versions = {"versions": [{"id": "v2.0", "status": "CURRENT", "links": [{"rel": "self", "href": f"{root}/v2.0/"}]}]}
    answer(identity, lambda handler: handler.reply(200, versions), "/network")
    answer(identity, lambda handler: handler.reply(200, {}), "/network/v2.0/things")
    assert isinstance(reader().get("network", "/things"), Ok)


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (Handler.reset, "gave no answer"),
        (lambda handler: handler.reply(500, {}), r"does not tell its versions \(HTTP 500\)"),
        (lambda handler: handler.reply(200, {"versions": 7}), "no version document"),
        (lambda handler: handler.reply(200, None), "no version document"),
        (lambda handler: handler.send(200, b"[" * 200_000, {"Content-Type": "application/json"}), "no version"),
        (lambda handler: handler.send(200, b" " * (17 * 2**20), {}), r"does not tell its versions \(HTTP 200\)"),
    ],
)
def test_an_endpoint_that_does_not_tell_its_versions_is_not_asked_further(
    reader: Callable[..., LiveReader], identity: IdentityStub, broken: Callable[[Handler], None], words: str
) -> None:
    """Below an address without a version everything is a 404, which would look like something absent."""
    identity.token["catalog"].append(endpoints("network", identity.url.replace("/v3", "/network")))
    answer(identity, broken, "/network")
    answer(identity, lambda handler: handler.reply(404, {}), "/network/things")
    got = reader().get("network", "/things")
    assert isinstance(got, Unreachable)
    assert got.status == 0
    assert re.search(words, got.reason)


def test_versions_are_asked_for_once(reader: Callable[..., LiveReader], identity: IdentityStub) -> None:
    root = identity.url.replace("/v3", "/network")
    identity.token["catalog"].append(endpoints("network", root))
    versions = {"versions": [{"id": "v2.0", "status": "CURRENT", "links": [{"rel": "self", "href": f"{root}/v2.0/"}]}]}
    answer(identity, lambda handler: handler.reply(200, versions), "/network")
    one = reader()
    at_once({number: partial(one.get, "network", f"/things/{number}") for number in range(8)})
    assert [path for _, path, _, _ in identity.requests].count("/network") == 1


def test_a_service_of_other_versions_is_not_absent(reader: Callable[..., LiveReader], identity: IdentityStub) -> None:
    root = identity.url.replace("/v3", "/network")
    identity.token["catalog"].append(endpoints("network", root))
    versions = {"versions": [{"id": "v3.0", "status": "CURRENT", "links": [{"rel": "self", "href": f"{root}/v3"}]}]}
    answer(identity, lambda handler: handler.reply(200, versions), "/network")
    assert reader().get("network", "/things") == Unreachable(f"network at {root} offers no version 2.0 to 2.latest")


def test_an_override_replaces_the_catalog(reader: Callable[..., LiveReader], identity: IdentityStub) -> None:
    answer(identity, lambda handler: handler.reply(200, {}), "/other/v2.1/things")
    override = identity.url.replace("/v3", "/other/v2.1/")
    assert isinstance(reader(compute_endpoint_override=override).get("compute", "/things"), Ok)


def test_redirects_of_services_end(reader: Callable[..., LiveReader], identity: IdentityStub) -> None:
    here = identity.url.replace("/v3", "/compute/v2.1/things")
    answer(identity, lambda handler: handler.reply(302, {}, {"Location": here}))
    before = len(identity.requests)
    outcome = reader().get("compute", "/things")
    assert outcome == Unreachable("compute GET /things ended with HTTP 302", 302)
    assert len(identity.requests) - before < 10


def test_an_anonymous_request_has_no_token_and_any_status(
    reader: Callable[..., LiveReader], identity: IdentityStub
) -> None:
    url = identity.url.replace("/v3", "/s3")
    answer(identity, lambda handler: handler.reply(302, {}, {"Location": "http://127.0.0.1:1/"}), "/s3")
    outcome = reader().anonymous(url, {"x-amz-date": "now"})
    assert isinstance(outcome, Ok)
    assert outcome.value.status == 302
    headers = identity.requests[-1][2]
    assert headers["x-amz-date"] == "now"
    assert "X-Auth-Token" not in headers
    assert isinstance(reader().anonymous("http://[broken/", {}), Unreachable)


# ---- limits


def timed(read: Callable[[], Outcome[Exchange]]) -> tuple[float, Outcome[Exchange]]:
    """Seconds that a request took, and how it ended."""
    start = time.monotonic()
    outcome = read()
    return time.monotonic() - start, outcome


def test_a_service_that_says_nothing(reader: Callable[..., LiveReader], identity: IdentityStub) -> None:
    answer(identity, Handler.hang)
    one = reader(seconds=0.4)
    seconds, outcome = timed(lambda: one.get("compute", "/things"))
    assert seconds < 2
    assert isinstance(outcome, Unreachable)
    # the time was ours
    assert not outcome.no_connection
    assert one.get("compute", "/more") == Unreachable("the time limit was over before GET /more could be sent")


def drip(chunked: bool) -> Callable[[Handler], None]:
    """Send a byte every 20 ms for ever."""

    def send(handler: Handler) -> None:
        handler.send_response_only(200)
        if chunked:
            handler.send_header("Transfer-Encoding", "chunked")
        else:
            handler.send_header("Content-Length", "1000000000")
        handler.end_headers()
        while not handler.identity.released.wait(0.02):
            handler.wfile.write(b"1\r\n \r\n" if chunked else b" ")

    return send


@pytest.mark.parametrize("chunked", [False, True])
def test_an_endless_slow_answer(reader: Callable[..., LiveReader], identity: IdentityStub, chunked: bool) -> None:
    answer(identity, drip(chunked))
    one = reader(seconds=0.5)
    seconds, outcome = timed(lambda: one.get("compute", "/things"))
    assert seconds < 2
    assert "not complete when the time limit was over" in reason(outcome)
    assert one.exchanges == ()


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_an_answer_larger_than_memory(
    reader: Callable[..., LiveReader], identity: IdentityStub, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setattr(live, "MOST_BYTES", 2 * 1024 * 1024)

    # before anybody waits for it: a busy machine takes seconds for it
    block = gzip.compress(b" " * 50_000_000, compresslevel=1) if encoding else b" " * 1_000_000

    def flood(handler: Handler) -> None:
        handler.send_response_only(200)
        if encoding:
            handler.send_header("Content-Encoding", encoding)
        handler.end_headers()
        while not handler.identity.released.is_set():
            handler.wfile.write(block)

    answer(identity, flood)
    answer(identity, lambda handler: handler.send(200, b" " * 900_000, {}), "/compute/v2.1/others")
    one = reader()
    for version in ("2.1", "2.2", "2.3"):
        outcome = one.get("compute", "/things", microversion=version)
        assert reason(outcome) == "compute GET /things: the answer is larger than 1 MiB"
    # what was given up does not count against the others
    assert isinstance(one.get("compute", "/others"), Ok)


def test_the_bound_is_on_all_answers_together(
    reader: Callable[..., LiveReader], identity: IdentityStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_BYTES", 2 * 1024 * 1024)
    answer(identity, lambda handler: handler.send(200, b" " * 1_000_000, {}))
    one = reader()
    outcomes = [one.get("compute", "/things", microversion=version) for version in ("2.1", "2.2", "2.3")]
    assert [type(outcome) for outcome in outcomes] == [Ok, Ok, Unreachable]


def test_flavors_of_a_real_answer(reader: Callable[..., LiveReader], identity: IdentityStub) -> None:
    def page(number: int, following: str) -> dict[str, object]:
        flavor = {"id": str(number), "name": f"f{number}", "vcpus": 1, "ram": 512, "disk": 0, "extra_specs": {}}
        links = (
            [{"rel": "next", "href": f"http://internal.example/v2.1/flavors/detail?{following}"}] if following else []
        )
        return {"flavors": [flavor], "flavors_links": links}

    answer(identity, lambda handler: handler.reply(200, page(1, "marker=1")), "/compute/v2.1/flavors/detail")
    answer(identity, lambda handler: handler.reply(200, page(2, "")), "/compute/v2.1/flavors/detail?marker=1")
    outcome = read_flavors(reader())
    assert isinstance(outcome, Ok)
    assert [flavor.name for flavor in outcome.value.items] == ["f1", "f2"]
