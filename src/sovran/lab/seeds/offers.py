# SPDX-License-Identifier: Apache-2.0
"""What a cloud can be made to offer, as records: flavors, images, volume types, networks, default rules, profiles."""

import uuid

import msgspec

from sovran.lab.seeds.catalog import CatalogChange

_IDS = uuid.UUID("5a0c3a52-9b7c-4f7e-9a55-5d0c1f0b3b51")
"""Namespace of the flavor ids: the same name has the same id in every lab, so listings have one order."""


def flavor_id(name: str) -> str:
    """The id under which seeds and breaks create the flavor of this name."""
    return str(uuid.uuid5(_IDS, name))


class Flavor(msgspec.Struct, frozen=True, kw_only=True):
    """A flavor as Nova keeps it: RAM in MiB, disk in GB."""

    id: str
    name: str
    vcpus: int
    ram_mib: int
    disk_gb: int
    extra_specs: dict[str, str] = {}
    public: bool = True
    private_to: tuple[str, ...] = ()
    """Owners (`member`, `other`) who may use it when it is not public."""


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """An image; `min_disk` in GiB, `min_ram` in MiB, `properties` as Glance's additional properties."""

    name: str
    min_disk: int = 0
    min_ram: int = 0
    size_kib: int = 64
    build_age_days: int | None = None
    """Age that image_build_date shall have when it is seeded; None: no such property."""
    visibility: str = "public"
    owner: str = "provider"
    hidden: bool = False
    deactivated: bool = False
    boots: bool = False
    """In a lab with guests its content is the guest image, not zeros; `size_kib` is without meaning then."""
    tags: tuple[str, ...] = ()
    """Beside the one that marks what seeding made."""
    properties: dict[str, str] = {}


class VolumeType(msgspec.Struct, frozen=True, kw_only=True):
    """A volume type; `encrypted` gives it LUKS encryption on the compute node."""

    name: str
    description: str
    encrypted: bool = False
    public: bool = True


class Network(msgspec.Struct, frozen=True, kw_only=True):
    """A network with at most one subnet."""

    name: str
    cidr: str | None
    external: bool = False
    shared: bool = False
    default: bool = False
    """Of the external networks the one that is taken where none is named."""
    owner: str = "provider"


class SubnetPool(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses from which projects can take subnets; lengths of prefixes in bits."""

    name: str
    prefixes: tuple[str, ...]
    default_prefixlen: int
    min_prefixlen: int
    max_prefixlen: int
    shared: bool = True
    is_default: bool = False


class DefaultRule(msgspec.Struct, frozen=True, kw_only=True):
    """A template from which Neutron makes the rules of a new security group."""

    direction: str
    ethertype: str
    protocol: str | None = None
    port_range_min: int | None = None
    port_range_max: int | None = None
    remote_ip_prefix: str | None = None
    remote_group_id: str | None = None
    used_in_default_sg: bool = True
    used_in_non_default_sg: bool = True


NEUTRONS_OWN_RULES = (
    DefaultRule(direction="egress", ethertype="IPv4"),
    DefaultRule(direction="egress", ethertype="IPv6"),
    DefaultRule(direction="ingress", ethertype="IPv4", remote_group_id="PARENT", used_in_non_default_sg=False),
    DefaultRule(direction="ingress", ethertype="IPv6", remote_group_id="PARENT", used_in_non_default_sg=False),
)
"""The templates that Neutron's database migrations bring; they are what 0115 asks for."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a seeded lab offers."""

    name: str
    description: str
    flavors: tuple[Flavor, ...] = ()
    images: tuple[Image, ...] = ()
    volume_types: tuple[VolumeType, ...] = ()
    networks: tuple[Network, ...] = ()
    subnet_pools: tuple[SubnetPool, ...] = ()
    default_rules: tuple[DefaultRule, ...] = NEUTRONS_OWN_RULES
    catalog: tuple[CatalogChange, ...] = ()
    zones: tuple[str, ...] = ("nova",)
    """Availability zones, taken in turn by the lab's hosts."""
