# SPDX-License-Identifier: Apache-2.0
"""Faults of external addresses: a subnet is replaced and put back, a floating IP comes and goes."""

from typing import Any

import pytest

from sovran.lab.breaks.address_states import (
    AddFloatingIp,
    SetSubnet,
    SubnetState,
    put_floating_ip,
    put_subnet,
    resolve_floating_ip,
    resolve_subnet,
)
from sovran.model.errors import SovranError
from tests.lab.recorder import RecordingApi

NETWORK = {"id": "n", "name": "public", "project_id": "provider"}
MADE_BY_A_BREAK = {"id": "f", "description": "made by sovran lab break"}
SOMEBODYS = {"id": "g", "description": "mine"}


def api(*, subnets: tuple[str, ...] = ("203.0.113.0/24",), floating: tuple[Any, ...] = ()) -> RecordingApi:
    """Neutron with the provider's network."""
    listed = [{"id": f"s{at}", "cidr": cidr} for at, cidr in enumerate(subnets)]
    return RecordingApi(
        {
            ("neutron", "/v2.0/networks?project_id=provider&name=public"): {"networks": [NETWORK]},
            ("neutron", "/v2.0/networks?project_id=provider&name=other"): {"networks": []},
            ("neutron", "/v2.0/subnets?network_id=n"): {"subnets": listed},
            ("neutron", "/v2.0/floatingips?project_id=member"): {"floatingips": list(floating)},
        }
    )


def test_the_subnet_is_replaced() -> None:
    cloud = api()
    before, after = resolve_subnet(cloud, SetSubnet(network="public", cidr="2001:db8::/64"))
    assert before == SubnetState(network="public", cidr="203.0.113.0/24")
    put_subnet(cloud, after)
    (removed, made) = cloud.sent
    assert removed == ("DELETE", "/v2.0/subnets/s0", None)
    assert made[2]["subnet"]["cidr"] == "2001:db8::/64"
    assert made[2]["subnet"]["ip_version"] == 6


def test_a_subnet_that_is_so_already_stays() -> None:
    cloud = api()
    put_subnet(cloud, SubnetState(network="public", cidr="203.0.113.0/24"))
    assert cloud.sent == []


@pytest.mark.parametrize("subnets", [(), ("203.0.113.0/24", "2001:db8::/64")])
def test_a_network_without_exactly_one_subnet_cannot_be_broken_so(subnets: tuple[str, ...]) -> None:
    with pytest.raises(SovranError, match=f"has {len(subnets)} subnets: run `sovran lab seed scs` first"):
        resolve_subnet(api(subnets=subnets), SetSubnet(network="public", cidr="192.88.99.0/24"))


def test_a_network_that_is_not_there_is_named() -> None:
    with pytest.raises(SovranError, match="no network other to break"):
        resolve_subnet(api(), SetSubnet(network="other", cidr="192.88.99.0/24"))


def test_a_floating_ip_is_made_for_the_member_once() -> None:
    cloud = api(floating=(SOMEBODYS,))
    before, after = resolve_floating_ip(cloud, AddFloatingIp(network="public"))
    assert (before.present, after.present) == (False, True)
    put_floating_ip(cloud, after)
    body = {"floating_network_id": "n", "project_id": "member", "description": MADE_BY_A_BREAK["description"]}
    assert cloud.sent == [("POST", "/v2.0/floatingips", {"floatingip": body})]
    again = api(floating=(MADE_BY_A_BREAK,))
    put_floating_ip(again, after)
    assert again.sent == []


def test_only_the_floating_ip_of_a_break_is_taken_away() -> None:
    cloud = api(floating=(SOMEBODYS, MADE_BY_A_BREAK))
    before, _ = resolve_floating_ip(api(), AddFloatingIp(network="public"))
    put_floating_ip(cloud, before)
    assert cloud.sent == [("DELETE", "/v2.0/floatingips/f", None)]
