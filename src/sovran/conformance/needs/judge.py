# SPDX-License-Identifier: Apache-2.0
"""Holds a profile against the facts of a cloud: one answer per need, in the order of the profile."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from sovran.cloud.facts.availability_zones import ComputeZones
from sovran.cloud.facts.backups import BackupsAnswer
from sovran.cloud.facts.flavors import Flavors
from sovran.cloud.facts.floating_ips import FloatingIps
from sovran.cloud.facts.images import Images
from sovran.cloud.facts.networks import Networks
from sovran.cloud.facts.s3 import S3Answer
from sovran.cloud.facts.secrets import SecretsAnswer
from sovran.cloud.facts.services import ServiceAnswers
from sovran.cloud.facts.subnet_pools import SubnetPools
from sovran.cloud.facts.subnets import Subnets
from sovran.cloud.facts.volume_types import VolumeTypes
from sovran.cloud.fetch import Facts
from sovran.conformance.needs import flavors, images, networks, services, volumes
from sovran.conformance.needs.answer import Answer, Met, NotThere, read
from sovran.conformance.needs.profile import NetworkNeed, Profile, ServiceNeed
from sovran.model.finding import Resource, Undecided

Fact = TypeVar("Fact")
Found = tuple[str, Sequence[Resource]]
Find = Callable[[Facts], Found]
Question = tuple[str, tuple[type, ...], Find]
"""A need in words, the facts that answer it, and how."""
SERVICE_FACTS: dict[ServiceNeed, tuple[type, ...]] = {
    ServiceNeed.BACKUPS: (BackupsAnswer,),
    ServiceNeed.KEY_MANAGER: (SecretsAnswer,),
    ServiceNeed.LOAD_BALANCER: (ServiceAnswers,),
    ServiceNeed.S3: (ServiceAnswers, S3Answer),
    ServiceNeed.VOLUMES: (ServiceAnswers,),
}
NETWORK_FACTS: dict[NetworkNeed, tuple[type, ...]] = {
    NetworkNeed.EXTERNAL: (Networks,),
    NetworkNeed.FLOATING_IP: (Networks, FloatingIps, Subnets),
    NetworkNeed.IPV6: (Networks, Subnets, SubnetPools),
}


def facts_needed(profile: Profile) -> tuple[type, ...]:
    """The facts that answer the profile's needs, each once."""
    return tuple(dict.fromkeys(fact for _, facts, _ in _questions(profile) for fact in facts))


def judge(profile: Profile, facts: Facts) -> tuple[Met, ...]:
    """Answer each need; what could not be read is undecided, with the reason, never yes."""
    return tuple(_answer(words, find, facts) for words, _, find in _questions(profile))


def _answer(words: str, find: Find, facts: Facts) -> Met:
    try:
        where, resources = find(facts)
    except NotThere as missing:
        return Met(need=words, answer=Answer.NO, where=str(missing))
    except Undecided as undecided:
        return Met(need=words, answer=Answer.UNDECIDED, where=str(undecided))
    return Met(need=words, answer=Answer.YES, where=where, resources=tuple(resources))


def _questions(profile: Profile) -> Iterator[Question]:
    for flavor in profile.flavors:
        yield flavors.words(flavor), (Flavors,), _in(Flavors, partial(flavors.find, flavor))
    for image in profile.images:
        yield images.words(image), (Images,), _in(Images, partial(images.find, image))
    for volume in profile.volumes:
        yield volumes.words(volume), (VolumeTypes,), _in(VolumeTypes, partial(volumes.find, volume))
    for service in profile.services:
        yield services.WORDS[service], SERVICE_FACTS[service], partial(services.find, service)
    for way in profile.network:
        yield networks.WORDS[way], NETWORK_FACTS[way], partial(networks.find, way)
    if count := profile.availability_zones:
        words = f"{count} availability zone{'' if count == 1 else 's'}"
        yield words, (ComputeZones,), partial(services.zones, count)


def _in(kind: type[Fact], find: Callable[[Fact], Found]) -> Find:
    """Look in this fact alone."""
    return lambda facts: find(read(facts, kind))
