# SPDX-License-Identifier: Apache-2.0
"""The services of the lab: what each needs, which ports it opens, how it stands in the catalog; and the lab's users."""

from collections.abc import Iterable
from dataclasses import dataclass

from sovran.model.errors import UsageError

REGION = "RegionOne"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Service:
    """One process of the lab, with all services of one OpenStack project."""

    name: str
    needs: tuple[str, ...] = ()
    endpoints: tuple[tuple[str, str, str], ...] = ()
    """Catalog entries: service type, service name, path of the URL."""
    extra_ports: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()

    @property
    def ports(self) -> tuple[str, ...]:
        """Names of the ports that the process opens."""
        return (self.name, *self.extra_ports)


SERVICES = (
    Service("keystone", endpoints=(("identity", "keystone", "/v3"),), databases=("keystone",)),
    Service("placement", ("keystone",), (("placement", "placement", ""),), databases=("placement",)),
    Service("neutron", ("keystone",), (("network", "neutron", ""),), databases=("neutron",)),
    Service("cinder", ("keystone",), (("block-storage", "cinder", "/v3"),), databases=("cinder",)),
    Service(
        "nova",
        ("keystone", "placement", "glance", "neutron"),
        (("compute", "nova", "/v2.1"),),
        databases=("nova_api", "nova_cell0", "nova_cell1"),
    ),
    Service("octavia", ("keystone", "neutron"), (("load-balancer", "octavia", ""),), databases=("octavia",)),
    Service("glance", ("keystone",), (("image", "glance", ""),), databases=("glance",)),
    Service("barbican", ("keystone",), (("key-manager", "barbican", ""),), databases=("barbican",)),
    Service(
        "swift",
        ("keystone",),
        (("object-store", "swift", "/v1/AUTH_%(project_id)s"), ("object-store-s3", "s3", "")),
        extra_ports=("swift-object", "swift-container", "swift-account"),
    ),
)
"""In the order of starting: those first that others wait for, or that take long."""

BY_NAME = {service.name: service for service in SERVICES}


@dataclass(frozen=True)
class User:
    """A user of the lab: where it lives and which roles it has where."""

    name: str
    domain: str = "Default"
    project: str = ""
    project_roles: tuple[str, ...] = ()
    domain_roles: tuple[str, ...] = ()


ROLES = ("service", "manager", "member", "reader", "creator", "load-balancer_member", "load-balancer_admin")
MEMBER_ROLES = ("member", "creator", "load-balancer_member")
"""What a public cloud gives an ordinary user: `creator` is Barbican's role for storing secrets."""
DOMAINS = ("lab-domain-a", "lab-domain-b")
PEOPLE = (
    User("lab", project="lab", project_roles=MEMBER_ROLES),
    User("lab-reader", project="lab", project_roles=("reader",)),
    User("lab-manager", project="lab", project_roles=("manager", *MEMBER_ROLES)),
    User("manager-a", "lab-domain-a", domain_roles=("manager",)),
    User("manager-b", "lab-domain-b", domain_roles=("manager",)),
    User("member-a", "lab-domain-a", "project-a", MEMBER_ROLES),
    User("member-b", "lab-domain-b", "project-b", MEMBER_ROLES),
)
SERVICE_USERS = tuple(service.name for service in SERVICES if service.name != "keystone")
APPLICATION_CREDENTIAL = "lab-appcred"


def with_needs(names: Iterable[str]) -> tuple[str, ...]:
    """The services asked for and all that they need, in the order of starting.

    Raises:
        UsageError: there is no such service.
    """
    wanted: set[str] = set()
    waiting = ["keystone", *names]
    while waiting:
        name = waiting.pop()
        if name not in BY_NAME:
            raise UsageError(f"the lab has no service {name!r}: it has {', '.join(sorted(BY_NAME))}")
        if name not in wanted:
            wanted.add(name)
            waiting += BY_NAME[name].needs
    return tuple(service.name for service in SERVICES if service.name in wanted)
