# SPDX-License-Identifier: Apache-2.0
"""SCS-0117: the API of volume backups, and what a member could do with it."""

from typing import Any

import pytest

from sovran.cloud.facts.backups import Backup, BackupsAnswer
from sovran.cloud.facts.volume_types import VolumeTypes
from sovran.cloud.outcome import Absent, Denied, NotRun, Partial, Unreachable
from sovran.model.finding import Weight
from sovran.model.verdict import Verdict
from sovran.probes.backup import BACKED_UP, RESTORED, VOLUME_MADE, BackupProbe
from sovran.probes.backup_content import (
    COMPARED,
    FILLED,
    FILLED_BACKED_UP,
    FILLED_RESTORED,
    IMAGE_MADE,
    IMAGED,
    INCREMENTAL,
    READ,
    SNAPSHOT_BACKED_UP,
    SNAPSHOT_MADE,
    BackupContentProbe,
)
from sovran.probes.steps import Step
from tests.rules.services_by_hand import FORBIDDEN, NOT_FOUND, UNKNOWN, judged, verdict, volume_types

PASS, FAIL, ABORT, MISS = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.MISS
TYPES = volume_types("x")
LISTED = BackupsAnswer((Backup("1"),))
CLAIMS = ("scs-0117-test-backup", "0117-01", "0117-02")
OFFICIAL, TEXTS = CLAIMS[0], CLAIMS[1:]
EMPTY = (VOLUME_MADE, BACKED_UP, RESTORED)
FULL = (IMAGE_MADE, FILLED, FILLED_BACKED_UP, FILLED_RESTORED, IMAGED, READ, COMPARED)
BEYOND = (SNAPSHOT_MADE, SNAPSHOT_BACKED_UP, INCREMENTAL)


def chain(whats: tuple[str, ...], failed: Step | None = None) -> tuple[Step, ...]:
    """Steps that worked, up to and with the one that failed."""
    steps: list[Step] = []
    for what in whats:
        if failed and failed.what == what:
            return (*steps, failed)
        steps.append(Step(what, ok=True))
    return tuple(steps)


Probes = tuple[BackupProbe, BackupContentProbe]


def probe(failed: Step | None = None) -> Probes:
    """Probes in which all worked but one step and what depends on it."""
    return BackupProbe(chain(EMPTY, failed)), BackupContentProbe(chain(FULL, failed), chain(BEYOND, failed))


def refused(what: str, status: int = 0, said: str = "the backup went to error: no space left") -> Step:
    """A step that the cloud failed at."""
    return Step(what, ok=False, status=status, said=said)


def silent(what: str) -> Step:
    """A step that had no answer."""
    return Step(what, ok=False, said="no answer: connection refused", unclear=True)


def outcome(claim: str, found: Probes) -> Verdict:
    """The verdict on a cloud that lists backups."""
    return verdict(claim, LISTED, TYPES, *found)


@pytest.mark.parametrize("claim", CLAIMS)
def test_backups_that_give_the_same_bytes_back_pass(claim: str) -> None:
    assert outcome(claim, probe()) is PASS


@pytest.mark.parametrize("what", EMPTY)
def test_what_fails_of_an_empty_volume_fails_everywhere_with_the_services_own_words(what: str) -> None:
    for claim in CLAIMS:
        judgement = judged(claim, LISTED, TYPES, *probe(refused(what)))
        assert judgement.verdict is FAIL
        assert "no space left" in judgement.reason
        assert what in judgement.reason


@pytest.mark.parametrize("what", [FILLED_BACKED_UP, FILLED_RESTORED, COMPARED])
def test_what_fails_of_content_fails_by_the_text_alone(what: str) -> None:
    found = probe(refused(what, said="other bytes"))
    assert outcome(OFFICIAL, found) is PASS
    for claim in TEXTS:
        judgement = judged(claim, LISTED, TYPES, *found)
        assert (judgement.verdict, "other bytes" in judgement.reason) == (FAIL, True)


@pytest.mark.parametrize("what", [IMAGE_MADE, FILLED, IMAGED, READ])
def test_images_that_do_not_work_are_no_fault_of_backups_and_prove_nothing(what: str) -> None:
    assert outcome(OFFICIAL, probe(refused(what, 403))) is PASS
    for claim in TEXTS:
        assert outcome(claim, probe(refused(what, 403))) is MISS
        assert outcome(claim, probe(silent(what))) is ABORT


@pytest.mark.parametrize("what", [*EMPTY, FILLED_BACKED_UP, FILLED_RESTORED, COMPARED])
def test_no_answer_decides_nothing(what: str) -> None:
    for claim in CLAIMS if what in EMPTY else TEXTS:
        assert outcome(claim, probe(silent(what))) is ABORT
        for status in (502, 503, 504):
            assert outcome(claim, probe(refused(what, status))) is ABORT
        assert outcome(claim, probe(refused(what, 500))) is FAIL


def test_a_failure_counts_beside_what_had_no_answer() -> None:
    empty, content = BackupProbe(chain(EMPTY, refused(BACKED_UP))), BackupContentProbe(chain(FULL, silent(FILLED)), ())
    for claim in CLAIMS:
        assert outcome(claim, (empty, content)) is FAIL


NO_IMAGES = Absent("the catalog has no image service")


@pytest.mark.parametrize(
    ("content", "expected"), [(NO_IMAGES, MISS), (NotRun("takes the probe x"), MISS), (Unreachable("the quota"), ABORT)]
)
def test_where_nothing_was_filled_the_backup_itself_is_judged(content: Any, expected: Verdict) -> None:
    unread = {BackupContentProbe: content}
    empty = BackupProbe(chain(EMPTY))
    assert verdict(OFFICIAL, LISTED, TYPES, empty, unread=unread) is PASS
    for claim in TEXTS:
        judgement = judged(claim, LISTED, TYPES, empty, unread=unread)
        assert (judgement.verdict, content.reason in judgement.reason) == (expected, True)
    worse = BackupProbe(chain(EMPTY, refused(RESTORED)))
    for claim in CLAIMS:
        assert verdict(claim, LISTED, TYPES, worse, unread=unread) is FAIL


@pytest.mark.parametrize("empty", [NotRun("takes the probe backup"), Unreachable("the quota")])
def test_content_alone_proves_and_disproves_the_text(empty: Any) -> None:
    unread = {BackupProbe: empty}
    (_, same), (_, other) = probe(), probe(refused(FILLED_RESTORED))
    for claim in TEXTS:
        assert verdict(claim, LISTED, TYPES, same, unread=unread) is PASS
        assert verdict(claim, LISTED, TYPES, other, unread=unread) is FAIL
        assert verdict(claim, LISTED, TYPES, probe(refused(READ))[1], unread=unread) in (MISS, ABORT)
    assert verdict(OFFICIAL, LISTED, TYPES, same, unread=unread) in (MISS, ABORT)


@pytest.mark.parametrize("what", BEYOND)
def test_what_nobody_demands_is_noted(what: str) -> None:
    for claim in TEXTS:
        judgement = judged(claim, LISTED, TYPES, *probe(refused(what, 400)))
        assert judgement.verdict is PASS
        assert [(one.weight, one.field) for one in judgement.findings] == [(Weight.NOTE, what)]
    assert not judged(OFFICIAL, LISTED, TYPES, *probe(refused(what, 400))).findings


def test_steps_that_were_not_come_to_prove_nothing() -> None:
    for claim in CLAIMS:
        assert outcome(claim, (BackupProbe(()), BackupContentProbe((), ()))) is ABORT
    for claim in TEXTS:
        assert outcome(claim, (BackupProbe(chain(EMPTY)), BackupContentProbe(chain(FULL[:-1]), ()))) is MISS


@pytest.mark.parametrize("claim", CLAIMS)
def test_without_the_probe_it_is_not_run_and_after_a_broken_one_not_known(claim: str) -> None:
    judgement = judged(claim, LISTED, TYPES, unread={BackupProbe: NotRun("takes the probe backup")})
    assert (judgement.verdict, "takes the probe backup" in judgement.reason) == (MISS, True)
    assert verdict(claim, LISTED, TYPES, unread={BackupProbe: Unreachable("quota")}) is ABORT


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
@pytest.mark.parametrize("claim", ["scs-0117-test-backup", "0117-01"])
def test_what_is_not_offered_fails_and_what_is_unknown_does_not(
    claim: str, backups: Any, types: Any, expected: Verdict
) -> None:
    unread: dict[type, Any] = {BackupsAnswer: backups}
    if types:
        unread[VolumeTypes] = types
    assert verdict(claim, *([] if types else [TYPES]), *probe(), unread=unread) is expected


def test_without_block_storage_no_driver_is_spoken_of() -> None:
    unread = {BackupsAnswer: Absent("no block-storage endpoint"), BackupProbe: Absent("no block storage")}
    assert verdict("0117-02", unread=unread) is Verdict.NOT_APPLICABLE
