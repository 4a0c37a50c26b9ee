# SPDX-License-Identifier: Apache-2.0
"""SCS-0123: what a member could do with objects, where a probe tried it."""

from collections.abc import Iterator

from sovran.cloud.outcome import NotRun, Ok, Outcome
from sovran.model.finding import Finding, Resource, Weight
from sovran.probes.object_storage import BUCKET_MADE, DENIALS, KEYS, S3_STEPS, SWIFT_DENIED, ObjectStorageProbe
from sovran.probes.steps import Step

MUST_WORK = frozenset((*S3_STEPS, *DENIALS, SWIFT_DENIED))
"""Once a member has a bucket. Before that, a refusal may be about the user; Swift is no mandatory service."""


def how_it_stores(probe: Outcome[ObjectStorageProbe], resource: Resource) -> Iterator[Finding]:
    """Violations where a service that a member has a bucket in does not store objects as S3 does, or gives them to
    others; notes on what else did not work. Nothing where no probe acted.
    """
    if isinstance(probe, NotRun):
        return
    if not isinstance(probe, Ok):
        yield _finding("object storage could not be tried", probe.reason, resource, "probe", Weight.NOTE)
        return
    has_bucket = any(step.what == BUCKET_MADE and step.ok for step in probe.value.steps)
    for step in probe.value.steps:
        if not step.ok:
            counts = not step.unclear and step.what in MUST_WORK and (has_bucket or step.what == SWIFT_DENIED)
            yield _finding(_words(step), step.said, resource, step.what, Weight.VIOLATION if counts else Weight.NOTE)


def _words(step: Step) -> str:
    if step.what in (KEYS, BUCKET_MADE):
        return f"S3 could not be tried by this user, which was to {step.what.removeprefix('S3: ')}"
    if step.unclear:
        return f"this could not be tried to its end: {step.what}"
    return f"this does not hold: {step.what}"


def _finding(message: str, said: str, resource: Resource, field: str, weight: Weight) -> Finding:
    return Finding(
        message=f"{message}: {said}", resource=resource, field=field, expected="works", seen=said, weight=weight
    )
