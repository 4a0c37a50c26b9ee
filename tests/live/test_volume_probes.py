# SPDX-License-Identifier: Apache-2.0
"""The probes of backups and volumes on a sound lab and on bad days: what they say, and that nothing is left of them."""

import datetime
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.cloud.live import LiveReader
from sovran.cloud.outcome import Ok
from sovran.cloud.session import connect
from sovran.conformance.probing import read_probing
from sovran.conformance.run import Limits, check_cloud
from sovran.conformance.selection import select
from sovran.lab import content, lifecycle, processes
from sovran.lab.folders import write_private
from sovran.lab.seeds.api import AdminApi
from sovran.model.report import Judgement, Report
from sovran.model.verdict import Verdict
from sovran.probes.backup import BackupProbe
from sovran.probes.backup_content import COMPARED, INCREMENTAL, SNAPSHOT_BACKED_UP, BackupContentProbe
from sovran.probes.run import Acting, run_probes
from sovran.probes.volumes import FIRST_SERVER, MADE, SECOND_SERVER, VolumesProbe
from sovran.standards.load import load_standards
from sovran.standards.resolve import choose, resolve
from tests.live.inventory import inventory
from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live
PASS, FAIL, ABORT, MISS = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.MISS
BACKUP = ("scs-0117-test-backup", "0117-01", "0117-02")
PROBES = ("backup", "backup-content")
SECONDS = 500.0


def quiet(_: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def seeded(lab: LiveLab) -> LiveLab:
    """The lab with the profile scs."""
    content.apply_profile(lab.name, "scs", None, quiet)
    return lab


@pytest.fixture
def acting(seeded: LiveLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveLab]:
    """This process uses the lab, with a ledger of its own; in the end there is what was there before."""
    for name, value in seeded.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    before = inventory(seeded)
    yield seeded
    assert list((tmp_path / "sovran" / "ledger").glob("*")) == []
    assert inventory(seeded) == before


def report(*probes: str, seconds: float = SECONDS) -> Report:
    """What a check of 0114 and 0117 says."""
    ruleset = load_standards()
    ((scope, found),) = choose(ruleset, "scs-iaas@v5.1", datetime.datetime.now(datetime.UTC).date())
    selection = select(ruleset, resolve(ruleset, scope, found), standards=["scs-0114", "scs-0117"], patterns=["*"])
    probing = read_probing(probes, (), project="", seconds=seconds, tell=quiet)
    return check_cloud(read_cloud("lab"), selection, Limits(probing=probing))


def judged(found: Report) -> dict[str, Judgement]:
    """Claim to judgement."""
    return {one.claim: one for one in found.judgements}


@contextmanager
def fault(lab: LiveLab, name: str) -> Iterator[None]:
    """The block storage service has a fault for a while."""
    file = lab.folder / "etc" / "cinder" / "fault"
    write_private(file, name)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


@contextmanager
def quota(lab: LiveLab, service: str, path: str, **limits: int) -> Iterator[None]:
    """The project has other limits for a while."""
    with AdminApi(lab.description) as api:
        where = path.format(project=api.project("member"))
        before = api.call(service, "GET", where)["quota_set"]
        api.call(service, "PUT", where, {"quota_set": limits})
        try:
            yield
        finally:
            api.call(service, "PUT", where, {"quota_set": {name: before[name] for name in limits}})


def volume_quota(lab: LiveLab, **limits: int) -> Any:
    """Of the block storage service."""
    return quota(lab, "cinder", "/v3/os-quota-sets/{project}", **limits)


def test_a_sound_cloud_passes_and_everything_was_tried(acting: LiveLab) -> None:
    with connect(read_cloud("lab"), concurrency=16, timeout=60) as connection:
        reader = LiveReader(connection, seconds=SECONDS)
        probed = run_probes(Acting(SECONDS), connection, reader, [BackupProbe, BackupContentProbe, VolumesProbe])
    backup, content, volumes = (probed.outcomes[fact] for fact in (BackupProbe, BackupContentProbe, VolumesProbe))
    assert isinstance(backup, Ok)
    assert isinstance(content, Ok)
    assert isinstance(volumes, Ok)
    steps = (*backup.value.steps, *content.value.steps, *content.value.beyond)
    assert [step.what for step in steps if not step.ok] == []
    assert {COMPARED, INCREMENTAL, SNAPSHOT_BACKED_UP} <= {step.what for step in steps}
    assert {one.name: one.encrypted for one in volumes.value.types} == {"standard": False, "luks": True}
    made = {run.name: run.made for run in probed.runs}
    assert made["backup"] == {"volume": 2, "backup": 1}
    assert made["backup-content"] == {"volume": 2, "backup": 3, "snapshot": 1, "image": 2}
    assert made["volumes"] == {"volume": 2}
    assert [run.left for run in probed.runs] == [(), (), ()]


def test_what_no_api_shows_of_types_stays_open(acting: LiveLab) -> None:
    one = judged(report("volumes"))["0114-06"]
    assert (one.verdict, one.findings) == (MISS, ())
    assert "replicated no API shows" in one.reason
    assert "encrypted" not in one.reason


def test_a_multiattach_type_takes_two_servers_and_is_let_go(acting: LiveLab) -> None:
    with AdminApi(acting.description) as api:
        body = {"name": "shared", "extra_specs": {"multiattach": "<is> True"}, "description": "[scs:multiattach]"}
        made = api.call("cinder", "POST", "/v3/types", {"volume_type": body})["volume_type"]["id"]
        try:
            with connect(read_cloud("lab"), concurrency=16, timeout=60) as connection:
                reader = LiveReader(connection, seconds=SECONDS)
                seen = run_probes(Acting(SECONDS), connection, reader, [VolumesProbe]).outcomes[VolumesProbe]
        finally:
            api.call("cinder", "DELETE", f"/v3/types/{made}")
    assert isinstance(seen, Ok)
    (shared,) = [one for one in seen.value.types if one.name == "shared"]
    assert [(step.what, step.said) for step in shared.steps] == [(MADE, ""), (FIRST_SERVER, ""), (SECOND_SERVER, "")]
    assert shared.multiattach


def test_the_services_own_words_say_why_a_backup_failed(acting: LiveLab) -> None:
    with fault(acting, "backup-fails"):
        found = judged(report(*PROBES))
    for claim in BACKUP:
        assert found[claim].verdict is FAIL
        assert "no space left on the backup storage" in found[claim].reason


def test_a_changed_byte_is_seen_in_content_alone(acting: LiveLab) -> None:
    with fault(acting, "restore-changes-a-byte"):
        found = judged(report(*PROBES))
    assert found["scs-0117-test-backup"].verdict is PASS
    assert (found["0117-01"].verdict, "SHA-256" in found["0117-01"].reason) == (FAIL, True)


def test_without_images_the_backup_itself_is_judged(acting: LiveLab) -> None:
    policy = acting.folder / "etc" / "glance" / "policy.yaml"
    before = policy.read_text(encoding="utf-8") if policy.exists() else "{}\n"
    write_private(policy, '"add_image": "!"\n')
    try:
        found = judged(report(*PROBES))
    finally:
        write_private(policy, before)
    assert found["scs-0117-test-backup"].verdict is PASS
    for claim in BACKUP[1:]:
        assert (found[claim].verdict, "HTTP 403" in found[claim].reason) == (MISS, True)


@pytest.mark.parametrize("limits", [{"backups": 1}, {"gigabytes": 2}, {"snapshots": 0}])
def test_a_tight_quota_leaves_room_for_an_empty_volume(acting: LiveLab, limits: dict[str, int]) -> None:
    with volume_quota(acting, **limits):
        found = report(*PROBES)
    assert (judged(found)["scs-0117-test-backup"].verdict, judged(found)["scs-0117-test-backup"].reason) == (PASS, "")
    assert (judged(found)["0117-01"].verdict, "quota" in judged(found)["0117-01"].reason) == (ABORT, True)
    assert [run.made for run in found.probes if run.made] == [{"volume": 2, "backup": 1}]


@pytest.mark.parametrize("limits", [{"backups": 0}, {"volumes": 1}, {"gigabytes": 1}])
def test_without_quota_nothing_is_begun_and_nothing_decided(acting: LiveLab, limits: dict[str, int]) -> None:
    with volume_quota(acting, **limits):
        found = report(*PROBES)
    for claim in BACKUP:
        assert (judged(found)[claim].verdict, "quota" in judged(found)[claim].reason) == (ABORT, True)
    assert [run.made for run in found.probes if run.made] == []


def test_the_quota_of_a_type_decides_nothing_and_leaves_no_key_behind(acting: LiveLab) -> None:
    with AdminApi(acting.description) as api:
        path = f"/v3/os-quota-sets/{api.project('member')}"
        before = api.call("cinder", "GET", path)["quota_set"]
        limit = "volumes_luks"
        api.call("cinder", "PUT", path, {"quota_set": {limit: 0}})
        try:
            found = judged(report("volumes"))["0114-06"]
        finally:
            api.call("cinder", "PUT", path, {"quota_set": {limit: before[limit]}})
    assert (found.verdict, "quota for them is used up" in found.reason) == (ABORT, True)


def test_a_time_limit_decides_nothing(acting: LiveLab) -> None:
    found = report(*PROBES, seconds=2.0)
    for claim in BACKUP:
        assert judged(found)[claim].verdict is ABORT
    assert [run.left for run in found.probes if run.left] == []


def test_a_service_that_dies_in_the_middle_decides_nothing_and_cleanup_finishes(acting: LiveLab) -> None:
    with fault(acting, "backup-dies"):
        found = report(*PROBES, seconds=40.0)
    assert processes.find_services(acting.description.marker).get("cinder") is None
    for claim in BACKUP:
        assert judged(found)[claim].verdict is ABORT
    assert [run.left for run in found.probes if run.name in PROBES and run.left]
    lifecycle.up(acting.name, None, quiet)
    # what the lab's Cinder was told in memory only is lost with it; a volume that it was making then stays like that
    reset(acting, "creating", "error")
    cleaned(acting)


def test_volumes_that_cannot_be_deleted_are_named_and_go_when_an_operator_resets_them(acting: LiveLab) -> None:
    with fault(acting, "volumes-undeletable"):
        found = report("volumes")
    (left,) = [run.left for run in found.probes if run.name == "volumes"]
    assert len(left) == 2
    assert all("error_deleting" in one for one in left)
    reset(acting, "error_deleting", "available")
    cleaned(acting)


def reset(lab: LiveLab, status: str, to: str) -> None:
    """As an operator does with volumes that are stuck."""
    with AdminApi(lab.description) as api:
        for volume in api.listing("cinder", "/v3/volumes/detail?all_tenants=1", "volumes"):
            if volume["status"] == status:
                api.call("cinder", "POST", f"/v3/volumes/{volume['id']}/action", {"os-reset_status": {"status": to}})


def cleaned(lab: LiveLab) -> None:
    """`sovran cleanup` finishes; what had no answer may come within a minute."""
    end = time.monotonic() + 150
    ended: subprocess.CompletedProcess[str] = lab.sovran("cleanup")
    while ended.returncode and time.monotonic() < end:
        time.sleep(5)
        ended = lab.sovran("cleanup")
    assert ended.returncode == 0, ended.stdout + ended.stderr
