# SPDX-License-Identifier: Apache-2.0
"""Pools and default networks of profiles; breaks of volume types, networks, hosts, policies and roles."""

import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sovran.lab.breaks import service_states
from sovran.lab.breaks.network_states import AddNetwork, DeleteSubnetPool, NetworkState, SetNetwork
from sovran.lab.breaks.policy_states import PolicyState, RenameRole, RoleState, SetPolicy, read_policy
from sovran.lab.breaks.volume_type_states import AddVolumeType, DescribeVolumeType
from sovran.lab.breaks.zone_states import HostZoneState, MoveHost
from sovran.lab.folders import lab_folder
from sovran.lab.seeds.networks import MARK, converge_networks
from sovran.lab.seeds.offers import Network, SubnetPool
from sovran.lab.seeds.subnet_pools import converge_subnet_pools, put_subnet_pool
from sovran.lab.seeds.tally import Tally
from sovran.model.errors import SovranError
from tests.lab.recorder import RecordingApi

POOLS = ("neutron", "/v2.0/subnetpools")
POOL = SubnetPool(name="v6", prefixes=("2001:db8::/40",), default_prefixlen=64, min_prefixlen=64, max_prefixlen=64)
NETWORKS = ("neutron", "/v2.0/networks?project_id=provider")
TYPES = ("cinder", "/v3/types?is_public=None")
ROLES = ("keystone", "/v3/roles")


def listed_pool(**changes: Any) -> dict[str, Any]:
    """A pool as Neutron lists it: lengths as text."""
    fields = msgspec.structs.asdict(POOL)
    lengths = {name: str(fields[name]) for name in fields if name.endswith("prefixlen")}
    return {"id": "1", "description": MARK, **fields, **lengths, **changes}


def network(**changes: Any) -> dict[str, Any]:
    """A network as Neutron lists it."""
    fields = {"router:external": True, "shared": False, "is_default": True, "port_security_enabled": True}
    return {"id": "1", "name": "public", "project_id": "provider", "description": MARK, **fields, **changes}


def test_a_pool_that_is_right_stays() -> None:
    api = RecordingApi({POOLS: {"subnetpools": [listed_pool(), {"description": "of a user", "name": "mine"}]}})
    assert converge_subnet_pools(api, (POOL,)) == Tally(kept=1)
    assert api.sent == []


def test_pools_are_made_changed_and_removed() -> None:
    old = listed_pool(id="2", name="old")
    api = RecordingApi({POOLS: {"subnetpools": [old]}, ("neutron", "/v2.0/subnetpools/2"): None})
    assert converge_subnet_pools(api, (POOL,)) == Tally(made=1, removed=1)
    (_, removed, _), (_, _, made) = api.sent
    assert (removed, made["subnetpool"]["description"]) == ("/v2.0/subnetpools/2", MARK)
    api = RecordingApi({POOLS: {"subnetpools": [listed_pool(is_default=True)]}})
    assert put_subnet_pool(api, "v6", POOL) == "changed"
    assert api.sent == [("PUT", "/v2.0/subnetpools/1", {"subnetpool": {"is_default": False}})]


def test_a_pool_in_use_is_left() -> None:
    api = RecordingApi(
        {POOLS: {"subnetpools": [listed_pool()]}, ("neutron", "/v2.0/subnetpools/1"): {"subnetpool": {}}}
    )
    assert converge_subnet_pools(api, ()) == Tally(stuck=1)


def test_who_may_use_a_pool_takes_a_new_one() -> None:
    api = RecordingApi({POOLS: {"subnetpools": [listed_pool(shared=False)]}, ("neutron", "/v2.0/subnetpools/1"): None})
    assert put_subnet_pool(api, "v6", POOL) == "made"
    assert [method for method, _, _ in api.sent] == ["DELETE", "POST"]


def test_the_former_default_network_goes_before_the_new_one_comes() -> None:
    listed = [network(), network(id="2", name="other", is_default=False)]
    api = RecordingApi({("neutron", "/v2.0/networks"): {"networks": listed}})
    wanted = (Network(name="other", cidr=None, external=True, default=True), Network(name="public", cidr=None))
    assert converge_networks(api, wanted) == Tally(changed=2)
    assert [(path[-1], body["network"]["is_default"]) for _, path, body in api.sent] == [("1", False), ("2", True)]


def test_a_volume_type_is_added_and_taken_away_by_its_name() -> None:
    api = RecordingApi({TYPES: {"volume_types": []}})
    before, after = service_states.resolve(api, AddVolumeType(volume_type="x", description="[scs:]"))
    service_states.put(api, after)
    assert api.sent[-1][2]["volume_type"]["description"] == "[scs:]"
    there = {"id": "7", "name": "x", "description": "[scs:]", "extra_specs": {}}
    api = RecordingApi({TYPES: {"volume_types": [there]}})
    service_states.put(api, after)
    assert api.sent == []
    service_states.put(api, before)
    assert api.sent == [("DELETE", "/v3/types/7", None)]


@pytest.mark.parametrize(
    "action",
    [
        DescribeVolumeType(volume_type="x", description=""),
        SetNetwork(network="x", shared=True),
        DeleteSubnetPool(pool="x"),
        MoveHost(host="x", zone="z"),
        RenameRole(role="x", to="y"),
    ],
)
def test_what_is_not_there_cannot_be_broken(action: service_states.ServiceAction) -> None:
    empty: dict[tuple[str, str], Any] = {
        TYPES: {"volume_types": []},
        NETWORKS: {"networks": []},
        POOLS: {"subnetpools": []},
        ROLES: {"roles": []},
    }
    with pytest.raises(SovranError, match=r"^the lab has no .* x.*: run `sovran lab "):
        service_states.resolve(RecordingApi(empty), action)


def test_a_network_gives_up_its_default_before_it_changes() -> None:
    api = RecordingApi({NETWORKS: {"networks": [network()]}})
    before, after = service_states.resolve(api, SetNetwork(network="public", default=False))
    service_states.put(api, after)
    assert api.sent == [("PUT", "/v2.0/networks/1", {"network": {"is_default": False}})]
    assert before.subject == after.subject == "network public"


def test_a_network_that_becomes_external_again_becomes_the_default_again() -> None:
    inner = network(**{"router:external": False}, is_default=None)
    answers = {NETWORKS: {"networks": [inner]}, ("neutron", "/v2.0/networks/1"): {"network": network(is_default=False)}}
    api = RecordingApi(answers)
    _, state = service_states.resolve(api, SetNetwork(network="public", external=True, default=True))
    service_states.put(api, state)
    assert [body["network"].get("is_default", "-") for _, _, body in api.sent] == ["-", True]


def test_an_added_network_is_removed_when_healed() -> None:
    api = RecordingApi({NETWORKS: {"networks": []}})
    before, _ = service_states.resolve(api, AddNetwork(network="partner", external=True))
    assert before == NetworkState(name="partner", network=None)
    api = RecordingApi({NETWORKS: {"networks": [network(name="partner")]}})
    service_states.put(api, before)
    assert api.sent == [("DELETE", "/v2.0/networks/1", None)]


def test_a_host_leaves_the_zone_of_a_break() -> None:
    aggregate = {
        "id": 3,
        "name": "b",
        "availability_zone": "az-2",
        "metadata": {"lab:break": "yes"},
        "hosts": ["lab-2"],
    }
    foreign = {"id": 4, "name": "c", "availability_zone": "az-3", "metadata": {}, "hosts": ["lab-2"]}
    api = RecordingApi({("nova", "/v2.1/os-aggregates"): {"aggregates": [aggregate, foreign]}})
    before, after = service_states.resolve(api, MoveHost(host="lab-2", zone="az-2"))
    assert before == after == HostZoneState(host="lab-2", zone="az-2")
    service_states.put(api, after)
    assert api.sent == []
    service_states.put(api, HostZoneState(host="lab-2", zone="nova"))
    assert [(method, path) for method, path, _ in api.sent] == [
        ("POST", "/v2.1/os-aggregates/3/action"),
        ("DELETE", "/v2.1/os-aggregates/3"),
    ]


def test_a_policy_is_a_private_file_that_heals_to_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOVRAN_LAB_HOME", str(tmp_path))
    folder = lab_folder("test") / "etc" / "cinder"
    folder.mkdir(parents=True)
    (folder / "policy.yaml").write_text('"volume:get": "@"\n')
    api = RecordingApi()
    before, after = service_states.resolve(api, SetPolicy(service="cinder", rules={"backup:get_all": "!"}))
    assert before == PolicyState(service="cinder", rules={"backup:get_all": None})
    service_states.put(api, after)
    assert read_policy(api, "cinder") == {"volume:get": "@", "backup:get_all": "!"}
    assert stat.S_IMODE((folder / "policy.yaml").stat().st_mode) == 0o600
    service_states.put(api, before)
    assert read_policy(api, "cinder") == {"volume:get": "@"}
    assert read_policy(api, "keystone") == {}


def test_an_immutable_role_is_made_mutable_for_its_new_name_only() -> None:
    role = {"id": "1", "name": "manager", "options": {"immutable": True}}
    api = RecordingApi({ROLES: {"roles": [role]}, ("keystone", "/v3/roles/1"): {"role": role}})
    before, after = service_states.resolve(api, RenameRole(role="manager", to="boss"))
    assert (before, after) == (RoleState(id="1", name="manager"), RoleState(id="1", name="boss"))
    service_states.put(api, after)
    assert [body["role"] for _, _, body in api.sent] == [
        {"options": {"immutable": False}},
        {"name": "boss"},
        {"options": {"immutable": True}},
    ]
    api.sent.clear()
    service_states.put(api, before)
    assert api.sent == []
