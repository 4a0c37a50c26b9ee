# SPDX-License-Identifier: Apache-2.0
"""`openstack sovereignty check` on a stub: the real command, its formatters, its own token and no second one."""

import csv
import json
from collections.abc import Iterator
from importlib.metadata import entry_points, requires
from pathlib import Path

import pytest

from sovran.osc import plugin
from tests.cli.stub_cloud import TOKENS, StubCloud
from tests.osc.openstack import openstack


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[StubCloud]:
    """A cloud on loopback without any flavor."""
    with StubCloud(tmp_path) as stub:
        yield stub


def test_rows_are_those_of_sovran_check_and_only_one_token_is_taken(cloud: StubCloud) -> None:
    ended = openstack("sovereignty", "check", "--standard", "0103", "-f", "json", environment=cloud.environment())
    assert ended.returncode == 4
    rows = json.loads(ended.stdout)
    assert list(rows[0]) == ["Claim", "Reading", "Level", "Verdict", "Reason"]
    assert [row["Claim"] for row in rows][:2] == ["scs-0103-flavor-1v-4", "scs-0103-flavor-2v-8"]
    assert {row["Verdict"] for row in rows if row["Reading"] == "official"} == {"FAIL"}
    assert "NOT CONFORMANT" not in ended.stdout
    assert "scs-iaas@v5.1 main: NOT CONFORMANT: all 15 selected fail" in ended.stderr
    assert [method for method, path, _, _ in cloud.requests if path == TOKENS] == ["POST"]


def test_columns_can_be_chosen(cloud: StubCloud) -> None:
    words = ("--testcase", "scs-0103-flavor-1v-4", "-f", "csv", "-c", "Claim", "-c", "Verdict")
    ended = openstack("sovereignty", "check", *words, environment=cloud.environment())
    assert list(csv.reader(ended.stdout.splitlines())) == [["Claim", "Verdict"], ["scs-0103-flavor-1v-4", "FAIL"]]


def test_an_admin_is_refused_in_one_sentence(cloud: StubCloud) -> None:
    cloud.token["roles"] = [{"id": "a", "name": "admin"}]
    ended = openstack("sovereignty", "check", environment=cloud.environment())
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("Cloud 'stub' cannot be judged like this: the user has the roles admin")
    assert ended.stderr.count("\n") == 1
    judged = openstack("sovereignty", "check", "--allow-admin", "--standard", "0103", environment=cloud.environment())
    assert judged.returncode == 4
    assert "judged with admin rights" in judged.stderr


def test_a_wrong_question_is_one_sentence_and_nothing_is_read(cloud: StubCloud) -> None:
    ended = openstack("sovereignty", "check", "--scope", "scs-iass", environment=cloud.environment())
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "did you mean `scs-iaas`" in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert all(path.startswith("/v3") for _, path, _, _ in cloud.requests)


def test_the_command_is_registered_and_costs_other_users_nothing() -> None:
    (extension,) = [one for one in entry_points(group="openstack.cli.extension") if one.name == "sovereignty"]
    assert extension.load() is plugin
    (command,) = entry_points(group=f"openstack.sovereignty.v{plugin.DEFAULT_API_VERSION}")
    assert command.name == "sovereignty_check"
    core = [one for one in requires("sovran") or () if "extra ==" not in one]
    assert not [one for one in core if one.startswith(("osc-lib", "python-openstackclient", "openstacksdk"))]
