# SPDX-License-Identifier: Apache-2.0
"""Profiles as data: what each one wants the lab's cloud to offer, read from `profiles/*.yaml`."""

from collections.abc import Iterator
from importlib import resources
from typing import Any

import msgspec
import yaml

from sovran.lab.seeds.catalog import CatalogChange
from sovran.lab.seeds.offers import (
    NEUTRONS_OWN_RULES,
    DefaultRule,
    Flavor,
    Image,
    Network,
    Profile,
    SubnetPool,
    VolumeType,
    flavor_id,
)
from sovran.model.errors import SovranError, UsageError


class _FlavorRow(msgspec.Struct, forbid_unknown_fields=True):
    row: tuple[str, int, int, int]
    specs: dict[str, str] = {}
    private_to: tuple[str, ...] | None = None


class _ImageDefaults(msgspec.Struct, forbid_unknown_fields=True):
    min_disk: int = 0
    min_ram: int = 0
    build_age_days: int | None = None
    size_kib: int = 64
    tags: tuple[str, ...] = ()
    properties: dict[str, str] = {}


class _ImageRow(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    plain: bool = False
    """Without the file's defaults: only what the row says."""
    min_disk: int | None = None
    min_ram: int | None = None
    build_age_days: int | None = None
    size_kib: int | None = None
    visibility: str = "public"
    owner: str = "provider"
    hidden: bool = False
    deactivated: bool = False
    tags: tuple[str, ...] = ()
    properties: dict[str, str] = {}


class _Bulk(msgspec.Struct, forbid_unknown_fields=True):
    count: int
    flavor_sizes: tuple[tuple[int, int, int], ...]
    flavor_name: str
    image_name: str
    image: _ImageDefaults


class _File(msgspec.Struct, forbid_unknown_fields=True):
    description: str
    extends: str | None = None
    standard_flavors: tuple[tuple[str, int, int, int, str, str | None], ...] = ()
    standard_flavor_extra_specs: dict[str, str] = {}
    flavors: tuple[tuple[str, int, int, int] | dict[str, Any], ...] = ()
    image_defaults: _ImageDefaults = msgspec.field(default_factory=_ImageDefaults)
    images: tuple[_ImageRow, ...] = ()
    volume_types: tuple[VolumeType, ...] = ()
    networks: tuple[Network, ...] = ()
    subnet_pools: tuple[SubnetPool, ...] = ()
    default_rules: tuple[DefaultRule, ...] = ()
    """Templates beside Neutron's own."""
    catalog: tuple[CatalogChange, ...] = ()
    zones: tuple[str, ...] = ("nova",)
    bulk: _Bulk | None = None


def names() -> list[str]:
    """The profiles there are, in alphabetical order."""
    files = resources.files(__package__).joinpath("profiles").iterdir()
    return sorted(entry.name.removesuffix(".yaml") for entry in files if entry.name.endswith(".yaml"))


def load(name: str, count: int | None = None) -> Profile:
    """Read a profile; `count` is N of a profile with a bulk part, such as `large`.

    Raises UsageError for an unknown profile, or a count for a profile that has no use for one.
    """
    if name not in names():
        raise UsageError(f"there is no profile {name!r}: choose one of {', '.join(names())}")
    file = _read(name)
    if count is not None and file.bulk is None:
        raise UsageError(f"the profile {name} takes no number: leave {count} away")
    if count is not None and count < 0:
        raise UsageError(f"{count} cannot be a number of flavors: give 0 or more")
    base = _read(file.extends) if file.extends else None
    parts = [part for part in (base, file) if part]
    flavors = [flavor for part in parts for flavor in _flavors(part)]
    images = [image for part in parts for image in _images(part)]
    if file.bulk is not None:
        amount = file.bulk.count if count is None else count
        flavors += _bulk_flavors(file.bulk, amount)
        images += _bulk_images(file.bulk, base.image_defaults if base else file.image_defaults, amount)
    return Profile(
        name=name,
        description=file.description,
        flavors=tuple(flavors),
        images=tuple(images),
        volume_types=tuple(item for part in parts for item in part.volume_types),
        networks=tuple(item for part in parts for item in part.networks),
        subnet_pools=tuple(item for part in parts for item in part.subnet_pools),
        default_rules=NEUTRONS_OWN_RULES + tuple(rule for part in parts for rule in part.default_rules),
        catalog=tuple(change for part in parts for change in part.catalog),
        zones=file.zones,
    )


def _read(name: str) -> _File:
    text = resources.files(__package__).joinpath("profiles", f"{name}.yaml").read_text("utf-8")
    try:
        return msgspec.convert(yaml.safe_load(text), _File)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise SovranError(
            f"the profile file {name}.yaml of this installation is broken ({error}): install sovran anew"
        ) from None


def _flavors(file: _File) -> Iterator[Flavor]:
    for name, vcpus, ram_gib, disk, cpu_type, disk_type in file.standard_flavors:
        specs = {"scs:cpu-type": cpu_type, "scs:name-v1": "SCS-" + name[4:].replace("-", ":"), "scs:name-v2": name}
        if disk_type is not None:
            specs["scs:disk0-type"] = disk_type
        specs |= file.standard_flavor_extra_specs
        yield Flavor(
            id=flavor_id(name), name=name, vcpus=vcpus, ram_mib=1024 * ram_gib, disk_gb=disk, extra_specs=specs
        )
    for entry in file.flavors:
        row = msgspec.convert(entry if isinstance(entry, dict) else {"row": entry}, _FlavorRow)
        name, vcpus, ram_mib, disk = row.row
        yield Flavor(
            id=flavor_id(name),
            name=name,
            vcpus=vcpus,
            ram_mib=ram_mib,
            disk_gb=disk,
            extra_specs=row.specs,
            public=row.private_to is None,
            private_to=row.private_to or (),
        )


def _images(file: _File) -> Iterator[Image]:
    for row in file.images:
        base = _ImageDefaults() if row.plain else file.image_defaults
        given = {key: getattr(row, key) for key in ("min_disk", "min_ram", "build_age_days", "size_kib")}
        yield Image(
            name=row.name,
            visibility=row.visibility,
            owner=row.owner,
            hidden=row.hidden,
            deactivated=row.deactivated,
            boots=row.visibility == "public" and not row.deactivated,
            tags=base.tags + row.tags,
            properties=base.properties | row.properties,
            **{key: getattr(base, key) if value is None else value for key, value in given.items()},
        )


def _bulk_flavors(bulk: _Bulk, count: int) -> Iterator[Flavor]:
    for number in range(count):
        size = number % len(bulk.flavor_sizes)
        vcpus, ram_gib, disk = bulk.flavor_sizes[size]
        name = bulk.flavor_name.format(size=size, number=number)
        yield Flavor(id=flavor_id(name), name=name, vcpus=vcpus, ram_mib=1024 * ram_gib, disk_gb=disk, extra_specs={})


def _bulk_images(bulk: _Bulk, defaults: _ImageDefaults, count: int) -> Iterator[Image]:
    for number in range(count):
        yield Image(
            name=bulk.image_name.format(number=number),
            min_disk=defaults.min_disk,
            min_ram=defaults.min_ram,
            build_age_days=defaults.build_age_days,
            size_kib=bulk.image.size_kib,
            tags=defaults.tags + bulk.image.tags,
            properties=defaults.properties | bulk.image.properties,
        )
