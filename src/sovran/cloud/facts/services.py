# SPDX-License-Identifier: Apache-2.0
"""Fact: whether the services of the catalog answer one harmless authenticated read each."""

import re
from enum import StrEnum
from functools import partial

import msgspec

from sovran.cloud.at_once import at_once
from sovran.cloud.facts.catalog import Catalog, read_catalog
from sovran.cloud.facts.s3 import read_answer, signature_headers
from sovran.cloud.listing import decode
from sovran.cloud.outcome import Absent, Denied, Failure, Ok, Outcome, Unreachable
from sovran.cloud.recording import Exchange, Reader

READS: dict[str, tuple[str, str]] = {
    "block-storage": ("/volumes?limit=1", "volumes"),
    "compute": ("/servers?limit=1", "servers"),
    "identity": ("/auth/domains", "domains"),
    "image": ("/images?limit=1", "images"),
    "load-balancer": ("/lbaas/loadbalancers?limit=1", "loadbalancers"),
    "network": ("/networks?limit=1", "networks"),
}
"""Service type to a listing that every member may read, and its name in the body: as small as the API allows."""
ALIASES = {"block-storage": ("volumev3", "volumev2", "volume", "block-store")}
"""Other types of the catalog that mean the same (OpenStack Service Types Authority)."""
WITH_MICROVERSIONS = ("block-storage", "compute")
"""Those of READS whose APIs have microversions, which their version document tells."""
S3 = "object-store-s3"
S3_TYPES = (S3, "s3")
BUCKETS = "ListAllMyBucketsResult"
"""Element in which S3 lists the buckets of a key that it knows."""
NOT_THERE = (404, 410)
VERSION_PART = re.compile(r"/v\d+(\.\d+)?(/.*)?$")


class State(StrEnum):
    """What a read shows of a service."""

    ANSWERS = "answers"
    """The API answered, be it that it refused (401, 403)."""
    GONE = "gone"
    """Nobody listens there, or there is no such API (404, 410)."""
    UNKNOWN = "unknown"
    """Time limit, server error, or an answer that is none of this API."""


class ServiceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How one service answered."""

    asked: str
    """Path below the service's endpoint, or URL."""
    state: State
    reason: str = ""
    """Why it is not ANSWERS."""
    microversions: str = ""
    """E.g. `2.1 to 2.103`; empty: the API has none, or does not tell them."""


class ServiceAnswers(msgspec.Struct, frozen=True, eq=False):
    """Canonical service type to how it answered; without those that have no endpoint in the judged region."""

    items: dict[str, ServiceAnswer]


class _Item(msgspec.Struct, frozen=True):
    """One thing of a listing; nothing of it is looked at."""


class _Version(msgspec.Struct, frozen=True):
    status: str = ""
    version: str | None = None
    min_version: str | None = None


class _Versions(msgspec.Struct, frozen=True):
    versions: list[_Version]


def read_service_answers(reader: Reader) -> Outcome[ServiceAnswers]:
    """One tiny listing per service of READS, and the version document of those with microversions; S3 is asked for the
    buckets of a key that nobody has. Services that the catalog does not have here are not asked.
    """
    catalog = read_catalog(reader)
    if not isinstance(catalog, Ok):
        return catalog
    reads = {kind: partial(_answer, reader, catalog.value, kind) for kind in READS}
    reads[S3] = partial(_s3_answer, reader, catalog.value)
    found = at_once(reads)
    return Ok(ServiceAnswers({kind: answer for kind, answer in found.items() if answer is not None}))


def _url(catalog: Catalog, *types: str) -> str:
    """Where the first entry of these types can be reached; empty when it cannot."""
    return next(
        (endpoint.url for service in catalog.of_type(*types) for endpoint in catalog.endpoints(service)),
        "",
    )


def _answer(reader: Reader, catalog: Catalog, kind: str) -> ServiceAnswer | None:
    path, key = READS[kind]
    outcome = reader.get(kind, path)
    if isinstance(outcome, Absent) and not outcome.status:
        return None
    url = _url(catalog, kind, *ALIASES.get(kind, ()))
    if isinstance(outcome, Denied):
        return ServiceAnswer(asked=path, state=State.ANSWERS, reason=outcome.reason)
    if not isinstance(outcome, Ok):
        return _failure(reader, path, url, outcome)
    listing: type[msgspec.Struct] = msgspec.defstruct("Listing", [(key, list[_Item])])
    body = decode(outcome.value, listing, f"a list of {key}")
    if not isinstance(body, Ok):
        return ServiceAnswer(asked=path, state=State.UNKNOWN, reason=body.reason)
    versions = _microversions(reader, url) if kind in WITH_MICROVERSIONS and url else ""
    return ServiceAnswer(asked=path, state=State.ANSWERS, microversions=versions)


def _failure(reader: Reader, path: str, url: str, failure: Failure) -> ServiceAnswer:
    """What a failed read shows. Where no version could be found out, so that nothing was asked, the endpoint itself is
    asked what is the matter, since the library does not tell.
    """
    outcome: Outcome[Exchange] = failure
    if url and isinstance(failure, Unreachable) and not (failure.status or failure.no_connection):
        root = reader.anonymous(url, {})
        if _is_gone(root) or not isinstance(root, Ok):
            path, outcome = url, root
    state = State.GONE if _is_gone(outcome) else State.UNKNOWN
    return ServiceAnswer(asked=path, state=state, reason=_words(outcome, path))


def _is_gone(outcome: Outcome[Exchange]) -> bool:
    if isinstance(outcome, Ok):
        return outcome.value.status in NOT_THERE
    if isinstance(outcome, Unreachable):
        return outcome.refused or outcome.status in NOT_THERE
    return isinstance(outcome, Absent)


def _words(outcome: Outcome[Exchange], url: str) -> str:
    return f"GET {url} ended with HTTP {outcome.value.status}" if isinstance(outcome, Ok) else outcome.reason


def _microversions(reader: Reader, url: str) -> str:
    """The microversions that the list of versions at the root of the API tells; empty when it tells none."""
    answer = reader.anonymous(VERSION_PART.sub("", url.rstrip("/")) + "/", {})
    document = decode(answer.value, _Versions, "versions") if isinstance(answer, Ok) else answer
    if not isinstance(document, Ok):
        return ""
    for version in document.value.versions:
        if version.status == "CURRENT" and version.version and version.min_version:
            return f"{version.min_version} to {version.version}"
    return ""


def _s3_answer(reader: Reader, catalog: Catalog) -> ServiceAnswer | None:
    url = _url(catalog, *S3_TYPES)
    if not url.startswith(("http://", "https://")):
        return None
    address = url if url.endswith("/") else f"{url}/"
    outcome = reader.anonymous(address, signature_headers(address, reader.now))
    if isinstance(outcome, Ok):
        body = read_answer(outcome.value)
        if body.code or body.root == BUCKETS:
            return ServiceAnswer(asked=address, state=State.ANSWERS)
    gone = _is_gone(outcome)
    reason = _words(outcome, address)
    if isinstance(outcome, Ok) and not gone:
        reason += " and nothing that S3 says"
    return ServiceAnswer(asked=address, state=State.GONE if gone else State.UNKNOWN, reason=reason)
