# SPDX-License-Identifier: Apache-2.0
"""The kinds of resources that probes make: where each is listed and deleted, and what services make beside it."""

from dataclasses import dataclass

STARTS = "name__startswith=sovran-probe-"
"""The identity service cuts long listings off without saying where the rest is."""


@dataclass(frozen=True)
class Child:
    """Something that a service makes for a resource of ours without our name on it."""

    kind: str
    query: str
    """Of the listing that finds it; `{id}` is the parent's. A service may pass over it."""
    field: str
    """Of the child, that is `value`: any other is none of ours."""
    value: str = "{id}"
    service_names: tuple[str, ...] = ("",)
    """Names that services give it, with `{id}`; one of another name is ours only if that is a marked one."""


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
    """The collection; empty also for what is known by a path of its own, such as a role assignment."""
    key: str = ""
    """What wraps the resource in bodies; empty: nothing does."""
    plural: str = ""
    """What wraps a listing; a dot: nothing does; empty: there is none, and a ledger tells the path of each."""
    listed: str = ""
    """Path of the listing that tells names; empty: `path`."""
    by_name: str = "name={name}"
    """Query that asks for one name; empty: the API cannot."""
    own: str = ""
    """Query that keeps to the project's or the user's own, with {project} and {user}; a service may pass over it."""
    project_field: str = ""
    """Field that names the project it belongs to; empty: a listing has no others' but an administrator's."""
    id_field: str = "id"
    name_field: str = "name"
    """With dots between the keys where it lies deeper; empty: it has no name."""
    suffix: str = ""
    """What services append to the name of what they make beside one of ours."""
    slow: bool = False
    """Deleting takes time: the resource goes on to exist for a while."""
    not_while: str = ""
    """Status in which a service accepts the DELETE and does not do it well."""
    deletion: str = ""
    """Query of the DELETE."""
    with_user: bool = False
    """It ends with the user who has it, or who made it."""
    disabled_first: bool = False
    """It must be disabled before it can be deleted."""
    contents: str = ""
    """Query that lists what has to be deleted before it."""
    children: tuple[Child, ...] = ()
    microversion: str = ""
    parting: str = ""
    """The PUT below another resource that takes it away, where no DELETE does, and after a blank the field of its body
    that names it.
    """

    def removal(self, path: str) -> tuple[str, str, dict[str, str] | None]:
        """Method, path and body of the request that deletes what has that path."""
        if not self.parting:
            return "DELETE", path + self.deletion, None
        base, _, identifier = path.rpartition("/")
        verb, _, field = self.parting.partition(" ")
        return "PUT", f"{base}/{verb}", {field: identifier}

    @property
    def placed(self) -> bool:
        """True for what has no listing: it is known by its path alone."""
        return not self.plural


SERVER = Kind(
    "server",
    "compute",
    10,
    "/servers",
    "server",
    "servers",
    slow=True,
    children=(Child("port", "device_id={id}", "device_id"),),
)
BACKUP = Kind("backup", "block-storage", 20, "/backups", "backup", "backups", "/backups/detail", slow=True)
SNAPSHOT = Kind("snapshot", "block-storage", 22, "/snapshots", "snapshot", "snapshots", slow=True)
ATTACHMENT = Kind(
    "attachment",
    "block-storage",
    24,
    "/attachments",
    "attachment",
    "attachments",
    by_name="",
    name_field="",
    microversion="3.27",
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
    # one that no host was chosen for yet is dropped without its encryption key, which stays in the key manager
    not_while="creating",
    # an interrupted backup leaves temporary snapshots, volumes and attachments behind
    children=(
        Child("attachment", "volume_id={id}", "volume_id"),
        Child("snapshot", "volume_id={id}", "volume_id", service_names=("", "backup-snap-{id}")),
        Child("volume", "name=backup-vol-{id}", "name", "backup-vol-{id}", ("backup-vol-{id}",)),
    ),
)
IMAGE = Kind("image", "image", 40, "/images", "", "images", own="owner={project}", project_field="owner")
RBAC_POLICY = Kind(
    "RBAC policy", "network", 50, "/rbac-policies", "rbac_policy", "rbac_policies", by_name="", name_field=""
)
PORT = Kind("port", "network", 52, "/ports", "port", "ports", own="project_id={project}", project_field="project_id")
FLOATING_IP = Kind(
    "floating IP",
    "network",
    46,
    "/floatingips",
    "floatingip",
    "floatingips",
    by_name="description={name}",
    name_field="description",
    own="project_id={project}",
    project_field="project_id",
)
ROUTER_INTERFACE = Kind(
    "router interface",
    "network",
    53,
    "/ports",
    "port",
    "ports",
    by_name="",
    name_field="",
    parting="remove_router_interface port_id",
)
"""A port by which a router hangs on a network, which only the router gives up; made and found below its router."""
ROUTER = Kind(
    "router",
    "network",
    54,
    "/routers",
    "router",
    "routers",
    own="project_id={project}",
    project_field="project_id",
    children=(Child("router interface", "device_id={id}", "device_id"),),
)
SUBNET = Kind(
    "subnet", "network", 56, "/subnets", "subnet", "subnets", own="project_id={project}", project_field="project_id"
)
NETWORK = Kind(
    "network",
    "network",
    58,
    "/networks",
    "network",
    "networks",
    own="project_id={project}",
    project_field="project_id",
    children=(
        Child("port", "network_id={id}", "network_id", service_names=()),
        Child("subnet", "network_id={id}", "network_id", service_names=()),
        Child("RBAC policy", "object_id={id}", "object_id"),
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
    project_field="project_id",
)
SECURITY_GROUP = Kind(
    "security group",
    "network",
    60,
    "/security-groups",
    "security_group",
    "security_groups",
    own="project_id={project}",
    project_field="project_id",
    children=(Child("RBAC policy", "object_id={id}", "object_id"),),
)
SECRET = Kind(
    "secret",
    "key-manager",
    72,
    "/secrets",
    "",
    "secrets",
    by_name="name={name}&limit=100",
    own="limit=100",
    id_field="secret_ref",
)
KEYPAIR = Kind("keypair", "compute", 78, "/os-keypairs", "keypair", "keypairs", by_name="", id_field="name")
SERVER_GROUP = Kind(
    "server group", "compute", 79, "/os-server-groups", "server_group", "server_groups", by_name="", microversion="2.64"
)
FLAVOR = Kind("flavor", "compute", 98, "/flavors", "flavor", "flavors", by_name="is_public=none", own="is_public=none")
AGGREGATE = Kind("aggregate", "compute", 98, "/os-aggregates", "aggregate", "aggregates", by_name="")
VOLUME_TYPE = Kind(
    "volume type",
    "block-storage",
    98,
    "/types",
    "volume_type",
    "volume_types",
    by_name="is_public=none",
    own="is_public=none",
)
LOAD_BALANCER = Kind(
    "load balancer",
    "load-balancer",
    8,
    "/lbaas/loadbalancers",
    "loadbalancer",
    "loadbalancers",
    own="project_id={project}",
    project_field="project_id",
    slow=True,
    deletion="?cascade=true",
)
BUCKET = Kind(
    "object container",
    "object-store",
    82,
    plural=".",
    listed="?format=json",
    by_name="prefix={name}&format=json",
    own="prefix=sovran-probe-&format=json",
    id_field="name",
    suffix="+segments",
    contents="?format=json",
    # where S3 keeps the parts of large objects
    children=(Child("object container", "prefix={id}%2B&format=json", "name", "{id}+segments", ("{id}+segments",)),),
)
"""A container of Swift, also when it was made as a bucket of S3: both are the same thing."""
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
    with_user=True,
)
TRUST = Kind("trust", "identity", 89, "/OS-TRUST/trusts", "trust", "trusts", by_name="", name_field="", with_user=True)
CREDENTIAL = Kind(
    "EC2 credential",
    "identity",
    90,
    "/credentials",
    "credential",
    "credentials",
    by_name="user_id={user}",
    # its blob is JSON text, in which an EC2 credential's access key may be a marked name
    name_field="blob.access",
    own="user_id={user}",
    with_user=True,
)
USER = Kind("user", "identity", 94, "/users", "user", "users", own=STARTS)
GROUP = Kind("group", "identity", 95, "/groups", "group", "groups", own=STARTS)
PROJECT = Kind("project", "identity", 96, "/projects", "project", "projects", own=STARTS)
ROLE = Kind("role", "identity", 97, "/roles", "role", "roles", own=STARTS)
DOMAIN = Kind("domain", "identity", 98, "/domains", "domain", "domains", own=STARTS, disabled_first=True)

KINDS = {
    kind.name: kind
    for kind in (
        SERVER,
        BACKUP,
        SNAPSHOT,
        ATTACHMENT,
        VOLUME,
        IMAGE,
        FLOATING_IP,
        RBAC_POLICY,
        PORT,
        ROUTER_INTERFACE,
        ROUTER,
        SUBNET,
        NETWORK,
        GROUP_RULE,
        SECURITY_GROUP,
        SECRET,
        KEYPAIR,
        SERVER_GROUP,
        FLAVOR,
        AGGREGATE,
        VOLUME_TYPE,
        LOAD_BALANCER,
        BUCKET,
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
