# SPDX-License-Identifier: Apache-2.0
"""SCS-0117: backups of volumes."""

from collections.abc import Collection, Sequence

from sovran.cloud.facts.backups import BackupsAnswer
from sovran.cloud.facts.volume_types import VolumeTypes
from sovran.cloud.outcome import Absent, Denied, NotRun, Ok, Outcome
from sovran.model.finding import Examined, Finding, NotApplicable, NotTried, Resource, Undecided, Weight
from sovran.probes.backup import BACKED_UP, RESTORED, VOLUME_MADE, BackupProbe
from sovran.probes.backup_content import COMPARED, FILLED_BACKED_UP, FILLED_RESTORED, BackupContentProbe
from sovran.probes.steps import Step
from sovran.rules.probe_steps import worked
from sovran.rules.registry import Answer

FORBIDDEN = 403
UNAVAILABLE = (502, 503, 504)
"""What stands in front of a service answers so when the service does not."""
OFFICIAL = (VOLUME_MADE, BACKED_UP, RESTORED)
OF_CONTENT = (FILLED_BACKED_UP, FILLED_RESTORED, COMPARED)
API = Resource("API", "/v3/{project_id}/backups")
SERVICE = Resource("service", "backup")


def official_backup(
    backups: Outcome[BackupsAnswer], types: Outcome[VolumeTypes], probe: Outcome[BackupProbe]
) -> Answer:
    """Passes when backups can be listed, and an empty volume of 1 GiB can be made, backed up, and restored into another
    one; what fails of that is a FAIL, however long what works takes. What there is no answer to decides nothing.
    """
    yield Examined(SERVICE)
    missing = _not_offered(backups, types)
    if missing:
        yield missing
        return
    if not isinstance(backups, Ok):
        raise Undecided(backups.reason)
    yield from worked(_answered(_found(probe).steps), OFFICIAL, SERVICE)


def backups_offered(
    backups: Outcome[BackupsAnswer],
    types: Outcome[VolumeTypes],
    probe: Outcome[BackupProbe],
    content: Outcome[BackupContentProbe],
) -> Answer:
    """Fails when there is no block storage service, when a service that lists its volume types has no API of backups,
    or when that is forbidden to members; and when a member cannot back up a volume and restore it, or finds other bytes
    in what was restored. Holds when the bytes were the same. Incremental backups and those of snapshots are noted.

    Source: scs-0117-v1, Standard.
    """
    yield Examined(API)
    missing = _not_offered(backups, types)
    if missing:
        yield missing
        return
    if not isinstance(backups, Ok):
        raise Undecided(backups.reason)
    yield from _restored(probe, content, API)


def driver_works(
    backups: Outcome[BackupsAnswer], probe: Outcome[BackupProbe], content: Outcome[BackupContentProbe]
) -> Answer:
    """Fails when a member cannot back up a volume and restore it, or finds other bytes in what was restored. Holds when
    the bytes were the same. Speaks only of clouds with block storage.

    Source: scs-0117-v1, Standard.
    """
    if isinstance(backups, Absent) and not backups.status:
        raise NotApplicable(backups.reason)
    yield from _restored(probe, content, SERVICE)


def _not_offered(backups: Outcome[BackupsAnswer], types: Outcome[VolumeTypes]) -> Finding | None:
    """The finding that there is no API for members; None: there is one, or nobody knows."""
    # a 404 alone may come from a wrong endpoint
    missing = isinstance(backups, Absent) and (not backups.status or isinstance(types, Ok))
    forbidden = isinstance(backups, Denied) and backups.status == FORBIDDEN
    if isinstance(backups, Ok) or not (missing or forbidden):
        return None
    return Finding(
        message=f"volume backups are not offered: {backups.reason}",
        resource=API,
        field="GET /backups",
        expected="a list of the project's backups",
        seen=backups.reason,
    )


def _found(probe: Outcome[BackupProbe]) -> BackupProbe:
    if isinstance(probe, NotRun):
        raise NotTried(f"whether a backup can be made and restored {probe.reason}")
    if not isinstance(probe, Ok):
        raise Undecided(probe.reason)
    return probe.value


def _answered(steps: Collection[Step]) -> tuple[Step, ...]:
    """The steps, where what answered for a service that is not there says nothing."""
    return tuple(
        Step(step.what, ok=False, status=step.status, said=step.said, unclear=True)
        if step.status in UNAVAILABLE
        else step
        for step in steps
    )


def _restored(probe: Outcome[BackupProbe], content: Outcome[BackupContentProbe], resource: Resource) -> Answer:
    """A finding for what failed of backups with and without content. The same bytes prove the one without, too."""
    filled = _answered(content.value.steps) if isinstance(content, Ok) else ()
    compared = any(step.what == COMPARED and step.ok for step in filled)
    if isinstance(probe, Ok):
        yield from worked(_answered(probe.value.steps), OFFICIAL, resource)
    tried = [step for step in filled if step.what in OF_CONTENT]
    yield from worked(tried, [step.what for step in tried], resource)
    for step in content.value.beyond if isinstance(content, Ok) else ():
        if not step.ok:
            yield Finding(
                message=f"not asked for by the standard, and did not work: {step.what}: {step.said}",
                resource=resource,
                field=step.what,
                expected="works",
                seen=step.said,
                weight=Weight.NOTE,
            )
    if not compared and all(step.ok for step in tried):
        _found(probe)
        raise _open(content, filled)


def _open(content: Outcome[BackupContentProbe], filled: Sequence[Step]) -> Undecided | NotTried:
    """Why it is not known whether the same bytes came back, although backups work."""
    # uploading and downloading images is not what this standard is about
    failed = next((step for step in filled if not step.ok), None)
    why = f"{failed.what}: {failed.said}" if failed else "the probe did not come to it"
    if not isinstance(content, Ok):
        why = content.reason
    reason = f"a backup was made and restored, but whether it holds the same bytes could not be seen: {why}"
    unclear = failed.unclear if failed else not isinstance(content, Ok | Absent | NotRun)
    return Undecided(reason) if unclear else NotTried(reason)
