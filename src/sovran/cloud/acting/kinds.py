# SPDX-License-Identifier: Apache-2.0
"""The kinds of resources that probes make: where each is listed and deleted, and what services make beside it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Child:
    """Something that a service makes for a resource of ours without our name on it."""

    kind: str
    query: str
    """Of the listing that finds it; `{id}` is the parent's."""


@dataclass(frozen=True)
class Kind:
    """A resource of one API. Paths are below the service's endpoint."""

    name: str
    """The field's term, as users see it."""
    service: str
    """Service type."""
    rank: int
    """Those with a smaller rank are deleted first."""
    path: str = ""
    """The collection; empty for what is no collection's member but a path of its own, such as a role assignment."""
    key: str = ""
    """What wraps the resource in bodies; empty: nothing does."""
    plural: str = ""
    """What wraps a listing."""
    listed: str = ""
    """Path of the listing that tells names; empty: `path`."""
    by_name: str = "name={name}"
    """Query that asks for one name; empty: the API cannot."""
    own: str = ""
    """Query that keeps to the project's or the user's own, with {project} and {user}."""
    id_field: str = "id"
    name_field: str = "name"
    slow: bool = False
    """Deleting takes time: the resource goes on to exist for a while."""
    deletion: str = ""
    """Query of the DELETE."""
    children: tuple[Child, ...] = ()
    microversion: str = ""


SERVER = Kind(
    "server",
    "compute",
    10,
    "/servers",
    "server",
    "servers",
    slow=True,
    children=(Child("port", "device_id={id}"),),
)
BACKUP = Kind("backup", "block-storage", 20, "/backups", "backup", "backups", "/backups/detail", slow=True)
SNAPSHOT = Kind("snapshot", "block-storage", 22, "/snapshots", "snapshot", "snapshots", slow=True)
ATTACHMENT = Kind(
    "attachment", "block-storage", 24, "/attachments", "attachment", "attachments", by_name="", microversion="3.27"
)
VOLUME = Kind(
    "volume",
    "block-storage",
    30,
    "/volumes",
    "volume",
    "volumes",
    "/volumes/detail",
    slow=True,
    # an interrupted backup leaves temporary snapshots and attachments behind
    children=(
        Child("attachment", "volume_id={id}"),
        Child("backup", "volume_id={id}"),
        Child("snapshot", "volume_id={id}"),
    ),
)
IMAGE = Kind("image", "image", 40, "/images", "", "images", own="owner={project}")
RBAC_POLICY = Kind(
    "RBAC policy", "network", 50, "/rbac-policies", "rbac_policy", "rbac_policies", by_name="", name_field=""
)
PORT = Kind("port", "network", 52, "/ports", "port", "ports", own="project_id={project}")
SUBNET = Kind("subnet", "network", 56, "/subnets", "subnet", "subnets", own="project_id={project}")
NETWORK = Kind(
    "network",
    "network",
    58,
    "/networks",
    "network",
    "networks",
    own="project_id={project}",
    children=(
        Child("port", "network_id={id}"),
        Child("subnet", "network_id={id}"),
        Child("RBAC policy", "object_id={id}"),
    ),
)
GROUP_RULE = Kind(
    "security group rule",
    "network",
    59,
    "/security-group-rules",
    "security_group_rule",
    "security_group_rules",
    by_name="description={name}",
    name_field="description",
    own="project_id={project}",
)
SECURITY_GROUP = Kind(
    "security group",
    "network",
    60,
    "/security-groups",
    "security_group",
    "security_groups",
    own="project_id={project}",
    children=(Child("RBAC policy", "object_id={id}"),),
)
CONTAINER = Kind(
    "secret container", "key-manager", 70, "/containers", "", "containers", by_name="", id_field="container_ref"
)
ORDER = Kind(
    "secret order", "key-manager", 71, "/orders", "", "orders", by_name="", id_field="order_ref", name_field=""
)
SECRET = Kind("secret", "key-manager", 72, "/secrets", "", "secrets", id_field="secret_ref")
KEYPAIR = Kind("keypair", "compute", 78, "/os-keypairs", "keypair", "keypairs", by_name="", id_field="name")
OBJECT = Kind("object", "object-store", 80)
OBJECT_CONTAINER = Kind("object container", "object-store", 82)
GRANT = Kind("role assignment", "identity", 86)
MEMBERSHIP = Kind("group membership", "identity", 87)
IMPLIED_ROLE = Kind("implied role", "identity", 87)
APPLICATION_CREDENTIAL = Kind(
    "application credential",
    "identity",
    88,
    "/users/{user}/application_credentials",
    "application_credential",
    "application_credentials",
)
TRUST = Kind("trust", "identity", 89, "/OS-TRUST/trusts", "trust", "trusts", by_name="", own="trustor_user_id={user}")
CREDENTIAL = Kind(
    "credential",
    "identity",
    90,
    "/credentials",
    "credential",
    "credentials",
    by_name="",
    name_field="",
    own="user_id={user}",
)
USER = Kind("user", "identity", 94, "/users", "user", "users")
GROUP = Kind("group", "identity", 95, "/groups", "group", "groups")
PROJECT = Kind("project", "identity", 96, "/projects", "project", "projects")
ROLE = Kind("role", "identity", 97, "/roles", "role", "roles")
DOMAIN = Kind("domain", "identity", 98, "/domains", "domain", "domains")

KINDS = {
    kind.name: kind
    for kind in (
        SERVER,
        BACKUP,
        SNAPSHOT,
        ATTACHMENT,
        VOLUME,
        IMAGE,
        RBAC_POLICY,
        PORT,
        SUBNET,
        NETWORK,
        GROUP_RULE,
        SECURITY_GROUP,
        CONTAINER,
        ORDER,
        SECRET,
        KEYPAIR,
        OBJECT,
        OBJECT_CONTAINER,
        GRANT,
        MEMBERSHIP,
        IMPLIED_ROLE,
        APPLICATION_CREDENTIAL,
        TRUST,
        CREDENTIAL,
        USER,
        GROUP,
        PROJECT,
        ROLE,
        DOMAIN,
    )
}
"""Name to kind: a ledger names kinds."""
