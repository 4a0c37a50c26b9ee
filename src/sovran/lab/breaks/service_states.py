# SPDX-License-Identifier: Apache-2.0
"""Faults of volume types, networks, hosts, policies, TLS and the like: to each action and state what works on it."""

from collections.abc import Callable
from typing import Any

from sovran.lab.breaks.address_states import (
    AddFloatingIp,
    FloatingIpState,
    SetSubnet,
    SubnetState,
    put_floating_ip,
    put_subnet,
    resolve_floating_ip,
    resolve_subnet,
)
from sovran.lab.breaks.database_states import (
    AddVolumeZone,
    ImageHashState,
    SetImageHash,
    VolumeZoneState,
    put_image_hash,
    put_volume_zone,
    resolve_image_hash,
    resolve_volume_zone,
)
from sovran.lab.breaks.driver_states import (
    ExtensionDriversState,
    SetExtensionDrivers,
    put_extension_drivers,
    resolve_extension_drivers,
)
from sovran.lab.breaks.encryption_states import (
    EncryptionState,
    SetEncryption,
    put_encryption,
    resolve_encryption,
)
from sovran.lab.breaks.fault_states import FaultState, SetFault, put_fault, resolve_fault
from sovran.lab.breaks.group_states import GroupsState, OpenGroups, put_groups, resolve_groups
from sovran.lab.breaks.implied_role_states import (
    ImpliedRoleState,
    ImplyRole,
    put_implied_role,
    resolve_implied_role,
)
from sovran.lab.breaks.internet_states import InternetState, SetInternet, put_internet, resolve_internet
from sovran.lab.breaks.network_states import (
    AddNetwork,
    AddSubnetPool,
    DeleteSubnetPool,
    NetworkState,
    SetNetwork,
    SubnetPoolState,
    put_network,
    put_subnet_pool_state,
    resolve_network,
    resolve_subnet_pool,
)
from sovran.lab.breaks.policy_states import (
    PolicyState,
    RenameRole,
    RoleState,
    SetPolicy,
    put_policy,
    put_role,
    resolve_policy,
    resolve_role,
)
from sovran.lab.breaks.tls_states import FrontState, SetTls, put_front, resolve_tls
from sovran.lab.breaks.volume_type_states import (
    AddVolumeType,
    DescribeVolumeType,
    VolumeTypeState,
    put_volume_type,
    resolve_volume_type,
)
from sovran.lab.breaks.zone_states import HostZoneState, MoveHost, put_host, resolve_host
from sovran.lab.seeds.api import AdminApi

ServiceAction = (
    AddVolumeType
    | DescribeVolumeType
    | AddNetwork
    | SetNetwork
    | AddSubnetPool
    | DeleteSubnetPool
    | SetSubnet
    | AddFloatingIp
    | SetExtensionDrivers
    | MoveHost
    | AddVolumeZone
    | SetImageHash
    | SetPolicy
    | RenameRole
    | ImplyRole
    | SetTls
    | SetFault
    | SetEncryption
    | SetInternet
    | OpenGroups
)
ServiceState = (
    VolumeTypeState
    | NetworkState
    | SubnetPoolState
    | SubnetState
    | FloatingIpState
    | ExtensionDriversState
    | HostZoneState
    | VolumeZoneState
    | ImageHashState
    | PolicyState
    | RoleState
    | ImpliedRoleState
    | FrontState
    | FaultState
    | EncryptionState
    | InternetState
    | GroupsState
)

TYPES: dict[str, type[ServiceAction]] = {
    "add-volume-type": AddVolumeType,
    "describe-volume-type": DescribeVolumeType,
    "add-network": AddNetwork,
    "set-network": SetNetwork,
    "add-subnet-pool": AddSubnetPool,
    "delete-subnet-pool": DeleteSubnetPool,
    "set-subnet": SetSubnet,
    "add-floating-ip": AddFloatingIp,
    "set-extension-drivers": SetExtensionDrivers,
    "move-host": MoveHost,
    "add-volume-zone": AddVolumeZone,
    "set-image-hash": SetImageHash,
    "set-policy": SetPolicy,
    "rename-role": RenameRole,
    "imply-role": ImplyRole,
    "set-tls": SetTls,
    "set-fault": SetFault,
    "set-encryption": SetEncryption,
    "set-internet": SetInternet,
    "open-groups": OpenGroups,
}
"""What the table of breaks calls each action."""

_RESOLVERS: dict[type[ServiceAction], Callable[[AdminApi, Any], tuple[ServiceState, ServiceState]]] = {
    AddVolumeType: resolve_volume_type,
    DescribeVolumeType: resolve_volume_type,
    AddNetwork: resolve_network,
    SetNetwork: resolve_network,
    AddSubnetPool: resolve_subnet_pool,
    DeleteSubnetPool: resolve_subnet_pool,
    SetSubnet: resolve_subnet,
    AddFloatingIp: resolve_floating_ip,
    SetExtensionDrivers: resolve_extension_drivers,
    MoveHost: resolve_host,
    AddVolumeZone: resolve_volume_zone,
    SetImageHash: resolve_image_hash,
    SetPolicy: resolve_policy,
    RenameRole: resolve_role,
    ImplyRole: resolve_implied_role,
    SetTls: resolve_tls,
    SetFault: resolve_fault,
    SetEncryption: resolve_encryption,
    SetInternet: resolve_internet,
    OpenGroups: resolve_groups,
}
_PUTTERS: dict[type[ServiceState], Callable[[AdminApi, Any], None]] = {
    VolumeTypeState: put_volume_type,
    NetworkState: put_network,
    SubnetPoolState: put_subnet_pool_state,
    SubnetState: put_subnet,
    FloatingIpState: put_floating_ip,
    ExtensionDriversState: put_extension_drivers,
    HostZoneState: put_host,
    VolumeZoneState: put_volume_zone,
    ImageHashState: put_image_hash,
    PolicyState: put_policy,
    RoleState: put_role,
    ImpliedRoleState: put_implied_role,
    FrontState: put_front,
    FaultState: put_fault,
    EncryptionState: put_encryption,
    InternetState: put_internet,
    GroupsState: put_groups,
}


def resolve(api: AdminApi, action: ServiceAction) -> tuple[ServiceState, ServiceState]:
    """How the action's object is, and how the action wants it.

    Raises:
        SovranError: the object that it speaks of is not there.
    """
    return _RESOLVERS[type(action)](api, action)


def put(api: AdminApi, state: ServiceState) -> None:
    """Make the object be as described; doing it again changes nothing.

    Raises:
        SovranError: a service refused.
    """
    _PUTTERS[type(state)](api, state)
