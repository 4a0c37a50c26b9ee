# SPDX-License-Identifier: Apache-2.0
"""Probe: a member stores, reads, lists and deletes objects by S3 and by Swift; others cannot (SCS-0123)."""

import hashlib
import html
import re
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from sovran.cloud.acting.answer import ActingFailed, Answer
from sovran.cloud.acting.kinds import BUCKET, CREDENTIAL
from sovran.cloud.facts.catalog import Catalog, read_catalog
from sovran.cloud.outcome import Absent, Failure, Ok, Outcome
from sovran.probes.probe import Need, Probe, Stage
from sovran.probes.s3_client import Keys, S3Client
from sovran.probes.steps import Journal, Step, StepFailed

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor

KEYS = "make EC2 credentials"
BUCKET_MADE, PUT, GET, MULTIPART, LIST, PRESIGNED, UNSIGNED, FOREIGN, WRONG, DELETE, BUCKET_GONE = (
    "S3: make a bucket",
    "S3: put an object",
    "S3: get the object",
    "S3: put an object in two parts",
    "S3: list the objects",
    "S3: get the object by a presigned URL",
    "S3: the object is denied to who signs nothing",
    "S3: the object is denied to a key that nobody has",
    "S3: the object is denied to a wrong secret",
    "S3: delete the object",
    "S3: delete the bucket",
)
SWIFT_MADE, SWIFT_PUT, SWIFT_GET, SWIFT_LIST, SWIFT_DENIED, SWIFT_GONE = (
    "Swift: make a container",
    "Swift: put an object",
    "Swift: get the object",
    "Swift: list the objects",
    "Swift: the object is denied without a token",
    "Swift: delete the object and the container",
)
S3_STEPS = (PUT, GET, MULTIPART, LIST, PRESIGNED, DELETE, BUCKET_GONE)
DENIALS = (UNSIGNED, FOREIGN, WRONG)
SWIFT_STEPS = (SWIFT_PUT, SWIFT_GET, SWIFT_LIST, SWIFT_GONE)
SIZE = 4096
PART = 5 * 1024 * 1024
"""Bytes; S3 takes no smaller part but as the last one."""
S3_TYPES = ("s3", "object-store-s3")
_UPLOAD = re.compile(rb"<UploadId>([^<]{1,1024})</UploadId>")


class ObjectStorageProbe(msgspec.Struct, frozen=True):
    """What a member could do with objects of its own, and who else could."""

    steps: tuple[Step, ...]
    s3: str
    """Scheme and host that were asked; empty: none is known."""
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
        _by_s3(stage.actor, journal, S3Client(stage.actor, address, keys), keys)
    if swift:
        with suppress(StepFailed):
            _by_swift(stage.actor, journal)
    return Ok(ObjectStorageProbe(journal.steps, address, swift))


def s3_address(catalog: Catalog) -> str:
    """URL of the S3 API: an endpoint of S3_TYPES, or the host of the object-store; empty: there is neither."""
    for kind in S3_TYPES:
        for service in catalog.of_type(kind):
            for endpoint in catalog.endpoints(service):
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


def _ok(answer: Answer) -> Answer:
    if not answer.ok:
        raise answer.failure
    return answer


def _same(answer: Answer, content: bytes) -> None:
    if _ok(answer).body != content:
        raise ActingFailed(f"{answer.asked} gave back other bytes than those that were put")


def _denied(answer: Answer) -> None:
    """Raise unless it was refused; that something is not found, or not signed well, is a refusal as good."""
    if answer.ok:
        raise ActingFailed(f"{answer.asked} ended with HTTP {answer.status}, and ought to have been denied")
    if not answer.refused:
        raise answer.failure


def _by_s3(actor: "Actor", journal: Journal, client: S3Client, keys: Keys) -> None:
    name, content = actor.name("s3bucket"), secrets.token_bytes(SIZE)
    path = f"/{name}/object"
    with journal.step(BUCKET_MADE):
        promised = actor.promise(BUCKET, name)
        answer = client.call("PUT", f"/{name}")
        if answer.refused:
            actor.forget(promised)
        _ok(answer)
        actor.keep(promised)
    with journal.step(PUT):
        _ok(client.call("PUT", path, content=content))
    with journal.step(GET, go_on=True):
        _same(client.call("GET", path), content)
    with journal.step(MULTIPART, go_on=True):
        _multipart(client, f"/{name}/parts")
    with journal.step(LIST, go_on=True):
        _lists(client.call("GET", f"/{name}", "list-type=2"), "object")
    with journal.step(PRESIGNED, go_on=True):
        _same(client.presigned("GET", path), content)
    with journal.step(UNSIGNED, go_on=True):
        _denied(client.unsigned("GET", path))
    with journal.step(FOREIGN, go_on=True):
        _denied(client.call("GET", path, keys=Keys(secrets.token_hex(16), secrets.token_hex(16))))
    with journal.step(WRONG, go_on=True):
        _denied(client.call("GET", path, keys=Keys(keys.access, secrets.token_hex(16))))
    with journal.step(DELETE):
        _ok(client.call("DELETE", path))
        client.call("DELETE", f"/{name}/parts")
        after = client.call("GET", path)
        if after.ok:
            raise ActingFailed("S3 still gives the object after it was deleted")
    with journal.step(BUCKET_GONE):
        _ok(client.call("DELETE", f"/{name}"))
        # what S3 keeps beside a bucket for parts is the cleanup's to delete, where Swift shows it
        if not actor.has("object-store"):
            actor.forget(promised)


def _multipart(client: S3Client, path: str) -> None:
    parts = (secrets.token_bytes(PART), secrets.token_bytes(SIZE))
    begun = _ok(client.call("POST", path, "uploads="))
    found = _UPLOAD.search(begun.body)
    if found is None:
        raise ActingFailed(f"{begun.asked} gave no id of the upload")
    upload = html.unescape(found[1].decode(errors="replace"))
    tags = []
    for number, part in enumerate(parts, start=1):
        query = f"partNumber={number}&uploadId={upload}"
        tags.append(_ok(client.call("PUT", path, query, part)).headers.get("etag", ""))
    listed = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>" for number, tag in enumerate(tags, start=1)
    )
    document = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
    done = _ok(client.call("POST", path, f"uploadId={upload}", document))
    if b"<Error>" in done.body:
        # S3 answers 200 before it is done
        raise ActingFailed(f"{done.asked} ended with HTTP 200 and an error in its body")
    whole = hashlib.sha256(b"".join(parts)).digest()
    if hashlib.sha256(_ok(client.call("GET", path)).body).digest() != whole:
        raise ActingFailed("S3 gave back other bytes than those of the parts")


def _lists(answer: Answer, name: str) -> None:
    if f"<Key>{name}</Key>".encode() not in _ok(answer).body:
        raise ActingFailed(f"{answer.asked} does not list the object that was put")


def _by_swift(actor: "Actor", journal: Journal) -> None:
    name, content = actor.name("swift"), secrets.token_bytes(SIZE)
    path = f"/{name}/object"
    octets = {"Content-Type": "application/octet-stream"}
    with journal.step(SWIFT_MADE):
        promised = actor.promise(BUCKET, name)
        answer = actor.call("PUT", "object-store", f"/{name}", content=b"")
        if answer.refused:
            actor.forget(promised)
        _ok(answer)
        actor.keep(promised)
    with journal.step(SWIFT_PUT):
        _ok(actor.call("PUT", "object-store", path, content=content, headers=octets))
    with journal.step(SWIFT_GET, go_on=True):
        _same(actor.call("GET", "object-store", path), content)
    with journal.step(SWIFT_LIST, go_on=True):
        listed = _ok(actor.call("GET", "object-store", f"/{name}?format=json")).json
        if not isinstance(listed, list) or not any(
            isinstance(item, dict) and item.get("name") == "object" for item in listed
        ):
            raise ActingFailed("object-store does not list the object that was put")
    with journal.step(SWIFT_DENIED, go_on=True):
        _denied(actor.unauthenticated("GET", "object-store", path))
    with journal.step(SWIFT_GONE):
        _ok(actor.call("DELETE", "object-store", path))
        _ok(actor.call("DELETE", "object-store", f"/{name}"))
        actor.forget(promised)


OBJECT_STORAGE = Probe("object-storage", ObjectStorageProbe, plan, run)
