# SPDX-License-Identifier: Apache-2.0
"""What changes in a machine that runs: disks and network cards come and go, the power button is pressed."""

import contextlib
from pathlib import Path

from sovran.lab.services.nova_qemu_machine import Card, Disk
from sovran.lab.services.nova_qemu_monitor import Monitor, MonitorError
from sovran.lab.services.nova_qemu_taps import Switch

PATIENCE, TRIES = 5.0, 4
"""Seconds that a guest gets to let a device go, and how often it is asked: one that boots does not hear at first."""


class Devices:
    """The devices of one compute host's machines."""

    def __init__(self, folder: Path, switch: Switch) -> None:
        """`folder` has a folder for each server."""
        self._folder = folder
        self._switch = switch

    def _monitor(self, uuid: str) -> Monitor:
        return Monitor(self._folder / uuid)

    def paused(self, uuid: str) -> bool:
        """Whether the processors of a machine that runs stand still."""
        with contextlib.suppress(MonitorError), self._monitor(uuid) as monitor:
            return bool(monitor.execute("query-status")["status"] == "paused")
        return False

    def press_power_button(self, uuid: str) -> None:
        """Ask the guest to shut down; one that does not run is fine."""
        with contextlib.suppress(MonitorError), self._monitor(uuid) as monitor:
            monitor.execute("system_powerdown")

    def plug_disk(self, uuid: str, disk: Disk) -> None:
        """Add a disk.

        Raises:
            MonitorError: QEMU refused.
        """
        with self._monitor(uuid) as monitor:
            monitor.execute("blockdev-add", disk.node)
            try:
                monitor.execute("device_add", disk.device)
            except MonitorError:
                monitor.execute("blockdev-del", {"node-name": disk.name})
                raise

    def unplug_disk(self, uuid: str, disk: Disk) -> None:
        """Remove a disk, when the guest agrees.

        Raises:
            MonitorError: it does not, or QEMU refused.
        """
        with self._monitor(uuid) as monitor:
            _remove(monitor, str(disk.device["id"]))
            monitor.execute("blockdev-del", {"node-name": disk.name})

    def resize_disk(self, uuid: str, disk: Disk, size: int) -> None:
        """Tell the guest a disk's new size in bytes.

        Raises:
            MonitorError: QEMU refused.
        """
        with self._monitor(uuid) as monitor:
            monitor.execute("block_resize", {"node-name": disk.name, "size": size})

    def plug_card(self, uuid: str, card: Card) -> None:
        """Add a network card, with its tap and port.

        Raises:
            MonitorError: QEMU refused.
            TapError: its tap or port could not be made.
        """
        self._switch.plug([card], uuid)
        with self._monitor(uuid) as monitor:
            monitor.execute("netdev_add", card.backend)
            try:
                monitor.execute("device_add", card.device)
            except MonitorError:
                monitor.execute("netdev_del", {"id": card.tap})
                raise

    def unplug_card(self, uuid: str, card: Card) -> None:
        """Remove a network card, when the guest agrees; its tap stays.

        Raises:
            MonitorError: it does not, or QEMU refused.
        """
        with self._monitor(uuid) as monitor:
            _remove(monitor, str(card.device["id"]))
            monitor.execute("netdev_del", {"id": card.tap})


def _remove(monitor: Monitor, device: str) -> None:
    for _ in range(TRIES):
        # QEMU refuses to ask again so soon; the guest may still answer then
        with contextlib.suppress(MonitorError):
            monitor.execute("device_del", {"id": device})
        if monitor.wait_for("DEVICE_DELETED", PATIENCE, device=device):
            return
    raise MonitorError(f"the guest did not let the device go within {PATIENCE * TRIES:.0f} s")
