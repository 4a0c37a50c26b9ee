# SPDX-License-Identifier: Apache-2.0
"""A running lab as the live tests see it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sovran.lab import clouds, folders, lifecycle, rest
from sovran.lab.description import Description


@dataclass(frozen=True)
class LiveLab:
    """A running lab."""

    name: str

    @property
    def folder(self) -> Path:
        """Its folder, with logs and databases."""
        return folders.lab_folder(self.name)

    @property
    def description(self) -> Description:
        """Ports, passwords, profile."""
        return lifecycle.existing(self.name)

    def environment(self, cloud: str = "lab") -> dict[str, str]:
        """Variables with which a program uses one of its clouds."""
        plain = {key: value for key, value in os.environ.items() if not key.startswith("OS_")}
        return {**plain, "OS_CLIENT_CONFIG_FILE": str(clouds.clouds_file(self.folder)), "OS_CLOUD": cloud}

    def sign_in(self, cloud: str = "lab") -> rest.Rest:
        """A client for one of the clouds with a password (close it)."""
        auth = clouds.entries(self.description)[cloud]["auth"]
        return rest.Rest(auth["auth_url"], rest.password_auth(*_user(auth), _scope(auth)))

    def sovran(self, *arguments: str, cloud: str = "lab", timeout: float = 180) -> subprocess.CompletedProcess[str]:
        """Run the sovran command against it."""
        command = [sys.executable, "-m", "sovran", *arguments]
        variables = self.environment(cloud)
        return subprocess.run(command, capture_output=True, text=True, env=variables, timeout=timeout, check=False)


def _user(auth: dict[str, str]) -> tuple[str, str, str]:
    return auth["username"], auth["user_domain_name"], auth["password"]


def _scope(auth: dict[str, str]) -> dict[str, Any]:
    if "project_name" in auth:
        return {"project": {"name": auth["project_name"], "domain": {"name": auth["project_domain_name"]}}}
    if "domain_name" in auth:
        return {"domain": {"name": auth["domain_name"]}}
    return {"system": {"all": True}}
