# SPDX-License-Identifier: Apache-2.0
"""A server's machine as data, and the command line with which QEMU runs it.

All files are named relative to the server's folder, in which QEMU runs: paths of sockets are bounded by the kernel.
"""

import json
from dataclasses import dataclass, field
from typing import Any

CONSOLE, MONITOR, VARIABLES = "console.log", "monitor", "firmware-variables"
"""Files in a server's folder: what the serial port printed, QEMU's control socket, the firmware's memory."""
FIRMWARE, FIRMWARE_VARIABLES = "/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"
TRANSLATION_MIB = 32
"""Room for translated code: QEMU takes up to 1 GiB for it by default, of which a guest fills hundreds of MiB."""
PROCESSOR = "max,la57=off"
"""All features that TCG has (so rdrand), but page tables of the usual four levels: a fifth only takes time."""
CARDS = {"virtio": "virtio-net-pci", "e1000": "e1000", "e1000e": "e1000e", "rtl8139": "rtl8139"}
"""Models of network cards, as images name them, and as QEMU does."""
BUSES = ("virtio", "scsi", "ide", "sata")
"""Of disks, as images name them; to the last two, nothing can be added while the machine runs."""
OFFLOADS = (
    *("csum", "gso", "guest_csum", "guest_tso4", "guest_tso6", "guest_ecn", "guest_ufo"),
    *("host_tso4", "host_tso6", "host_ecn", "host_ufo"),
)
"""What a card of virtio could leave to the host: Open vSwitch's userspace datapath would drop such packets."""


@dataclass(frozen=True)
class Disk:
    """A block device of the machine."""

    name: str
    """QEMU's name of it: a letter first, then letters, digits, `-`, at most 31."""
    file: str
    format: str = "raw"
    bus: str = "virtio"
    serial: str = ""
    compact_disc: bool = False
    """A read-only disc; on the bus `virtio`, which knows none, a read-only disk."""
    shared: bool = False
    """Others may use the file, too: it is not locked."""

    @property
    def node(self) -> dict[str, Any]:
        """Arguments of `blockdev-add`."""
        file: dict[str, Any] = {"driver": "file", "filename": self.file, "cache": {"no-flush": True}}
        if self.shared or self.compact_disc:
            file["locking"] = "off"
        return {
            "driver": self.format,
            "node-name": self.name,
            "read-only": self.compact_disc,
            # data only has to survive the guest, not the machine on which the lab runs
            "cache": {"no-flush": True},
            "file": file,
        }

    @property
    def device(self) -> dict[str, Any]:
        """Arguments of `device_add`."""
        device: dict[str, Any] = {"id": f"{self.name}-device", "drive": self.name}
        kind = "cd" if self.compact_disc else "hd"
        if self.bus == "virtio":
            device = {"driver": "virtio-blk-pci", **device}
        elif self.bus == "scsi":
            device = {"driver": f"scsi-{kind}", "bus": "scsi.0", **device}
        else:
            device = {"driver": f"ide-{kind}", **({"bus": "sata.0"} if self.bus == "sata" else {}), **device}
        if self.serial:
            device["serial"] = self.serial if self.bus == "scsi" else self.serial[:20]  # the others have 20 bytes
        return device


@dataclass(frozen=True)
class Card:
    """A network card of the machine, behind a tap device that is there already."""

    tap: str
    port: str
    """Neutron's id."""
    address: str
    """MAC address."""
    mtu: int | None = None
    """Bytes; None: the card does not tell the guest."""
    model: str = "virtio"

    @property
    def backend(self) -> dict[str, Any]:
        """Arguments of `netdev_add`."""
        return {"type": "tap", "id": self.tap, "ifname": self.tap, "script": "no", "downscript": "no"}

    @property
    def device(self) -> dict[str, Any]:
        """Arguments of `device_add`."""
        device: dict[str, Any] = {"driver": CARDS[self.model], "id": f"{self.tap}-device", "netdev": self.tap}
        device |= {"mac": self.address, "romfile": ""}  # without its boot program, for which the firmware would wait
        if self.model == "virtio":
            device |= dict.fromkeys(OFFLOADS, False)
            if self.mtu:
                device["host_mtu"] = self.mtu
        return device


@dataclass(frozen=True)
class Boot:
    """Where the machine's first program comes from: the disk with the lowest number, unless a kernel is given."""

    uefi: bool = False
    kernel: str = ""
    ramdisk: str = ""
    command_line: str = ""


@dataclass(frozen=True)
class Machine:
    """A whole machine; the first disk is the one it boots from."""

    uuid: str
    name: str
    memory_mib: int
    processors: int
    sockets: int
    cores: int
    threads: int
    version: str
    """Of Nova, for the tables of the firmware."""
    random_device: bool = True
    random_bytes_per_period: tuple[int, int] | None = None
    """At most so many bytes in so many milliseconds from the random number device; None: no bound."""
    boot: Boot = field(default_factory=Boot)
    disks: tuple[Disk, ...] = ()
    cards: tuple[Card, ...] = ()
    processor: str = PROCESSOR
    clock: str = "utc"
    """What the real-time clock says when the machine is switched on: `utc`, or a time of it."""


def command(machine: Machine) -> list[str]:
    """QEMU's command line.

    Memory is only reserved: what the guest never touches costs nothing, however much the flavor gives.
    """
    made_by = "manufacturer=OpenStack Foundation,product=OpenStack Nova,family=Virtual Machine"
    shape = f"sockets={machine.sockets},cores={machine.cores},threads={machine.threads}"
    words = [
        *("qemu-system-x86_64", "-name", f"guest={machine.name}", "-uuid", machine.uuid),
        *("-no-user-config", "-nodefaults", "-display", "none", "-sandbox", "on,elevateprivileges=deny,spawn=deny"),
        *("-accel", f"tcg,thread=multi,tb-size={TRANSLATION_MIB}", "-cpu", machine.processor),
        *("-machine", "pc,usb=off,dump-guest-core=off,memory-backend=memory", "-m", str(machine.memory_mib)),
        *("-object", f"memory-backend-ram,id=memory,size={machine.memory_mib}M,reserve=off"),
        *("-smp", f"{machine.processors},{shape}", "-rtc", f"base={machine.clock}"),
        *("-smbios", f"type=1,{made_by},version={machine.version},serial={machine.uuid},uuid={machine.uuid}"),
        *("-chardev", f"file,id=console,path={CONSOLE}", "-serial", "chardev:console"),
        *("-qmp", f"unix:{MONITOR},server=on,wait=off"),
        # the guest gives back what it has freed
        *("-device", "virtio-balloon-pci,free-page-reporting=on"),
    ]
    if machine.random_device:
        words += _random_device(machine.random_bytes_per_period)
    words += _boot(machine.boot)
    for bus, controller in (("scsi", "virtio-scsi-pci"), ("sata", "ahci")):
        if any(disk.bus == bus for disk in machine.disks):
            words += ["-device", f"{controller},id={bus}"]
    for number, disk in enumerate(machine.disks, 1):
        words += ["-blockdev", json.dumps(disk.node), "-device", _option(disk.device | {"bootindex": number})]
    for card in machine.cards:
        words += ["-netdev", _option(card.backend), "-device", _option(card.device)]
    return words


def _random_device(bound: tuple[int, int] | None) -> list[str]:
    limit = f",max-bytes={bound[0]},period={bound[1]}" if bound else ""
    return [
        *("-object", "rng-random,id=random,filename=/dev/urandom"),
        *("-device", f"virtio-rng-pci,rng=random{limit}"),
    ]


def _boot(boot: Boot) -> list[str]:
    words = []
    if boot.uefi:
        words += ["-drive", f"if=pflash,format=raw,readonly=on,file={FIRMWARE}"]
        words += ["-drive", f"if=pflash,format=raw,file={VARIABLES}"]
    if boot.kernel:
        words += ["-kernel", boot.kernel, "-append", boot.command_line]
        words += ["-initrd", boot.ramdisk] if boot.ramdisk else []
    return words


def _option(arguments: dict[str, Any]) -> str:
    """Arguments as one word of the command line; a comma in a value is written twice."""
    first = arguments.get("driver", arguments.get("type"))
    switches = {key: ("off", "on")[value] if isinstance(value, bool) else value for key, value in arguments.items()}
    rest = [f"{key}={str(value).replace(',', ',,')}" for key, value in switches.items() if key not in _FIRST]
    return ",".join([str(first), *rest])


_FIRST = ("driver", "type")
