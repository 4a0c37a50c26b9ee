# SPDX-License-Identifier: Apache-2.0
"""SCS-0117: the API of volume backups."""

from typing import Any

import pytest

from sovran.cloud.facts.backups import Backup, BackupsAnswer
from sovran.cloud.facts.volume_types import VolumeTypes
from sovran.cloud.outcome import Absent, Denied, Partial
from sovran.model.verdict import Verdict
from tests.rules.services_by_hand import FORBIDDEN, NOT_FOUND, UNKNOWN, judged, verdict, volume_types

FAIL, ABORT, MISS = Verdict.FAIL, Verdict.ABORT, Verdict.MISS
TYPES = volume_types("x")


@pytest.mark.parametrize("answer", [BackupsAnswer(()), BackupsAnswer((Backup("1"),))])
def test_an_api_that_answers_is_no_backup_yet(answer: BackupsAnswer) -> None:
    judgement = judged("0117-01", answer, TYPES)
    assert judgement.verdict is MISS
    assert "probe" in judgement.reason


@pytest.mark.parametrize(
    ("backups", "types", "expected"),
    [
        (NOT_FOUND, None, FAIL),
        (NOT_FOUND, UNKNOWN, ABORT),
        (Absent("no block-storage endpoint"), Absent("no block-storage endpoint"), FAIL),
        (FORBIDDEN, None, FAIL),
        (Denied("refused (HTTP 401)", 401), None, ABORT),
        (UNKNOWN, None, ABORT),
        (Partial("half"), None, ABORT),
    ],
)
def test_what_is_not_offered_fails_and_what_is_unknown_does_not(backups: Any, types: Any, expected: Verdict) -> None:
    unread: dict[type, Any] = {BackupsAnswer: backups}
    if types:
        unread[VolumeTypes] = types
    assert verdict("0117-01", *([] if types else [TYPES]), unread=unread) is expected


def test_the_official_testcase_needs_a_probe() -> None:
    assert judged("scs-0117-test-backup").verdict is MISS
