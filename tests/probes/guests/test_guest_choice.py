# SPDX-License-Identifier: Apache-2.0
"""What the probe chooses by itself, what it is told to take, and how it keeps within the quotas."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sovran.cloud.outcome import Absent, Unreachable
from sovran.model.errors import UsageError
from sovran.probes.guest import CANONICAL, FURTHER, OWN, PEER
from sovran.probes.guests.order import Order
from sovran.probes.guests.probe import plan, plan_for
from sovran.probes.probe import Plan, Stage
from tests.probes.guests.conftest import Probe
from tests.probes.guests.guest_cloud import GuestCloud, Server, flavor
from tests.probes.http_cloud import Told, document

ALL = Order()
PART = Order(parts=("system", "entropy"))


@pytest.fixture
def planned(
    guests: GuestCloud, stage: Callable[..., Stage], image_file: object
) -> Callable[..., tuple[dict[str, int], tuple[str, ...]]]:
    """Kind to how many of it are needed, and the notes."""

    def ask(order: Order = ALL) -> tuple[dict[str, int], tuple[str, ...]]:
        found = plan_for(order, stage(guests))
        assert isinstance(found, Plan), found
        assert all(asked.method == "GET" or asked.path.endswith("/tokens") for asked in guests.asked)
        return {need.kind: need.count for need in found.needs}, found.notes

    return ask


Planned = Callable[..., tuple[dict[str, int], tuple[str, ...]]]


def test_the_preview_says_what_was_chosen_and_why(planned: Planned) -> None:
    needs, notes = planned()
    assert needs == {
        "server": 3,
        "core": 3,
        "MiB of RAM": 768,
        "volume": 1,
        "image": 1,
        "network": 1,
        "subnet": 1,
        "router": 1,
        "port": 6,
        "security group": 1,
        "security group rule": 3,
    }
    assert notes == (
        "sovran's own guest image is uploaded",
        "image sovran guest image with flavor small: the smallest that fits",
        "image Debian 12 with flavor small: the official suite's choice",
        "a network of its own: the project has no network with DHCP, a router and no resolvers of its own; its router"
        " uses the external network public, the default one",
    )


def test_the_smallest_flavor_that_fits(guests: GuestCloud, planned: Planned) -> None:
    guests.flavors = [
        flavor("tiny", 1, 64, 10),
        flavor("accelerated", 1, 256, 10, **{"pci_passthrough:alias": "gpu:1"}),
        flavor("nodisk", 1, 256, 0),
        flavor("disk", 1, 256, 4),
        flavor("twice", 2, 256, 4),
    ]
    assert "flavor disk: the smallest" in planned()[1][1]
    guests.flavors = [flavor("nodisk", 1, 256, 0), flavor("large", 1, 1024, 4)]
    assert "flavor nodisk: the smallest" in planned()[1][1]
    assert planned()[0]["volume"] == 3
    guests.flavors = [flavor("accelerated", 1, 256, 10, **{"pci_passthrough:alias": "gpu:1"})]
    assert "flavor accelerated: the smallest" in planned()[1][1]


def test_no_flavor_fits(guests: GuestCloud, stage: Callable[..., Stage], image_file: object) -> None:
    guests.flavors = [flavor("tiny", 1, 64, 10)]
    found = plan(stage(guests))
    assert isinstance(found, Unreachable)
    assert "takes 256 MiB of RAM" in found.reason


def test_an_existing_network_that_is_like_a_new_one_is_used(guests: GuestCloud, planned: Planned) -> None:
    guests.usual_network()
    needs, notes = planned()
    assert (needs["port"], "network" in needs, "router" in needs) == (3, False, False)
    assert notes[-1].startswith("network home: it is the project's only network")


UNUSUAL = {
    "no DHCP": {"enable_dhcp": False},
    "resolvers of its own": {"dns_nameservers": ["9.9.9.9"]},
    "routes of its own": {"host_routes": [{"destination": "10.0.0.0/8", "nexthop": "10.0.0.9"}]},
    "no gateway": {"gateway_ip": None},
}


@pytest.mark.parametrize("changed", UNUSUAL.values(), ids=UNUSUAL)
def test_an_unusual_network_is_not_used_unless_it_is_named(
    guests: GuestCloud, planned: Planned, changed: dict[str, object]
) -> None:
    guests.usual_network(**changed)
    assert planned()[0]["network"] == 1
    assert "network" not in planned(replace(ALL, network="home"))[0]
    assert "network" not in planned(replace(ALL, network="n0"))[0]


def test_a_network_without_ipv6_is_not_used_where_new_ones_have_it(guests: GuestCloud, probe: Probe) -> None:
    guests.usual_network()
    guests.things["subnetpools"]["six"] = {"id": "six", "ip_version": 6, "is_default": True, "shared": True}
    found = probe(PART)
    network = found.guests[0].network
    assert network is not None
    assert (network.own, network.routed, network.mtu) == (True, True, 1442)
    assert (network.ipv4, network.ipv6) == (("10.219.77.0/24",), ("2001:db8:1::/64",))


def test_a_second_network_that_fits_makes_the_choice_open(guests: GuestCloud, planned: Planned) -> None:
    guests.usual_network()
    guests.things["networks"]["six"] = {"id": "six", "name": "other", "project_id": "p1"}
    guests.things["subnets"]["six"] = guests.things["subnets"]["s0"] | {"id": "six", "network_id": "six"}
    guests.things["ports"]["six"] = guests.things["ports"]["p0"] | {"id": "six", "network_id": "six"}
    needs, notes = planned()
    assert needs["network"] == 1
    assert "the project has 2 networks" in notes[-1]


def test_a_prefix_that_is_taken_is_not_used_again(guests: GuestCloud, probe: Probe) -> None:
    guests.usual_network(cidr="10.219.0.0/16", enable_dhcp=False)
    network = probe(PART).guests[0].network
    assert network is not None
    assert network.ipv4 == ("172.27.219.0/24",)


def test_a_network_without_a_way_out_is_none(guests: GuestCloud, probe: Probe) -> None:
    del guests.things["networks"]["ext"]
    found = probe(PART)
    assert "no external network" in found.problem
    assert found.guests == ()


WRONG = {
    "no zone": replace(ALL, zones=("az3",)),
    "no image": replace(ALL, images=("nothing",)),
    "no flavor": replace(ALL, flavors=("nothing",)),
    "no network": replace(ALL, network="nothing"),
}


@pytest.mark.parametrize("order", WRONG.values(), ids=WRONG)
def test_what_the_cloud_does_not_have_cannot_be_asked_for(
    guests: GuestCloud, stage: Callable[..., Stage], image_file: object, order: Order
) -> None:
    with pytest.raises(UsageError):
        plan_for(order, stage(guests))


def test_zones_flavors_images_and_copies_multiply(guests: GuestCloud, probe: Probe) -> None:
    found = probe(replace(PART, images=("own", "Debian 12"), flavors=("small", "big"), zones=("all",), count=2))
    assert [guest.role for guest in found.guests] == [OWN] + [FURTHER] * 15
    told = {(guest.image.own, guest.flavor.name, guest.zone) for guest in found.guests}
    assert len(told) == 8
    assert {guest.asked_zone for guest in found.guests} == {"az1", "az2"}
    assert guests.most_servers <= 6


def test_copies_are_kept_apart(guests: GuestCloud, probe: Probe) -> None:
    hints: list[bool] = []
    guests.prepare = lambda _: hints.append(bool(guests.things["os-server-groups"]))
    probe(replace(PART, images=("own",), count=3))
    assert hints == [True] * 3


def test_a_cloud_without_server_groups_still_boots_copies(guests: GuestCloud, probe: Probe) -> None:
    guests.lie("POST /compute/v2.1/os-server-groups", document(403, {"forbidden": {"message": "no groups"}}))
    found = probe(replace(PART, images=("own",), count=2))
    assert [guest.problem for guest in found.guests] == ["", ""]
    assert any("may share hosts" in note for note in found.notes)


def test_a_host_is_asked_for_as_administrators_do(guests: GuestCloud, probe: Probe) -> None:
    sent: list[tuple[object, str]] = []
    guests.prepare = lambda server: sent.append((server.body.get("host"), ""))
    probe(replace(PART, images=("own",), hosts=("lab-1",)))
    posts = [one for one in guests.asked if (one.method, one.path) == ("POST", "/compute/v2.1/servers")]
    assert [one.headers["openstack-api-version"] for one in posts] == ["compute 2.74"]
    assert sent == [("lab-1", "")]


def test_a_quota_for_one_server_leaves_one_guest_at_a_time(guests: GuestCloud, probe: Probe) -> None:
    guests.quota["server"] = 1
    found = probe()
    assert [(guest.role, guest.problem) for guest in found.guests] == [(OWN, ""), (CANONICAL, "")]
    assert guests.most_servers == 1
    assert found.left_out == {PEER: "it needs 3 servers, and the project's quota leaves 1"}


def test_a_quota_for_one_small_server_leaves_the_others_out(guests: GuestCloud, probe: Probe) -> None:
    guests.quota["ram"] = 300
    guests.images["deb"]["min_ram"] = 8192
    found = probe()
    assert [guest.role for guest in found.guests] == [OWN]
    assert set(found.left_out) == {CANONICAL, PEER}


def test_no_quota_at_all_is_told_before_anything_is_made(guests: GuestCloud, planned: Planned) -> None:
    guests.quota["server"] = 0
    assert planned()[0]["server"] == 1


def test_a_cloud_without_images_for_all(guests: GuestCloud, probe: Probe) -> None:
    guests.images["deb"]["visibility"] = "private"
    found = probe()
    assert [guest.role for guest in found.guests] == [OWN, PEER]
    assert found.left_out == {CANONICAL: "this cloud offers no image to everybody"}


def test_a_cloud_without_a_network_service(
    guests: GuestCloud, stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GuestCloud, "more_services", {"compute": "compute/v2.1"})
    assert plan(stage(guests)) == Absent("the catalog has no network service")


def test_new_groups_that_let_nothing_out_are_given_rules(guests: GuestCloud, probe: Probe) -> None:
    rules: list[dict[str, object]] = []

    def look(_: Server) -> None:
        rules[:] = guests.things["security-group-rules"].values()

    guests.prepare = look
    probe(PART)
    outward = [rule for rule in rules if rule["direction"] == "egress"]
    assert [rule["ethertype"] for rule in outward] == ["IPv4", "IPv6"]
    (inward,) = [rule for rule in rules if rule["direction"] == "ingress"]
    assert (inward["port_range_min"], inward["port_range_max"], inward["protocol"]) == (7501, 7501, "tcp")
    assert inward["remote_group_id"] == inward["security_group_id"]


def test_denied_flavors_are_the_probes_end(guests: GuestCloud, stage: Callable[..., Stage]) -> None:
    guests.lie("GET /compute/v2.1/flavors/detail.*", Told(403, b"{}"))
    assert not isinstance(plan(stage(guests)), Plan)
