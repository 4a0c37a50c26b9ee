# SPDX-License-Identifier: Apache-2.0
"""SCS-0123: mandatory and supported IaaS services."""

import re

from sovran.cloud.facts.catalog import Catalog
from sovran.cloud.facts.s3 import S3Answer
from sovran.cloud.facts.services import BUCKETS, ServiceAnswers, State
from sovran.cloud.facts.services import S3 as S3_ENTRY
from sovran.cloud.outcome import Absent, Ok, Outcome, Unreachable
from sovran.cloud.recording import Service
from sovran.model.finding import Examined, Finding, Resource, Undecided
from sovran.probes.object_storage import ObjectStorageProbe
from sovran.rules.object_storage import how_it_stores, what_was_not_seen
from sovran.rules.registry import Answer
from sovran.rules.service_presence import beyond_the_standard, how_it_answers, no_service, regions_without

S3_TYPE = "s3"
"""What version 1 calls S3 storage, without binding it to a type of the catalog; version 2 wants `object-store-s3`."""
UNKNOWN_KEY_CODES = ("InvalidAccessKeyId", "NoSuchKey")
SHARED_BY_REGIONS = "identity"
"""The service that a cloud of several regions may have only once."""


def _resource(service: Service) -> Resource:
    return Resource("service", service.type, service.id)


def official_service(catalog: Catalog, *, types: list[str]) -> Answer:
    """Passes when the catalog has an entry of one of these types, verbatim; nothing is asked of the service."""
    found = catalog.of_type(*types)
    for service in found:
        yield Examined(_resource(service))
    if not found:
        yield Finding(
            message=f"the catalog has no service of type {' or '.join(types)}",
            resource=Resource("service", types[0]),
            field="type",
            expected=" or ".join(types),
            seen="no such entry",
        )


def official_swift_s3(catalog: Catalog, answer: Outcome[S3Answer]) -> Answer:
    """Passes without an object-store in the catalog; with one, a bucket listing with an unknown key, sent to scheme and
    host of its endpoint, must be refused with InvalidAccessKeyId or NoSuchKey.
    """
    if not catalog.of_type("object-store"):
        return
    store = Resource("service", "object-store")
    yield Examined(store)
    if isinstance(answer, Ok):
        body = answer.value.body
        if any(word in f"{body.code} {body.message}" for word in UNKNOWN_KEY_CODES):
            return
        if answer.value.status < 300 and not body.code and (body.empty or body.root):
            raise Undecided(
                f"{answer.value.host} answered a bucket listing with an unknown key as if the key were known"
            )
        seen = f"HTTP {answer.value.status} {body.code or 'without an S3 error code'}"
    elif isinstance(answer, Unreachable) and answer.no_connection:
        seen = answer.reason
    else:
        raise Undecided(answer.reason)
    yield Finding(
        message=f"the object store does not refuse an unknown S3 key as S3 does: {seen}",
        resource=store,
        field="S3 error code",
        expected="InvalidAccessKeyId or NoSuchKey",
        seen=seen,
    )


def mandatory_services(
    catalog: Catalog,
    s3: Outcome[S3Answer],
    answers: Outcome[ServiceAnswers],
    objects: Outcome[ObjectStorageProbe],
    *,
    services: dict[str, list[str]],
    supported: dict[str, list[str]],
) -> Answer:
    """Holds when each mandatory service, under its type or an alias of the Service Types Authority, has an entry in the
    catalog with an endpoint in the judged region, public or of the judged interface, and answers one harmless read; a
    refused connection, 404 or 410 is no service, a time limit or a server error decides nothing. Where no region is
    named, each that has compute is judged, but for services that are in none of them and so shared (as identity is).
    The s3 of version 1 counts also where the host of the object-store endpoint speaks S3. Where a probe could make a
    bucket, objects in it have to be stored, given back and denied to others.

    Source: scs-0123, section Mandatory IaaS APIs.
    """
    undecided = []
    for wanted, aliases in services.items():
        entries = catalog.of_type(wanted, *aliases)
        resource = _resource(entries[0]) if entries else Resource("service", wanted)
        yield Examined(resource)
        if not any(catalog.endpoints(entry, any_region=wanted == SHARED_BY_REGIONS) for entry in entries):
            spoken = _speaks_s3(s3) if wanted == S3_TYPE and not entries else False
            if isinstance(spoken, str):
                undecided.append(spoken)
            elif not spoken:
                yield no_service(catalog, wanted, aliases, resource, listed=bool(entries))
            continue
        yield from regions_without(catalog, wanted, aliases, resource, shared=wanted == SHARED_BY_REGIONS)
        answer = answers.value.items.get(S3_ENTRY if wanted == S3_TYPE else wanted) if isinstance(answers, Ok) else None
        if answer and answer.state is State.UNKNOWN:
            undecided.append(f"whether {wanted} is there: {answer.reason}")
        elif answer:
            yield from how_it_answers(wanted, answer, resource)
    yield from how_it_stores(objects, Resource("service", S3_ENTRY))
    if unseen := what_was_not_seen(objects):
        undecided.append(unseen)
    yield from beyond_the_standard(catalog, services, supported)
    if not isinstance(answers, Ok):
        undecided.append(answers.reason)
    if undecided:
        raise Undecided("; ".join(undecided))


def _speaks_s3(s3: Outcome[S3Answer]) -> bool | str:
    """Whether the host of the object store speaks S3; a reason when that is unknown."""
    if isinstance(s3, Ok):
        return bool(s3.value.body.code or s3.value.body.root == BUCKETS)
    return False if isinstance(s3, Absent) else s3.reason


def _plain(service_type: str) -> str:
    """A type without what separates and versions it, to recognise misspelt forms of it."""
    return re.sub(r"v\d+(\.\d+)?$|legacy$", "", re.sub(r"[^a-z0-9.]", "", service_type.casefold()))


def known_aliases(catalog: Catalog, *, canonical: dict[str, list[str]]) -> Answer:
    """Holds when no catalog entry stands for a service of the standard under a name that is neither its type nor an
    alias of the Service Types Authority.

    Source: scs-0123-v2, section Mandatory IaaS APIs.
    """
    known = {name for wanted, aliases in canonical.items() for name in (wanted, *aliases)}
    meant = {_plain(name): wanted for wanted, aliases in canonical.items() for name in (wanted, *aliases)}
    for service in catalog.services:
        if service.type in known:
            yield Examined(_resource(service))
            continue
        wanted = "object-store-s3" if service.type.casefold() == "s3" else meant.get(_plain(service.type))
        if wanted:
            yield Examined(_resource(service))
            yield Finding(
                message=f"catalog entry {service.type} stands for {wanted}, but is no alias that the authority knows",
                resource=_resource(service),
                field="type",
                expected=" or ".join([wanted, *canonical.get(wanted, [])]),
                seen=service.type,
            )


def canonical_types(catalog: Catalog, *, canonical: dict[str, list[str]]) -> Answer:
    """Holds when the services of the standard stand in the catalog under their canonical type and under no alias.

    Source: scs-0123-v2, section Mandatory IaaS APIs.
    """
    of_alias = {alias: wanted for wanted, aliases in canonical.items() for alias in aliases}
    for service in catalog.services:
        if service.type not in canonical and service.type not in of_alias:
            continue
        yield Examined(_resource(service))
        if service.type in of_alias:
            yield Finding(
                message=f"catalog entry {service.type} is an alias of {of_alias[service.type]}",
                resource=_resource(service),
                field="type",
                expected=of_alias[service.type],
                seen=service.type,
            )
