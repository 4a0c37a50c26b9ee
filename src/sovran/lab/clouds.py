# SPDX-License-Identifier: Apache-2.0
"""The lab's clouds.yaml and the exports that make a shell use it."""

import shlex
from pathlib import Path
from typing import Any

import yaml

from sovran.lab import topology
from sovran.lab.description import Description
from sovran.lab.folders import write_private
from sovran.lab.identities import auth_url

DEFAULT_CLOUD = "lab"


def entries(lab: Description) -> dict[str, dict[str, Any]]:
    """Cloud name to its entry."""

    def by_password(user: str, domain: str, **scope: str) -> dict[str, Any]:
        auth = {"username": user, "password": lab.passwords[user], "user_domain_name": domain, **scope}
        return _entry(lab, auth)

    def in_project(user: str, project: str, domain: str = "Default") -> dict[str, Any]:
        return by_password(user, domain, project_name=project, project_domain_name=domain)

    secret = {
        "application_credential_name": topology.APPLICATION_CREDENTIAL,
        "application_credential_secret": lab.passwords[topology.APPLICATION_CREDENTIAL],
        "username": "lab",
        "user_domain_name": "Default",
    }
    clouds = {
        DEFAULT_CLOUD: in_project("lab", "lab"),
        "lab-admin": in_project("admin", "admin"),
        "lab-reader": in_project("lab-reader", "lab"),
        "lab-system": by_password("admin", "Default", system_scope="all"),
        "lab-appcred": {"auth_type": "v3applicationcredential", **_entry(lab, secret)},
    }
    if "lab-manager" in lab.passwords:
        # labs that were made before there was this user do not have it
        clouds["lab-manager"] = in_project("lab-manager", "lab")
    for letter in ("a", "b"):
        domain = f"lab-domain-{letter}"
        clouds[domain] = by_password(f"manager-{letter}", domain, domain_name=domain)
        clouds[f"{domain}-member"] = in_project(f"member-{letter}", f"project-{letter}", domain)
    return clouds


def _entry(lab: Description, auth: dict[str, str]) -> dict[str, Any]:
    return {
        "auth": {"auth_url": auth_url(lab), **auth},
        "region_name": topology.REGION,
        "identity_api_version": "3",
    }


def render(lab: Description, trusted: Path | None = None) -> str:
    """The text of clouds.yaml; `trusted` is a file with the authority of the lab's TLS proxies."""
    head = f"# Clouds of the lab {lab.name!r}; `sovran lab env` tells a shell to use this file.\n"
    trust = {"cacert": str(trusted)} if trusted else {}
    clouds = {name: {**entry, **trust} for name, entry in entries(lab).items()}
    return head + yaml.safe_dump({"clouds": clouds}, sort_keys=False)


def write(folder: Path, lab: Description) -> None:
    """Write a lab's clouds.yaml, which trusts the lab's authority as soon as there is one."""
    authority = authority_file(folder)
    write_private(clouds_file(folder), render(lab, authority if authority.exists() else None))


def authority_file(folder: Path) -> Path:
    """Where the certificate is that signs those of the lab's TLS proxies; not there before the first of them."""
    return folder / "etc" / "tls" / "authority.pem"


def clouds_file(folder: Path) -> Path:
    """Where a lab's clouds.yaml is."""
    return folder / "clouds.yaml"


def exports(folder: Path) -> str:
    """Lines for a shell's eval."""
    variables = {"OS_CLIENT_CONFIG_FILE": str(clouds_file(folder)), "OS_CLOUD": DEFAULT_CLOUD}
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items())
