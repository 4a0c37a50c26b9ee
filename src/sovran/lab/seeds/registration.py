# SPDX-License-Identifier: Apache-2.0
"""The catalog as a whole: the lab's own entries, changed as a profile wants."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from sovran.lab import topology
from sovran.lab.databases import endpoint_url
from sovran.lab.description import Description
from sovran.lab.seeds.api import AdminApi
from sovran.lab.seeds.catalog import MARK, AddedEntry, Catalog, CatalogChange, MemberView, put_catalog_state
from sovran.lab.seeds.tally import Tally
from sovran.model.errors import SovranError


@dataclass(frozen=True)
class _Wanted:
    type: str
    name: str
    """Tells the entry from others; types change."""
    url: str
    enabled: bool = True


def converge_catalog(api: AdminApi, changes: tuple[CatalogChange, ...]) -> Tally:
    """Make the catalog that of the lab's services, with these changes; entries that users made are left.

    Raises:
        SovranError: Keystone refused, or the profile wants what profiles cannot do.
    """
    own = _own_entries(api.lab)
    wanted = _with_changes(own, changes)
    catalog = Catalog(api)
    done = [
        _remove(api, service["id"])
        for service in catalog.services
        if service.get("description") == MARK and service["name"] not in [entry.name for entry in wanted]
    ]
    for entry in wanted:
        service = next((item for item in catalog.services if item["name"] == entry.name), None)
        if service is not None:
            done.append(_repair(api, catalog, service, entry))
        else:
            put_catalog_state(api, AddedEntry(type=entry.type, name=entry.name, url=entry.url, present=True))
            done.append("made")
    put_catalog_state(api, MemberView(endpoints=None))
    return Tally(**Counter(done))


def _own_entries(lab: Description) -> list[_Wanted]:
    return [
        _Wanted(kind, name, endpoint_url(lab, service.name, path))
        for service in topology.SERVICES
        if service.name in lab.services
        for kind, name, path in service.endpoints
    ]


def _with_changes(entries: list[_Wanted], changes: tuple[CatalogChange, ...]) -> list[_Wanted]:
    changed = {entry.type: entry for entry in entries}
    for change in changes:
        known = change.same_host_as if change.do == "add-service" else change.type
        if known not in changed:
            continue  # of a service that this lab does not run
        if change.do == "add-service":
            scheme, _, rest = changed[known].url.partition("://")
            changed[change.type] = _Wanted(change.type, change.name, f"{scheme}://{rest.partition('/')[0]}")
        elif change.do == "rename-service":
            changed[change.to] = replace(changed.pop(known), type=change.to)
        elif change.do == "hide-service":
            changed[known] = replace(changed[known], enabled=False)
        else:
            raise SovranError(f"a profile cannot {change.do}: correct the catalog part of the profile file")
    return list(changed.values())


def _remove(api: AdminApi, service_id: str) -> str:
    api.call("keystone", "DELETE", f"/v3/services/{service_id}", allow=[404])
    return "removed"


def _repair(api: AdminApi, catalog: Catalog, service: dict[str, Any], wanted: _Wanted) -> str:
    """Make an existing entry and its endpoints as wanted."""
    done = "kept"
    if (service["type"], service["enabled"]) != (wanted.type, wanted.enabled):
        body = {"service": {"type": wanted.type, "enabled": wanted.enabled}}
        api.call("keystone", "PATCH", f"/v3/services/{service['id']}", body)
        done = "changed"
    for endpoint in catalog.endpoints:
        if endpoint["service_id"] == service["id"] and (endpoint["url"], endpoint["enabled"]) != (wanted.url, True):
            body = {"endpoint": {"url": wanted.url, "enabled": True}}
            api.call("keystone", "PATCH", f"/v3/endpoints/{endpoint['id']}", body)
            done = "changed"
    return done
