# SPDX-License-Identifier: Apache-2.0
"""Services that answer, fail and are gone, as the live reader sees them on real connections."""

import socket
from collections.abc import Callable

import pytest

from sovran.cloud.facts.services import ServiceAnswer, State, read_service_answers
from sovran.cloud.live import LiveReader
from sovran.cloud.outcome import Ok, Unreachable
from sovran.cloud.session import Connection
from tests.cloud.identity_stub import Handler, IdentityStub, endpoints

Connected = Callable[..., Connection]
VERSIONS = {"versions": [{"id": "v2.9", "status": "CURRENT", "links": [{"rel": "self", "href": "/image/v2/"}]}]}


@pytest.fixture
def nobody() -> str:
    """An address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def image(connected: Connected, identity: IdentityStub, url: str, *, seconds: float = 5.0) -> ServiceAnswer:
    """How the image service at this address answers."""
    identity.token["catalog"] = [endpoints("identity", identity.url), endpoints("image", url)]
    outcome = read_service_answers(LiveReader(connected(), seconds=seconds))
    assert isinstance(outcome, Ok)
    return outcome.value.items["image"]


@pytest.mark.parametrize("path", ["", "/v2"])
def test_nobody_listens(connected: Connected, identity: IdentityStub, nobody: str, path: str) -> None:
    answer = image(connected, identity, nobody + path)
    assert answer.state is State.GONE
    assert "refused" in answer.reason


@pytest.mark.parametrize(
    ("listing", "state"),
    [
        (lambda handler: handler.reply(200, {"images": []}), State.ANSWERS),
        (lambda handler: handler.reply(403, {}), State.ANSWERS),
        (lambda handler: handler.reply(404, {}), State.GONE),
        (lambda handler: handler.reply(410, {}), State.GONE),
        (lambda handler: handler.reply(500, {}), State.UNKNOWN),
        (lambda handler: handler.reply(503, {}, {"Retry-After": "1"}), State.UNKNOWN),
        (lambda handler: handler.reply(429, {}), State.UNKNOWN),
        (lambda handler: handler.send(200, b"<html>", {}), State.UNKNOWN),
        (Handler.reset, State.UNKNOWN),
    ],
)
@pytest.mark.parametrize("unversioned", [True, False])
def test_what_a_listing_shows(
    connected: Connected, identity: IdentityStub, listing: Callable[[Handler], None], state: State, unversioned: bool
) -> None:
    base = identity.url.removesuffix("/v3") + "/image"
    identity.answers["GET", "/image"] = lambda handler: handler.reply(300, VERSIONS)
    identity.answers["GET", "/image/v2/images?limit=1"] = listing
    identity.answers["GET", "/image/v2/images"] = listing
    answer = image(connected, identity, base if unversioned else f"{base}/v2")
    assert answer.state is state


@pytest.mark.parametrize(
    ("root", "state"),
    [
        (lambda handler: handler.reply(404, {}), State.GONE),
        (lambda handler: handler.reply(503, {}), State.UNKNOWN),
        (Handler.reset, State.UNKNOWN),
    ],
)
def test_what_an_endpoint_without_versions_shows(
    connected: Connected, identity: IdentityStub, root: Callable[[Handler], None], state: State
) -> None:
    identity.answers["GET", "/image"] = root
    identity.answers["GET", "/image/"] = root
    assert image(connected, identity, identity.url.removesuffix("/v3") + "/image").state is state


def test_a_proxy_that_is_not_there_shows_nothing_about_the_cloud(
    connected: Connected, identity: IdentityStub, nobody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = LiveReader(connected(), seconds=5.0)
    assert reader.principal
    monkeypatch.setenv("http_proxy", nobody)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    outcome = reader.anonymous("http://cloud.example/", {})
    assert isinstance(outcome, Unreachable)
    assert (outcome.no_connection, outcome.refused) == (True, False)
