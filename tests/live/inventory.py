# SPDX-License-Identifier: Apache-2.0
"""Everything that a lab's users have, listed by the services' own APIs: what tests compare before and after."""

from typing import Any

from sovran.cloud.acting.marker import read_marker
from sovran.lab.rest import Rest
from tests.live.live_lab import LiveLab

Inventory = set[tuple[str, str, str]]
"""Kind, id and name of each thing."""
OWN = (
    ("compute", "/servers", "servers"),
    ("compute", "/os-keypairs", "keypairs"),
    ("compute", "/os-server-groups", "server_groups"),
    ("block-storage", "/volumes", "volumes"),
    ("block-storage", "/snapshots", "snapshots"),
    ("block-storage", "/backups", "backups"),
    ("block-storage", "/attachments", "attachments"),
    ("key-manager", "/v1/secrets?limit=100", "secrets"),
    ("key-manager", "/v1/containers?limit=100", "containers"),
    ("key-manager", "/v1/orders?limit=100", "orders"),
    ("load-balancer", "/v2.0/lbaas/loadbalancers", "loadbalancers"),
    ("identity", "/users/{user}/application_credentials", "application_credentials"),
    ("identity", "/credentials?user_id={user}", "credentials"),
    ("identity", "/OS-TRUST/trusts?trustor_user_id={user}", "trusts"),
)
"""What each user lists of its own."""
OF_ALL = (
    ("image", "/v2/images?limit=1000", "images"),
    ("network", "/v2.0/networks", "networks"),
    ("network", "/v2.0/subnets", "subnets"),
    ("network", "/v2.0/ports", "ports"),
    ("network", "/v2.0/security-groups", "security_groups"),
    ("network", "/v2.0/security-group-rules", "security_group_rules"),
    ("network", "/v2.0/rbac-policies", "rbac_policies"),
    ("network", "/v2.0/routers", "routers"),
    ("network", "/v2.0/floatingips", "floatingips"),
    ("compute", "/flavors?is_public=none", "flavors"),
    ("compute", "/os-aggregates", "aggregates"),
    ("block-storage", "/types?is_public=none", "volume_types"),
    ("identity", "/users", "users"),
    ("identity", "/groups", "groups"),
    ("identity", "/projects", "projects"),
    ("identity", "/domains", "domains"),
    ("identity", "/roles", "roles"),
    ("identity", "/role_assignments", "role_assignments"),
    ("identity", "/role_inferences", "role_inferences"),
)
"""What the administrator lists of everybody."""
OF_NETWORKS = "network:distributed"
"""Owner of the port that OVN has on each network, as long as that is there."""
MICROVERSIONS = {"/attachments": {"OpenStack-API-Version": "volume 3.27"}}


def inventory(lab: LiveLab, users: tuple[str, ...] = ("lab", "lab-admin")) -> Inventory:
    """What there is."""
    found: Inventory = set()
    for cloud in users:
        with lab.sign_in(cloud) as client:
            for service, path, key in OWN:
                where = path.format(user=client.token["user"]["id"])
                answer = client.call(service, "GET", where, headers=MICROVERSIONS.get(path))
                found |= {_entry(key, one) for one in answer[key]}
            found |= _containers(client)
    with lab.sign_in("lab-admin") as admin:
        for project in admin.call("identity", "GET", "/projects")["projects"]:
            # Neutron makes the default group of a project when somebody asks for it for the first time;
            # it would outlive the projects that probes make
            if read_marker(project["name"]):
                continue
            admin.call("network", "GET", f"/v2.0/security-groups?project_id={project['id']}")
        for service, path, key in OF_ALL:
            several = admin.call(service, "GET", path)[key]
            found |= {_entry(key, one) for one in several if one.get("device_owner") != OF_NETWORKS}
    return found


def _containers(client: Rest) -> Inventory:
    names = {one["name"] for one in client.call("object-store", "GET", "?format=json") or ()}
    objects = {
        ("objects", name, one["name"])
        for name in names
        for one in client.call("object-store", "GET", f"/{name}?format=json") or ()
    }
    return {("object containers", name, name) for name in names} | objects


def _entry(key: str, item: dict[str, Any]) -> tuple[str, str, str]:
    inner = item.get("keypair", item)
    reference = next((str(value) for field, value in inner.items() if field.endswith("_ref")), "")
    identifier = str(inner.get("id") or reference or inner.get("name") or sorted(map(str, inner.items())))
    return key, identifier, str(inner.get("name") or "")
