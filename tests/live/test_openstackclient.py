# SPDX-License-Identifier: Apache-2.0
"""`openstack sovereignty check` on the lab: the same verdicts as `sovran check`, over openstackclient's session."""

import json
from pathlib import Path

import pytest

from tests.live.live_lab import LiveLab
from tests.osc.openstack import openstack

pytestmark = pytest.mark.live


def test_both_commands_come_to_the_same_verdicts(lab: LiveLab, tmp_path: Path) -> None:
    words = ("--scope", "scs-iaas@v5.1", "--standard", "0103", "--standard", "0123")
    theirs = openstack("sovereignty", "check", *words, "-f", "json", environment=lab.environment())
    ours = lab.sovran("check", *words, "-o", str(tmp_path / "r.json"))
    (report,) = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["reports"]
    expected = [(one["claim"], one["verdict"], one["reason"]) for one in report["judgements"]]
    assert [(row["Claim"], row["Verdict"], row["Reason"]) for row in json.loads(theirs.stdout)] == expected
    assert theirs.returncode == ours.returncode


def test_a_profile_on_all_clouds_of_the_lab(lab: LiveLab, tmp_path: Path) -> None:
    """Nine entries, of which some are refused: each has its column, and members see what they need."""
    (tmp_path / "p.yaml").write_text("services: [s3, load-balancer, key-manager, backups, volumes]", encoding="utf-8")
    ended = lab.sovran("check", "--profile", str(tmp_path / "p.yaml"), "--all-clouds", "--json")
    clouds = {one["cloud"]["name"]: one for one in json.loads(ended.stdout)["clouds"]}
    assert {one["answer"] for one in clouds["lab"]["answers"]} == {"yes"}
    assert {one["answer"] for one in clouds["lab-admin"]["answers"]} == {"undecided"}
    assert "an admin sees what tenants do not" in clouds["lab-admin"]["obstacle"]
    assert ended.returncode == 3
