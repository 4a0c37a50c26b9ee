# SPDX-License-Identifier: Apache-2.0
"""Labs with guests come, are repaired and go without a trace, however their commands and processes end."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sovran.lab import folders, lifecycle, processes
from sovran.lab.guests import namespaces, places, plane
from sovran.model.errors import UsageError
from tests.live.live_lab import LiveLab

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces and taps need root"),
]
SERVICES = ("neutron",)
"""The fewest that use the network; Keystone comes with them."""


def silent(_line: str) -> None:
    """Progress that nobody reads."""


@pytest.fixture
def name() -> Iterator[str]:
    """The name of a lab that is gone afterwards."""
    drawn = f"test-{secrets.token_hex(4)}"
    yield drawn
    lifecycle.remove(drawn)


def traces(marker: str) -> list[str]:
    """What is there of a lab in the kernel: processes, and names of namespaces."""
    living = [str(process) for process in processes.find(marker)]
    return living + [name for name in places.namespaces(marker) if (namespaces.NAMED / name).exists()]


def devices() -> set[str]:
    """Network devices of the root namespace."""
    shown = subprocess.run(["ip", "-json", "link", "show"], check=True, capture_output=True, text=True).stdout
    return {link["ifname"] for link in json.loads(shown)}


def test_up_status_repair_reset_and_down(name: str) -> None:
    before = devices()
    lab = lifecycle.up(name, SERVICES, silent, guests=True)
    assert lab.guests
    states = {one.service: one.state for one in lifecycle.status(name)}
    assert states == dict.fromkeys(["keystone", "neutron", *plane.NAMES], "ready")
    assert devices() == before
    table = LiveLab(name).sovran("lab", "status", "--name", name).stdout
    assert "ovn-controller ready" in table
    _repair(name, lab.marker)
    _reset(name)
    lifecycle.down(name)
    assert traces(lab.marker) == []
    assert lifecycle.down(name) == []
    assert devices() == before


def _repair(name: str, marker: str) -> None:
    """Only what has died is started again; a switch without its monitor as well."""
    before = processes.find_services(marker)
    for victim in ("vswitchd", "ovn-northd", "internet"):
        for process in processes.find(marker):
            parent = int(Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
            if before[victim] in (process.pid, parent):
                os.kill(process.pid, signal.SIGKILL)
    while {"vswitchd", "ovn-northd", "internet"} & set(processes.find_services(marker)):
        time.sleep(0.02)
    assert {one.service for one in lifecycle.status(name) if one.state == "down"} == {
        *("vswitchd", "ovn-northd", "internet")
    }
    lifecycle.up(name, None, silent)
    after = processes.find_services(marker)
    changed = {service for service in before if after[service] != before[service]}
    assert changed == {"vswitchd", "ovn-northd", "internet"}
    assert {one.state for one in lifecycle.status(name)} == {"ready"}


def _reset(name: str) -> None:
    """Neutron's database and OVN's stay in step."""
    lab = LiveLab(name)
    with lab.sign_in("lab-admin") as admin:
        made = admin.call("network", "POST", "/v2.0/networks", {"network": {"name": "visitor"}})["network"]
    assert switches(lab) == [f"neutron-{made['id']}"]
    assert lifecycle.reset(name, silent) == "bare"
    assert switches(lab) == []
    with lab.sign_in("lab-admin") as admin:
        assert admin.call("network", "GET", "/v2.0/networks")["networks"] == []
        made = admin.call("network", "POST", "/v2.0/networks", {"network": {"name": "later"}})["network"]
    assert switches(lab) == [f"neutron-{made['id']}"]


def switches(lab: LiveLab) -> list[str]:
    """Names of OVN's logical switches."""
    command = ["ovn-nbctl", f"--db={places.unix(places.northbound(lab.folder))}", "--bare", "--columns=name"]
    done = subprocess.run([*command, "list", "logical_switch"], check=True, capture_output=True, text=True)
    return done.stdout.split()


def test_down_and_up_again_after_the_command_was_killed(name: str) -> None:
    command = [sys.executable, "-m", "sovran", "lab", "up", "--guests", "--name", name, "--services", "neutron"]
    parent = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        limit = time.monotonic() + 120
        while not ((marker := marker_of(name)) and "vswitchd" in processes.find_services(marker)):
            assert time.monotonic() < limit
            time.sleep(0.01)
    finally:
        parent.kill()
        parent.wait()
    assert traces(marker)
    lifecycle.down(name)
    assert traces(marker) == []
    lifecycle.up(name, None, silent)
    assert {one.state for one in lifecycle.status(name)} == {"ready"}
    _after_a_loss_of_power(name, marker)


def _after_a_loss_of_power(name: str, marker: str) -> None:
    """All processes are gone at once, and one of the names: `up` makes all of it anew."""
    for process in processes.find(marker):
        os.kill(process.pid, signal.SIGKILL)
    while processes.find(marker):
        time.sleep(0.02)
    subprocess.run(["ip", "netns", "delete", places.internet_namespace(marker)], check=True)
    lifecycle.up(name, None, silent)
    assert {one.state for one in lifecycle.status(name)} == {"ready"}
    lifecycle.remove(name)
    assert traces(marker) == []
    assert not folders.lab_folder(name).exists()


def marker_of(name: str) -> str:
    """The marker of a lab, once it has one."""
    return next((lab.marker for lab in lifecycle.every_lab() if lab.name == name), "")


def test_a_lab_keeps_what_it_was_made_with(name: str) -> None:
    lifecycle.up(name, ["keystone"], silent)
    with pytest.raises(UsageError, match="was made without guests"):
        lifecycle.up(name, None, silent, guests=True)
