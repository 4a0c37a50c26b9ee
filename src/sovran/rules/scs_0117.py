# SPDX-License-Identifier: Apache-2.0
"""SCS-0117: backups of volumes."""

from sovran.cloud.facts.backups import BackupsAnswer
from sovran.cloud.facts.volume_types import VolumeTypes
from sovran.cloud.outcome import Absent, Denied, Ok, Outcome
from sovran.model.finding import Examined, Finding, NotTried, Resource, Undecided
from sovran.rules.registry import Answer

FORBIDDEN = 403


def api_offered(backups: Outcome[BackupsAnswer], types: Outcome[VolumeTypes]) -> Answer:
    """Fails when there is no block storage service, when a service that lists its volume types has no API of backups,
    or when that is forbidden to members. Where it answers, whether a backup works needs a probe.

    Source: scs-0117-v1, Standard.
    """
    resource = Resource("API", "/v3/{project_id}/backups")
    yield Examined(resource)
    if isinstance(backups, Ok):
        raise NotTried(
            "the API answers; whether a backup can be made and restored needs a probe that acts (not in this version)"
        )
    # a 404 alone may come from a wrong endpoint
    missing = isinstance(backups, Absent) and (not backups.status or isinstance(types, Ok))
    forbidden = isinstance(backups, Denied) and backups.status == FORBIDDEN
    if not (missing or forbidden):
        raise Undecided(backups.reason)
    yield Finding(
        message=f"volume backups are not offered: {backups.reason}",
        resource=resource,
        field="GET /backups",
        expected="a list of the project's backups",
        seen=backups.reason,
    )
