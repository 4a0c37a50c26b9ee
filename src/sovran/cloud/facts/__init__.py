# SPDX-License-Identifier: Apache-2.0
"""Facts: one module per thing that can be read from a cloud, with its typed view and the provider that fetches it."""

from collections.abc import Callable
from typing import Any

from sovran.cloud.facts.availability_zones import (
    ComputeZones,
    NetworkZones,
    VolumeZones,
    read_compute_zones,
    read_network_zones,
    read_volume_zones,
)
from sovran.cloud.facts.backups import BackupsAnswer, read_backups_answer
from sovran.cloud.facts.catalog import Catalog, read_catalog
from sovran.cloud.facts.default_group import DefaultGroups, read_default_groups
from sovran.cloud.facts.default_rules import DefaultRules, read_default_rules
from sovran.cloud.facts.flavors import Flavors, read_flavors
from sovran.cloud.facts.floating_ips import FloatingIps, read_floating_ips
from sovran.cloud.facts.images import HiddenImages, Images, read_hidden_images, read_images
from sovran.cloud.facts.network_extensions import NetworkExtensions, read_network_extensions
from sovran.cloud.facts.networks import Networks, read_networks
from sovran.cloud.facts.now import Now, read_now
from sovran.cloud.facts.quotas import Quotas, read_quotas
from sovran.cloud.facts.rbac_policies import RbacPolicies, read_rbac_policies
from sovran.cloud.facts.roles import ManagerRoles, read_manager_roles
from sovran.cloud.facts.s3 import S3Answer, read_s3_answer
from sovran.cloud.facts.secrets import SecretsAnswer, read_secrets_answer
from sovran.cloud.facts.services import ServiceAnswers, read_service_answers
from sovran.cloud.facts.subnet_pools import SubnetPools, read_subnet_pools
from sovran.cloud.facts.subnets import Subnets, read_subnets
from sovran.cloud.facts.tls import TlsServers, read_tls_servers
from sovran.cloud.facts.volume_types import VolumeTypes, read_volume_types
from sovran.cloud.outcome import Outcome
from sovran.cloud.recording import Reader

PROVIDERS: dict[type, Callable[[Reader], Outcome[Any]]] = {
    BackupsAnswer: read_backups_answer,
    Catalog: read_catalog,
    ComputeZones: read_compute_zones,
    DefaultGroups: read_default_groups,
    DefaultRules: read_default_rules,
    Flavors: read_flavors,
    FloatingIps: read_floating_ips,
    HiddenImages: read_hidden_images,
    Images: read_images,
    Now: read_now,
    ManagerRoles: read_manager_roles,
    NetworkExtensions: read_network_extensions,
    NetworkZones: read_network_zones,
    Networks: read_networks,
    Quotas: read_quotas,
    RbacPolicies: read_rbac_policies,
    S3Answer: read_s3_answer,
    SecretsAnswer: read_secrets_answer,
    ServiceAnswers: read_service_answers,
    SubnetPools: read_subnet_pools,
    Subnets: read_subnets,
    TlsServers: read_tls_servers,
    VolumeTypes: read_volume_types,
    VolumeZones: read_volume_zones,
}
"""Fact type to the function that reads it; a rule asks for a fact by naming its type."""

GROWING = (Images, Flavors, HiddenImages)
"""Facts that take the longer the larger the cloud is, the slowest first: a run that asks for them first ends first."""
