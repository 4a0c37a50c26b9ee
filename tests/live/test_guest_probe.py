# SPDX-License-Identifier: Apache-2.0
"""The probe guest on real machines: what guests tell, several at once, on bad days, and that nothing stays."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sovran.cloud.acting.marker import read_marker
from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.conformance.guests import GuestRun, probe_guests
from sovran.lab import content
from sovran.probes.guest import BOOTED, CANONICAL, CONSOLE, FURTHER, IMAGE_MADE, OWN, PEER, REPORTED
from sovran.probes.guests.order import Order
from tests.live.inventory import inventory
from tests.live.live_lab import LiveLab
from tests.live.test_volume_probes import quota
from tests.live.waiting import wait

pytestmark = pytest.mark.live
SECONDS = 900.0
QUICK = ("system",)


@pytest.fixture
def acting(guest_lab: LiveLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveLab]:
    """This process uses the lab, with a ledger of its own; in the end there is what was there before."""
    for name, value in guest_lab.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    before = inventory(guest_lab)
    yield guest_lab
    assert list((tmp_path / "sovran" / "ledger").glob("*")) == []
    assert inventory(guest_lab) == before


def probed(**order: Any) -> GuestRun:
    """What comes of an order."""
    told: list[str] = []
    run = probe_guests(read_cloud("lab"), Order(download=True, **order), seconds=SECONDS, tell=told.append)
    assert told[0].startswith("probes make for a short time, in cloud lab")
    assert run.run.left == ()
    return run


def servers(lab: LiveLab) -> list[dict[str, Any]]:
    """Those of the probe that there are."""
    with lab.sign_in() as client:
        listed = client.call("compute", "GET", "/servers/detail")["servers"]
    return [one for one in listed if read_marker(one["name"])]


def test_guests_tell_what_they_see(acting: LiveLab) -> None:
    run = probed()
    found = run.probe
    assert [guest.role for guest in found.guests] == [OWN, CANONICAL, PEER]
    assert [guest.problem for guest in found.guests] == ["", "", ""]
    assert (found.unreal, found.left_out, run.reason) == ("", {}, "")
    own, canonical, _ = found.guests
    assert own.report
    assert canonical.report
    assert own.report.system
    assert (own.report.system.own_image, own.report.system.program) == (True, "config-drive")
    assert own.report.entropy
    assert own.report.entropy.entropy_avail == "256"
    assert own.report.network
    addresses = {address.partition("/")[0] for one in own.report.network.interfaces for address in one.ipv4}
    assert addresses < set(own.addresses)
    assert own.report.metadata
    drive = own.report.metadata.config_drive
    assert (drive.user_data_sha256, drive.user_data_bytes) == (own.sent_user_data_sha256, own.sent_user_data_bytes)
    assert drive.stable["uuid"] == own.id
    assert own.report.peer
    assert own.report.peer.allowed
    assert own.report.peer.denied
    assert (own.report.peer.allowed.outcome, own.report.peer.denied.outcome) == ("open", "dropped")
    assert canonical.boot == "volume"
    assert canonical.report.entropy
    assert {test.blocks for test in canonical.report.entropy.tests if test.source == "/dev/random"} == {1000}
    assert own.zone == "nova"
    assert own.host
    assert run.run.made["server"] == 3


def test_six_at_once(acting: LiveLab) -> None:
    run = probed(images=("own",), count=6, parts=QUICK)
    assert [guest.role for guest in run.probe.guests] == [OWN] + [FURTHER] * 5
    assert [guest.problem for guest in run.probe.guests] == [""] * 6
    began = [guest.sent_at_unix_seconds or 0.0 for guest in run.probe.guests]
    ended = [guest.read_at_unix_seconds or 0.0 for guest in run.probe.guests]
    assert max(began) < min(ended)
    assert run.code == 0


@pytest.mark.parametrize("instant", ["SIGKILL", "SIGINT"])
def test_ended_in_the_middle(acting: LiveLab, instant: str) -> None:
    command = [sys.executable, "-m", "sovran", "probe", "guest", "--part", "system", "--part", "peer"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        wait(lambda: any(one["status"] == "ACTIVE" for one in servers(acting)), {True})
        process.send_signal(signal.Signals[instant])
        process.communicate(timeout=SECONDS)
    if instant == "SIGKILL":
        assert process.returncode == -signal.SIGKILL
        assert servers(acting)
        cleaned = acting.sovran("cleanup", cloud="lab", timeout=SECONDS)
        assert (cleaned.returncode, "left" in cleaned.stdout) == (0, False), cleaned
    else:
        assert process.returncode == 3
    assert servers(acting) == []


def test_a_quota_for_one_server_still_tells(acting: LiveLab) -> None:
    with quota(acting, "nova", "/v2.1/os-quota-sets/{project}", instances=1):
        found = probed(images=("own",), parts=("system", "peer")).probe
    assert [(guest.role, guest.problem) for guest in found.guests] == [(OWN, "")]
    assert "quota leaves 1" in found.left_out[PEER]


def test_a_guest_that_never_speaks(acting: LiveLab, tmp_path: Path) -> None:
    """An image without anything to boot."""
    nothing = tmp_path / "nothing.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", nothing, "16M"], check=True)
    targets = tmp_path / "facts.json"
    done = acting.sovran(
        "probe", "guest", "--image", str(nothing), "--part", "system", "--probe-timeout", "45", "-o", str(targets),
        timeout=SECONDS,
    )  # fmt: skip
    assert done.returncode == 3, done
    (guest,) = json.loads(targets.read_text())["probe"]["guests"]
    last = guest["steps"][-1]
    assert (last["what"], last["ok"], last["unclear"]) == (REPORTED, False, True)
    assert "report" not in guest or not guest["report"]


def test_a_cloud_without_machines_is_known_at_once(
    lab: LiveLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content.apply_profile(lab.name, "scs", None, lambda _: None)
    for name, value in lab.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    before = inventory(lab)
    began = time.monotonic()
    found = probed(images=("own", "canonical"), parts=QUICK).probe
    assert "no machines" in found.unreal
    assert all(guest.report is None for guest in found.guests)
    assert {step.what for guest in found.guests for step in guest.steps} >= {BOOTED, CONSOLE}
    assert {step.what for step in found.steps} >= {IMAGE_MADE}
    # no limit of a console's silence was waited for
    assert time.monotonic() - began < SECONDS / 3
    assert inventory(lab) == before
