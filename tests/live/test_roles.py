# SPDX-License-Identifier: Apache-2.0
"""Who may do what on real services: every operation of the table is tried by everyone, and nothing stays."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sovran.lab import content
from tests.live.inventory import inventory
from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live

USERS = ("lab", "lab-admin", "lab-manager", "lab-domain-a-member")
FOREIGN = ("--persona", "foreign=lab-domain-a-member")
ALL = (*FOREIGN, "--persona", "reader=lab-reader", "--persona", "manager=lab-manager", "--persona", "admin=lab-admin")
SECONDS = 600.0
CINDER = {"create a volume", "create a snapshot", "rename a volume", "write metadata of a volume", "delete a volume"}
"""What Cinder's default policies let readers do as long as `enforce_new_defaults` is not set."""


@pytest.fixture(scope="module", autouse=True)
def seeded(lab: LiveLab) -> None:
    """The lab with the profile scs."""
    content.apply_profile(lab.name, "scs", None, lambda _: None)


@pytest.fixture(autouse=True)
def nothing_stays(lab: LiveLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """After each test everybody has exactly what was there before, and no ledger tells of anything."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    before = inventory(lab, USERS)
    yield
    assert inventory(lab, USERS) == before
    assert list((tmp_path / "state").rglob("*.jsonl")) == []


def check(lab: LiveLab, path: Path, *arguments: str, cloud: str = "lab") -> dict[str, Any]:
    """The report of a run."""
    command = ("check", "--standard", "sovran-roles", "-o", str(path / "report.json"), *arguments)
    done = lab.sovran(*command, cloud=cloud, timeout=SECONDS)
    assert done.returncode in (0, 3, 4), done.stderr
    (report,) = json.loads((path / "report.json").read_text(encoding="utf-8"))["reports"]
    return dict(report)


def verdicts(report: dict[str, Any]) -> dict[str, str]:
    return {one["claim"]: one["verdict"] for one in report["judgements"]}


def cells(report: dict[str, Any], title: str) -> list[tuple[str, str, str, str]]:
    """Operation, target, persona, and what came of it."""
    (matrix,) = [matrix for matrix in report["matrices"] if matrix["title"] == title]
    return [
        (row["operation"], row["target"], cell["persona"], cell["access"])
        for row in matrix["rows"]
        for cell in row["cells"]
    ]


def test_everybody_tries_everything(lab: LiveLab, tmp_path: Path) -> None:
    report = check(lab, tmp_path, *ALL)
    found = cells(report, "roles")
    assert len(found) > 350
    counted = Counter(access for *_, access in found)
    assert {(what, who) for what, _, who, access in found if access == "LEAK"} == {(what, "reader") for what in CINDER}
    assert (counted["MISSING"], counted["unclear"]) == (0, 0)
    shared = {(what, who): access for what, _, who, access in cells(report, "sharing")}
    assert [what for what, access in shared.items() if access == "LEAK"] == [
        ("share a network with a project", "member"),
        ("make a network external for a project", "member"),
        ("find an external network of a member", "foreign"),
    ]
    assert shared["share a security group with everyone", "member"] == "denied"
    assert shared["open the security group", "foreign"] == "denied"
    failed = {"roles-02", "roles-08", "roles-09"}
    assert verdicts(report) == {
        f"roles-{number:02}": "FAIL" if f"roles-{number:02}" in failed else "PASS" for number in range(1, 11)
    }
    assert all(run["left"] == [] for run in report["probes"])


def test_without_other_users_only_the_member_is_judged(lab: LiveLab, tmp_path: Path) -> None:
    report = check(lab, tmp_path)
    assert {who for _, _, who, _ in cells(report, "roles")} == {"member"}
    decided = {claim for claim, verdict in verdicts(report).items() if verdict != "MISS"}
    assert decided == {"roles-03", "roles-06"}
    (reason,) = {one["reason"] for one in report["judgements"] if one["claim"] == "roles-07"}
    assert "--persona foreign=ENTRY" in reason


def test_who_does_not_fit_a_persona_is_left_out(lab: LiveLab, tmp_path: Path) -> None:
    report = check(
        lab, tmp_path, "--probe", "roles", "--persona", "reader=lab-manager", "--persona", "foreign=lab-reader"
    )
    assert {who for _, _, who, _ in cells(report, "roles")} == {"member"}
    reasons = {one["claim"]: one["reason"] for one in report["judgements"]}
    assert "it is no mere reader: its roles are" in reasons["roles-02"]
    assert "it is not a user of another project" in reasons["roles-05"]


def test_the_report_for_a_snapshot_says_the_same_again(lab: LiveLab, tmp_path: Path) -> None:
    kept = tmp_path / "kept.snapshot"
    first = check(lab, tmp_path, *FOREIGN, "--probe", "sharing", "--save-snapshot", str(kept))
    done = lab.sovran("check", "--snapshot", str(kept), "-o", str(tmp_path / "again.json"))
    assert done.returncode in (0, 3, 4), done.stderr
    (again,) = json.loads((tmp_path / "again.json").read_text(encoding="utf-8"))["reports"]
    assert verdicts(again) == verdicts(first)
    assert again["matrices"] == first["matrices"]
