# SPDX-License-Identifier: Apache-2.0
"""What of an answer goes into a snapshot: only what facts read of it (an allow-list), scrubbed of secrets."""

from typing import Any

import msgspec

from sovran.cloud.outcome import Ok
from sovran.cloud.recorder import Failed, Record, Request
from sovran.cloud.recording import UNREADABLE, Endpoint, Exchange, Principal, Service
from sovran.cloud.snapshots.scrub import Scrubber, is_foreign, is_secret, suspicious
from sovran.cloud.snapshots.shape import ANYTHING, ITEM, TEXT, VALUE, Shape, merged, shape_of
from sovran.cloud.snapshots.snapshot import Entry
from sovran.model.printable import printable
from sovran.model.report import CloudInfo

LONGEST_WORDS = 200
"""Characters of the reason why an answer is no JSON."""


def entry(record: Record, scrubber: Scrubber) -> Entry:
    """One record as a snapshot keeps it."""
    request = msgspec.structs.replace(record.request, path=scrubber.text(record.request.path))
    if not isinstance(record.outcome, Ok):
        failed = Failed.of(record.outcome)
        details = {name: scrubber.tree(value) for name, value in failed.details.items()}
        return Entry(request=request, at=record.at, failed=Failed(failed.how, details))
    seen = record.outcome.value
    if isinstance(seen, Exchange):
        return _answer(request, seen, scrubber)
    shape = shape_of(type(seen))
    body = msgspec.json.encode(seen)
    return Entry(request=request, at=record.at, shape=shape, body=_kept(body, shape, scrubber), size=len(body))


def cloud_info(whole: CloudInfo, scrubber: Scrubber) -> CloudInfo:
    """Which cloud it was; the name of its entry stays as it is, since the user gave it."""
    return msgspec.structs.replace(
        whole,
        auth_url=scrubber.url(whole.auth_url),
        region=scrubber.text(whole.region),
        project=scrubber.text(whole.project),
        roles=tuple(map(scrubber.text, whole.roles)),
    )


def principal(whole: Principal, scrubber: Scrubber) -> Principal:
    """As whom the cloud was read; of the catalog's URLs neither login nor query."""
    services = tuple(
        Service(
            type=scrubber.text(service.type),
            name=scrubber.text(service.name),
            id=scrubber.text(service.id),
            endpoints=tuple(
                Endpoint(
                    interface=scrubber.text(one.interface),
                    region=None if one.region is None else scrubber.text(one.region),
                    url=scrubber.url(one.url),
                    id=scrubber.text(one.id),
                )
                for one in service.endpoints
            ),
        )
        for service in whole.services
    )
    return msgspec.structs.replace(
        whole,
        roles=tuple(map(scrubber.text, whole.roles)),
        project=scrubber.text(whole.project),
        region=scrubber.text(whole.region),
        services=services,
    )


def _answer(request: Request, exchange: Exchange, scrubber: Scrubber) -> Entry:
    headers = {name: scrubber.text(value) for name, value in exchange.headers.items()}
    shape: Shape = {}
    for kind in exchange.kept.types:
        shape = merged(shape, shape_of(kind))
    text: str | None = None
    body: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    error = exchange.kept.error
    if exchange.kept.bodies:
        text = scrubber.text(exchange.kept.bodies[-1].decode(errors="replace"))
    elif exchange.kept.types and not error:
        try:
            body = _kept(exchange.body, shape, scrubber)
        except UNREADABLE:
            kind = exchange.kept.types[-1]
            try:
                # a part that no fact reads may be malformed without the facts noticing
                whole = msgspec.json.decode(exchange.body, type=kind)
            except UNREADABLE as reason:
                error = scrubber.text(printable(str(reason), LONGEST_WORDS))
            else:
                shape = shape_of(kind)
                body = _kept(msgspec.json.encode(whole), shape, scrubber)
    return Entry(
        request=request,
        at=exchange.at,
        status=exchange.status,
        headers=headers,
        shape=shape,
        body=body,
        text=text,
        error=error,
        size=len(exchange.body),
    )


def _kept(body: bytes, shape: Shape, scrubber: Scrubber) -> msgspec.Raw:
    """The part of a JSON document that the shape reads, as JSON again; raises what msgspec does for malformed JSON."""
    part = _part(msgspec.json.decode(body), shape, scrubber)
    written = msgspec.json.encode(part)
    if suspicious(written.decode()):
        written = msgspec.json.encode(scrubber.tree(part))
    return msgspec.Raw(written)


def _part(value: Any, shape: Shape, scrubber: Scrubber) -> Any:
    """What of a value is read: a value of another type than the reader expects keeps its type and says nothing."""
    if ANYTHING in shape:
        return _free(value, scrubber)
    if isinstance(value, dict):
        if VALUE in shape:
            below = shape[VALUE]
            kept = {}
            for name, one in value.items():
                if name in shape:
                    kept[name] = _part(one, shape[name], scrubber)
                elif is_secret(name):
                    kept[name] = scrubber.hidden(one)
                elif not is_foreign(name):
                    kept[name] = _part(one, below, scrubber)
            return kept
        return {name: _part(one, shape[name], scrubber) for name, one in value.items() if name in shape}
    if isinstance(value, list):
        return [_part(one, shape[ITEM], scrubber) for one in value] if ITEM in shape else []
    if isinstance(value, str):
        return value if TEXT in shape else ""
    return value


def _free(value: Any, scrubber: Scrubber) -> Any:
    if isinstance(value, dict):
        return scrubber.free(value)
    return [_free(one, scrubber) for one in value] if isinstance(value, list) else value
