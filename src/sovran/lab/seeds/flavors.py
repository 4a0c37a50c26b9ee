# SPDX-License-Identifier: Apache-2.0
"""Nova's flavors: listed, made to be as wanted one by one, and as a whole."""

from collections import Counter

from sovran.lab.seeds.api import COMPUTE, AdminApi
from sovran.lab.seeds.offers import Flavor
from sovran.lab.seeds.tally import Tally


def list_flavors(api: AdminApi) -> dict[str, Flavor]:
    """All flavors of the lab by id; `private_to` has ids of projects."""
    path = "/v2.1/flavors/detail?is_public=None&limit=1000"
    flavors = {}
    for item in api.listing("nova", path, "flavors", COMPUTE):
        public = bool(item["os-flavor-access:is_public"])
        flavors[item["id"]] = Flavor(
            id=item["id"],
            name=item["name"],
            vcpus=item["vcpus"],
            ram_mib=item["ram"],
            disk_gb=item["disk"],
            extra_specs=item["extra_specs"],
            public=public,
            private_to=() if public else _access(api, item["id"]),
        )
    return flavors


def _access(api: AdminApi, flavor_id: str) -> tuple[str, ...]:
    answer = api.call("nova", "GET", f"/v2.1/flavors/{flavor_id}/os-flavor-access", headers=COMPUTE)
    return tuple(sorted(entry["tenant_id"] for entry in answer["flavor_access"]))


def put_flavor(api: AdminApi, wanted: Flavor | None, found: Flavor | None) -> str:
    """Make one flavor be as wanted (None: not there), given how it was found.

    Nova cannot change a flavor's figures, so a flavor with other figures is deleted and made anew under the same id.

    Returns:
        What was done: `made`, `changed`, `kept` or `removed`.

    Raises:
        SovranError: Nova refused.
    """
    if wanted is not None:
        access = tuple(sorted(api.project(owner) for owner in wanted.private_to))
        if found is not None and _figures(found) == _figures(wanted) and found.private_to == access:
            return _put_extra_specs(api, wanted, found)
    if found is not None:
        api.call("nova", "DELETE", f"/v2.1/flavors/{found.id}", headers=COMPUTE, allow=[404])
        if wanted is None:
            return "removed"
    if wanted is None:
        return "kept"
    body = {
        "id": wanted.id,
        "name": wanted.name,
        "vcpus": wanted.vcpus,
        "ram": wanted.ram_mib,
        "disk": wanted.disk_gb,
        "os-flavor-access:is_public": wanted.public,
    }
    api.call("nova", "POST", "/v2.1/flavors", {"flavor": body}, headers=COMPUTE)
    if wanted.extra_specs:
        _post_extra_specs(api, wanted.id, wanted.extra_specs)
    for project in access:
        api.call(
            "nova",
            "POST",
            f"/v2.1/flavors/{wanted.id}/action",
            {"addTenantAccess": {"tenant": project}},
            headers=COMPUTE,
        )
    return "made" if found is None else "changed"


def _figures(flavor: Flavor) -> tuple[str, int, int, int, bool]:
    return flavor.name, flavor.vcpus, flavor.ram_mib, flavor.disk_gb, flavor.public


def _post_extra_specs(api: AdminApi, flavor_id: str, extra_specs: dict[str, str]) -> None:
    body = {"extra_specs": extra_specs}
    api.call("nova", "POST", f"/v2.1/flavors/{flavor_id}/os-extra_specs", body, headers=COMPUTE)


def _put_extra_specs(api: AdminApi, wanted: Flavor, found: Flavor) -> str:
    if wanted.extra_specs == found.extra_specs:
        return "kept"
    changed = {key: value for key, value in wanted.extra_specs.items() if found.extra_specs.get(key) != value}
    if changed:
        _post_extra_specs(api, wanted.id, changed)
    for key in found.extra_specs.keys() - wanted.extra_specs.keys():
        path = f"/v2.1/flavors/{wanted.id}/os-extra_specs/{key}"
        api.call("nova", "DELETE", path, headers=COMPUTE, allow=[404])
    return "changed"


def converge_flavors(api: AdminApi, wanted: tuple[Flavor, ...]) -> Tally:
    """Make the lab's flavors exactly these."""
    found = list_flavors(api)
    superfluous = [flavor for flavor in found.values() if flavor.id not in {item.id for item in wanted}]
    # Names are unique in Nova: what has to go goes first.
    done = api.each(lambda flavor: put_flavor(api, None, flavor), superfluous)
    if any(not flavor.public for flavor in wanted):
        api.project("member")
    done += api.each(lambda flavor: put_flavor(api, flavor, found.get(flavor.id)), wanted)
    return Tally(**Counter(done))
