# SPDX-License-Identifier: Apache-2.0
"""The command line of a server's machine."""

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from sovran.lab.services.nova_qemu_machine import Boot, Card, Disk, Machine, command

UUID = "11111111-2222-4333-8444-555555555555"
MACHINE = Machine(
    uuid=UUID, name="instance-1", memory_mib=1024, processors=2, sockets=2, cores=1, threads=1, version="33.0.2"
)


def options(machine: Machine, option: str) -> list[str]:
    """The values that the command line gives an option."""
    words = command(machine)
    return [value for name, value in pairwise(words) if name == option]


def nodes(machine: Machine) -> list[dict[str, Any]]:
    """The block devices' files."""
    return [json.loads(value) for value in options(machine, "-blockdev")]


def test_size_and_identity_are_the_servers() -> None:
    assert options(MACHINE, "-m") == ["1024"]
    assert options(MACHINE, "-smp") == ["2,sockets=2,cores=1,threads=1"]
    assert options(MACHINE, "-uuid") == [UUID]
    assert f"uuid={UUID}" in options(MACHINE, "-smbios")[0]


def test_memory_is_only_reserved_and_room_for_translated_code_is_small() -> None:
    assert "reserve=off" in options(MACHINE, "-object")[0]
    assert "tb-size=32" in options(MACHINE, "-accel")[0]


@pytest.mark.parametrize("there", [True, False])
def test_the_random_number_device_is_as_wanted(there: bool) -> None:
    devices = options(replace(MACHINE, random_device=there), "-device")
    assert any(device.startswith("virtio-rng-pci") for device in devices) is there


def test_the_random_number_device_can_be_slow() -> None:
    devices = options(replace(MACHINE, random_bytes_per_period=(512, 1000)), "-device")
    assert "virtio-rng-pci,rng=random,max-bytes=512,period=1000" in devices


def test_disks_come_in_their_order_and_the_first_one_boots() -> None:
    disks = (Disk("root", "disk", "qcow2"), Disk("data", "/volumes/a,b", serial="x" * 36, shared=True))
    machine = replace(MACHINE, disks=disks)
    devices = [device for device in options(machine, "-device") if "virtio-blk-pci" in device]
    assert [device.rpartition(",")[2] for device in devices] == ["bootindex=1", "bootindex=2"]
    assert f"serial={'x' * 20}," in devices[1]
    assert [node["file"]["filename"] for node in nodes(machine)] == ["disk", "/volumes/a,b"]
    assert [node["file"].get("locking") for node in nodes(machine)] == [None, "off"]


def test_a_disk_on_scsi_has_a_controller_and_keeps_its_whole_serial() -> None:
    machine = replace(MACHINE, disks=(Disk("root", "disk", "qcow2", "scsi", serial="y" * 36),))
    devices = options(machine, "-device")
    assert "virtio-scsi-pci,id=scsi" in devices
    assert any(device.startswith("scsi-hd,bus=scsi.0") and "y" * 36 in device for device in devices)


@pytest.mark.parametrize(("bus", "driver"), [("scsi", "scsi-cd"), ("ide", "ide-cd"), ("virtio", "virtio-blk-pci")])
def test_a_disc_is_read_only_on_every_bus(bus: str, driver: str) -> None:
    machine = replace(MACHINE, disks=(Disk("config", "disk.config", bus=bus, compact_disc=True),))
    assert nodes(machine)[0]["read-only"] is True
    assert any(device.startswith(driver) for device in options(machine, "-device"))


def test_a_card_of_virtio_tells_the_mtu_and_leaves_nothing_to_the_host() -> None:
    card = Card("tap0", "port", "fa:16:3e:00:00:01", mtu=1442)
    machine = replace(MACHINE, cards=(card,))
    assert options(machine, "-netdev") == ["tap,id=tap0,ifname=tap0,script=no,downscript=no"]
    (device,) = [device for device in options(machine, "-device") if "virtio-net-pci" in device]
    assert "mac=fa:16:3e:00:00:01" in device
    assert "host_mtu=1442" in device
    assert {"csum=off", "guest_tso4=off", "host_ufo=off"} <= set(device.split(","))


def test_another_card_has_none_of_virtios_options() -> None:
    machine = replace(MACHINE, cards=(Card("tap0", "port", "fa:16:3e:00:00:01", 1442, "e1000"),))
    (device,) = [device for device in options(machine, "-device") if device.startswith("e1000")]
    assert "csum" not in device
    assert "mtu" not in device


def test_a_kernel_of_its_own_gets_its_ramdisk_and_command_line() -> None:
    machine = replace(MACHINE, boot=Boot(kernel="kernel", ramdisk="ramdisk", command_line="console=ttyS0 a,b"))
    given = [options(machine, name) for name in ("-kernel", "-initrd", "-append")]
    assert given == [["kernel"], ["ramdisk"], ["console=ttyS0 a,b"]]


def test_only_uefi_has_its_firmware_in_flash() -> None:
    assert options(MACHINE, "-drive") == []
    code, variables = options(replace(MACHINE, boot=Boot(uefi=True)), "-drive")
    assert "readonly=on" in code
    assert "readonly" not in variables
