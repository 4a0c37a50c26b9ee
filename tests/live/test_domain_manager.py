# SPDX-License-Identifier: Apache-2.0
"""Domain managers on a real Keystone: all is tried, nothing stays, and what cannot be tried says so."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sovran.lab import clouds
from sovran.lab.seeds.api import AdminApi
from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live

ONE = ("--persona", "manager=lab-domain-a")
TWO = (*ONE, "--persona", "manager=lab-domain-b")
PROBED = [f"0302-0{number}" for number in range(1, 8)]
SECONDS = 600.0


def entities(lab: LiveLab) -> dict[str, Any]:
    """Everything that the identity service has, as the administrator sees it."""
    with AdminApi(lab.description) as api:
        lists = (
            "users",
            "groups",
            "projects",
            "roles",
            "domains",
            "role_assignments",
            "role_inferences",
            "credentials",
        )
        found: dict[str, Any] = {
            name: sorted(json.dumps(item, sort_keys=True) for item in api.listing("keystone", f"/v3/{name}", name))
            for name in lists
        }
        found["trusts"] = api.listing("keystone", "/v3/OS-TRUST/trusts", "trusts")
        return found


@pytest.fixture(autouse=True)
def nothing_stays(lab: LiveLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """After each test the identity service has exactly what it had before, and no ledger tells of anything."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    before = entities(lab)
    yield
    assert entities(lab) == before
    assert list((tmp_path / "state").rglob("*.jsonl")) == []


def check(lab: LiveLab, path: Path, *arguments: str) -> dict[str, Any]:
    """The report of a run."""
    command = ("check", "--standard", "0302", "-o", str(path), *arguments)
    done = lab.sovran(*command, timeout=SECONDS)
    assert done.returncode in (0, 3, 4), done.stderr
    (report,) = json.loads(path.read_text(encoding="utf-8"))["reports"]
    return dict(report)


def judgements(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """By claim."""
    return {one["claim"]: one for one in report["judgements"]}


def accesses(report: dict[str, Any]) -> set[str]:
    """How the operations ended."""
    (matrix,) = report["matrices"]
    return {cell["access"] for row in matrix["rows"] for cell in row["cells"]}


def test_two_managers_have_all_their_powers_and_no_more(lab: LiveLab, tmp_path: Path) -> None:
    report = check(lab, tmp_path / "r.json", *TWO, "--save-snapshot", str(tmp_path / "s.snap"))
    found = judgements(report)
    assert {claim: found[claim]["verdict"] for claim in PROBED} == dict.fromkeys(PROBED, "PASS")
    assert (
        found["0302-06"]["findings"][0]["message"] == "domain managers can assign reader, member, manager, of 8 roles"
    )
    assert accesses(report) == {"allowed", "denied"}
    (matrix,) = report["matrices"]
    assert matrix["personas"] == ["manager 1", "manager 2"]
    assert len(matrix["rows"]) > 140
    assert {len(row["cells"]) for row in matrix["rows"]} == {2}
    # what was recorded gives the same without the cloud
    replayed = check(lab, tmp_path / "replayed.json", "--snapshot", str(tmp_path / "s.snap"))
    again = judgements(replayed)
    assert {claim: again[claim]["verdict"] for claim in PROBED} == dict.fromkeys(PROBED, "PASS")
    assert replayed["matrices"] == report["matrices"]


def test_an_operator_lets_deletions_be_tried_too(lab: LiveLab, tmp_path: Path) -> None:
    report = check(lab, tmp_path / "r.json", *TWO, "--persona", "admin=lab-admin")
    found = judgements(report)
    assert {claim: found[claim]["verdict"] for claim in PROBED} == dict.fromkeys(PROBED, "PASS")
    (matrix,) = report["matrices"]
    assert {"delete a role", "delete a domain", "let a role imply another"} <= {
        row["operation"] for row in matrix["rows"]
    }
    assert accesses(report) == {"allowed", "denied"}


@pytest.mark.parametrize("lines", [3, 40, 150])
def test_what_a_killed_run_leaves_the_cleanup_deletes(lab: LiveLab, tmp_path: Path, lines: int) -> None:
    before = entities(lab)
    command = [sys.executable, "-m", "sovran", "check", "--standard", "0302", *TWO]
    with subprocess.Popen(
        command, env=lab.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        while running.poll() is None and written(tmp_path) < lines:
            time.sleep(0.02)
        running.kill()
    assert entities(lab) != before
    done = lab.sovran("cleanup", timeout=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr


def written(tmp_path: Path) -> int:
    """Lines of the ledger."""
    return sum(path.read_bytes().count(b"\n") for path in (tmp_path / "state").rglob("*.jsonl"))


def test_with_one_manager_only_the_foreign_domain_is_left_open(lab: LiveLab, tmp_path: Path) -> None:
    found = judgements(check(lab, tmp_path / "r.json", *ONE))
    assert {claim for claim in PROBED if found[claim]["verdict"] == "PASS"} == set(PROBED) - {"0302-04"}
    assert found["0302-04"]["verdict"] == "MISS"
    assert "a domain manager with user name and password in each of two domains" in found["0302-04"]["reason"]


def test_without_managers_nothing_is_run_and_the_reason_says_what_to_give(lab: LiveLab, tmp_path: Path) -> None:
    found = judgements(check(lab, tmp_path / "r.json"))
    for claim in PROBED[1:]:
        assert found[claim]["verdict"] == "MISS"
        assert "give `--persona manager=ENTRY` twice" in found[claim]["reason"]


def test_entries_that_are_no_domain_managers_are_told_why(
    lab: LiveLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = clouds.entries(lab.description)
    wrong = {**entries["lab-domain-a"], "auth": {**entries["lab-domain-a"]["auth"], "password": "no"}}
    path = tmp_path / "clouds.yaml"
    path.write_text(yaml.safe_dump({"clouds": {**entries, "wrong": wrong}}), encoding="utf-8")
    monkeypatch.setattr(clouds, "clouds_file", lambda _: path)
    for entry, words in {
        "lab-appcred": "is an application credential, which is for one project and has no rights in a domain",
        "lab-domain-a-member": "is not for a domain: it needs `domain_name` instead of a project",
        "wrong": "cannot sign in",
    }.items():
        assert_left_out(lab, tmp_path, entry, words)


def test_an_administrator_is_no_domain_manager(lab: LiveLab, tmp_path: Path) -> None:
    with AdminApi(lab.description) as api:

        def id_of(kind: str, name: str) -> str:
            return str(
                next(item["id"] for item in api.listing("keystone", f"/v3/{kind}", kind) if item["name"] == name)
            )

        grant = (
            f"/v3/domains/{id_of('domains', 'lab-domain-a')}/users/{id_of('users', 'manager-a')}"
            f"/roles/{id_of('roles', 'admin')}"
        )
        api.call("keystone", "PUT", grant)
        try:
            assert_left_out(lab, tmp_path, "lab-domain-a", "has the role admin, with which nothing is denied")
        finally:
            api.call("keystone", "DELETE", grant)


def assert_left_out(lab: LiveLab, tmp_path: Path, entry: str, words: str) -> None:
    """Nothing is run with this entry, and the reason says why."""
    found = judgements(check(lab, tmp_path / "r.json", "--persona", f"manager={entry}"))
    assert found["0302-03"]["verdict"] == "MISS"
    assert f"manager 1 {words}" in found["0302-03"]["reason"]
