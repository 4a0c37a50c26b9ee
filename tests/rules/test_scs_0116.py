# SPDX-License-Identifier: Apache-2.0
"""SCS-0116: key manager or none, and what a member may do with it."""

import pytest

from sovran.cloud.facts.catalog import Catalog
from sovran.cloud.facts.secrets import SecretsAnswer
from sovran.cloud.outcome import Absent, Denied, NotRun
from sovran.model.verdict import Verdict
from sovran.probes.key_manager import DELETE, LIST, METADATA, PAYLOAD, STORE, KeyManagerProbe
from sovran.probes.steps import Step
from tests.rules.facts_by_hand import catalog, service
from tests.rules.services_by_hand import FORBIDDEN, NOT_FOUND, UNKNOWN, judged, verdict

PASS, FAIL, ABORT, MISS = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.MISS
NOT_APPLICABLE = Verdict.NOT_APPLICABLE
WITH, WITHOUT = catalog(service("key-manager")), catalog()
LISTED = SecretsAnswer(3)
ABSENT = Absent("the catalog has no key-manager endpoint")


def test_without_a_key_manager_only_its_presence_is_judged() -> None:
    unread = {SecretsAnswer: ABSENT}
    assert verdict("scs-0116-presence", WITHOUT) is verdict("0116-01", WITHOUT) is FAIL
    assert verdict("scs-0116-permissions", WITHOUT, unread=unread) is PASS
    for number in (2, 3, 4, 5):
        assert verdict(f"0116-0{number}", WITHOUT, unread=unread) is NOT_APPLICABLE


def test_with_one_what_no_api_shows_is_not_run_and_says_what_would_tell() -> None:
    assert verdict("scs-0116-presence", WITH) is verdict("0116-01", WITH) is PASS
    for number, words in ((2, "plugin"), (3, "master key"), (4, "master key")):
        judgement = judged(f"0116-0{number}", WITH)
        assert judgement.verdict is MISS
        assert words in judgement.reason


def probe(**failed: Step) -> KeyManagerProbe:
    """A probe whose steps all worked, but for those given, by the first word of what they do."""
    steps = (Step(what, ok=True) for what in (STORE, METADATA, PAYLOAD, LIST, DELETE))
    return KeyManagerProbe(tuple(failed.get(step.what.split("'")[0].replace(" ", "_"), step) for step in steps))


CLAIMS = ("scs-0116-permissions", "0116-05")


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_member_who_can_do_all_with_a_secret_is_a_creator(claim: str) -> None:
    assert verdict(claim, WITH, LISTED, probe()) is PASS


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("step", [STORE, DELETE])
def test_what_is_forbidden_fails_and_what_breaks_is_told_apart(claim: str, step: str) -> None:
    key = step.replace(" ", "_")
    refused = Step(step, ok=False, status=403, said="key-manager POST /secrets ended with HTTP 403")
    judgement = judged(claim, WITH, LISTED, probe(**{key: refused}))
    assert judgement.verdict is FAIL
    assert "HTTP 403" in judgement.findings[0].message
    silent = Step(step, ok=False, said="no answer", unclear=True)
    assert verdict(claim, WITH, LISTED, probe(**{key: silent})) is ABORT


def test_only_the_text_speaks_of_the_payload_and_of_errors() -> None:
    other = KeyManagerProbe(
        (
            Step(STORE, ok=True),
            Step(METADATA, ok=True),
            Step(PAYLOAD, ok=False, said="another"),
            Step(LIST, ok=True),
            Step(DELETE, ok=True),
        )
    )
    assert verdict("scs-0116-permissions", WITH, LISTED, other) is PASS
    assert verdict("0116-05", WITH, LISTED, other) is FAIL
    broken = KeyManagerProbe((Step(STORE, ok=False, status=500, said="HTTP 500"),))
    assert verdict("scs-0116-permissions", WITH, LISTED, broken) is ABORT
    # an error of the server says nothing about rights
    assert verdict("0116-05", WITH, LISTED, broken) is ABORT


@pytest.mark.parametrize("claim", CLAIMS)
def test_without_the_probe_it_is_not_run(claim: str) -> None:
    judgement = judged(claim, WITH, LISTED, unread={KeyManagerProbe: NotRun("takes the probe key-manager")})
    assert judgement.verdict is MISS
    assert "takes the probe" in judgement.reason


@pytest.mark.parametrize("claim", CLAIMS)
def test_who_may_not_list_secrets_fails_without_a_probe(claim: str) -> None:
    assert verdict(claim, WITH, unread={SecretsAnswer: FORBIDDEN}) is FAIL
    for failure in (UNKNOWN, NOT_FOUND, Denied("refused (HTTP 401)", 401)):
        assert verdict(claim, WITH, unread={SecretsAnswer: failure}) is ABORT
    # without an endpoint for users, the official suite has nothing to ask, and the text nobody to speak of
    unreachable = verdict(claim, WITH, unread={SecretsAnswer: ABSENT})
    assert unreachable is (NOT_APPLICABLE if claim == "0116-05" else ABORT)


def test_a_key_manager_elsewhere_is_none_for_this_user() -> None:
    elsewhere = catalog(service("key-manager", region="Other"))
    assert verdict("scs-0116-presence", elsewhere) is PASS
    judgement = judged("0116-01", elsewhere)
    assert (judgement.verdict, judgement.findings[0].field) == (FAIL, "endpoint")


@pytest.mark.parametrize("kind", ["key-manager2", "keymanager", "Key-Manager"])
def test_the_type_counts_verbatim(kind: str) -> None:
    assert verdict("scs-0116-presence", catalog(service(kind))) is FAIL


@pytest.mark.parametrize("number", range(1, 6))
def test_a_catalog_that_could_not_be_read_decides_nothing(number: int) -> None:
    assert verdict(f"0116-0{number}", LISTED, unread={Catalog: UNKNOWN}) is ABORT


def test_the_manual_testcase_says_what_it_needs() -> None:
    judgement = judged("key-manager-docs-check")
    assert judgement.verdict is MISS
    assert "description" in judgement.reason
