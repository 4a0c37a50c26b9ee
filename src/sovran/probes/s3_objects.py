# SPDX-License-Identifier: Apache-2.0
"""The part of the probe of object storage that goes by S3."""

import hashlib
import html
import re
import secrets
from typing import TYPE_CHECKING
from urllib.parse import quote

from sovran.cloud.acting.answer import ActingFailed, Answer, Stopped
from sovran.cloud.acting.kinds import BUCKET
from sovran.cloud.facts.s3 import read_body
from sovran.probes.object_steps import (
    BUCKET_GONE,
    BUCKET_MADE,
    DELETE,
    FOREIGN,
    GET,
    LIST,
    MULTIPART,
    PRESIGNED,
    PUT,
    SIZE,
    UNSIGNED,
    WRONG,
    WRONG_URL,
    denied,
    gone,
    ok,
    same,
)
from sovran.probes.s3_client import Keys, S3Client
from sovran.probes.settle import settled
from sovran.probes.steps import Journal, StepFailed

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor
    from sovran.cloud.acting.ledger import Intent

PART = 5 * 1024 * 1024
"""Bytes; S3 takes no smaller part but as the last one."""
BUSY = 409
"""What deleting a bucket ends with while a listing lags behind."""
LISTING = "ListBucketResult"
_UPLOAD = re.compile(rb"<UploadId>([^<]{1,1024})</UploadId>")


def by_s3(actor: "Actor", journal: Journal, client: S3Client, keys: Keys) -> None:
    """Make a bucket, use it, and delete it. Raises StepFailed; what there is then is deleted as far as S3 can."""
    name = actor.name("s3bucket")
    promised = _bucket(actor, journal, client, name)
    keyed = f"object-{secrets.token_hex(8)}"
    paths = f"/{name}/{keyed}", f"/{name}/parts"
    try:
        _use(journal, client, keys, actor, paths)
        with journal.step(BUCKET_GONE):
            settled(actor, lambda: _delete_bucket(client, name))
            settled(actor, lambda: gone(client.call("GET", f"/{name}", "list-type=2"), "bucket"))
    except StepFailed:
        if _swept(client, name, paths):
            _forget(actor, promised)
        raise
    _forget(actor, promised)


def _bucket(actor: "Actor", journal: Journal, client: S3Client, name: str) -> "Intent":
    with journal.step(BUCKET_MADE):
        promised = actor.promise(BUCKET, name)
        try:
            answer = client.call("PUT", f"/{name}")
        except Stopped:
            actor.forget(promised)
            raise
        if answer.refused:
            actor.forget(promised)
        elif not answer.ok:
            # it may be there all the same
            client.call("DELETE", f"/{name}", cleaning=True)
        ok(answer)
        actor.keep(promised)
    return promised


def _use(journal: Journal, client: S3Client, keys: Keys, actor: "Actor", paths: tuple[str, str]) -> None:
    (path, parts), content = paths, secrets.token_bytes(SIZE)
    bucket, _, keyed = path.rpartition("/")
    with journal.step(PUT):
        ok(client.call("PUT", path, content=content))
    with journal.step(GET, go_on=True):
        settled(actor, lambda: same(client.call("GET", path), content))
    with journal.step(MULTIPART, go_on=True):
        _multipart(client, parts)
    with journal.step(LIST, go_on=True):
        settled(actor, lambda: _lists(client.call("GET", bucket, "list-type=2"), keyed))
    with journal.step(PRESIGNED, go_on=True):
        same(client.presigned("GET", path), content)
    nobody = Keys(secrets.token_hex(16), secrets.token_hex(16))
    wrong = Keys(keys.access, secrets.token_hex(16))
    with journal.step(UNSIGNED, go_on=True):
        denied(client.unsigned("GET", path), content)
    with journal.step(FOREIGN, go_on=True):
        denied(client.call("GET", path, keys=nobody), content)
    with journal.step(WRONG, go_on=True):
        denied(client.call("GET", path, keys=wrong), content)
    with journal.step(WRONG_URL, go_on=True):
        denied(client.presigned("GET", path, keys=wrong), content)
    with journal.step(DELETE):
        ok(client.call("DELETE", path))
        client.call("DELETE", parts)
        settled(actor, lambda: gone(client.call("GET", path), "object"))


def _multipart(client: S3Client, path: str) -> None:
    parts = (secrets.token_bytes(PART), secrets.token_bytes(SIZE))
    begun = ok(client.call("POST", path, "uploads="))
    found = _UPLOAD.search(begun.body)
    if found is None:
        raise ActingFailed(f"{begun.asked} gave no id of the upload")
    upload = quote(html.unescape(found[1].decode(errors="replace")), safe="")
    try:
        _put_parts(client, path, upload, parts)
    except ActingFailed:
        # parts of an upload that is not completed are listed nowhere, and stay
        client.call("DELETE", path, f"uploadId={upload}", cleaning=True)
        raise
    whole = hashlib.sha256(b"".join(parts)).digest()
    if hashlib.sha256(ok(client.call("GET", path)).body).digest() != whole:
        raise ActingFailed("S3 gave back other bytes than those of the parts")


def _put_parts(client: S3Client, path: str, upload: str, parts: tuple[bytes, ...]) -> None:
    tags = []
    for number, part in enumerate(parts, start=1):
        query = f"partNumber={number}&uploadId={upload}"
        tags.append(html.escape(ok(client.call("PUT", path, query, part)).headers.get("etag", ""), quote=False))
    listed = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>" for number, tag in enumerate(tags, start=1)
    )
    document = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
    done = ok(client.call("POST", path, f"uploadId={upload}", document))
    if read_body(done.body.lstrip()).root == "Error":
        # S3 answers 200 before it is done
        raise ActingFailed(f"{done.asked} ended with HTTP 200 and an error in its body")


def _lists(answer: Answer, key: str) -> None:
    body = ok(answer).body
    if read_body(body).root.rpartition(":")[2] != LISTING or f"<Key>{key}</Key>".encode() not in body:
        raise ActingFailed(f"{answer.asked} does not list the object that was put")


def _delete_bucket(client: S3Client, name: str) -> None:
    """Raises ActingFailed; that it is not there any more is as good."""
    answer = client.call("DELETE", f"/{name}")
    if answer.status != 404:
        ok(answer)


def _swept(client: S3Client, name: str, paths: tuple[str, str]) -> bool:
    """Delete what a probe that ended early left; whether the bucket is gone."""
    for path in (*paths, f"/{name}"):
        answer = client.call("DELETE", path, cleaning=True)
    return answer.ok or answer.status == 404


def _forget(actor: "Actor", promised: "Intent") -> None:
    # what S3 keeps beside a bucket for parts is the cleanup's to delete, where Swift shows it
    if not actor.has("object-store"):
        actor.forget(promised)
