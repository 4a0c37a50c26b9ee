# SPDX-License-Identifier: Apache-2.0
"""SCS-0126: provider networks, external addresses, subnet pools."""

from typing import Any

import pytest

from sovran.cloud.facts.floating_ips import FloatingIp, FloatingIps
from sovran.cloud.facts.network_extensions import NetworkExtensions
from sovran.cloud.facts.networks import Network, Networks
from sovran.cloud.facts.rbac_policies import RbacPolicies, RbacPolicy
from sovran.cloud.facts.subnet_pools import SubnetPools
from sovran.cloud.facts.subnets import Subnets
from sovran.cloud.outcome import Absent
from sovran.model.finding import Weight
from sovran.model.verdict import Verdict
from tests.rules.facts_by_hand import claims_of
from tests.rules.services_by_hand import (
    FORBIDDEN,
    NOT_FOUND,
    UNKNOWN,
    extensions,
    judged,
    network,
    networks,
    pool,
    pools,
    subnets,
    verdict,
)

PASS, FAIL, ABORT, MISS = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.MISS
NOT_APPLICABLE = Verdict.NOT_APPLICABLE
DEFAULTS = extensions("auto-allocated-topology", "rbac-policies")
PUBLIC = networks(network())
OWN = network("own", external=False, is_default=None, project_id="me")
V4 = subnets(v4="193.0.0.0/22")
POOLS = pools(pool())
NO_FLOATING = FloatingIps(())
GOOD: tuple[Any, ...] = (PUBLIC, DEFAULTS, V4, POOLS, NO_FLOATING, RbacPolicies(()))


def test_a_cloud_as_the_text_wants_it() -> None:
    assert {claim: verdict(claim, *GOOD) for claim in claims_of("scs-0126")} == {
        "0126-01": PASS,
        "0126-02": PASS,
        "0126-03": PASS,
        "0126-04": MISS,
        "0126-05": PASS,
        "0126-06": PASS,
        "0126-07": PASS,
        "0126-09": NOT_APPLICABLE,
        "0126-10": PASS,
        "0126-11": MISS,
        "0126-12": NOT_APPLICABLE,
        "0126-13": MISS,
    }


def test_a_project_that_sees_no_provider_network() -> None:
    facts = (networks(OWN), DEFAULTS, V4, pools(), NO_FLOATING)
    for claim in ("0126-02", "0126-03", "0126-04", "0126-05", "0126-07", "0126-10"):
        assert verdict(claim, *facts) is FAIL, claim
    assert verdict("0126-06", *facts) is verdict("0126-11", *facts) is NOT_APPLICABLE


@pytest.mark.parametrize(
    ("items", "aliases", "expected"),
    [
        ([network(is_default=False)], DEFAULTS, FAIL),
        ([network(), network("two", is_default=False)], DEFAULTS, PASS),
        ([network(), network("two")], DEFAULTS, FAIL),
        ([network(is_default=None)], DEFAULTS, ABORT),
        ([network(is_default=None)], extensions("router"), FAIL),
        ([network(is_default=None), network("two", is_default=False)], DEFAULTS, FAIL),
        ([network(), OWN], DEFAULTS, PASS),
    ],
)
def test_one_default(items: list[Network], aliases: NetworkExtensions, expected: Verdict) -> None:
    assert verdict("0126-05", networks(*items), aliases) is expected


def test_a_hidden_default_needs_the_extensions() -> None:
    hidden = networks(network(is_default=None))
    assert verdict("0126-05", hidden, unread={NetworkExtensions: UNKNOWN}) is ABORT
    assert verdict("0126-05", PUBLIC, unread={NetworkExtensions: UNKNOWN}) is PASS


def test_further_provider_networks() -> None:
    assert verdict("0126-06", networks(network(), network("partner", is_default=False))) is FAIL
    of_csp = network("dmz", external=False, shared=True, is_default=None)
    assert verdict("0126-06", networks(network(), of_csp)) is FAIL
    of_others = network("friends", external=False, shared=True, is_default=None, project_id="friend")
    judgement = judged("0126-06", networks(network(), of_others, OWN))
    assert judgement.verdict is PASS
    assert [finding.weight for finding in judgement.findings] == [Weight.NOTE]


def test_the_default_network_is_a_gateway() -> None:
    odd = network("odd", external=False, shared=True, is_default=True)
    assert verdict("0126-07", networks(odd, network(is_default=False))) is FAIL
    assert verdict("0126-07", networks(network(is_default=None))) is PASS


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, PASS),
        ({"port_security_enabled": False}, FAIL),
        ({"subnets": ()}, FAIL),
        ({"port_security_enabled": None}, ABORT),
        ({"port_security_enabled": None, "subnets": ()}, FAIL),
    ],
)
def test_a_shared_standard_network(changes: dict[str, Any], expected: Verdict) -> None:
    assert verdict("0126-09", networks(network(shared=True, **changes))) is expected


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([pool(is_default=False)], FAIL),
        ([pool(shared=False)], FAIL),
        ([pool(), pool("other")], FAIL),
        ([pool(), pool("other", is_default=False)], PASS),
        ([pool(prefixes=("2a00:1450::/65",), min_prefixlen=64)], FAIL),
        ([pool(prefixes=())], FAIL),
        ([pool(min_prefixlen=48, max_prefixlen=56)], FAIL),
        ([pool(min_prefixlen=65, max_prefixlen=128)], FAIL),
        ([pool(min_prefixlen=48, max_prefixlen=128)], PASS),
        ([pool(default_quota=0)], FAIL),
        ([pool(default_quota=1)], PASS),
        ([pool(ip_version=4, prefixes=("193.0.0.0/22",), min_prefixlen=24, max_prefixlen=32)], FAIL),
    ],
)
def test_the_ipv6_pool(items: list[Any], expected: Verdict) -> None:
    assert verdict("0126-10", PUBLIC, pools(*items)) is expected


def test_a_network_service_without_pools_has_none() -> None:
    assert verdict("0126-10", PUBLIC, unread={SubnetPools: NOT_FOUND}) is FAIL
    assert verdict("0126-02", PUBLIC, V4, unread={SubnetPools: NOT_FOUND}) is FAIL
    assert verdict("0126-10", PUBLIC, unread={SubnetPools: FORBIDDEN}) is ABORT
    assert verdict("0126-10", unread={Networks: UNKNOWN, SubnetPools: NOT_FOUND}) is ABORT


def test_ipv6_may_come_from_a_subnet_of_the_provider_network() -> None:
    dual = networks(network(subnets=("v4", "v6")))
    assert verdict("0126-02", dual, subnets(v4="193.0.0.0/22", v6="2a00:1450::/64"), pools()) is PASS


def test_hidden_subnets_are_not_missing_ones() -> None:
    assert verdict("0126-02", PUBLIC, Subnets(()), pools()) is ABORT
    assert verdict("0126-03", PUBLIC, Subnets(()), pools()) is ABORT
    assert verdict("0126-01", PUBLIC, Subnets(()), pools()) is ABORT
    assert verdict("0126-03", networks(network(subnets=())), Subnets(()), pools()) is FAIL


@pytest.mark.parametrize(
    ("cidr", "prefix", "expected"),
    [
        ("193.0.0.0/22", "2a00:1450::/40", PASS),
        ("10.0.0.0/8", "2a00:1450::/40", ABORT),
        ("100.64.0.0/10", "2a00:1450::/40", ABORT),
        ("193.0.0.0/22", "fd00::/8", ABORT),
        ("193.0.0.0/22", "2001:db8::/32", ABORT),
        ("203.0.113.0/24", "2a00:1450::/40", ABORT),
    ],
)
def test_other_than_public_addresses_are_right_on_some_clouds(cidr: str, prefix: str, expected: Verdict) -> None:
    judgement = judged("0126-01", PUBLIC, subnets(v4=cidr), pools(pool(prefixes=(prefix,))))
    assert judgement.verdict is expected


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], NOT_APPLICABLE),
        ([pool("v4", ip_version=4)], PASS),
        ([pool("v4", ip_version=4, is_default=False)], FAIL),
        ([pool("v4", ip_version=4), pool("w4", ip_version=4)], FAIL),
        ([pool("v4", ip_version=4, shared=False)], NOT_APPLICABLE),
    ],
)
def test_an_ipv4_pool_is_the_default_one(items: list[Any], expected: Verdict) -> None:
    assert verdict("0126-12", PUBLIC, pools(*items)) is expected


def test_floating_ips() -> None:
    mine = FloatingIps((FloatingIp(id="1", floating_ip_address="193.0.0.7", floating_network_id="id public"),))
    other = FloatingIps((FloatingIp(id="1", floating_ip_address="10.0.0.7", floating_network_id="id partner"),))
    assert verdict("0126-11", PUBLIC, V4, mine) is PASS
    assert verdict("0126-11", PUBLIC, V4, other) is MISS
    assert verdict("0126-11", PUBLIC, V4, unread={FloatingIps: NOT_FOUND}) is FAIL
    assert verdict("0126-11", PUBLIC, V4, unread={FloatingIps: FORBIDDEN}) is ABORT
    no_v4 = networks(network(subnets=("v6",)))
    assert verdict("0126-11", no_v4, subnets(v6="2a00:1450::/64"), mine) is NOT_APPLICABLE


def test_rbac_rules() -> None:
    assert verdict("0126-13", extensions("router"), unread={RbacPolicies: NOT_FOUND}) is PASS
    own = RbacPolicies((RbacPolicy(id="1", object_type="network", action="access_as_shared"),))
    judgement = judged("0126-13", DEFAULTS, own)
    assert (judgement.verdict, len(judgement.findings)) == (MISS, 1)
    assert verdict("0126-13", DEFAULTS, unread={RbacPolicies: FORBIDDEN}) is MISS


def test_without_a_network_service_nothing_applies_and_without_an_answer_nothing_is_known() -> None:
    kinds = (Networks, NetworkExtensions, Subnets, SubnetPools, FloatingIps, RbacPolicies)
    for failure, expected in ((Absent("no network endpoint"), NOT_APPLICABLE), (UNKNOWN, ABORT)):
        unread = dict.fromkeys(kinds, failure)
        assert {verdict(claim, unread=unread) for claim in claims_of("scs-0126")} == {expected}
