# SPDX-License-Identifier: Apache-2.0
"""INI files as data, and the sections that many services share."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sovran.lab.description import Description
from sovran.lab.topology import LOOPBACK, REGION

Sections = Mapping[str, Mapping[str, object]]
BUSY_TIMEOUT = 60
"""Seconds that a writer waits for SQLite's lock."""


@dataclass(frozen=True)
class Setting:
    """What a configuration file depends on."""

    lab: Description
    folder: Path
    packages: Path
    """Folder of the environment; upstream's own files are below its etc/."""

    @property
    def keystone(self) -> str:
        """URL of the identity API."""
        return f"{self.url('keystone')}/v3"

    def url(self, service: str) -> str:
        """URL of a service, without a path."""
        return f"http://{LOOPBACK}:{self.lab.ports[service]}"

    def data(self, name: str) -> str:
        """Path below the lab's state."""
        return str(self.folder / "data" / name)

    def etc(self, service: str, name: str) -> str:
        """Path of a rendered file."""
        return str(self.folder / "etc" / service / name)

    def upstream(self, service: str, name: str) -> str:
        """Path of a file that the service's package ships."""
        return str(self.packages / "etc" / service / name)

    def database(self, name: str) -> str:
        """SQLAlchemy URL of a database."""
        return database_url(self.folder / "data", name)

    def log(self, service: str) -> dict[str, object]:
        """Options of [DEFAULT] that make oslo.log write a file of bounded size."""
        return {
            "log_file": str(self.folder / "log" / f"{service}.log"),
            "log_rotation_type": "size",
            "max_logfile_size_mb": 10,
            "max_logfile_count": 1,
        }


def database_url(data: Path, name: str) -> str:
    """SQLAlchemy URL of a database in the folder `data`."""
    return f"sqlite:///{data / name}.sqlite?timeout={BUSY_TIMEOUT}"


def render(sections: Sections) -> str:
    """The text of an INI file; booleans in lower case, None left out."""
    lines: list[str] = []
    for section, options in sections.items():
        lines.append(f"[{section}]")
        for key, value in options.items():
            if value is not None:
                lines.append(f"{key} = {str(value).lower() if isinstance(value, bool) else value}")
        lines.append("")
    return "\n".join(lines)


def sign_in(setting: Setting, user: str) -> dict[str, object]:
    """Options with which keystoneauth signs in a service's user."""
    return {
        "auth_url": setting.keystone,
        "auth_type": "password",
        "project_domain_name": "Default",
        "user_domain_name": "Default",
        "project_name": "service",
        "username": user,
        "password": setting.lab.passwords[user],
        "region_name": REGION,
        # under the three names that projects give the option: the admin endpoints, which no break moves or gives TLS
        "valid_interfaces": "admin",
        "interface": "admin",
        "endpoint_type": "admin",
    }


def token_validation(setting: Setting, user: str) -> dict[str, object]:
    """Options of [keystone_authtoken]."""
    return {
        "www_authenticate_uri": setting.keystone,
        **sign_in(setting, user),
        "service_token_roles": "service",
        "service_token_roles_required": True,
    }


NO_NOTIFICATIONS = {"driver": "noop"}
NEW_POLICY = {"enforce_scope": True, "enforce_new_defaults": True}
IN_MEMORY_RPC = "fake:///"
"""oslo.messaging's in-memory transport: RPC only happens inside one project, hence inside one process."""
