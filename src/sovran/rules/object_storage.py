# SPDX-License-Identifier: Apache-2.0
"""SCS-0123: what a member could do with objects, where a probe tried it."""

from collections.abc import Iterator

from sovran.cloud.outcome import NotRun, Ok, Outcome
from sovran.model.finding import Finding, Resource, Weight
from sovran.probes.object_steps import BUCKET_MADE, DENIALS, KEYS, S3_STEPS, SWIFT_DENIED
from sovran.probes.object_storage import ObjectStorageProbe
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
    for step in probe.value.steps:
        if not step.ok:
            counts = not step.unclear and _counts(probe.value, step)
            yield _finding(_words(step), step.said, resource, step.what, Weight.VIOLATION if counts else Weight.NOTE)


def what_was_not_seen(probe: Outcome[ObjectStorageProbe]) -> str:
    """Why it is not known how a service stores that a member has a bucket in; empty: it is, or none has one.

    A quota that is used up decides nothing about the service, and is a note.
    """
    steps = probe.value.steps if isinstance(probe, Ok) else ()
    unseen = (step for step in steps if isinstance(probe, Ok) and step.unclear and _counts(probe.value, step))
    return next((f"{step.what}: {step.said}" for step in unseen if not step.status), "")


def _counts(probe: ObjectStorageProbe, step: Step) -> bool:
    has_bucket = any(one.what == BUCKET_MADE and one.ok for one in probe.steps)
    return step.what in MUST_WORK and (has_bucket or step.what == SWIFT_DENIED)


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
