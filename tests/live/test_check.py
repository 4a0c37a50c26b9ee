# SPDX-License-Identifier: Apache-2.0
"""`sovran check` on the lab's clouds: who may judge, and what it is told."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sovran.lab import clouds
from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live

JUDGED = {0, 3, 4}
"""Exit codes of a run that gave a verdict; which one depends on what the lab offers."""


def test_a_member_judges(lab: LiveLab, tmp_path: Path) -> None:
    ended = lab.sovran("check", "--no-probes", "-o", str(tmp_path / "r.json"))
    assert ended.returncode in JUDGED
    assert ended.stderr == ""
    (report,) = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["reports"]
    assert (report["cloud"]["project"], report["cloud"]["admin"], report["notes"]) == ("lab", False, [])
    # each listing once, and one harmless read of every mandatory service
    assert report["requests"] <= 30


def test_an_application_credential_judges(lab: LiveLab) -> None:
    assert lab.sovran("check", "--standard", "0123", cloud="lab-appcred").returncode in JUDGED


REFUSED = {
    "lab-admin": ("the roles admin", "--allow-admin"),
    "lab-reader": ("lacks the role 'member'", "has: reader"),
    "lab-domain-a": ("scoped to the domain 'lab-domain-a'", "manager"),
    "lab-system": ("scoped to the whole system", "name a project"),
    "lab-reder": ("did you mean 'lab-reader'", "has no cloud 'lab-reder'"),
}


@pytest.mark.parametrize(("cloud", "words"), REFUSED.items())
def test_who_cannot_judge_is_told_so_at_once(lab: LiveLab, tmp_path: Path, cloud: str, words: tuple[str, ...]) -> None:
    ended = lab.sovran("check", "-c", cloud, "-o", str(tmp_path / "r.json"))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert all(word in ended.stderr for word in words)
    assert ended.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_an_admin_may_judge_when_asked_to_and_the_report_says_so(lab: LiveLab, tmp_path: Path) -> None:
    ended = lab.sovran("check", "-c", "lab-admin", "--allow-admin", "-o", str(tmp_path / "r.json"))
    assert ended.returncode in JUDGED
    assert "with admin rights" in ended.stdout
    (report,) = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["reports"]
    assert report["cloud"]["admin"]


def test_a_wrong_password_is_refused_and_not_shown(lab: LiveLab, tmp_path: Path) -> None:
    entry = clouds.entries(lab.description)["lab"]
    entry["auth"]["password"] = "not-the-password"
    file = tmp_path / "clouds.yaml"
    file.write_text(yaml.safe_dump({"clouds": {"wrong": entry}}), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "sovran", "check", "-c", "wrong"],
        capture_output=True,
        text=True,
        env=lab.environment() | {"OS_CLIENT_CONFIG_FILE": str(file)},
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "refused the credentials of user 'lab' (401)" in ended.stderr
    assert "not-the-password" not in ended.stderr
    assert ended.stderr.count("\n") == 1
