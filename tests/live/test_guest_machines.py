# SPDX-License-Identifier: Apache-2.0
"""QEMU processes, without a lab: started, found, spoken to, ended."""

import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sovran.lab import processes
from sovran.lab.services import nova_qemu_devices
from sovran.lab.services import nova_qemu_disks as disks
from sovran.lab.services.nova_qemu_devices import Devices
from sovran.lab.services.nova_qemu_machine import CARDS, Card, Disk, Machine, command
from sovran.lab.services.nova_qemu_monitor import Monitor, MonitorError
from sovran.lab.services.nova_qemu_process import Guests, StartError, find
from sovran.lab.services.nova_qemu_taps import Switch

pytestmark = pytest.mark.live
SERVER = "11111111-2222-4333-8444-555555555555"


class Host:
    """A compute host's machines, and the servers whose machines have ended."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.marker = secrets.token_hex(16)
        self.ended: list[str] = []
        self.guests = Guests(folder, self.marker, self.ended.append)
        (folder / SERVER).mkdir(parents=True)

    def start(self, *more: str, disks: tuple[Disk, ...] = ()) -> None:
        """Start the machine of the one server."""
        machine = Machine(SERVER, "machine", 64, 1, 1, 1, 1, "0", disks=disks)
        self.guests.start(SERVER, [*command(machine), *more])


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """A host whose folder's path is longer than that of a socket may be."""
    made = Host(tmp_path / ("long-" * 20) / "instances")
    yield made
    processes.stop(made.marker)


def test_a_machine_runs_until_it_is_ended(host: Host) -> None:
    host.start()
    assert host.guests.lives(SERVER)
    with Monitor(host.folder / SERVER) as monitor:
        assert monitor.execute("query-status")["status"] == "running"
        with pytest.raises(MonitorError, match="QEMU refuses device_del: Device 'none' not found"):
            monitor.execute("device_del", {"id": "none"})
        monitor.execute("stop")
        assert monitor.wait_for("STOP", 5)
        assert not monitor.wait_for("STOP", 0.1)
    host.guests.end(SERVER)
    assert not host.guests.lives(SERVER)
    assert find(host.marker) == {}
    assert _soon(lambda: host.ended == [SERVER])


def test_a_machine_is_no_service_and_ends_with_the_lab(host: Host) -> None:
    host.start()
    assert processes.find_services(host.marker) == {}
    assert len(processes.stop(host.marker)) == 1
    assert _soon(lambda: host.ended == [SERVER])


def test_a_machine_outlives_whoever_started_it_and_is_found_again(host: Host) -> None:
    host.start()
    ended: list[str] = []
    after = Guests(host.folder, host.marker, ended.append)
    assert after.adopt() == {SERVER}
    assert not after.wait(SERVER, 0.1)
    after.end(SERVER)
    assert _soon(lambda: ended == [SERVER])
    assert Guests(host.folder, host.marker, ended.append).adopt() == set()


def test_what_qemu_says_is_the_reason_when_it_cannot_start(host: Host) -> None:
    with pytest.raises(StartError, match="nonsense"):
        host.start("-device", "nonsense")
    assert not host.guests.lives(SERVER)
    with pytest.raises(StartError, match="No such file"):
        host.start(disks=(Disk("root", "missing", "qcow2"),))
    with pytest.raises(StartError, match="there is no such-program"):
        host.guests.start(SERVER, ["such-program"])


@pytest.mark.parametrize("model", CARDS)
def test_a_card_of_each_model_can_be_plugged_while_the_machine_runs(host: Host, model: str) -> None:
    host.start("-netdev", "hubport,hubid=0,id=tap0")
    with Monitor(host.folder / SERVER) as monitor:
        monitor.execute("device_add", Card("tap0", "port", "fa:16:3e:00:00:01", 1442, model).device)
        assert f"type=nic,model={CARDS[model]},macaddr=fa:16:3e:00:00:01" in _network(monitor)


def _network(monitor: Monitor) -> str:
    return str(monitor.execute("human-monitor-command", {"command-line": "info network"}))


def test_disks_come_and_a_guest_that_is_deaf_keeps_them(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nova_qemu_devices, "PATIENCE", 0.2)
    host.start()
    devices = Devices(host.folder, Switch("none", host.folder))
    (host.folder / "volume").write_bytes(bytes(1 << 20))
    volume = Disk("volume", str(host.folder / "volume"), shared=True)
    devices.plug_disk(SERVER, volume)
    with pytest.raises(MonitorError, match="QEMU refuses blockdev-add"):
        devices.plug_disk(SERVER, volume)
    devices.resize_disk(SERVER, volume, 2 << 20)
    assert (host.folder / "volume").stat().st_size == 2 << 20
    # its firmware only looks for something to boot
    with pytest.raises(MonitorError, match="the guest did not let the device go"):
        devices.unplug_disk(SERVER, volume)
    with pytest.raises(MonitorError, match=r"Bus 'scsi\.0' not found"):
        devices.plug_disk(SERVER, Disk("other", str(host.folder / "volume"), bus="scsi", shared=True))
    devices.plug_disk(SERVER, Disk("other", str(host.folder / "volume"), shared=True))
    assert not devices.paused(SERVER)


def test_a_layer_has_its_images_content_and_its_own_size(tmp_path: Path) -> None:
    image, disk, flat = tmp_path / "image", tmp_path / "disk", tmp_path / "flat"
    image.write_bytes(b"content of the image".ljust(1 << 20, b"\0"))
    assert disks.virtual_size(image) == 1 << 20
    disks.layer(disk, image, 4 << 20)
    disks.flatten(disk, flat, "raw")
    assert flat.stat().st_size == 4 << 20
    assert flat.read_bytes().startswith(b"content of the image\0")
    with pytest.raises(disks.DiskError, match="No such file"):
        disks.layer(disk, tmp_path / "none", None)


def test_nobody_answers_where_no_machine_runs(tmp_path: Path) -> None:
    with pytest.raises(MonitorError, match="does not answer"):
        Monitor(tmp_path)


def _soon(holds: Callable[[], bool]) -> bool:
    limit = time.monotonic() + 10
    while not holds() and time.monotonic() < limit:
        time.sleep(0.05)
    return holds()
