# SPDX-License-Identifier: Apache-2.0
"""What is remembered of a lab."""

import base64
import stat
from pathlib import Path

import pytest

from sovran.lab import description, topology
from sovran.lab.description import Description
from sovran.model.errors import SovranError


def test_two_labs_share_no_secret(described: Description) -> None:
    other = description.draw("y", ("keystone",), described.ports)
    secrets = [{*lab.passwords.values(), *lab.keys.values(), lab.marker} for lab in (described, other)]
    assert not secrets[0] & secrets[1]
    assert all(len(secret) >= 24 for secret in secrets[0])


def test_each_user_has_a_password_of_its_own(described: Description) -> None:
    assert {"admin", "nova", "lab", "lab-reader", "manager-a", "member-b"} <= set(described.passwords)
    assert topology.APPLICATION_CREDENTIAL in described.passwords
    assert len(set(described.passwords.values())) == len(described.passwords)


def test_keys_have_the_forms_that_the_services_ask_for(described: Description) -> None:
    assert len(base64.b64decode(described.keys["barbican_kek"])) == 32
    assert len(described.keys["octavia_server_certs"]) == 32


def test_it_is_saved_privately_and_read_back(described: Description, tmp_path: Path) -> None:
    description.save(tmp_path, described)
    assert description.load(tmp_path) == described
    assert stat.S_IMODE((tmp_path / description.FILE).stat().st_mode) == 0o600


def test_no_lab_is_none(tmp_path: Path) -> None:
    assert description.load(tmp_path) is None


def test_a_broken_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / description.FILE).write_text('{"name": 1}', encoding="utf-8")
    with pytest.raises(SovranError, match=r"lab\.json cannot be read .*: remove"):
        description.load(tmp_path)
