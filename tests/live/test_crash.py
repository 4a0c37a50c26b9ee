# SPDX-License-Identifier: Apache-2.0
"""Runs that are killed, each with one resource of each kind at one point: cleanup leaves what was there before."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sovran.cloud.acting.cleanup import Order, clean_ledgers
from sovran.cloud.acting.kept import kept_ledgers
from sovran.cloud.acting.kinds import KINDS
from sovran.cloud.acting.marker import read_marker
from sovran.lab import content
from sovran.lab.rest import Rest
from tests.live.crash_program import POINTS
from tests.live.inventory import inventory
from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live
NOT_MADE = {"load balancer"}
"""Probes only try it as a user to whom it has to be denied; one of the lab's takes minutes."""
SETTLED = 25.0
"""Seconds in which the lab has done what it was asked for, even when much else runs beside it."""


@pytest.fixture(scope="module", autouse=True)
def seeded(lab: LiveLab) -> None:
    """A server needs a flavor and an image."""
    content.apply_profile(lab.name, "scs", None, lambda _: None)


@pytest.fixture
def home(lab: LiveLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """This process and its children use the lab, with a ledger of their own."""
    for name, value in lab.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("OS_CLOUD")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    yield tmp_path / "sovran" / "ledger"
    assert not list(clean_ledgers(Order(may_still_come=0.0))), "something was left, and is deleted now"


def crash(*points: str) -> None:
    """Let a program for each point run until it is killed there."""
    for point in points:
        command = [sys.executable, "-m", "tests.live.crash_program", point]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == -9, done.stderr


def kinds_left() -> dict[str, set[str]]:
    """Kind to the states that the ledgers know it in: `known`, with its id, or `lost`."""
    found: dict[str, set[str]] = {}
    for kept in kept_ledgers():
        for intent in kept.intents:
            found.setdefault(intent.kind, set()).add("known" if intent.id else "lost")
        if kept.file:
            kept.file.close()
    return found


def look_alikes() -> list[str]:
    """Names that are much like those of the runs, and are not theirs."""
    kept = next(iter(kept_ledgers()))
    assert kept.file
    kept.file.close()
    name = next(intent.name for intent in kept.intents if intent.kind == "network")
    assert read_marker(name)
    changed = "0" if name[-1] != "0" else "1"
    return ["sovran-probe-notes", name[:-1] + changed, f"{name}-copy", f"x{name}", name.upper(), name.replace("-", "_")]


def make_foreign(client: Rest, names: list[str], made: list[tuple[str, str]]) -> None:
    """Things of the user's own under these names; `made` is given service and path of each."""
    for name in names:
        network = client.call("network", "POST", "/v2.0/networks", {"network": {"name": name}})["network"]["id"]
        image = {"name": name, "disk_format": "raw", "container_format": "bare"}
        secret = client.call("key-manager", "POST", "/v1/secrets", {"name": name})["secret_ref"].rpartition("/")[2]
        client.call("compute", "POST", "/os-keypairs", {"keypair": {"name": name}})
        client.call("object-store", "PUT", f"/{name}")
        made += [
            ("network", f"/v2.0/networks/{network}"),
            ("image", f"/v2/images/{client.call('image', 'POST', '/v2/images', image)['id']}"),
            ("key-manager", f"/v1/secrets/{secret}"),
            ("compute", f"/os-keypairs/{name}"),
            ("object-store", f"/{name}"),
        ]
    volume = client.call("block-storage", "POST", "/volumes", {"volume": {"name": names[1], "size": 1}})["volume"]["id"]
    made.append(("block-storage", f"/volumes/{volume}"))


def test_killed_before_and_after_the_request(lab: LiveLab, home: Path) -> None:
    before = inventory(lab)
    crash(*POINTS[:2])
    left = kinds_left()
    assert set(left) == set(KINDS) - NOT_MADE
    assert {kind for kind, states in left.items() if "lost" not in states} == set()
    told: list[str] = []
    cleaned = list(clean_ledgers(Order(may_still_come=SETTLED, tell=told.append)))
    assert [one for part in cleaned for one in (*part.left, *part.problems)] == []
    assert len(told) == 2 or all(part.clean for part in cleaned)
    assert inventory(lab) == before
    assert not list(home.iterdir())


def test_killed_before_and_after_the_ledger_line(lab: LiveLab, home: Path) -> None:
    before = inventory(lab)
    crash(*POINTS[2:])
    left = kinds_left()
    assert {kind for kind, states in left.items() if states != {"known", "lost"}} == set()
    foreign: list[tuple[str, str]] = []
    with lab.sign_in() as client:
        try:
            make_foreign(client, look_alikes(), foreign)
            with_foreign = inventory(lab)
            done = lab.sovran("cleanup", cloud="lab")
            assert (done.returncode, done.stdout.count("left")) == (0, 0), done
            # what stays is what somebody else has made meanwhile, all of it
            ours = inventory(lab) - before
            assert ours <= with_foreign
            assert len(ours) == len(foreign), sorted(ours)
            orphans = lab.sovran("cleanup", "--orphans", cloud="lab")
            assert (orphans.returncode, orphans.stdout) == (0, ""), orphans
            assert inventory(lab) - before == ours
        finally:
            for service, path in foreign:
                client.call(service, "DELETE", path)
    assert not list(home.iterdir())
