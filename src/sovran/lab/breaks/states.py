# SPDX-License-Identifier: Apache-2.0
"""States of single objects of the lab's cloud: written down before a break, and enforced to make or to undo one."""

import msgspec

from sovran.lab.breaks import service_states
from sovran.lab.breaks.image_states import ImageState, put_image
from sovran.lab.breaks.service_states import ServiceState
from sovran.lab.seeds.api import AdminApi
from sovran.lab.seeds.catalog import AddedEntry, CatalogState, Endpoint, Entry, put_catalog_state
from sovran.lab.seeds.default_rules import list_default_rules, put_default_rule
from sovran.lab.seeds.flavors import list_flavors, put_flavor
from sovran.lab.seeds.offers import DefaultRule, Flavor


class FlavorState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="flavor"):
    """How a flavor is; None: not there."""

    id: str
    flavor: Flavor | None


class DefaultRuleState(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="default rule"):
    """Whether there is a default security group rule that says this."""

    rule: DefaultRule
    present: bool


State = FlavorState | DefaultRuleState | ImageState | ServiceState | CatalogState


def subject(state: State) -> str:
    """Which object the state is of; two states are of the same object when their subjects are equal."""
    if isinstance(state, FlavorState | ImageState):
        return f"{'flavor' if isinstance(state, FlavorState) else 'image'} {state.id}"
    if isinstance(state, DefaultRuleState):
        return f"default security group rule {msgspec.json.encode(state.rule).decode()}"
    if isinstance(state, ServiceState):
        return state.subject
    if isinstance(state, Entry | AddedEntry):
        return f"catalog entry {state.id if isinstance(state, Entry) else f'{state.type} {state.name}'}"
    if isinstance(state, Endpoint):
        return f"endpoint {state.id}"
    return "catalog of the member's project"


def enforce(api: AdminApi, state: State) -> None:
    """Make the object be as described; doing it again changes nothing.

    Raises:
        SovranError: a service refused.
    """
    if isinstance(state, FlavorState):
        put_flavor(api, state.flavor, list_flavors(api).get(state.id))
    elif isinstance(state, DefaultRuleState):
        put_default_rule(api, state.rule, present=state.present, found=list_default_rules(api))
    elif isinstance(state, ImageState):
        put_image(api, state)
    elif isinstance(state, ServiceState):
        service_states.put(api, state)
    else:
        put_catalog_state(api, state)
