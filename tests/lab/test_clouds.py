# SPDX-License-Identifier: Apache-2.0
"""clouds.yaml and the exports for bash."""

import subprocess
from pathlib import Path

import pytest
import yaml

from sovran.lab import clouds
from sovran.lab.description import Description


def test_it_offers_every_kind_of_user(described: Description) -> None:
    entries = yaml.safe_load(clouds.render(described))["clouds"]
    assert set(entries) == {
        "lab",
        "lab-admin",
        "lab-reader",
        "lab-manager",
        "lab-system",
        "lab-appcred",
        "lab-domain-a",
        "lab-domain-a-member",
        "lab-domain-b",
        "lab-domain-b-member",
    }
    assert entries["lab"]["auth"]["project_name"] == "lab"
    assert entries["lab-domain-a"]["auth"]["domain_name"] == "lab-domain-a"
    assert entries["lab-system"]["auth"]["system_scope"] == "all"
    assert entries["lab-appcred"]["auth_type"] == "v3applicationcredential"


def test_each_entry_bears_the_password_of_its_user(described: Description) -> None:
    for entry in clouds.entries(described).values():
        auth = entry["auth"]
        secret = auth.get("password") or auth["application_credential_secret"]
        user = auth["username"] if "password" in auth else auth["application_credential_name"]
        assert secret == described.passwords[user]


@pytest.mark.parametrize("folder", ["/plain", "/with space", '/it\'s "quoted"', "/$HOME `id` \\ !", "/ünï/☁"])
def test_exports_survive_bash(folder: str) -> None:
    program = 'eval "$1"; printf "%s\\n%s" "$OS_CLIENT_CONFIG_FILE" "$OS_CLOUD"'
    done = subprocess.run(
        ["bash", "-c", program, "bash", clouds.exports(Path(folder))], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n") == [f"{folder}/clouds.yaml", "lab"]
