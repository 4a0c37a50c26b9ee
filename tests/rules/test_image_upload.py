# SPDX-License-Identifier: Apache-2.0
"""SCS-0104: users upload images of their own."""

import pytest

from sovran.cloud.outcome import Absent, NotRun, Unreachable
from sovran.model.finding import Weight
from sovran.model.verdict import Verdict
from sovran.probes.image_room import ImageRoom
from sovran.probes.images import DELETE, DOWNLOAD, HASH, IMPORT, UPLOAD, ImagesProbe
from sovran.probes.steps import Step
from tests.rules.services_by_hand import judged

CLAIM = "0104-04"
NO_ROOM = {ImageRoom: NotRun("takes the probe image-room")}
FORBIDDEN = Step(UPLOAD, ok=False, status=403, said="image POST /images ended with HTTP 403")
SILENT = Step(UPLOAD, ok=False, said="no answer", unclear=True)


def ok(*steps: str) -> tuple[Step, ...]:
    return tuple(Step(what, ok=True) for what in steps)


def probe(*steps: Step) -> ImagesProbe:
    return ImagesProbe(steps, "raw", ())


def wrong(what: str, status: int = 0, unclear: bool = False) -> Step:
    return Step(what, ok=False, status=status, said=f"{what} went wrong", unclear=unclear)


@pytest.mark.parametrize(
    ("steps", "verdict"),
    [
        (ok(UPLOAD, DOWNLOAD, HASH, DELETE), Verdict.PASS),
        ((*ok(UPLOAD, DOWNLOAD, HASH), wrong(DELETE, 403)), Verdict.PASS),
        ((*ok(UPLOAD, HASH), wrong(DOWNLOAD, 403)), Verdict.PASS),
        ((*ok(UPLOAD, DOWNLOAD), wrong(HASH)), Verdict.PASS),
        ((*ok(UPLOAD, DOWNLOAD), wrong(HASH, unclear=True)), Verdict.PASS),
        ((*ok(UPLOAD), wrong(DOWNLOAD, 403), wrong(HASH)), Verdict.FAIL),
        ((*ok(UPLOAD, HASH), wrong(DOWNLOAD, 404)), Verdict.ABORT),
        ((*ok(UPLOAD, HASH), wrong(DOWNLOAD, 500)), Verdict.ABORT),
        ((*ok(UPLOAD, HASH), wrong(DOWNLOAD, unclear=True)), Verdict.ABORT),
        ((*ok(UPLOAD, HASH), wrong(DOWNLOAD)), Verdict.FAIL),
        ((*ok(UPLOAD), wrong(HASH, 404), wrong(DOWNLOAD, 403)), Verdict.ABORT),
        (ok(UPLOAD), Verdict.ABORT),
        ((FORBIDDEN, *ok(IMPORT)), Verdict.PASS),
        ((SILENT, *ok(IMPORT)), Verdict.PASS),
        ((FORBIDDEN, wrong(IMPORT, 403)), Verdict.FAIL),
        ((FORBIDDEN, wrong(IMPORT, unclear=True)), Verdict.ABORT),
        ((FORBIDDEN,), Verdict.FAIL),
        ((SILENT, wrong(IMPORT, 403)), Verdict.ABORT),
        ((SILENT,), Verdict.ABORT),
        ((), Verdict.ABORT),
    ],
)
def test_verdict(steps: tuple[Step, ...], verdict: Verdict) -> None:
    assert judged(CLAIM, probe(*steps), unread=NO_ROOM).verdict is verdict


def test_where_the_service_fetches_images_a_refused_upload_does_not_decide() -> None:
    fetching = ImagesProbe((FORBIDDEN,), "raw", ("web-download",))
    assert judged(CLAIM, fetching, unread=NO_ROOM).verdict is Verdict.ABORT


def test_what_does_not_decide_is_noted() -> None:
    steps = (*ok(UPLOAD, HASH), wrong(DOWNLOAD, 403), wrong(DELETE, 409))
    notes = judged(CLAIM, probe(*steps), unread=NO_ROOM).findings
    assert [(note.field, note.weight) for note in notes] == [(DOWNLOAD, Weight.NOTE), (DELETE, Weight.NOTE)]
    directly = judged(CLAIM, probe(FORBIDDEN, *ok(IMPORT)), unread=NO_ROOM).findings
    assert [note.field for note in directly] == [UPLOAD]


@pytest.mark.parametrize(("made", "said"), [(40, ""), (12, "quota exceeded")])
def test_how_much_fits_in_is_told_and_decides_nothing(made: int, said: str) -> None:
    judgement = judged(CLAIM, probe(*ok(UPLOAD, DOWNLOAD, HASH, DELETE)), ImageRoom(made, said))
    assert judgement.verdict is Verdict.PASS
    assert f"{made} of 40" in judgement.findings[0].message
    assert said in judgement.findings[0].message


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        (NotRun("takes the probe images"), Verdict.MISS),
        (Unreachable("no quota"), Verdict.ABORT),
        (Absent("no image service"), Verdict.NOT_APPLICABLE),
    ],
)
def test_without_the_probe_nothing_is_decided(outcome: object, verdict: Verdict) -> None:
    assert judged(CLAIM, unread={ImagesProbe: outcome, **NO_ROOM}).verdict is verdict
