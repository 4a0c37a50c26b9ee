# SPDX-License-Identifier: Apache-2.0
"""Keystone's service catalog: its entries, and the changes that profiles and breaks make to it."""

from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from sovran.lab import topology
from sovran.lab.seeds.api import AdminApi
from sovran.model.errors import SovranError

INTERFACES = ("public", "internal", "admin")
MARK = "made by sovran lab"
"""Description of the entries that seeding and breaks add."""


class CatalogChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change of the catalog, as profiles and breaks write it down; `type` says which entry."""

    do: Literal["add-service", "rename-service", "hide-service", "hide-from-member", "hide-endpoint", "move-endpoint"]
    type: str
    to: str = ""
    """rename-service: the new type."""
    name: str = ""
    """add-service: the new entry's name."""
    same_host_as: str = ""
    """add-service: type of the entry with whose scheme, host and port the new one's URL is made."""
    interface: str = "public"
    """hide-endpoint, move-endpoint: which endpoint."""
    url: str = ""
    """move-endpoint: where it then leads."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="service"):
    """State of a catalog entry that exists: its type, and whether it is shown."""

    id: str
    type: str
    enabled: bool


class AddedEntry(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="added service"):
    """State of an entry that a change adds: there or not."""

    type: str
    name: str
    url: str
    present: bool


class Endpoint(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="endpoint"):
    """State of an endpoint: where it leads, and whether it is shown."""

    id: str
    url: str
    enabled: bool


class MemberView(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="member view"):
    """Which endpoints the catalog shows to the member's project: these ids; None: all, the normal case."""

    endpoints: tuple[str, ...] | None


CatalogState = Entry | AddedEntry | Endpoint | MemberView


class Catalog:
    """Keystone's services and endpoints as they are now."""

    def __init__(self, api: AdminApi) -> None:
        """Read them."""
        self._api = api
        self.services = api.listing("keystone", "/v3/services", "services")
        self.endpoints = api.listing("keystone", "/v3/endpoints", "endpoints")

    def service(self, service_type: str) -> dict[str, Any]:
        """The entry of this type.

        Raises:
            SovranError: there is none.
        """
        for service in self.services:
            if service["type"] == service_type:
                return service
        raise SovranError(f"the lab's catalog has no {service_type}: start the lab with that service")

    def endpoint(self, service_type: str, interface: str) -> dict[str, Any]:
        """The endpoint of an entry for an interface.

        Raises:
            SovranError: there is none.
        """
        service_id = self.service(service_type)["id"]
        for endpoint in self.endpoints:
            if endpoint["service_id"] == service_id and endpoint["interface"] == interface:
                return endpoint
        raise SovranError(f"the lab's catalog has no {interface} endpoint of {service_type}: run `sovran lab reset`")

    def resolve(self, change: CatalogChange) -> tuple[CatalogState, CatalogState]:
        """What a change finds and what it wants: the state of one object before and after.

        Raises:
            SovranError: it speaks of an entry that is not there.
        """
        if change.do == "add-service":
            parts = urlsplit(self.endpoint(change.same_host_as, "public")["url"])
            before = AddedEntry(
                type=change.type, name=change.name, url=f"{parts.scheme}://{parts.netloc}", present=False
            )
            return before, msgspec.structs.replace(before, present=True)
        if change.do == "hide-from-member":
            hidden = self.service(change.type)["id"]
            shown = tuple(item["id"] for item in self.endpoints if item["service_id"] != hidden)
            return MemberView(endpoints=None), MemberView(endpoints=shown)
        if change.do in ("rename-service", "hide-service"):
            service = self.service(change.type)
            entry = Entry(id=service["id"], type=service["type"], enabled=service["enabled"])
            if change.do == "rename-service":
                return entry, msgspec.structs.replace(entry, type=change.to)
            return entry, msgspec.structs.replace(entry, enabled=False)
        item = self.endpoint(change.type, change.interface)
        endpoint = Endpoint(id=item["id"], url=item["url"], enabled=item["enabled"])
        if change.do == "hide-endpoint":
            return endpoint, msgspec.structs.replace(endpoint, enabled=False)
        return endpoint, msgspec.structs.replace(endpoint, url=change.url)


def put_catalog_state(api: AdminApi, state: CatalogState) -> None:
    """Make one object of the catalog be as described; doing it again changes nothing.

    Raises:
        SovranError: Keystone refused.
    """
    if isinstance(state, Entry):
        body = {"service": {"type": state.type, "enabled": state.enabled}}
        api.call("keystone", "PATCH", f"/v3/services/{state.id}", body)
    elif isinstance(state, Endpoint):
        body = {"endpoint": {"url": state.url, "enabled": state.enabled}}
        api.call("keystone", "PATCH", f"/v3/endpoints/{state.id}", body)
    elif isinstance(state, AddedEntry):
        _put_added_entry(api, state)
    else:
        _put_member_view(api, state)


def _put_added_entry(api: AdminApi, state: AddedEntry) -> None:
    same = [
        item["id"]
        for item in api.listing("keystone", f"/v3/services?type={state.type}", "services")
        if item.get("name") == state.name
    ]
    for service_id in same if not state.present else same[1:]:
        api.call("keystone", "DELETE", f"/v3/services/{service_id}", allow=[404])
    if not state.present or same:
        return
    body: dict[str, Any] = {"service": {"type": state.type, "name": state.name, "description": MARK}}
    service_id = api.call("keystone", "POST", "/v3/services", body)["service"]["id"]
    for interface in INTERFACES:
        fields = {"service_id": service_id, "interface": interface, "url": state.url, "region_id": topology.REGION}
        api.call("keystone", "POST", "/v3/endpoints", {"endpoint": fields})


def _put_member_view(api: AdminApi, state: MemberView) -> None:
    path = f"/v3/OS-EP-FILTER/projects/{api.project('member')}/endpoints"
    shown = {item["id"] for item in api.listing("keystone", path, "endpoints")}
    wanted = set(state.endpoints or ())
    for endpoint_id in sorted(wanted - shown):
        api.call("keystone", "PUT", f"{path}/{endpoint_id}", allow=[404])
    for endpoint_id in sorted(shown - wanted):
        api.call("keystone", "DELETE", f"{path}/{endpoint_id}", allow=[404])
