# SPDX-License-Identifier: Apache-2.0
"""Tokens that expire while a cloud is read."""

import threading
from collections.abc import Callable
from functools import partial

import pytest

from sovran.cloud.at_once import at_once
from sovran.cloud.live import LiveReader
from sovran.cloud.outcome import Denied, Ok
from sovran.cloud.session import Connection
from tests.cloud.identity_stub import Handler, IdentityStub, endpoints

REQUESTS = 7


@pytest.fixture
def reader(connected: Callable[..., Connection], identity: IdentityStub) -> LiveReader:
    """A reader with a token, on a cloud that would give another one from now on."""
    base = identity.url.removesuffix("/v3")
    identity.token["catalog"] = [endpoints("identity", identity.url), endpoints("compute", f"{base}/compute/v2.1")]
    made = LiveReader(connected(), seconds=5.0)
    assert made.principal.roles
    number = iter(range(100))
    identity.tokens(
        lambda handler: handler.reply(201, {"token": identity.token}, {"X-Subject-Token": f"new-{next(number)}"})
    )
    return made


def tokens_asked(identity: IdentityStub) -> int:
    """How many tokens were asked for."""
    return sum(method == "POST" for method, _, _, _ in identity.requests)


def answer(identity: IdentityStub, what: Callable[[Handler], None]) -> None:
    """Let every thing of the compute service get this."""
    for number in range(REQUESTS):
        identity.answers["GET", f"/compute/v2.1/things/{number}"] = what


@pytest.mark.parametrize("together", [1, REQUESTS])
def test_a_token_that_expires_is_renewed_once(reader: LiveReader, identity: IdentityStub, together: int) -> None:
    """However many requests it is refused to at the same time."""
    waiting = threading.Barrier(together)

    def expired(handler: Handler) -> None:
        if handler.headers["X-Auth-Token"] == "the-token":
            waiting.wait(5)
            handler.reply(401, {})
        else:
            handler.reply(200, {})

    answer(identity, expired)
    got = at_once({number: partial(reader.get, "compute", f"/things/{number}") for number in range(together)})
    assert all(isinstance(outcome, Ok) for outcome in got.values())
    assert tokens_asked(identity) == 2


def test_a_service_that_refuses_every_token_is_denied_without_a_loop(
    reader: LiveReader, identity: IdentityStub
) -> None:
    answer(identity, lambda handler: handler.reply(401, {}))
    asked = len(identity.requests)
    for number in range(REQUESTS):
        got = reader.get("compute", f"/things/{number}")
        assert isinstance(got, Denied)
        assert got.status == 401
    assert tokens_asked(identity) == 2
    # one of them was sent again, with the new token, and one asked for that token
    assert len(identity.requests) - asked == REQUESTS + 2
