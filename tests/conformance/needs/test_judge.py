# SPDX-License-Identifier: Apache-2.0
"""What a cloud answers to each kind of need: yes only with what fits, no only when it is seen not to be there."""

from typing import Any

import pytest

from sovran.cloud.facts.availability_zones import ComputeZones, Zone
from sovran.cloud.facts.backups import BackupsAnswer
from sovran.cloud.facts.flavors import Flavor
from sovran.cloud.facts.floating_ips import FloatingIp, FloatingIps
from sovran.cloud.facts.images import Image, Images
from sovran.cloud.facts.networks import Network, Networks
from sovran.cloud.facts.s3 import S3Answer
from sovran.cloud.facts.secrets import SecretsAnswer
from sovran.cloud.facts.services import ServiceAnswer, ServiceAnswers, State
from sovran.cloud.facts.subnet_pools import SubnetPool, SubnetPools
from sovran.cloud.facts.subnets import Subnet, Subnets
from sovran.cloud.facts.volume_types import VolumeType, VolumeTypes
from sovran.cloud.fetch import Facts
from sovran.cloud.outcome import Absent, Denied, Ok, Unreachable
from sovran.conformance.needs.answer import Met
from sovran.conformance.needs.judge import facts_needed, judge
from sovran.conformance.needs.profile import (
    CpuClass,
    DiskClass,
    FlavorNeed,
    ImageNeed,
    NetworkNeed,
    Profile,
    ServiceNeed,
    VolumeNeed,
)
from tests.rules.facts_by_hand import flavor, misnamed, only, s3_answer, service_answers


def met(profile: Profile, *facts: Any, failed: dict[type, Any] | None = None) -> Met:
    """The answer to a profile of one need."""
    (answer,) = judge(profile, Facts({type(fact): Ok(fact) for fact in facts} | (failed or {})))
    return answer


def of_flavors(need: FlavorNeed | str, *flavors: Flavor) -> Met:
    return met(Profile(flavors=(need,)), only(*flavors))


SHARED = FlavorNeed(vcpus=4, cpu=CpuClass.SHARED)
DEDICATED = FlavorNeed(cpu=CpuClass.DEDICATED)
SSD = FlavorNeed(disk_gb=20, disk_type=DiskClass.SSD)
GPU = FlavorNeed(gpu=True)


@pytest.mark.parametrize(
    ("need", "flavors", "answer"),
    [
        (FlavorNeed(vcpus=4, ram_gib=16, disk_gb=50), [flavor("SCS-4V-16-50")], "yes"),
        (FlavorNeed(vcpus=4, ram_gib=16, disk_gb=50), [flavor("SCS-4V-16-20"), flavor("SCS-2V-32-100")], "no"),
        (FlavorNeed(ram_gib=16), [flavor("SCS-4V-16", ram_mib=16383)], "no"),
        (SHARED, [flavor("SCS-4V-16")], "yes"),
        (SHARED, [flavor("SCS-4C-16")], "yes"),
        (SHARED, [flavor("SCS-4L-16")], "no"),
        (SHARED, [misnamed("m1.large", vcpus=4)], "undecided"),
        (SHARED, [misnamed("m1.large", vcpus=4), flavor("SCS-8V-16")], "yes"),
        (SHARED, [misnamed("m1.large", vcpus=4, extra_specs={"scs:cpu-type": "shared-core"})], "yes"),
        (SHARED, [flavor("SCS-4V-16", extra_specs={"scs:cpu-type": "crowded-core"})], "no"),
        (SHARED, [flavor("SCS-4V-16", extra_specs={"quota:cpu_quota": "10000"})], "no"),
        (DEDICATED, [flavor("SCS-4V-16")], "no"),
        (DEDICATED, [flavor("SCS-4T-16")], "yes"),
        (DEDICATED, [flavor("SCS-4C-16", extra_specs={"hw:cpu_policy": "shared"})], "no"),
        (DEDICATED, [misnamed("own", extra_specs={"hw:cpu_policy": "dedicated"})], "yes"),
        (FlavorNeed(cpu=CpuClass.DEDICATED_CORE), [flavor("SCS-4T-16")], "no"),
        (SSD, [flavor("SCS-2V-4-20s")], "yes"),
        (SSD, [flavor("SCS-2V-4-20p")], "yes"),
        (SSD, [flavor("SCS-2V-4-20h")], "no"),
        (SSD, [flavor("SCS-2V-4-20", extra_specs={})], "undecided"),
        (GPU, [flavor("SCS-4V-16")], "no"),
        (GPU, [misnamed("v", extra_specs={"resources:VGPU": "1"})], "yes"),
        (GPU, [misnamed("v", extra_specs={"resources:VGPU": "0"})], "no"),
        (GPU, [misnamed("p", extra_specs={"pci_passthrough:alias": "some-device:1"})], "undecided"),
        (GPU, [misnamed("p", extra_specs=None)], "undecided"),
        (GPU, [flavor("SCS-4V-16_GNa", extra_specs={})], "undecided"),
        (GPU, [flavor("SCS-4V-16_GNa", extra_specs={"pci_passthrough:alias": "a100:1"})], "yes"),
        ("SCS-4V-16", [flavor("SCS-4V-16")], "yes"),
        ("SCS-4V-16", [flavor("SCS-4V-8")], "no"),
        ("SCS-4V-16", [misnamed("m1", extra_specs={"scs:name-v2": "SCS-4V-16"})], "yes"),
    ],
)
def test_flavors(need: FlavorNeed | str, flavors: list[Flavor], answer: str) -> None:
    assert of_flavors(need, *flavors).answer == answer


def test_the_smallest_flavor_that_fits_comes_first() -> None:
    found = of_flavors(FlavorNeed(vcpus=2), flavor("SCS-8V-32"), flavor("SCS-2V-8"), flavor("SCS-4V-16"))
    assert [one.name for one in found.resources] == ["SCS-2V-8", "SCS-4V-16", "SCS-8V-32"]
    assert found.where == "SCS-2V-8 (2 vCPU, 8 GiB, 0 GB; id of SCS-2V-8) and 2 more"


def test_a_near_name_is_offered() -> None:
    assert "did you mean `SCS-4V-16`" in of_flavors("SCS-4V-17", flavor("SCS-4V-16")).where


def image(name: str, **fields: Any) -> Image:
    usual = {"status": "active", "visibility": "public", "created_at": "2026-01-01", "min_disk": 0, "min_ram": 0}
    return Image(**{"id": f"id of {name}", "name": name, **usual, **fields})


UBUNTU = ImageNeed(distro="ubuntu", version="24.04")


@pytest.mark.parametrize(
    ("need", "images", "answer"),
    [
        ("Ubuntu 24.04", [image("Ubuntu 24.04")], "yes"),
        ("Ubuntu 24.04", [image("Ubuntu 24.04", status="deactivated")], "no"),
        ("Ubuntu 24.04", [image("Ubuntu 22.04")], "no"),
        (UBUNTU, [image("u", os_distro="ubuntu", os_version="24.04")], "yes"),
        (UBUNTU, [image("u", os_distro="ubuntu", os_version="22.04")], "no"),
        (UBUNTU, [image("u", os_distro="ubuntu")], "undecided"),
        (UBUNTU, [image("u", os_distro="ubuntu", visibility="private")], "no"),
        (UBUNTU, [image("u", os_version="24.04", os_distro="debian")], "no"),
        (ImageNeed(purpose="minimal"), [image("u", os_purpose="generic")], "no"),
        (ImageNeed(purpose="minimal"), [image("u", os_purpose="minimal")], "yes"),
    ],
)
def test_images(need: ImageNeed | str, images: list[Image], answer: str) -> None:
    assert met(Profile(images=(need,)), Images(tuple(images))).answer == answer


def test_images_for_general_use_come_first_and_of_these_the_newest() -> None:
    old, new = (
        image("old", os_distro="ubuntu", os_purpose="generic"),
        image("new", os_distro="ubuntu", os_purpose="generic"),
    )
    node = image("node", os_distro="ubuntu", os_purpose="k8snode", created_at="2026-09-01")
    newest = Image(**{name: getattr(new, name) for name in new.__struct_fields__} | {"created_at": "2026-08-01"})
    found = met(Profile(images=(ImageNeed(distro="ubuntu"),)), Images((old, node, newest)))
    assert [one.name for one in found.resources] == ["new", "old", "node"]


ENCRYPTED, BOTH = VolumeNeed(encrypted=True), VolumeNeed(encrypted=True, replicated=True)
MULTI = {"multiattach": "<is> True"}


@pytest.mark.parametrize(
    ("need", "description", "specs", "answer"),
    [
        (ENCRYPTED, "[scs:encrypted] LUKS", {}, "yes"),
        (ENCRYPTED, "[scs:encrypted, replicated] LUKS", {}, "yes"),
        (BOTH, "[scs:encrypted] LUKS", {}, "no"),
        (BOTH, "[scs:encrypted, replicated]", {}, "yes"),
        (ENCRYPTED, "encrypted, honestly", {}, "no"),
        (ENCRYPTED, "LUKS [scs:encrypted]", {}, "undecided"),
        (ENCRYPTED, "[scs:Encrypted]", {}, "undecided"),
        (ENCRYPTED, "[scs:encrypted]", MULTI, "undecided"),
        (ENCRYPTED, None, None, "no"),
        (VolumeNeed(multiattach=True), None, MULTI, "yes"),
        (VolumeNeed(multiattach=True), None, {}, "no"),
        (VolumeNeed(multiattach=True), None, None, "undecided"),
        ("fast", None, None, "yes"),
        ("slow", None, None, "no"),
    ],
)
def test_volume_types(
    need: VolumeNeed | str, description: str, specs: dict[str, str | None] | None, answer: str
) -> None:
    types = VolumeTypes((VolumeType(id="i", name="fast", description=description, extra_specs=specs),))
    assert met(Profile(volumes=(need,)), types).answer == answer


def test_what_is_advertised_is_not_called_measured() -> None:
    types = VolumeTypes((VolumeType(id="i", name="fast", description="[scs:encrypted]"),))
    assert met(Profile(volumes=(ENCRYPTED,)), types).where.endswith("as the cloud advertises, not measured")


GONE = ServiceAnswer(asked="/x", state=State.GONE, reason="nobody listens")
UNKNOWN = ServiceAnswer(asked="/x", state=State.UNKNOWN, reason="HTTP 500")
REFUSED = ServiceAnswer(asked="/x", state=State.ANSWERS, reason="was refused (HTTP 403)")
NONE = ServiceAnswers({})


@pytest.mark.parametrize(
    ("answers", "answer"),
    [
        (service_answers(), "yes"),
        (service_answers(load_balancer=GONE), "no"),
        (service_answers(load_balancer=UNKNOWN), "undecided"),
        (service_answers(load_balancer=REFUSED), "undecided"),
        (NONE, "no"),
    ],
)
def test_load_balancers(answers: ServiceAnswers, answer: str) -> None:
    assert met(Profile(services=(ServiceNeed.LOAD_BALANCER,)), answers).answer == answer


@pytest.mark.parametrize(
    ("answers", "store", "answer"),
    [
        (service_answers(), Absent("none"), "yes"),
        (NONE, Absent("none"), "no"),
        (NONE, Ok(s3_answer(code="InvalidAccessKeyId")), "yes"),
        (NONE, Ok(s3_answer(body=b"<html>")), "no"),
        (NONE, Unreachable("time is up"), "undecided"),
        (service_answers(object_store_s3=GONE), Absent("none"), "no"),
        (service_answers(object_store_s3=UNKNOWN), Absent("none"), "undecided"),
        (service_answers(object_store_s3=UNKNOWN), Ok(s3_answer(body=b"x")), "undecided"),
    ],
)
def test_s3(answers: ServiceAnswers, store: Any, answer: str) -> None:
    assert met(Profile(services=(ServiceNeed.S3,)), answers, failed={S3Answer: store}).answer == answer


@pytest.mark.parametrize(
    ("need", "fact", "there"),
    [
        (ServiceNeed.KEY_MANAGER, SecretsAnswer, SecretsAnswer(total=0)),
        (ServiceNeed.BACKUPS, BackupsAnswer, BackupsAnswer(())),
    ],
)
def test_services_that_are_asked_alone(need: ServiceNeed, fact: type, there: object) -> None:
    outcomes = {"yes": Ok(there), "no": Absent("not in the catalog"), "undecided": Denied("refused (HTTP 403)", 403)}
    for answer, outcome in outcomes.items():
        assert met(Profile(services=(need,)), failed={fact: outcome}).answer == answer


OUTSIDE = Network(id="e", name="public", external=True, subnets=("s",))
OFFICE = Network(id="n", name="office", shared=True, subnets=("s",))
V4, V6 = (Subnet(id="s", network_id="e", ip_version=v, cidr=c) for v, c in ((4, "192.0.2.0/24"), (6, "2001:db8::/64")))
POOL = SubnetPool(
    id="p", name="v6", ip_version=6, shared=True, prefixes=("2001:db8::/32",), min_prefixlen=64, max_prefixlen=64
)
NARROW = SubnetPool(
    id="p", name="v6", ip_version=6, shared=True, prefixes=("2001:db8::/96",), min_prefixlen=96, max_prefixlen=128
)


@pytest.mark.parametrize(
    ("networks", "subnets", "pools", "answer"),
    [
        ((), (), (POOL,), "yes"),
        ((), (), (NARROW,), "no"),
        ((OFFICE,), (V6,), (), "yes"),
        ((OFFICE,), (V4,), (), "no"),
        ((OFFICE,), (), (), "undecided"),
        ((OUTSIDE,), (V6,), (), "undecided"),
        ((OUTSIDE,), (V4,), (), "no"),
    ],
)
def test_ipv6(networks: Any, subnets: Any, pools: Any, answer: str) -> None:
    facts = (Networks(networks), Subnets(subnets), SubnetPools(pools))
    assert met(Profile(network=(NetworkNeed.IPV6,)), *facts).answer == answer


ADDRESS = FloatingIp(id="f", floating_ip_address="192.0.2.9", floating_network_id="e")


@pytest.mark.parametrize(
    ("networks", "subnets", "ips", "answer"),
    [
        ((OUTSIDE,), (V4,), Ok(FloatingIps(())), "yes"),
        ((OUTSIDE,), (V6,), Ok(FloatingIps(())), "no"),
        ((OUTSIDE,), (), Ok(FloatingIps(())), "undecided"),
        ((OUTSIDE,), (), Ok(FloatingIps((ADDRESS,))), "yes"),
        ((OUTSIDE,), (V4,), Absent("no such extension", 404), "no"),
        ((OUTSIDE,), (V4,), Unreachable("HTTP 500", 500), "undecided"),
        ((OFFICE,), (V4,), Ok(FloatingIps(())), "no"),
    ],
)
def test_floating_ips(networks: Any, subnets: Any, ips: Any, answer: str) -> None:
    facts = (Networks(networks), Subnets(subnets))
    assert met(Profile(network=(NetworkNeed.FLOATING_IP,)), *facts, failed={FloatingIps: ips}).answer == answer


def test_zones_that_are_down_do_not_count() -> None:
    zones = ComputeZones((Zone("a", available=True), Zone("b", available=False)))
    assert [met(Profile(availability_zones=count), zones).answer for count in (1, 2)] == ["yes", "no"]


EVERYTHING = Profile(
    flavors=("x", FlavorNeed(vcpus=1)),
    images=("x", UBUNTU),
    volumes=("x", ENCRYPTED),
    services=tuple(ServiceNeed),
    network=tuple(NetworkNeed),
    availability_zones=1,
)


@pytest.mark.parametrize("failure", [Denied("refused", 403), Unreachable("time is up")])
def test_what_could_not_be_read_is_undecided_with_the_reason(failure: Any) -> None:
    answers = judge(EVERYTHING, Facts(dict.fromkeys(facts_needed(EVERYTHING), failure)))
    assert {(one.answer.value, one.where) for one in answers} == {("undecided", failure.reason)}


def test_every_fact_that_a_need_looks_at_is_asked_for() -> None:
    """Else it would always be undecided."""
    answers = judge(EVERYTHING, Facts(dict.fromkeys(facts_needed(EVERYTHING), Unreachable("x"))))
    assert not [one for one in answers if "was not read" in one.where]
