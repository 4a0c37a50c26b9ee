# SPDX-License-Identifier: Apache-2.0
"""What Keystone must know before anything else runs: projects, users, roles, the catalog, an application credential."""

from typing import Any

from sovran.lab import databases, topology
from sovran.lab.description import Description
from sovran.lab.rest import Rest, password_auth


def auth_url(lab: Description) -> str:
    """URL of the lab's identity API."""
    return f"http://{topology.LOOPBACK}:{lab.ports['keystone']}/v3"


def create_identities(lab: Description) -> None:
    """Create everything in a Keystone that has just been bootstrapped."""
    scope = {"project": {"name": "admin", "domain": {"name": "Default"}}}
    with Rest(auth_url(lab), password_auth("admin", "Default", lab.passwords["admin"], scope)) as admin:
        Builder(lab, admin).build()
    _create_application_credential(lab)


class Builder:
    """Creates the objects and remembers their ids by name."""

    def __init__(self, lab: Description, admin: Rest) -> None:
        self._lab = lab
        self._admin = admin
        self._domains = {"Default": "default"}
        self._projects: dict[str, str] = {}
        self._roles: dict[str, str] = {}

    def build(self) -> None:
        """Create all."""
        listed = self._admin.call("identity", "GET", "/roles")["roles"]
        self._roles = {role["name"]: role["id"] for role in listed}
        for role in topology.ROLES:
            if role not in self._roles:
                self._roles[role] = self._create("role", name=role)
        for domain in topology.DOMAINS:
            self._domains[domain] = self._create("domain", name=domain)
        for user in topology.SERVICE_USERS:
            self._user(topology.User(user, project="service", project_roles=("admin", "service")))
        for person in topology.PEOPLE:
            self._user(person)
        self._grant_admin()
        self._catalog()

    def _create(self, kind: str, **fields: Any) -> str:
        created = self._admin.call("identity", "POST", f"/{kind}s", {kind: fields})
        return str(created[kind]["id"])

    def _put(self, path: str) -> None:
        self._admin.call("identity", "PUT", path)

    def _user(self, user: topology.User) -> None:
        domain = self._domains[user.domain]
        created = self._create("user", name=user.name, domain_id=domain, password=self._lab.passwords[user.name])
        if user.project and user.project not in self._projects:
            self._projects[user.project] = self._create("project", name=user.project, domain_id=domain)
        for role in user.project_roles:
            self._put(f"/projects/{self._projects[user.project]}/users/{created}/roles/{self._roles[role]}")
        for role in user.domain_roles:
            self._put(f"/domains/{domain}/users/{created}/roles/{self._roles[role]}")

    def _grant_admin(self) -> None:
        token = self._admin.token
        role = self._roles["load-balancer_admin"]
        self._put(f"/projects/{token['project']['id']}/users/{token['user']['id']}/roles/{role}")

    def _catalog(self) -> None:
        for service in topology.SERVICES:
            for kind, name, path in service.endpoints:
                if kind == "identity":
                    continue  # made by the bootstrap
                identifier = self._create("service", type=kind, name=name)
                url = databases.endpoint_url(self._lab, service.name, path)
                for interface in ("public", "internal", "admin"):
                    self._create(
                        "endpoint", service_id=identifier, interface=interface, url=url, region_id=topology.REGION
                    )


def _create_application_credential(lab: Description) -> None:
    scope = {"project": {"name": "lab", "domain": {"name": "Default"}}}
    name = topology.APPLICATION_CREDENTIAL
    with Rest(auth_url(lab), password_auth("lab", "Default", lab.passwords["lab"], scope)) as member:
        member.call(
            "identity",
            "POST",
            f"/users/{member.token['user']['id']}/application_credentials",
            {"application_credential": {"name": name, "secret": lab.passwords[name]}},
        )
