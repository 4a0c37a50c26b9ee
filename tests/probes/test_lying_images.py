# SPDX-License-Identifier: Apache-2.0
"""Probe images on clouds that store nothing, convert, refuse formats, or know no hashes."""

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from sovran.cloud.acting.ledger import Intent
from sovran.cloud.acting.removal import Left, remove_intents
from sovran.cloud.outcome import NotRun, Ok, Unreachable
from sovran.model.verdict import Verdict
from sovran.probes import images
from sovran.probes.image_data import SIZE
from sovran.probes.image_room import ImageRoom
from sovran.probes.images import DELETE, DOWNLOAD, HASH, IMAGES, IMPORT, UPLOAD, ImagesProbe
from sovran.probes.probe import Stage
from sovran.probes.qcow2 import CLUSTER
from sovran.probes.steps import Step
from tests.probes.http_cloud import Asked, HttpCloud, Told, document
from tests.rules.services_by_hand import judged

OnCloud = Callable[[HttpCloud], Stage]
FILE = "/image/v2/images/[0-9a-f]*/file"
ONE = "/image/v2/images/[0-9a-f]*"
NO_ROOM = {ImageRoom: NotRun("not asked for")}


@dataclass
class Seen:
    """What a probe saw, how it is judged, and what its cleanup left."""

    fact: ImagesProbe
    verdict: Verdict
    left: tuple[Left, ...]
    open: tuple[Intent, ...]

    @property
    def steps(self) -> dict[str, Step]:
        """By what was done."""
        return {step.what: step for step in self.fact.steps}

    @property
    def wrong(self) -> set[str]:
        """The steps that did not work."""
        return {what for what, step in self.steps.items() if not step.ok}


@pytest.fixture
def see(cloud: HttpCloud, stage: OnCloud, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Seen]:
    """What the probe sees when requests are answered as the test told the cloud."""
    monkeypatch.setattr(images, "IMPORT_SECONDS", 0.3)

    def run() -> Seen:
        on = stage(cloud)
        outcome = IMAGES.run(on)
        assert isinstance(outcome, Ok)
        verdict = judged("0104-04", outcome.value, unread=NO_ROOM).verdict
        left = remove_intents(on.actor, on.actor.open, on.actor.ledger.gone, seconds=5)
        return Seen(outcome.value, verdict, left, on.actor.open)

    return run


def changed(**fields: object) -> Callable[[Asked, Callable[[], Told]], Told]:
    """An answer about an image in which these fields are others."""

    def lie(_: Asked, honest: Callable[[], Told]) -> Told:
        answer = honest()
        return document(200, {**json.loads(answer.body), **fields}) if answer.status == 200 else answer

    return lie


def test_an_honest_cloud_passes_and_keeps_nothing(see: Callable[[], Seen], cloud: HttpCloud) -> None:
    seen = see()
    assert set(seen.steps) == {UPLOAD, DOWNLOAD, HASH, DELETE, IMPORT}
    assert (seen.wrong, seen.verdict) == (set(), Verdict.PASS)
    assert (cloud.left, seen.left, seen.open) == ([], (), ())


@pytest.mark.parametrize("told", [Told(204), Told(200, b"<html></html>"), Told(200, bytes(SIZE))])
def test_what_is_not_given_back_was_not_uploaded(see: Callable[[], Seen], cloud: HttpCloud, told: Told) -> None:
    cloud.lie(f"GET {FILE}", told)
    seen = see()
    assert {DOWNLOAD, IMPORT} == seen.wrong
    assert seen.verdict is Verdict.FAIL


@pytest.mark.parametrize("status", [404, 500, 503, 0])
def test_a_hash_alone_says_nothing_of_what_was_kept(see: Callable[[], Seen], cloud: HttpCloud, status: int) -> None:
    cloud.lie(f"GET {FILE}", Told(status))
    assert see().verdict is Verdict.ABORT


def test_who_may_not_download_knows_the_image_by_its_hash(see: Callable[[], Seen], cloud: HttpCloud) -> None:
    cloud.lie(f"GET {FILE}", Told(403))
    seen = see()
    assert (seen.wrong, seen.verdict) == ({DOWNLOAD}, Verdict.PASS)


@pytest.mark.parametrize("fields", [{"os_hash_value": None}, {"os_hash_algo": ""}, {"os_hash_algo": "blake9"}])
def test_a_missing_hash_is_no_defect_of_an_upload(
    see: Callable[[], Seen], cloud: HttpCloud, fields: dict[str, object]
) -> None:
    cloud.lie(f"GET {ONE}", changed(**fields))
    seen = see()
    assert (seen.wrong, seen.verdict) == ({HASH}, Verdict.PASS)
    cloud.lie(f"GET {FILE}", Told(403))
    assert see().verdict is Verdict.ABORT


def test_another_hash_counts_where_nothing_can_be_downloaded(see: Callable[[], Seen], cloud: HttpCloud) -> None:
    cloud.lie(f"GET {ONE}", changed(os_hash_value="0" * 128))
    cloud.lie(f"GET {FILE}", Told(403))
    assert see().verdict is Verdict.FAIL


def as_qcow2(disk: bytes) -> bytes:
    """An image of QEMU with this disk, of a whole number of clusters."""
    count = len(disk) // CLUSTER
    header = struct.pack(
        ">4sIQIIQIIQQIIQQQQII",
        *(b"QFI\xfb", 3, 0, 0, 16, len(disk), 0, 1, CLUSTER, 0, 0, 0, 0, 0, 0, 0, 4, 104),
    )
    l2 = struct.pack(f">{count}Q", *((number + 3) * CLUSTER | 1 << 63 for number in range(count)))
    tables = (header, struct.pack(">Q", 2 * CLUSTER | 1 << 63), l2)
    return b"".join(table.ljust(CLUSTER, b"\0") for table in tables) + disk


@pytest.mark.parametrize(("spoilt", "verdict"), [(False, Verdict.PASS), (True, Verdict.FAIL)])
def test_a_cloud_may_convert_what_is_uploaded(
    see: Callable[[], Seen], cloud: HttpCloud, *, spoilt: bool, verdict: Verdict
) -> None:
    def converted(_: Asked, honest: Callable[[], Told]) -> Told:
        disk = honest().body
        return Told(200, as_qcow2(bytes(len(disk)) if spoilt else disk))

    cloud.lie(f"GET {FILE}", converted)
    cloud.lie(f"GET {ONE}", changed(disk_format="qcow2", os_hash_value="0" * 128))
    assert see().verdict is verdict


def test_one_that_takes_no_raw_images_gets_another(see: Callable[[], Seen], cloud: HttpCloud) -> None:
    def lie(asked: Asked, honest: Callable[[], Told]) -> Told:
        return document(403, {"message": "no raw"}) if b'"raw"' in asked.body else honest()

    cloud.lie("POST /image/v2/images", lie)
    seen = see()
    assert (seen.wrong, seen.verdict, seen.fact.format) == (set(), Verdict.PASS, "qcow2")


def test_one_that_looks_into_what_is_uploaded_gets_another(see: Callable[[], Seen], cloud: HttpCloud) -> None:
    def lie(asked: Asked, honest: Callable[[], Told]) -> Told:
        return honest() if asked.body.startswith(b"QFI") else document(415, {"message": "no"})

    cloud.lie(f"PUT {FILE}", lie)
    seen = see()
    assert (seen.wrong, seen.verdict, cloud.left) == (set(), Verdict.PASS, [])


@pytest.mark.parametrize(("status", "verdict"), [(403, Verdict.FAIL), (413, Verdict.ABORT), (429, Verdict.ABORT)])
def test_a_refusal_is_told_from_a_quota(
    see: Callable[[], Seen], cloud: HttpCloud, status: int, verdict: Verdict
) -> None:
    cloud.lie("PUT /image/v2/images/.*", document(status, {"message": "no"}))
    seen = see()
    assert (seen.verdict, cloud.left) == (verdict, [])


def test_an_import_that_loses_everything_is_none(see: Callable[[], Seen], cloud: HttpCloud) -> None:
    cloud.lie(f"PUT {FILE}", Told(405))
    assert see().verdict is Verdict.PASS
    cloud.lie(f"GET {FILE}", Told(204))
    assert see().verdict is Verdict.FAIL


def test_an_import_that_fails_is_not_waited_for(see: Callable[[], Seen], cloud: HttpCloud) -> None:
    cloud.lie("POST /image/v2/images/.*/import", Told(202))
    cloud.lie(f"GET {ONE}", changed(os_glance_failed_import="ceph", status="queued"))
    cloud.lie(f"PUT {FILE}", Told(405))
    seen = see()
    assert "could not import by ceph" in seen.steps[IMPORT].said
    assert seen.verdict is Verdict.FAIL


def test_an_import_that_never_ends_decides_nothing(see: Callable[[], Seen], cloud: HttpCloud) -> None:
    cloud.lie("POST /image/v2/images/.*/import", Told(202))
    cloud.lie(f"PUT {FILE}", Told(405))
    assert see().verdict is Verdict.ABORT


def test_an_image_that_stays_is_told(see: Callable[[], Seen], cloud: HttpCloud) -> None:
    cloud.lie(f"DELETE {ONE}", document(403, {"message": "policy"}))
    seen = see()
    assert (seen.wrong, seen.verdict) == ({DELETE}, Verdict.PASS)
    assert len(seen.left) == len(seen.open) == len(cloud.images) == 2


@pytest.mark.parametrize(("used", "ready"), [(9, True), (10, False)])
def test_room_for_one_image_is_enough(cloud: HttpCloud, stage: OnCloud, *, used: int, ready: bool) -> None:
    usage = {"usage": {"image_count_total": {"limit": 10, "usage": used}}}
    cloud.lie("GET /image/v2/info/usage", document(200, usage))
    plan = IMAGES.plan(stage(cloud))
    assert isinstance(plan, tuple) is ready
    assert isinstance(plan, Unreachable) is not ready
