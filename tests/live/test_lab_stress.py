# SPDX-License-Identifier: Apache-2.0
"""Parallel writers: 20 servers with volumes, ten at a time, and no "database is locked"."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from sovran.lab import lifecycle
from sovran.lab.rest import Rest
from tests.live.live_lab import LiveLab
from tests.live.waiting import state, wait

SERVERS, AT_ONCE = 20, 10
BALANCERS = "/v2.0/lbaas/loadbalancers"
MICROVERSION = {"OpenStack-API-Version": "compute 2.90"}
pytestmark = pytest.mark.live


@dataclass(frozen=True)
class Ground:
    """What the servers of the test stand on."""

    image: str
    network: str
    flavor: str


@pytest.fixture
def ground(lab: LiveLab) -> Iterator[Ground]:
    """A flavor, an image and a network, removed afterwards; quotas large enough."""
    admin, member = lab.sign_in("lab-admin"), lab.sign_in("lab")
    project = member.token["project"]["id"]
    quotas = {"instances": SERVERS, "cores": SERVERS, "ram": -1}
    admin.call("compute", "PUT", f"/os-quota-sets/{project}", {"quota_set": quotas})
    volumes = {"volumes": SERVERS, "gigabytes": -1}
    admin.call("block-storage", "PUT", f"/os-quota-sets/{project}", {"quota_set": volumes})
    flavor = {"name": "stress", "ram": 256, "vcpus": 1, "disk": 1}
    flavor_id = admin.call("compute", "POST", "/flavors", {"flavor": flavor})["flavor"]["id"]
    image = {"name": "stress", "disk_format": "raw", "container_format": "bare"}
    image_id = member.call("image", "POST", "/v2/images", image)["id"]
    content = {"Content-Type": "application/octet-stream"}
    member.call("image", "PUT", f"/v2/images/{image_id}/file", bytes(1 << 16), content)
    network_id = member.call("network", "POST", "/v2.0/networks", {"network": {"name": "stress"}})["network"]["id"]
    subnet = {"network_id": network_id, "cidr": "10.88.0.0/24", "ip_version": 4}
    member.call("network", "POST", "/v2.0/subnets", {"subnet": subnet})
    yield Ground(image_id, network_id, flavor_id)
    member.call("network", "DELETE", f"/v2.0/networks/{network_id}")
    member.call("image", "DELETE", f"/v2/images/{image_id}")
    admin.call("compute", "DELETE", f"/flavors/{flavor_id}")
    admin.call("compute", "DELETE", f"/os-quota-sets/{project}")
    admin.call("block-storage", "DELETE", f"/os-quota-sets/{project}")
    admin.close()
    member.close()


def test_twenty_servers_with_volumes_ten_at_a_time(lab: LiveLab, ground: Ground) -> None:
    """All become ACTIVE and in-use, all can be removed, and no log knows of a locked database."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        made = list(pool.map(lambda number: make(lab, ground, number), range(SERVERS)))
    try:
        assert [(server, volume) for server, volume, _ in made] == [("ACTIVE", "in-use")] * SERVERS
    finally:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda one: unmake(lab, *one[2]), made))
    assert locked(lab) == []


def test_ten_load_balancers_at_once(lab: LiveLab) -> None:
    """All become ACTIVE with a listener each and can be removed; Octavia is the project that suffers most."""
    member = lab.sign_in("lab")
    network = member.call("network", "POST", "/v2.0/networks", {"network": {"name": "stress"}})["network"]["id"]
    asked = {"network_id": network, "cidr": "10.89.0.0/24", "ip_version": 4}
    subnet = member.call("network", "POST", "/v2.0/subnets", {"subnet": asked})["subnet"]["id"]
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            states = list(pool.map(lambda number: balance(lab, subnet, number), range(AT_ONCE)))
        assert states == ["ACTIVE"] * AT_ONCE
        assert locked(lab) == []
    finally:
        for balancer in member.call("load-balancer", "GET", BALANCERS)["loadbalancers"]:
            member.call("load-balancer", "DELETE", f"{BALANCERS}/{balancer['id']}?cascade=true")
        wait(lambda: len(member.call("load-balancer", "GET", BALANCERS)["loadbalancers"]), {0})
        member.call("network", "DELETE", f"/v2.0/networks/{network}")
        member.close()


def test_memory_stays_bounded_under_load(lab: LiveLab) -> None:
    """After the load above, all services together hold at most 1.6 GiB."""
    resident = sum(service.resident for service in lifecycle.status(lab.name))
    assert resident < 1.6 * (1 << 30)


def locked(lab: LiveLab) -> list[str]:
    """What the lab's logs say of a locked database."""
    return [
        f"{path.name}: {line}"
        for path in (lab.folder / "log").iterdir()
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if "database is locked" in line
    ]


def balance(lab: LiveLab, subnet: str, number: int) -> str:
    """A load balancer with a listener; returns its state."""
    cloud = lab.sign_in("lab")
    try:
        asked = {"name": f"stress-{number}", "vip_subnet_id": subnet}
        made = cloud.call("load-balancer", "POST", BALANCERS, {"loadbalancer": asked})["loadbalancer"]["id"]

        def look() -> str:
            found = cloud.call("load-balancer", "GET", f"{BALANCERS}/{made}")["loadbalancer"]
            return str(found["provisioning_status"])

        wait(look, {"ACTIVE", "ERROR"})
        listener = {"loadbalancer_id": made, "protocol": "HTTP", "protocol_port": 80}
        cloud.call("load-balancer", "POST", "/v2.0/lbaas/listeners", {"listener": listener})
        return str(wait(look, {"ACTIVE", "ERROR"}))
    finally:
        cloud.close()


def make(lab: LiveLab, ground: Ground, number: int) -> tuple[str, str, tuple[str, str]]:
    """A server with a volume; returns their states and their ids."""
    cloud = lab.sign_in("lab")
    try:
        asked = {
            "name": f"stress-{number}",
            "flavorRef": ground.flavor,
            "imageRef": ground.image,
            "networks": [{"uuid": ground.network}],
        }
        server = cloud.call("compute", "POST", "/servers", {"server": asked}, MICROVERSION)["server"]["id"]
        wait(lambda: state(cloud, "compute", f"/servers/{server}", "server"), {"ACTIVE", "ERROR"})
        wanted = {"size": 1, "name": f"stress-{number}"}
        volume = cloud.call("block-storage", "POST", "/volumes", {"volume": wanted})["volume"]["id"]
        wait(lambda: state(cloud, "block-storage", f"/volumes/{volume}", "volume"), {"available", "error"})
        attachment = {"volumeAttachment": {"volumeId": volume}}
        cloud.call("compute", "POST", f"/servers/{server}/os-volume_attachments", attachment)
        attached = wait(
            lambda: state(cloud, "block-storage", f"/volumes/{volume}", "volume"),
            {"in-use", "error", "error_attaching"},
        )
        return state(cloud, "compute", f"/servers/{server}", "server"), attached, (server, volume)
    finally:
        cloud.close()


def unmake(lab: LiveLab, server: str, volume: str) -> None:
    """Remove a server and its volume."""
    cloud = lab.sign_in("lab")
    try:
        cloud.call("compute", "DELETE", f"/servers/{server}")
        wait(lambda: exists(cloud, "compute", "/servers", "servers", server), {False})
        wait(lambda: state(cloud, "block-storage", f"/volumes/{volume}", "volume"), {"available"})
        cloud.call("block-storage", "DELETE", f"/volumes/{volume}")
        wait(lambda: exists(cloud, "block-storage", "/volumes", "volumes", volume), {False})
    finally:
        cloud.close()


def exists(cloud: Rest, service: str, path: str, kind: str, identifier: str) -> bool:
    """Whether a resource is listed."""
    return any(one["id"] == identifier for one in cloud.call(service, "GET", path)[kind])
