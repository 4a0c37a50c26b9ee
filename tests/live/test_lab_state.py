# SPDX-License-Identifier: Apache-2.0
"""The whole cloud goes back to a kept state, and can have other hosts and availability zones."""

import secrets
from collections.abc import Iterator

import pytest

from sovran.lab import lifecycle
from sovran.lab.rest import Rest
from tests.live.live_lab import LiveLab
from tests.live.waiting import state, wait

pytestmark = pytest.mark.live
ZONES = {"lab-1": "az1", "lab-2": "az2", "lab-3": "az3"}
MICROVERSION = {"OpenStack-API-Version": "compute 2.90"}


def silent(_line: str) -> None:
    """Progress that nobody reads."""


@pytest.fixture(scope="module")
def cloud() -> Iterator[LiveLab]:
    """A lab that these tests may change."""
    drawn = f"test-{secrets.token_hex(4)}"
    try:
        lifecycle.up(drawn, ["nova", "cinder"], silent)
        yield LiveLab(drawn)
    finally:
        lifecycle.remove(drawn)


def boot(cloud: LiveLab) -> tuple[str, str]:
    """A server and a volume from nothing; returns their states."""
    admin, member = cloud.sign_in("lab-admin"), cloud.sign_in("lab")
    try:
        flavor = {"name": "small", "ram": 256, "vcpus": 1, "disk": 1}
        flavor_id = admin.call("compute", "POST", "/flavors", {"flavor": flavor})["flavor"]["id"]
        image = {"name": "empty", "disk_format": "raw", "container_format": "bare"}
        image_id = member.call("image", "POST", "/v2/images", image)["id"]
        content = {"Content-Type": "application/octet-stream"}
        member.call("image", "PUT", f"/v2/images/{image_id}/file", bytes(1 << 16), content)
        network = member.call("network", "POST", "/v2.0/networks", {"network": {"name": "own"}})["network"]["id"]
        subnet = {"network_id": network, "cidr": "10.88.0.0/24", "ip_version": 4}
        member.call("network", "POST", "/v2.0/subnets", {"subnet": subnet})
        asked = {"name": "one", "flavorRef": flavor_id, "imageRef": image_id, "networks": [{"uuid": network}]}
        server = member.call("compute", "POST", "/servers", {"server": asked}, MICROVERSION)["server"]["id"]
        volume = member.call("block-storage", "POST", "/volumes", {"volume": {"size": 1}})["volume"]["id"]
        return (
            wait(lambda: state(member, "compute", f"/servers/{server}", "server"), {"ACTIVE", "ERROR"}),
            wait(lambda: state(member, "block-storage", f"/volumes/{volume}", "volume"), {"available", "error"}),
        )
    finally:
        admin.close()
        member.close()


def held(session: Rest) -> list[object]:
    """What a user sees of what `boot` makes."""
    return [
        *session.call("compute", "GET", "/servers")["servers"],
        *session.call("compute", "GET", "/flavors")["flavors"],
        *session.call("image", "GET", "/v2/images")["images"],
        *session.call("network", "GET", "/v2.0/networks")["networks"],
        *session.call("block-storage", "GET", "/volumes")["volumes"],
    ]


def test_reset_empties_the_cloud_and_leaves_it_able_to_boot_at_once(cloud: LiveLab) -> None:
    assert boot(cloud) == ("ACTIVE", "available")
    for _ in range(2):
        lifecycle.reset(cloud.name, silent)
        member = cloud.sign_in("lab")
        assert held(member) == []
        member.close()
        assert boot(cloud) == ("ACTIVE", "available")
    assert len(list((cloud.folder / "data" / "volumes").iterdir())) == 1


def test_a_kept_profile_is_what_reset_restores(cloud: LiveLab) -> None:
    lifecycle.reset(cloud.name, silent, "bare")
    assert boot(cloud) == ("ACTIVE", "available")
    lifecycle.keep_profile(cloud.name, "furnished")
    member = cloud.sign_in("lab")
    (server,) = member.call("compute", "GET", "/servers")["servers"]
    member.call("compute", "DELETE", f"/servers/{server['id']}")
    wait(lambda: len(member.call("compute", "GET", "/servers")["servers"]), {0})
    member.close()
    assert lifecycle.reset(cloud.name, silent) == "furnished"
    member = cloud.sign_in("lab")
    (restored,) = member.call("compute", "GET", "/servers/detail")["servers"]
    assert (restored["id"], restored["status"]) == (server["id"], "ACTIVE")
    (image,) = member.call("image", "GET", "/v2/images")["images"]
    assert member.call("image", "GET", f"/v2/images/{image['id']}/file") == bytes(1 << 16)
    member.close()


def test_servers_survive_down_and_up(cloud: LiveLab) -> None:
    lifecycle.reset(cloud.name, silent, "bare")
    boot(cloud)
    lifecycle.down(cloud.name)
    lifecycle.up(cloud.name, None, silent)
    member = cloud.sign_in("lab")
    (server,) = member.call("compute", "GET", "/servers/detail")["servers"]
    assert server["status"] == "ACTIVE"
    member.call("compute", "DELETE", f"/servers/{server['id']}")
    wait(lambda: len(member.call("compute", "GET", "/servers")["servers"]), {0})
    member.close()


def test_hosts_and_zones(cloud: LiveLab) -> None:
    lifecycle.reset(cloud.name, silent, "bare")
    lifecycle.configure(cloud.name, ZONES, silent)
    admin, member = cloud.sign_in("lab-admin"), cloud.sign_in("lab")
    services = admin.call("compute", "GET", "/os-services?binary=nova-compute")["services"]
    assert {(one["host"], one["state"]) for one in services} == {(host, "up") for host in ZONES}
    volumes = member.call("block-storage", "GET", "/os-availability-zone")["availabilityZoneInfo"]
    assert {zone["zoneName"] for zone in volumes} == set(ZONES.values())
    networks = member.call("network", "GET", "/v2.0/availability_zones")["availability_zones"]
    assert {zone["name"] for zone in networks} == set(ZONES.values())
    admin.close()
    member.close()
    lifecycle.reset(cloud.name, silent, "bare")
    member = cloud.sign_in("lab")
    networks = member.call("network", "GET", "/v2.0/availability_zones")["availability_zones"]
    member.close()
    assert {zone["name"] for zone in networks} == {"nova"}


@pytest.mark.parametrize("user", ["lab", "lab-reader"])
def test_an_ordinary_user_sees_what_checks_read(cloud: LiveLab, user: str) -> None:
    lifecycle.reset(cloud.name, silent, "bare")
    admin, member = cloud.sign_in("lab-admin"), cloud.sign_in(user)
    flavor = {"name": "small", "ram": 256, "vcpus": 1, "disk": 1}
    made = admin.call("compute", "POST", "/flavors", {"flavor": flavor})["flavor"]["id"]
    specs = {"extra_specs": {"scs:name-v2": "SCS-1L-1"}}
    admin.call("compute", "POST", f"/flavors/{made}/os-extra_specs", specs)
    (seen,) = member.call("compute", "GET", "/flavors/detail", headers=MICROVERSION)["flavors"]
    assert seen["extra_specs"] == specs["extra_specs"]
    rules = member.call("network", "GET", "/v2.0/default-security-group-rules")["default_security_group_rules"]
    assert sorted((rule["direction"], rule["ethertype"]) for rule in rules) == [
        ("egress", "IPv4"),
        ("egress", "IPv6"),
        ("ingress", "IPv4"),
        ("ingress", "IPv6"),
    ]
    assert {service["type"] for service in member.token["catalog"] if service["endpoints"]} >= {"compute", "image"}
    admin.close()
    member.close()


def test_an_unknown_profile_is_said(cloud: LiveLab) -> None:
    done = cloud.sovran("lab", "reset", "--name", "nosuch")
    assert (done.returncode, "there is no lab 'nosuch'" in done.stderr) == (2, True)
    with pytest.raises(Exception, match="has no state named 'large'"):
        lifecycle.reset(cloud.name, silent, "large")
