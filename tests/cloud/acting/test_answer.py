# SPDX-License-Identifier: Apache-2.0
"""Tests of answers: which refusal is one for good, which only says that there is no room now."""

import msgspec
import pytest

from sovran.cloud.acting.answer import Answer, NoAnswer, OverQuota, Refused

QUOTA = [
    (
        413,
        {
            "overLimit": {
                "message": "VolumeLimitExceeded: Maximum number of volumes allowed (10) exceeded for quota 'volumes'."
            }
        },
    ),
    (413, {"overLimit": {"message": "BackupLimitExceeded: Maximum number of backups allowed (1) exceeded"}}),
    (403, {"forbidden": {"message": "Quota exceeded for ram: Requested 32768, but already used 32768 of 51200 ram"}}),
    (
        409,
        {"NeutronError": {"type": "OverQuota", "message": "Quota exceeded for resources: ['network'].", "detail": ""}},
    ),
    (
        403,
        {"title": "Forbidden", "description": "Quota reached for project p. Only 0 secrets are allowed", "code": 403},
    ),
    (413, {}),
    (403, {"error": {"message": "QuotaExceeded"}}),
    (429, {"error": {"message": "Too many requests"}}),
    (498, {}),
    (507, {}),
]
OTHERS = [
    (403, {"forbidden": {"message": "Policy doesn't allow volume:create to be performed."}}),
    (409, {"conflictingRequest": {"message": "Key pair 'x' already exists."}}),
    (400, {"badRequest": {"message": "Invalid input"}}),
    (503, {"error": {"message": "quota exceeded"}}),
]


@pytest.mark.parametrize(("status", "body"), QUOTA)
def test_a_quota_that_is_used_up_is_no_denial(status: int, body: dict[str, object]) -> None:
    answer = Answer("x", status, msgspec.json.encode(body))
    assert answer.over_quota
    assert isinstance(answer.failure, OverQuota)


@pytest.mark.parametrize(("status", "body"), OTHERS)
def test_other_refusals_are_refusals(status: int, body: dict[str, object]) -> None:
    failure = Answer("x", status, msgspec.json.encode(body)).failure
    assert isinstance(failure, Refused)
    assert not isinstance(failure, OverQuota)


def test_what_a_service_says_beside_faults_stays_out_of_reprs() -> None:
    assert "payload" not in repr(Answer("key-manager GET", 200, b"payload", headers={"set-cookie": "payload"}))


def test_no_answer_is_none() -> None:
    failure = Answer("image POST /images", reason="no answer: timed out").failure
    assert isinstance(failure, NoAnswer)
    assert str(failure) == "image POST /images: no answer: timed out"


@pytest.mark.parametrize(
    ("status", "surely"), [(400, True), (404, True), (408, False), (499, False), (500, False), (0, False)]
)
def test_only_a_refusal_says_that_nothing_was_done(status: int, surely: bool) -> None:
    assert Answer("x", status).refused is surely
