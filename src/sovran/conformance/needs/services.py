# SPDX-License-Identifier: Apache-2.0
"""Needs of services: whether they answer this user."""

from collections.abc import Callable, Sequence

from sovran.cloud.facts.availability_zones import ComputeZones
from sovran.cloud.facts.backups import BackupsAnswer
from sovran.cloud.facts.s3 import S3Answer
from sovran.cloud.facts.secrets import SecretsAnswer
from sovran.cloud.facts.services import BUCKETS, S3, ServiceAnswers, State
from sovran.cloud.fetch import Facts
from sovran.conformance.needs.answer import NotThere, read
from sovran.conformance.needs.profile import ServiceNeed
from sovran.model.finding import Resource, Undecided

Found = tuple[str, Sequence[Resource]]
WORDS = {
    ServiceNeed.BACKUPS: "volume backups",
    ServiceNeed.KEY_MANAGER: "key manager",
    ServiceNeed.LOAD_BALANCER: "load balancers",
    ServiceNeed.S3: "object storage by S3",
    ServiceNeed.VOLUMES: "volumes",
}


def find(need: ServiceNeed, facts: Facts) -> Found:
    """What answers; raises NotThere or Undecided."""
    how: dict[ServiceNeed, Callable[[Facts], Found]] = {
        ServiceNeed.BACKUPS: _backups,
        ServiceNeed.KEY_MANAGER: _key_manager,
        ServiceNeed.LOAD_BALANCER: lambda facts: _answers(facts, "load-balancer"),
        ServiceNeed.S3: _s3,
        ServiceNeed.VOLUMES: lambda facts: _answers(facts, "block-storage"),
    }
    return how[need](facts)


def zones(count: int, facts: Facts) -> Found:
    """The availability zones, if there are so many available ones."""
    found = [zone.name for zone in read(facts, ComputeZones).items if zone.available]
    if len(found) < count:
        raise NotThere(f"{len(found)}: {', '.join(found) or 'none is available'}")
    return ", ".join(found), [Resource("availability zone", name) for name in found]


def _answers(facts: Facts, kind: str) -> Found:
    answer = read(facts, ServiceAnswers).items.get(kind)
    if answer is None:
        raise NotThere(f"the catalog has no {kind} service here")
    if answer.state is State.GONE:
        raise NotThere(answer.reason)
    if answer.state is State.UNKNOWN or answer.reason:
        # it answers, but not to this user: a role may be missing
        raise Undecided(answer.reason)
    return f"{kind} answers", [Resource("service", kind)]


def _s3(facts: Facts) -> Found:
    """By the entry of the catalog, or by the host of the object store, which may speak S3 without an entry."""
    listed = read(facts, ServiceAnswers).items.get(S3)
    if listed and listed.state is State.ANSWERS:
        return listed.asked, [Resource("service", S3)]
    unknown = listed.reason if listed and listed.state is State.UNKNOWN else ""
    try:
        store = read(facts, S3Answer)
    except NotThere as absent:
        reason = listed.reason if listed else f"the catalog has no S3, and {absent}"
        raise (Undecided if unknown else NotThere)(reason) from absent
    if store.body.code or store.body.root == BUCKETS:
        return f"{store.host}, without an entry of its own in the catalog", [Resource("service", "object-store")]
    if unknown:
        raise Undecided(unknown)
    raise NotThere(listed.reason if listed else f"the catalog has no S3, and {store.host} does not speak it")


def _key_manager(facts: Facts) -> Found:
    read(facts, SecretsAnswer)
    return "key-manager answers", [Resource("service", "key-manager")]


def _backups(facts: Facts) -> Found:
    read(facts, BackupsAnswer)
    return "the API answers; whether a backup succeeds was not tried", [Resource("service", "block-storage")]
