# SPDX-License-Identifier: Apache-2.0
"""Fact: how the host of the object store answers an S3 client with an unknown key."""

import datetime
import hashlib
import hmac
from html import escape
from urllib.parse import urlsplit
from xml.parsers import expat

import msgspec

from sovran.cloud.facts.catalog import Catalog, read_catalog
from sovran.cloud.outcome import Absent, Ok, Outcome
from sovran.cloud.recording import Exchange, Reader

UNKNOWN_KEY = "doesnotexist"
REGION = "us-east-1"
LONGEST_WORDS = 200
"""Characters that are kept of each thing the service says."""
MOST_XML = 1024 * 1024
"""Bytes; errors and listings of buckets are a thousandth of that."""


class S3Answer(msgspec.Struct, frozen=True, eq=False):
    """The answer to a bucket listing with a key that nobody has."""

    host: str
    status: int
    body: "S3Body"


class S3Body(msgspec.Struct, frozen=True):
    """What an S3 client reads in the body of an answer."""

    root: str = ""
    """Name of the XML's root element, e.g. `ListAllMyBucketsResult`; empty when the body is no XML."""
    code: str = ""
    """S3 error code, e.g. `InvalidAccessKeyId`; empty when the answer is no S3 error."""
    message: str = ""
    """What the service says about the error."""
    empty: bool = False


def signature_headers(url: str, now: datetime.datetime) -> dict[str, str]:
    """Headers of a GET signed by AWS Signature Version 4 with UNKNOWN_KEY and an empty secret.

    Written here because a whole AWS client would be needed otherwise for one request that must be refused.
    """
    stamp, day = f"{now:%Y%m%dT%H%M%SZ}", f"{now:%Y%m%d}"
    body_hash = hashlib.sha256(b"").hexdigest()
    parts = urlsplit(url)
    signed = {"host": parts.netloc, "x-amz-content-sha256": body_hash, "x-amz-date": stamp}
    names = ";".join(signed)
    canonical = "\n".join(
        ["GET", parts.path or "/", "", *(f"{name}:{value}" for name, value in signed.items()), "", names, body_hash]
    )
    scope = f"{day}/{REGION}/s3/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = b"AWS4"
    for step in (day, REGION, "s3", "aws4_request"):
        key = hmac.digest(key, step.encode(), "sha256")
    credential = f"{UNKNOWN_KEY}/{scope}"
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return {
        "x-amz-content-sha256": body_hash,
        "x-amz-date": stamp,
        "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}",
    }


def read_body(body: bytes) -> S3Body:
    """The root element, and for an `Error` its code and message; as good as no XML: what is not well formed, declares
    entities, or is larger than MOST_XML.
    """
    path: list[str] = []
    words: dict[tuple[str, ...], str] = {}
    parser = expat.ParserCreate()

    def start(name: str, _attributes: object) -> None:
        path.append(name)
        words.setdefault(tuple(path[:2]), "")

    def text(data: str) -> None:
        if len(path) == 2:
            words[tuple(path)] += data

    def entity(*_declaration: object) -> None:
        raise ValueError("S3 declares no entities, and they are a way to fill memory")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: path.pop()
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(body[: MOST_XML + 1], len(body) <= MOST_XML)
    except (expat.ExpatError, ValueError):
        return S3Body(empty=not body)
    if len(body) > MOST_XML:
        return S3Body()
    said = {name: words.get(("Error", name), "").strip()[:LONGEST_WORDS] for name in ("Code", "Message")}
    return S3Body(next(iter(words))[0][:LONGEST_WORDS], said["Code"], said["Message"])


def read_answer(exchange: Exchange) -> S3Body:
    """What the body of an answer says; a snapshot keeps that much of it."""
    body = read_body(exchange.body)
    exchange.kept.body(_minimal(body))
    return body


def _minimal(body: S3Body) -> bytes:
    """The least document that `read_body` reads as `body`: what a snapshot keeps."""
    if not body.root:
        return b"" if body.empty else b"-"
    said = (("Code", body.code), ("Message", body.message)) if body.root == "Error" else ()
    inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in said)
    return f"<{body.root}>{inside}</{body.root}>".encode()


def _swift_host(catalog: Catalog) -> str:
    for service in catalog.of_type("object-store"):
        for endpoint in catalog.endpoints(service):
            parts = urlsplit(endpoint.url)
            if parts.scheme in ("http", "https") and parts.netloc:
                return f"{parts.scheme}://{parts.netloc}"
    return ""


def read_s3_answer(reader: Reader) -> Outcome[S3Answer]:
    """One signed request to scheme and host of the object-store endpoint; Absent without such an endpoint."""
    catalog = read_catalog(reader)
    if not isinstance(catalog, Ok):
        return catalog
    host = _swift_host(catalog.value)
    if not host:
        return Absent("the catalog has no object-store endpoint here")
    answer = reader.anonymous(f"{host}/", signature_headers(f"{host}/", reader.now))
    if not isinstance(answer, Ok):
        return answer
    return Ok(S3Answer(host, answer.value.status, read_answer(answer.value)))
