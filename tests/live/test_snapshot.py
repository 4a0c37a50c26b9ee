# SPDX-License-Identifier: Apache-2.0
"""A recording of the lab, judged again with the network wiped and the lab's services out of reach."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sovran.cloud.snapshots.snapshot import read
from sovran.lab import clouds
from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live

OFFLINE = """
import socket, sys
class Wiped(socket.socket):
    def __init__(self, *arguments, **options):
        raise AssertionError("a replay asked the network")
socket.socket = Wiped
socket.create_connection = socket.getaddrinfo = Wiped
from sovran.cli.main import main
try:
    main()
finally:
    heavy = {"keystoneauth1", "requests", "openstack", "ssl"} & set(sys.modules)
    print("LOADED", sorted(heavy), file=sys.stderr)
"""


def judgements(path: Path) -> Any:
    (report,) = json.loads(path.read_text(encoding="utf-8"))["reports"]
    return report["judgements"]


@pytest.fixture(scope="module")
def taken(lab: LiveLab, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of the whole question, and the live report beside it."""
    folder = tmp_path_factory.mktemp("snapshot")
    ended = lab.sovran(
        "check", "-s", "scs-iaas@v5.1", "--save-snapshot", str(folder / "s"), "-o", str(folder / "live.json")
    )
    assert ended.returncode in (0, 3, 4), ended.stderr
    return folder / "s"


def test_without_network_and_credentials_the_judgements_are_the_same(taken: Path, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", OFFLINE, "check", "--snapshot", str(taken), "-o", str(tmp_path / "again.json")],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        cwd=tmp_path,
    )
    assert ended.returncode in (0, 3, 4), ended.stderr
    assert "LOADED []" in ended.stderr
    assert judgements(tmp_path / "again.json") == judgements(taken.with_name("live.json"))


def test_a_recording_of_one_standard_answers_the_whole_question_and_a_profile(lab: LiveLab, tmp_path: Path) -> None:
    needs = tmp_path / "needs.yaml"
    needs.write_text(
        "name: shop\nflavors: [{vcpus: 2}]\nimages: [Ubuntu]\nnetwork: [ipv6, floating-ip]\n", encoding="utf-8"
    )
    part = tmp_path / "s"
    ended = lab.sovran("check", "-s", "scs-iaas@v5.1", "--standard", "0103", "--save-snapshot", str(part))
    assert ended.returncode in (0, 3, 4), ended.stderr
    lab.sovran("check", "--snapshot", str(part), "-s", "scs-iaas@v5.1", "-o", str(tmp_path / "whole.json"))
    # nothing is made in a cloud for the sake of a recording
    lab.sovran("check", "-s", "scs-iaas@v5.1", "--no-probes", "-o", str(tmp_path / "live.json"))
    whole, live = (
        {one["claim"]: one["verdict"] for one in judgements(tmp_path / name)} for name in ("whole.json", "live.json")
    )
    assert whole == live
    answers = [
        [one["answer"] for one in json.loads(asked.stdout)["clouds"][0]["answers"]]
        for asked in (
            lab.sovran("check", "--profile", str(needs), "--json"),
            lab.sovran("check", "--profile", str(needs), "--snapshot", str(part), "--json"),
        )
    ]
    assert answers[0] == answers[1]
    assert len(answers[0]) == 4


def test_no_credential_of_the_lab_is_inside(lab: LiveLab, taken: Path) -> None:
    first, _, squeezed = taken.read_bytes().partition(b"\n")
    written = (first + gzip.decompress(squeezed)).decode()
    secrets = {
        str(value)
        for entry in clouds.entries(lab.description).values()
        for name, value in entry["auth"].items()
        if name in ("password", "application_credential_secret")
    } | set(lab.description.passwords.values())
    assert secrets
    assert not [secret for secret in secrets if secret in written]
    assert "gAAAA" not in written


def test_an_anonymous_copy_gives_the_same_verdicts(taken: Path, lab: LiveLab, tmp_path: Path) -> None:
    ended = lab.sovran("snapshot", "redact", str(taken), "--anonymous", "-o", str(tmp_path / "a"))
    assert ended.returncode == 0, ended.stderr
    assert lab.sovran("snapshot", "verify", str(tmp_path / "a")).returncode == 0
    assert read(tmp_path / "a").snapshot.cloud.name == "cloud"
