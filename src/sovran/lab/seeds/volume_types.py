# SPDX-License-Identifier: Apache-2.0
"""Cinder's volume types that a profile wants."""

from collections import Counter
from typing import Any

from sovran.lab.seeds.api import AdminApi
from sovran.lab.seeds.offers import VolumeType
from sovran.lab.seeds.tally import Tally

MARK = "lab:seeded"
"""Extra spec of the types that seeding made; only those are ever removed."""

LUKS = {"provider": "luks", "cipher": "aes-xts-plain64", "key_size": 256, "control_location": "front-end"}
"""How types of the lab encrypt."""


def converge_volume_types(api: AdminApi, wanted: tuple[VolumeType, ...]) -> Tally:
    """Make the volume types with our mark exactly these; a type that volumes use is left.

    Raises:
        SovranError: Cinder refused.
    """
    found = {
        item["name"]: item
        for item in api.listing("cinder", "/v3/types?is_public=None", "volume_types")
        if MARK in (item.get("extra_specs") or {})
    }
    names = {item.name for item in wanted}
    done = api.each(lambda item: _remove(api, item["id"]), [item for name, item in found.items() if name not in names])
    done += api.each(lambda item: _put(api, item, found.get(item.name)), wanted)
    return Tally(**Counter(done))


def _remove(api: AdminApi, type_id: str) -> str:
    path = f"/v3/types/{type_id}"
    api.call("cinder", "DELETE", path, allow=[400, 404])
    left = api.call("cinder", "GET", path, allow=[404])
    return "stuck" if left else "removed"


def _put(api: AdminApi, wanted: VolumeType, found: dict[str, Any] | None) -> str:
    if found is not None:
        if (found["description"] or "") == wanted.description and found["is_public"] == wanted.public:
            return "kept"
        body = {"name": wanted.name, "description": wanted.description, "is_public": wanted.public}
        api.call("cinder", "PUT", f"/v3/types/{found['id']}", {"volume_type": body})
        return "changed"
    body = {
        "name": wanted.name,
        "description": wanted.description,
        "os-volume-type-access:is_public": wanted.public,
        "extra_specs": {MARK: "yes"},
    }
    type_id = api.call("cinder", "POST", "/v3/types", {"volume_type": body})["volume_type"]["id"]
    if wanted.encrypted:
        api.call("cinder", "POST", f"/v3/types/{type_id}/encryption", {"encryption": LUKS})
    return "made"
