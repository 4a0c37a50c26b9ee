# SPDX-License-Identifier: Apache-2.0
"""Faults of the network service's configuration: its extension drivers, before and after a break."""

import msgspec

from sovran.lab import lifecycle
from sovran.lab.seeds.api import AdminApi


class SetExtensionDrivers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Neutron runs with these extension drivers of its core plugin."""

    drivers: tuple[str, ...]


class ExtensionDriversState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="extension drivers"):
    """The extension drivers with which Neutron runs."""

    drivers: tuple[str, ...]

    @property
    def subject(self) -> str:
        """Which object the state is of."""
        return "extension drivers of the network service"


def resolve_extension_drivers(
    api: AdminApi, action: SetExtensionDrivers
) -> tuple[ExtensionDriversState, ExtensionDriversState]:
    """The drivers that there are, and those that the action wants."""
    before = ExtensionDriversState(drivers=tuple(lifecycle.existing(api.lab.name).extension_drivers))
    return before, ExtensionDriversState(drivers=action.drivers)


def put_extension_drivers(api: AdminApi, state: ExtensionDriversState) -> None:
    """Let Neutron run so, which takes a start of it when it does not.

    Raises:
        SovranError: it did not start.
    """
    if tuple(lifecycle.existing(api.lab.name).extension_drivers) != state.drivers:
        lifecycle.extend_network(api.lab.name, state.drivers)
