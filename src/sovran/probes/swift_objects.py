# SPDX-License-Identifier: Apache-2.0
"""The part of the probe of object storage that goes by Swift."""

import secrets
from typing import TYPE_CHECKING

from sovran.cloud.acting.answer import ActingFailed, Stopped
from sovran.cloud.acting.kinds import BUCKET
from sovran.probes.object_steps import (
    SIZE,
    SWIFT_DENIED,
    SWIFT_GET,
    SWIFT_GONE,
    SWIFT_LIST,
    SWIFT_MADE,
    SWIFT_PUT,
    denied,
    gone,
    ok,
    same,
)
from sovran.probes.settle import settled
from sovran.probes.steps import Journal

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor
    from sovran.cloud.acting.ledger import Intent

SERVICE = "object-store"


def by_swift(actor: "Actor", journal: Journal) -> None:
    """Make a container, use it, and delete it. Raises StepFailed; what there is then is left to the cleanup."""
    name, content = actor.name("swift"), secrets.token_bytes(SIZE)
    keyed = f"object-{secrets.token_hex(8)}"
    path = f"/{name}/{keyed}"
    octets = {"Content-Type": "application/octet-stream"}
    promised = _container(actor, journal, name)
    with journal.step(SWIFT_PUT):
        ok(actor.call("PUT", SERVICE, path, content=content, headers=octets))
    with journal.step(SWIFT_GET, go_on=True):
        settled(actor, lambda: same(actor.call("GET", SERVICE, path), content))
    with journal.step(SWIFT_LIST, go_on=True):
        settled(actor, lambda: _lists(actor, name, keyed))
    with journal.step(SWIFT_DENIED, go_on=True):
        denied(actor.unauthenticated("GET", SERVICE, path), content)
    with journal.step(SWIFT_GONE):
        ok(actor.call("DELETE", SERVICE, path))
        settled(actor, lambda: _delete_container(actor, name))
        settled(actor, lambda: gone(actor.call("GET", SERVICE, f"/{name}?limit=1"), "container"))
        actor.forget(promised)


def _container(actor: "Actor", journal: Journal, name: str) -> "Intent":
    with journal.step(SWIFT_MADE):
        promised = actor.promise(BUCKET, name)
        try:
            answer = actor.call("PUT", SERVICE, f"/{name}", content=b"")
        except Stopped:
            actor.forget(promised)
            raise
        if answer.refused:
            actor.forget(promised)
        ok(answer)
        actor.keep(promised)
    return promised


def _lists(actor: "Actor", name: str, keyed: str) -> None:
    listed = ok(actor.call("GET", SERVICE, f"/{name}?format=json")).json
    items = listed if isinstance(listed, list) else []
    if not any(isinstance(item, dict) and item.get("name") == keyed for item in items):
        raise ActingFailed("object-store does not list the object that was put")


def _delete_container(actor: "Actor", name: str) -> None:
    """Raises ActingFailed, as while a listing lags behind; that it is not there any more is as good."""
    answer = actor.call("DELETE", SERVICE, f"/{name}")
    if answer.status != 404:
        ok(answer)
