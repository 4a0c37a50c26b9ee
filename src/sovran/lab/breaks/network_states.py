# SPDX-License-Identifier: Apache-2.0
"""Faults of networks and subnet pools: what a break asks for, and how one object is before and after it."""

from typing import Any

import msgspec

from sovran.lab.seeds.api import AdminApi
from sovran.lab.seeds.offers import SubnetPool
from sovran.lab.seeds.subnet_pools import list_subnet_pools, put_subnet_pool
from sovran.model.errors import SovranError

_PATH = "/v2.0/networks"
MARK = "made by sovran lab break"
"""Description of the networks that breaks make."""


class AddNetwork(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The provider has another network of this name, without a subnet."""

    network: str
    external: bool = False
    shared: bool = False


class SetNetwork(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The provider's network of this name is so; what is not given stays."""

    network: str
    external: bool | None = None
    shared: bool | None = None
    default: bool | None = None
    port_security: bool | None = None


class AddSubnetPool(SubnetPool, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """There is a pool that says this, in place of any other of its name."""


class DeleteSubnetPool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """There is no pool of this name."""

    pool: str


class NetworkRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What breaks change of a network."""

    external: bool
    shared: bool
    default: bool
    port_security: bool


class NetworkState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="network"):
    """How a network of the provider is; None: not there."""

    name: str
    network: NetworkRecord | None

    @property
    def subject(self) -> str:
        """Which object the state is of."""
        return f"network {self.name}"


class SubnetPoolState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="subnet pool"):
    """How a subnet pool is; None: not there."""

    name: str
    pool: SubnetPool | None

    @property
    def subject(self) -> str:
        """Which object the state is of."""
        return f"subnet pool {self.name}"


def _found(api: AdminApi, name: str) -> dict[str, Any] | None:
    provider = api.project("provider")
    networks = api.listing("neutron", f"{_PATH}?project_id={provider}", "networks")
    return next((item for item in networks if item["name"] == name), None)


def _record(item: dict[str, Any]) -> NetworkRecord:
    return NetworkRecord(
        external=item["router:external"],
        shared=item["shared"],
        default=bool(item.get("is_default")),
        port_security=item["port_security_enabled"],
    )


def resolve_network(api: AdminApi, action: AddNetwork | SetNetwork) -> tuple[NetworkState, NetworkState]:
    """How the action's network is, and how the action wants it.

    Raises:
        SovranError: the network that is to be changed is not there.
    """
    item = _found(api, action.network)
    before = NetworkState(name=action.network, network=_record(item) if item else None)
    if isinstance(action, AddNetwork):
        wanted = NetworkRecord(external=action.external, shared=action.shared, default=False, port_security=True)
    elif before.network is None:
        raise SovranError(f"the lab has no network {action.network} to break: run `sovran lab seed scs` first")
    else:
        given = {
            name: value
            for name in ("external", "shared", "default", "port_security")
            if (value := getattr(action, name)) is not None
        }
        wanted = msgspec.structs.replace(before.network, **given)
    return before, NetworkState(name=action.network, network=wanted)


def put_network(api: AdminApi, state: NetworkState) -> None:
    """Make the network be as described.

    Raises:
        SovranError: Neutron refused.
    """
    item = _found(api, state.name)
    if state.network is None:
        if item:
            api.call("neutron", "DELETE", f"{_PATH}/{item['id']}", allow=[404])
        return
    wanted = state.network
    fields = {
        "router:external": wanted.external,
        "shared": wanted.shared,
        "port_security_enabled": wanted.port_security,
    }
    if item is None:
        body = {**fields, "name": state.name, "description": MARK, "project_id": api.project("provider")}
        item = api.call("neutron", "POST", _PATH, {"network": body})["network"]
    path, there = f"{_PATH}/{item['id']}", _record(item)
    # Neutron knows a default only of external networks, and forgets it when they cease to be external
    if there.default and not wanted.default and wanted.external:
        api.call("neutron", "PUT", path, {"network": {"is_default": False}})
    if msgspec.structs.replace(there, default=wanted.default) != wanted:
        api.call("neutron", "PUT", path, {"network": fields})
    if wanted.default and wanted.external and not _record(api.call("neutron", "GET", path)["network"]).default:
        api.call("neutron", "PUT", path, {"network": {"is_default": True}})


def resolve_subnet_pool(
    api: AdminApi, action: AddSubnetPool | DeleteSubnetPool
) -> tuple[SubnetPoolState, SubnetPoolState]:
    """How the action's pool is, and how the action wants it.

    Raises:
        SovranError: the pool that is to be deleted is not there.
    """
    name = action.pool if isinstance(action, DeleteSubnetPool) else action.name
    _, there = list_subnet_pools(api).get(name, ("", None))
    if isinstance(action, DeleteSubnetPool):
        if there is None:
            raise SovranError(f"the lab has no subnet pool {name} to break: run `sovran lab seed scs` first")
        wanted = None
    else:
        wanted = SubnetPool(**msgspec.structs.asdict(action))
    return SubnetPoolState(name=name, pool=there), SubnetPoolState(name=name, pool=wanted)


def put_subnet_pool_state(api: AdminApi, state: SubnetPoolState) -> None:
    """Make the pool be as described.

    Raises:
        SovranError: Neutron refused.
    """
    put_subnet_pool(api, state.name, state.pool)
