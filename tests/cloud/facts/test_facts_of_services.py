# SPDX-License-Identifier: Apache-2.0
"""Facts of block storage, network, identity and key manager: what is asked, and how odd answers are told apart."""

from collections.abc import Callable
from typing import Any

import pytest

from sovran.cloud.facts.availability_zones import Zone, read_compute_zones, read_network_zones, read_volume_zones
from sovran.cloud.facts.backups import read_backups_answer
from sovran.cloud.facts.floating_ips import read_floating_ips
from sovran.cloud.facts.network_extensions import read_network_extensions
from sovran.cloud.facts.networks import read_networks
from sovran.cloud.facts.quotas import read_quotas
from sovran.cloud.facts.rbac_policies import read_rbac_policies
from sovran.cloud.facts.roles import read_manager_roles
from sovran.cloud.facts.secrets import read_secrets_answer
from sovran.cloud.facts.subnet_pools import read_subnet_pools
from sovran.cloud.facts.subnets import read_subnets
from sovran.cloud.facts.volume_types import read_volume_types
from sovran.cloud.outcome import Absent, Denied, Ok, Outcome, Partial, Unreachable
from sovran.cloud.recording import Reader
from tests.cloud.scripted_reader import Answer, ScriptedReader

Provider = Callable[[Reader], Outcome[Any]]
EVERYWHERE = [
    (read_volume_types, "/types"),
    (read_compute_zones, "/os-availability-zone"),
    (read_volume_zones, "/os-availability-zone"),
    (read_networks, "/networks"),
    (read_subnets, "/subnets"),
    (read_network_extensions, "/extensions"),
    (read_manager_roles, "/roles?name=manager"),
    (read_secrets_answer, "/secrets?limit=1"),
]
"""Providers of what every such service has, and what they ask."""
OPTIONAL = [
    (read_backups_answer, "/backups?limit=1"),
    (read_network_zones, "/availability_zones"),
    (read_subnet_pools, "/subnetpools"),
    (read_floating_ips, "/floatingips"),
    (read_rbac_policies, "/rbac-policies"),
]
"""Providers of what a service may lack."""
TYPE = {"id": "1", "name": "ssd", "description": None, "is_public": True, "extra_specs": {"multiattach": "<is> True"}}
ZONES = {"availabilityZoneInfo": [{"zoneName": "a", "zoneState": {"available": False}, "hosts": None}]}
POOL = {
    "id": "1",
    "name": "v6",
    "ip_version": 6,
    "shared": True,
    "is_default": True,
    "prefixes": ["2001:db8::/40"],
    "min_prefixlen": "64",
    "max_prefixlen": 64,
    "default_prefixlen": "64",
    "default_quota": None,
}


@pytest.mark.parametrize(("read", "path"), EVERYWHERE)
def test_a_404_where_every_service_has_an_answer_shows_a_wrong_endpoint(read: Provider, path: str) -> None:
    reader = ScriptedReader()
    outcome = read(reader)
    assert isinstance(outcome, Unreachable)
    assert "is the endpoint right?" in outcome.reason
    assert reader.asked == [path]


@pytest.mark.parametrize(("read", "path"), OPTIONAL)
def test_a_404_where_an_api_is_optional_says_that_it_is_absent(read: Provider, path: str) -> None:
    reader = ScriptedReader()
    outcome = read(reader)
    assert isinstance(outcome, Absent)
    assert outcome.status == 404
    assert reader.asked == [path]


@pytest.mark.parametrize(("read", "path"), [*EVERYWHERE, *OPTIONAL])
@pytest.mark.parametrize(
    "failure", [Denied("no", 403), Absent("no service"), Unreachable("HTTP 500", 500), Partial("-")]
)
def test_failures_are_passed_on(read: Provider, path: str, failure: Outcome[Any]) -> None:
    assert read(ScriptedReader({path: failure})) == failure


@pytest.mark.parametrize(("read", "path"), [*EVERYWHERE, *OPTIONAL])
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"x": 1', b"\xff", b"null"])
def test_an_answer_of_another_form_is_none(read: Provider, path: str, body: bytes) -> None:
    assert isinstance(read(ScriptedReader({path: body})), Unreachable)


def value(read: Provider, path: str, answer: dict[str, Any]) -> Any:
    """What is read from an answer."""
    outcome = read(ScriptedReader({path: answer}))
    assert isinstance(outcome, Ok), outcome
    return outcome.value


def test_volume_types() -> None:
    (one,) = value(read_volume_types, "/types", {"volume_types": [TYPE]}).items
    assert (one.name, one.description, one.extra_specs) == ("ssd", None, {"multiattach": "<is> True"})
    bare = {"id": "1", "name": "ssd", "description": None}
    assert value(read_volume_types, "/types", {"volume_types": [bare]}).items[0].extra_specs is None


def test_zones_with_their_states() -> None:
    for read in (read_compute_zones, read_volume_zones):
        assert value(read, "/os-availability-zone", ZONES).items == (Zone("a", available=False),)
    listed = {
        "availability_zones": [
            {"name": "a", "resource": "network", "state": "unavailable"},
            {"name": "b", "resource": "network", "state": "unavailable"},
            {"name": "a", "resource": "router", "state": "available"},
        ]
    }
    zones = value(read_network_zones, "/availability_zones", listed).items
    assert zones == (Zone("a", available=True), Zone("b", available=False))


def test_lengths_of_prefixes_come_as_text_or_number() -> None:
    (pool,) = value(read_subnet_pools, "/subnetpools", {"subnetpools": [POOL]}).items
    assert (pool.min_prefixlen, pool.max_prefixlen, pool.default_quota) == (64, 64, None)
    assert value(read_subnet_pools, "/subnetpools", {"subnetpools": [POOL]}).shared(6) == (pool,)
    assert value(read_subnet_pools, "/subnetpools", {"subnetpools": [POOL]}).shared(4) == ()
    odd = {**POOL, "min_prefixlen": "sixty-four"}
    outcome = read_subnet_pools(ScriptedReader({"/subnetpools": {"subnetpools": [odd]}}))
    assert isinstance(outcome, Unreachable)


def test_networks_show_what_is_hidden_as_unknown() -> None:
    listed = {"networks": [{"id": "1", "name": "n", "router:external": True, "subnets": ["s"]}]}
    (network,) = value(read_networks, "/networks", listed).items
    assert (network.external, network.by_provider, network.subnets) == (True, True, ("s",))
    assert network.is_default is network.port_security_enabled is None


def test_only_the_role_of_exactly_this_name_counts() -> None:
    listed = {"roles": [{"id": "1", "name": "manager"}, {"id": "2", "name": "Manager"}]}
    roles = value(read_manager_roles, "/roles?name=manager", listed)
    assert [role.id for role in roles.items] == ["1"]


def test_no_secret_is_kept() -> None:
    listed = {"secrets": [{"name": "x", "secret_ref": "https://k/v1/secrets/1"}], "total": 7}
    answer = value(read_secrets_answer, "/secrets?limit=1", listed)
    assert answer.total == 7
    assert not hasattr(answer, "secrets")


def test_extensions_floating_ips_backups_and_rbac_rules() -> None:
    listed = {"extensions": [{"alias": "dns-integration", "name": "DNS"}, {"alias": "router"}]}
    assert value(read_network_extensions, "/extensions", listed).aliases == {"dns-integration", "router"}
    floating = {"floatingips": [{"id": "1", "floating_ip_address": "192.0.2.1", "floating_network_id": "n"}]}
    assert value(read_floating_ips, "/floatingips", floating).items[0].floating_network_id == "n"
    assert value(read_backups_answer, "/backups?limit=1", {"backups": [{"id": "1"}]}).some[0].id == "1"
    rules = {"rbac_policies": [{"id": "1", "object_type": "network", "action": "access_as_shared"}]}
    assert value(read_rbac_policies, "/rbac-policies", rules).items[0].object_type == "network"


QUOTAS: dict[str | tuple[str, str], Answer] = {
    "/limits": {"limits": {"absolute": {"maxTotalInstances": 10, "maxTotalCores": -1, "maxTotalVolumes": 5}}},
    "/quotas/tenant": {"tenant": {"tenant_id": "abc"}},
    "/quotas/abc": {"quota": {"port": 50, "dns_zone": 3}},
}


def test_quotas_of_three_services() -> None:
    outcome = read_quotas(ScriptedReader(QUOTAS))
    assert isinstance(outcome, Ok)
    assert outcome.value.rows() == (
        ("compute", "servers", 10),
        ("compute", "vCPUs", -1),
        ("block-storage", "volumes", 5),
        ("network", "ports", 50),
    )
    assert (outcome.value.refused, outcome.value.unclear) == ({}, {})


def test_services_that_do_not_tell_their_quotas() -> None:
    reader = ScriptedReader({**QUOTAS, "/limits": Denied("forbidden", 403), "/quotas/tenant": {"tenant": {}}})
    outcome = read_quotas(reader)
    assert isinstance(outcome, Ok)
    assert outcome.value.refused == {"compute": "forbidden", "block-storage": "forbidden"}
    assert list(outcome.value.unclear) == ["network"]
    outcome = read_quotas(ScriptedReader({**QUOTAS, "/quotas/tenant": Denied("who", 401), "/limits": {"limits": 1}}))
    assert isinstance(outcome, Ok)
    assert list(outcome.value.unclear) == ["compute", "block-storage", "network"]


def test_services_that_are_not_in_the_catalog_have_no_quotas() -> None:
    gone = Absent("not in the catalog")
    outcome = read_quotas(ScriptedReader({**QUOTAS, "/quotas/tenant": gone}))
    assert isinstance(outcome, Ok)
    assert (outcome.value.network, outcome.value.refused, outcome.value.unclear) == (None, {}, {})
    assert isinstance(read_quotas(ScriptedReader({"/limits": gone, "/quotas/tenant": gone})), Absent)
