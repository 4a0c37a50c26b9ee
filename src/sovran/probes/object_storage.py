# SPDX-License-Identifier: Apache-2.0
"""Probe: a member stores, reads, lists and deletes objects by S3 and by Swift; others cannot (SCS-0123)."""

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from sovran.cloud.acting.kinds import CREDENTIAL
from sovran.cloud.facts.catalog import Catalog, read_catalog
from sovran.cloud.facts.services import S3_TYPES
from sovran.cloud.outcome import Absent, Failure, Ok, Outcome
from sovran.probes.object_steps import KEYS
from sovran.probes.probe import Need, Probe, Stage
from sovran.probes.s3_client import Keys, S3Client
from sovran.probes.s3_objects import by_s3
from sovran.probes.steps import Journal, Step, StepFailed
from sovran.probes.swift_objects import by_swift

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor


class ObjectStorageProbe(msgspec.Struct, frozen=True):
    """What a member could do with objects of its own, and who else could."""

    steps: tuple[Step, ...]
    s3: str
    """URL that was asked by S3; empty: none is known."""
    swift: bool


def plan(stage: Stage) -> tuple[Need, ...] | Failure:
    """A bucket and a container with next to nothing in them, and EC2 credentials to sign with."""
    catalog = read_catalog(stage.reader)
    if not isinstance(catalog, Ok):
        return catalog
    if not s3_address(catalog.value):
        return Absent("the catalog has no object storage here")
    return (Need("EC2 credential", 1), Need("object container", 2))


def run(stage: Stage) -> Outcome[ObjectStorageProbe]:
    """S3 with Signature Version 4, addressed by path; Object Storage API v1. Objects of random bytes."""
    journal = Journal()
    catalog = read_catalog(stage.reader)
    address = s3_address(catalog.value) if isinstance(catalog, Ok) else ""
    swift = stage.has("object-store")
    with suppress(StepFailed):
        keys = _make_keys(stage.actor, journal)
        by_s3(stage.actor, journal, S3Client(stage.actor, address, keys), keys)
    if swift:
        with suppress(StepFailed):
            by_swift(stage.actor, journal)
    return Ok(ObjectStorageProbe(journal.steps, address, swift))


def s3_address(catalog: Catalog) -> str:
    """URL of the S3 API: an endpoint of S3_TYPES, or the host of the object-store; empty: there is neither."""
    for kind in S3_TYPES:
        for service in catalog.of_type(kind):
            for endpoint in catalog.endpoints(service):
                if endpoint.url.startswith(("http://", "https://")):
                    return endpoint.url
    for service in catalog.of_type("object-store"):
        for endpoint in catalog.endpoints(service):
            parts = urlsplit(endpoint.url)
            if parts.scheme in ("http", "https") and parts.netloc:
                return f"{parts.scheme}://{parts.netloc}"
    return ""


def _make_keys(actor: "Actor", journal: Journal) -> Keys:
    """EC2 credentials whose access key is a marked name, so that they can be told from the user's own."""
    secret = secrets.token_hex(16)
    journal.hide(secret)
    with journal.step(KEYS):
        made = actor.create(
            CREDENTIAL,
            "s3",
            lambda name: {
                "credential": {
                    "type": "ec2",
                    "blob": msgspec.json.encode({"access": name, "secret": secret}).decode(),
                    "project_id": actor.project,
                    "user_id": actor.user,
                }
            },
        )
    return Keys(made.name, secret)


OBJECT_STORAGE = Probe("object-storage", ObjectStorageProbe, plan, run)
