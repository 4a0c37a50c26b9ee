# SPDX-License-Identifier: Apache-2.0
"""Probe key-manager on clouds that give back something else, list late, or keep what is deleted."""

import json
from collections.abc import Callable

import pytest

from sovran.cloud.acting.ledger import Intent
from sovran.cloud.acting.removal import Left, remove_intents
from sovran.cloud.facts.secrets import SecretsAnswer
from sovran.cloud.outcome import Ok
from sovran.model.verdict import Verdict
from sovran.probes.key_manager import DELETE, KEY_MANAGER, LIST, METADATA, PAYLOAD, STORE
from sovran.probes.probe import Stage
from tests.probes.http_cloud import Asked, HttpCloud, Told, document
from tests.rules.facts_by_hand import catalog, service
from tests.rules.services_by_hand import verdict

OnCloud = Callable[[HttpCloud], Stage]
CLAIM, OFFICIAL = "0116-05", "scs-0116-permissions"
WITH = catalog(service("key-manager"))
ONE = "/key/v1/secrets/[0-9a-f]*"
PAGE = Told(200, b"<html></html>")
Seen = tuple[set[str], Verdict, Verdict, tuple[Left, ...], tuple[Intent, ...]]


@pytest.fixture
def see(cloud: HttpCloud, stage: OnCloud) -> Callable[[], Seen]:
    """The steps that did not work, the verdicts by the text and official, what is left, and what the ledger has."""

    def run() -> Seen:
        on = stage(cloud)
        outcome = KEY_MANAGER.run(on)
        assert isinstance(outcome, Ok)
        wrong = {step.what for step in outcome.value.steps if not step.ok}
        facts = (WITH, SecretsAnswer(0), outcome.value)
        left = remove_intents(on.actor, on.actor.open, on.actor.ledger.gone, seconds=5)
        return wrong, verdict(CLAIM, *facts), verdict(OFFICIAL, *facts), left, on.actor.open

    return run


def test_an_honest_cloud_passes_and_keeps_nothing(see: Callable[[], Seen], cloud: HttpCloud) -> None:
    assert see() == (set(), Verdict.PASS, Verdict.PASS, (), ())
    assert cloud.left == []


@pytest.mark.parametrize(
    ("what", "told", "step"),
    [
        (f"GET {ONE}", Told(200), METADATA),
        (f"GET {ONE}", PAGE, METADATA),
        (f"GET {ONE}", document(200, {"name": "another"}), METADATA),
        (f"GET {ONE}/payload", Told(200), PAYLOAD),
        (f"GET {ONE}/payload", Told(200, bytes(32)), PAYLOAD),
        (r"GET /key/v1/secrets\?.*", document(200, {"secrets": [], "total": 0}), LIST),
        (r"GET /key/v1/secrets\?.*", PAGE, LIST),
        (f"DELETE {ONE}", Told(204), DELETE),
        ("POST /key/v1/secrets", PAGE, STORE),
        ("POST /key/v1/secrets", document(403, {"title": "Forbidden"}), STORE),
    ],
)
def test_lies_fail(see: Callable[[], Seen], cloud: HttpCloud, what: str, told: Told, step: str) -> None:
    cloud.lie(what, told)
    wrong, by_the_text, official, *_ = see()
    assert step in wrong
    assert by_the_text is Verdict.FAIL
    # what is shown in place of metadata also stands in the way of seeing it gone
    expected = {PAYLOAD: Verdict.PASS, LIST: Verdict.FAIL}
    if told.status == 403:
        expected[STORE] = Verdict.FAIL
    assert official is expected.get(step, Verdict.ABORT)


@pytest.mark.parametrize("told", [Told(429), Told(0)])
def test_no_answer_decides_nothing(see: Callable[[], Seen], cloud: HttpCloud, told: Told) -> None:
    cloud.lie("POST /key/v1/secrets", told)
    assert see()[1:3] == (Verdict.ABORT, Verdict.ABORT)


def test_a_quota_is_no_right_by_the_text_and_all_the_same_to_the_suite(
    see: Callable[[], Seen], cloud: HttpCloud
) -> None:
    words = "Quota reached for project p. Only 0 secrets are allowed"
    cloud.lie("POST /key/v1/secrets", document(403, {"title": "Forbidden", "description": words}))
    assert see()[1:3] == (Verdict.ABORT, Verdict.FAIL)


def test_a_listing_that_lags_behind_is_waited_for(see: Callable[[], Seen], cloud: HttpCloud) -> None:
    asked = []

    def late(one: Asked, honest: Callable[[], Told]) -> Told:
        asked.append(one)
        return honest() if len(asked) > 1 else document(200, {"secrets": [], "total": 0})

    cloud.lie(r"GET /key/v1/secrets\?.*", late)
    assert see()[:3] == (set(), Verdict.PASS, Verdict.PASS)


def test_what_a_service_quotes_of_the_request_is_not_told(cloud: HttpCloud, stage: OnCloud) -> None:
    def quote(asked: Asked, _: Callable[[], Told]) -> Told:
        payload = json.loads(asked.body)["payload"]
        words = f"token {asked.headers['x-auth-token']} may not, password=hunter22 payload"
        return document(403, {"title": "Forbidden", "description": words, "payload": payload})

    cloud.lie("POST /key/v1/secrets", quote)
    outcome = KEY_MANAGER.run(stage(cloud))
    assert "may not" in str(outcome)
    assert not [secret for secret in ("the-token", "hunter22", "payload=") if secret in str(outcome)]


def test_a_secret_that_stays_is_told(see: Callable[[], Seen], cloud: HttpCloud) -> None:
    cloud.lie(f"DELETE {ONE}", document(403, {"title": "Forbidden"}))
    wrong, by_the_text, official, left, still = see()
    assert (wrong, by_the_text, official) == ({DELETE}, Verdict.FAIL, Verdict.FAIL)
    assert len(left) == len(still) == len(cloud.secrets) == 1
