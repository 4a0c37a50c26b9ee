# SPDX-License-Identifier: Apache-2.0
"""What a break can do: each action finds one object of the cloud and says how it is to be afterwards."""

from functools import cached_property
from typing import Any

import msgspec

from sovran.lab.breaks import service_states
from sovran.lab.breaks.image_states import AddImage, ImagesOfLab, SetImage
from sovran.lab.breaks.service_states import ServiceAction
from sovran.lab.breaks.states import DefaultRuleState, FlavorState, State
from sovran.lab.breaks.tls_states import SecureEndpoints, resolve_secure_endpoints
from sovran.lab.seeds.api import AdminApi
from sovran.lab.seeds.catalog import Catalog, CatalogChange
from sovran.lab.seeds.default_rules import FoundRule, list_default_rules
from sovran.lab.seeds.flavors import list_flavors
from sovran.lab.seeds.offers import DefaultRule, Flavor, flavor_id
from sovran.model.errors import SovranError


class AddFlavor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """There is a public flavor of this name with these figures."""

    name: str
    vcpus: int
    ram_mib: int
    disk_gb: int = 0
    extra_specs: dict[str, str] = {}


class DeleteFlavor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """There is no flavor of this name."""

    flavor: str


class ResizeFlavor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The flavor of this name has these figures; those not given stay."""

    flavor: str
    vcpus: int | None = None
    ram_mib: int | None = None
    disk_gb: int | None = None


class SetExtraSpecs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The flavor of this name has these extra_specs beside its others; null: it has none of this key."""

    flavor: str
    extra_specs: dict[str, str | None]


class AddDefaultRule(DefaultRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """There is a default security group rule that says this."""


class DeleteDefaultRule(DefaultRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """There is no default security group rule that says this."""


OneObject = (
    AddFlavor
    | DeleteFlavor
    | ResizeFlavor
    | SetExtraSpecs
    | AddDefaultRule
    | DeleteDefaultRule
    | CatalogChange
    | AddImage
    | SetImage
    | ServiceAction
)
"""Those that speak of one object."""
Action = OneObject | SecureEndpoints

_TYPES: dict[str, type[Action]] = {
    "add-flavor": AddFlavor,
    "delete-flavor": DeleteFlavor,
    "resize-flavor": ResizeFlavor,
    "set-extra-specs": SetExtraSpecs,
    "add-default-rule": AddDefaultRule,
    "delete-default-rule": DeleteDefaultRule,
    "add-image": AddImage,
    "set-image": SetImage,
    "secure-endpoints": SecureEndpoints,
    **service_states.TYPES,
}


def read_action(written: dict[str, Any]) -> Action:
    """An action as the table writes it: `do`, and what it needs.

    Raises:
        msgspec.ValidationError: it needs something else.
    """
    kind = _TYPES.get(str(written.get("do")))
    if kind is None:
        return msgspec.convert(written, CatalogChange)
    return msgspec.convert({key: value for key, value in written.items() if key != "do"}, kind)


class Cloud:
    """The lab's cloud as a break finds it; each listing is read once, when first needed."""

    def __init__(self, api: AdminApi) -> None:
        """Nothing is read yet."""
        self._api = api

    @cached_property
    def _flavors(self) -> dict[str, Flavor]:
        return {flavor.name: flavor for flavor in list_flavors(self._api).values()}

    @cached_property
    def _rules(self) -> list[FoundRule]:
        return list_default_rules(self._api)

    @cached_property
    def _catalog(self) -> Catalog:
        return Catalog(self._api)

    @cached_property
    def _images(self) -> ImagesOfLab:
        return ImagesOfLab(self._api)

    def changes(self, action: Action) -> list[tuple[State, State]]:
        """How each object of the action is, and how the action wants it.

        Raises:
            SovranError: an object that it speaks of is not there.
        """
        if isinstance(action, SecureEndpoints):
            return [*resolve_secure_endpoints(self._api, action)]
        return [self.resolve(action)]

    def resolve(self, action: OneObject) -> tuple[State, State]:
        """How the action's object is, and how the action wants it.

        Raises:
            SovranError: the object that it speaks of is not there.
        """
        if isinstance(action, CatalogChange):
            return self._catalog.resolve(action)
        if isinstance(action, AddImage | SetImage):
            return self._images.resolve(action)
        if isinstance(action, ServiceAction):
            return service_states.resolve(self._api, action)
        if isinstance(action, AddDefaultRule | DeleteDefaultRule):
            rule = DefaultRule(**msgspec.structs.asdict(action))
            present = any(found.rule == rule for found in self._rules)
            wanted = isinstance(action, AddDefaultRule)
            if not wanted and not present:
                raise SovranError(
                    f"the lab has no default security group rule for {rule.direction} by {rule.ethertype} like the one"
                    " to be taken away: run `sovran lab seed scs` first"
                )
            return DefaultRuleState(rule=rule, present=present), DefaultRuleState(rule=rule, present=wanted)
        return self._resolve_flavor(action)

    def _resolve_flavor(
        self, action: AddFlavor | DeleteFlavor | ResizeFlavor | SetExtraSpecs
    ) -> tuple[FlavorState, FlavorState]:
        if isinstance(action, AddFlavor):
            existing = self._flavors.get(action.name)
            identifier = existing.id if existing else flavor_id(action.name)
            added = Flavor(
                id=identifier,
                name=action.name,
                vcpus=action.vcpus,
                ram_mib=action.ram_mib,
                disk_gb=action.disk_gb,
                extra_specs=action.extra_specs,
            )
            return FlavorState(id=identifier, flavor=existing), FlavorState(id=identifier, flavor=added)
        before = self._flavors.get(action.flavor)
        if before is None:
            raise SovranError(f"the lab offers no flavor {action.flavor} to break: run `sovran lab seed scs` first")
        return FlavorState(id=before.id, flavor=before), FlavorState(id=before.id, flavor=_changed(before, action))


def _changed(flavor: Flavor, action: DeleteFlavor | ResizeFlavor | SetExtraSpecs) -> Flavor | None:
    if isinstance(action, DeleteFlavor):
        return None
    if isinstance(action, SetExtraSpecs):
        merged = flavor.extra_specs | action.extra_specs
        return msgspec.structs.replace(
            flavor, extra_specs={key: value for key, value in merged.items() if value is not None}
        )
    return msgspec.structs.replace(
        flavor,
        vcpus=flavor.vcpus if action.vcpus is None else action.vcpus,
        ram_mib=flavor.ram_mib if action.ram_mib is None else action.ram_mib,
        disk_gb=flavor.disk_gb if action.disk_gb is None else action.disk_gb,
    )
