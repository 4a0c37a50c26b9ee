# SPDX-License-Identifier: Apache-2.0
"""Probe: a member stores a secret, reads it back, finds it listed and deletes it (SCS-0116)."""

import base64
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from sovran.cloud.acting.answer import GONE, ActingFailed, Answer
from sovran.cloud.acting.found import named
from sovran.cloud.acting.kinds import SECRET
from sovran.cloud.outcome import Absent, Failure, Ok, Outcome
from sovran.probes.probe import Need, Probe, Stage
from sovran.probes.settle import settled
from sovran.probes.steps import CannotTell, Journal, Step, StepFailed

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor, Made

STORE, METADATA, PAYLOAD, LIST, DELETE = (
    "store a secret",
    "read the secret's metadata",
    "read the secret's payload",
    "find the secret listed",
    "delete the secret",
)


class KeyManagerProbe(msgspec.Struct, frozen=True):
    """What a member could do with a secret of its own; none of it is kept."""

    steps: tuple[Step, ...]
    """STORE, METADATA, PAYLOAD, LIST, DELETE, as far as it came."""


def plan(stage: Stage) -> tuple[Need, ...] | Failure:
    """One secret, where there is a key manager."""
    if not stage.has("key-manager"):
        return Absent("the catalog has no key manager")
    return (Need("secret", 1),)


def run(stage: Stage) -> Outcome[KeyManagerProbe]:
    """Key Manager API v1: POST, GET, GET payload, list, DELETE of one opaque secret of 32 random bytes."""
    journal = Journal()
    with suppress(StepFailed):
        _act(stage.actor, journal)
    return Ok(KeyManagerProbe(journal.steps))


def _act(actor: "Actor", journal: Journal) -> None:
    payload = secrets.token_bytes(32)
    journal.hide(base64.b64encode(payload).decode())
    with journal.step(STORE):
        secret = actor.create(SECRET, "secret", lambda name: _body(name, payload))
    with journal.step(METADATA, go_on=True):
        _show(actor, secret)
    with journal.step(PAYLOAD, go_on=True):
        _read_payload(actor, secret, payload)
    with journal.step(LIST, go_on=True):
        settled(actor, lambda: _find(actor, secret))
    with journal.step(DELETE):
        actor.delete(secret)
        settled(actor, lambda: _is_gone(actor, secret))


def _body(name: str, payload: bytes) -> dict[str, str]:
    return {
        "name": name,
        "secret_type": "opaque",
        "payload": base64.b64encode(payload).decode(),
        "payload_content_type": "application/octet-stream",
        "payload_content_encoding": "base64",
    }


def _expect(actor: "Actor", secret: "Made", below: str, accept: str = "application/json") -> Answer:
    answer = actor.call("GET", "key-manager", f"/secrets/{secret.id}{below}", headers={"Accept": accept})
    if not answer.ok:
        raise answer.failure
    return answer


def _show(actor: "Actor", secret: "Made") -> None:
    answer = _expect(actor, secret, "")
    if answer.at("name") != secret.name:
        raise ActingFailed(f"{answer.asked} does not show the secret that was stored")


def _read_payload(actor: "Actor", secret: "Made", payload: bytes) -> None:
    if _expect(actor, secret, "/payload", "application/octet-stream").body != payload:
        raise ActingFailed("key-manager gave back another payload than the one that was stored")


def _find(actor: "Actor", secret: "Made") -> None:
    if not any(found.id == secret.id for found in named(actor, SECRET, secret.name)):
        raise ActingFailed("key-manager GET /secrets does not list the secret that was just stored")


def _is_gone(actor: "Actor", secret: "Made") -> None:
    answer = actor.show(secret)
    if answer.ok:
        raise ActingFailed(f"{answer.asked} still shows the secret after it was deleted")
    if not answer.status:
        raise answer.failure
    if answer.status not in GONE:
        raise CannotTell(f"{answer.asked} ended with HTTP {answer.status}, so that it is not seen to be gone")


KEY_MANAGER = Probe("key-manager", KeyManagerProbe, plan, run)
