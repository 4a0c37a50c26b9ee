# SPDX-License-Identifier: Apache-2.0
"""The virt driver of a lab with guests: each server is a QEMU process in the compute host's namespace.

Built on the double without guests, from which it has the host's resources and the adoption of known servers.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nova import exception
from nova.compute import power_state
from nova.conf import CONF
from nova.virt import configdrive, event

from sovran.lab.guests import places
from sovran.lab.processes import MARKER
from sovran.lab.services import nova_qemu_faults as faults
from sovran.lab.services import nova_qemu_plan as plan
from sovran.lab.services.nova_driver import LabDriver
from sovran.lab.services.nova_qemu_console import last_bytes
from sovran.lab.services.nova_qemu_devices import Devices
from sovran.lab.services.nova_qemu_disks import DiskError
from sovran.lab.services.nova_qemu_machine import CONSOLE, command
from sovran.lab.services.nova_qemu_monitor import Monitor, MonitorError
from sovran.lab.services.nova_qemu_process import Guests, StartError
from sovran.lab.services.nova_qemu_snapshot import upload
from sovran.lab.services.nova_qemu_storage import Storage
from sovran.lab.services.nova_qemu_taps import Switch, TapError


class QemuDriver(LabDriver):
    """Servers that run; what it does not override is upstream's fake driver."""

    def __init__(self, virtapi: Any, read_only: bool = False) -> None:
        super().__init__(virtapi, read_only)
        folder, marker = Path(CONF.instances_path), os.environ[MARKER]
        self._namespace = places.host_namespace(marker)
        self._storage = Storage(folder)
        self._guests = Guests(folder, marker, self._has_ended)
        # the lab's folder is the parent of data/, which is that of the instances
        self._switch = Switch(self._namespace, places.open_vswitch(folder.parent.parent))
        self._devices = Devices(folder, self._switch)

    def init_host(self, host: str) -> None:
        """Take over the machines that outlived a former process; end those of servers that are no more."""
        super().init_host(host)
        living = self._guests.adopt()
        for uuid in (living | self._storage.servers()) - set(self.instances):
            self._guests.end(uuid)
            self._storage.remove(uuid)
        for uuid, known in self.instances.items():
            known.state = self._state(uuid) if uuid in living else power_state.SHUTDOWN

    def _state(self, uuid: str) -> Any:
        return power_state.PAUSED if self._devices.paused(uuid) else power_state.RUNNING

    def spawn(
        self,
        context: Any,
        instance: Any,
        image_meta: Any,
        injected_files: Any,
        admin_password: Any,
        allocations: Any,
        network_info: Any = None,
        block_device_info: Any = None,
        power_on: bool = True,
        accel_info: Any = None,
    ) -> None:
        """Make the server's disks and start its machine; it counts as built when Neutron has said that its ports are
        wired, for which the machine does not wait.
        """
        super().spawn(context, instance, image_meta, injected_files, admin_password, allocations, network_info)
        self.instances[instance.uuid].state = power_state.SHUTDOWN
        with _failures():
            self._storage.make(context, instance, image_meta, block_device_info)
        if configdrive.required_by(instance):
            self._storage.make_config_drive(instance, network_info, injected_files, admin_password)
        if not power_on:
            return
        unwired = [("network-vif-plugged", vif["id"]) for vif in network_info or () if vif.get("active") is False]
        try:
            with self.virtapi.wait_for_instance_event(
                instance, unwired, timeout=CONF.vif_plugging_timeout, error_callback=_not_wired
            ):
                self._start(instance, network_info, block_device_info)
        except exception.InstanceEventTimeout:
            raise exception.VirtualInterfaceCreateException from None

    def _start(self, instance: Any, network_info: Any, block_device_info: Any) -> None:
        uuid = instance.uuid
        cards = tuple(plan.card(instance, vif) for vif in network_info or ())
        drive = self._storage.has_config_drive(uuid)
        machine = faults.as_it_comes(plan.machine(instance, cards, block_device_info, config_drive=drive))
        with _failures():
            self._switch.plug(cards, uuid)
            self._guests.start(uuid, places.inside(self._namespace, command(machine)))
        self.instances[uuid].state = power_state.RUNNING
        if not self._guests.lives(uuid):
            self._has_ended(uuid)

    def _has_ended(self, uuid: str) -> None:
        """A machine has ended; when nobody had asked for that, Nova is told."""
        known = self.instances.get(uuid)
        if known and known.state not in (power_state.SHUTDOWN, power_state.NOSTATE):
            known.state = power_state.SHUTDOWN
            self.emit_event(event.LifecycleEvent(uuid, event.EVENT_LIFECYCLE_STOPPED))

    def power_off(self, instance: Any, timeout: int = 0, retry_interval: int = 0) -> None:
        """Press the power button, wait so many seconds, then cut the power; the ports are unplugged."""
        super().power_off(instance, timeout, retry_interval)
        if timeout:
            self._devices.press_power_button(instance.uuid)
            self._guests.wait(instance.uuid, timeout)
        self._guests.end(instance.uuid)
        self.unplug_vifs(instance, instance.get_network_info())

    def power_on(
        self,
        context: Any,
        instance: Any,
        network_info: Any,
        block_device_info: Any = None,
        accel_info: Any = None,
        share_info: Any = None,
    ) -> None:
        """Start the machine anew from what Nova knows now, unless it runs."""
        if not self._guests.lives(instance.uuid):
            self._start(instance, network_info, block_device_info)

    def reboot(
        self,
        context: Any,
        instance: Any,
        network_info: Any,
        reboot_type: str,
        block_device_info: Any = None,
        bad_volumes_callback: Any = None,
        accel_info: Any = None,
        share_info: Any = None,
    ) -> None:
        """Off and on again; before a soft one the guest may shut down by itself."""
        self.power_off(instance, CONF.shutdown_timeout if reboot_type.upper() == "SOFT" else 0)
        self._start(instance, network_info, block_device_info)

    def pause(self, instance: Any) -> None:
        """The processors stop."""
        with _failures(), Monitor(self._storage.of(instance.uuid)) as monitor:
            monitor.execute("stop")
        self.instances[instance.uuid].state = power_state.PAUSED

    def unpause(self, instance: Any) -> None:
        """The processors go on."""
        with _failures(), Monitor(self._storage.of(instance.uuid)) as monitor:
            monitor.execute("cont")
        self.instances[instance.uuid].state = power_state.RUNNING

    def suspend(self, context: Any, instance: Any) -> None:
        """As pause: memory stays where it is."""
        self.pause(instance)
        self.instances[instance.uuid].state = power_state.SUSPENDED

    def resume(
        self, context: Any, instance: Any, network_info: Any, block_device_info: Any = None, share_info: Any = None
    ) -> None:
        """As unpause."""
        self.unpause(instance)

    def destroy(
        self,
        context: Any,
        instance: Any,
        network_info: Any,
        block_device_info: Any = None,
        destroy_disks: bool = True,
        destroy_secrets: bool = True,
    ) -> None:
        """End the machine, unplug its ports, delete its folder."""
        if known := self.instances.get(instance.uuid):
            known.state = power_state.SHUTDOWN
        self._guests.end(instance.uuid)
        self.unplug_vifs(instance, network_info)
        super().destroy(context, instance, network_info, block_device_info, destroy_disks)
        if destroy_disks:
            self._storage.remove(instance.uuid)

    def plug_vifs(self, instance: Any, network_info: Any) -> None:
        """Make sure of the taps and ports of a machine that runs: Nova asks for it when it starts, of every server."""
        if self._guests.lives(instance.uuid):
            with _failures():
                self._switch.plug([plan.card(instance, vif) for vif in network_info or ()], instance.uuid)

    def unplug_vifs(self, instance: Any, network_info: Any) -> None:
        """Remove taps and their ports."""
        with _failures():
            self._switch.unplug([plan.tap_name(vif) for vif in network_info or ()])

    def get_console_output(self, context: Any, instance: Any) -> Any:
        """The end of what the serial port printed since the machine was last switched on."""
        if Path(CONF.state_path, "console.txt").exists():
            return super().get_console_output(context, instance)
        return last_bytes(self._storage.of(instance.uuid) / CONSOLE)

    def snapshot(self, context: Any, instance: Any, image_id: Any, update_task_state: Any) -> None:
        """Upload the root disk as an image; the processors stop while it is copied."""
        super().snapshot(context, instance, image_id, update_task_state)
        runs = self.instances[instance.uuid].state == power_state.RUNNING
        with _failures():
            if runs:
                self.pause(instance)
            try:
                upload(context, instance, image_id, self._storage.of(instance.uuid))
            finally:
                if runs:
                    self.unpause(instance)

    def attach_volume(
        self,
        context: Any,
        connection_info: Any,
        instance: Any,
        mountpoint: Any,
        disk_bus: Any = None,
        device_type: Any = None,
        encryption: Any = None,
    ) -> None:
        """Plug a volume, also into a machine that runs."""
        super().attach_volume(context, connection_info, instance, mountpoint)
        if self._guests.lives(instance.uuid):
            with _failures():
                self._devices.plug_disk(instance.uuid, plan.volume(instance, connection_info))

    def detach_volume(
        self, context: Any, connection_info: Any, instance: Any, mountpoint: Any, encryption: Any = None
    ) -> None:
        """Unplug a volume; a machine that runs has to agree.

        Raises:
            nova.exception.DeviceDetachFailed: the guest does not let it go.
        """
        if self._guests.lives(instance.uuid):
            disk = plan.volume(instance, connection_info)
            try:
                self._devices.unplug_disk(instance.uuid, disk)
            except MonitorError as error:
                raise exception.DeviceDetachFailed(device=mountpoint, reason=str(error)) from None
        super().detach_volume(context, connection_info, instance, mountpoint)

    def extend_volume(self, context: Any, connection_info: Any, instance: Any, requested_size: int) -> None:
        """Tell a machine that runs the new size in bytes."""
        if self._guests.lives(instance.uuid):
            with _failures():
                self._devices.resize_disk(instance.uuid, plan.volume(instance, connection_info), requested_size)

    def attach_interface(self, context: Any, instance: Any, image_meta: Any, vif: Any) -> None:
        """Plug a network card, also into a machine that runs."""
        super().attach_interface(context, instance, image_meta, vif)
        if self._guests.lives(instance.uuid):
            try:
                with _failures():
                    self._devices.plug_card(instance.uuid, plan.card(instance, vif))
            except exception.InstanceDeployFailure:
                self._interfaces.pop(vif["id"], None)
                self.unplug_vifs(instance, [vif])
                raise

    def detach_interface(self, context: Any, instance: Any, vif: Any) -> None:
        """Unplug a network card."""
        with _failures():
            if self._guests.lives(instance.uuid):
                self._devices.unplug_card(instance.uuid, plan.card(instance, vif))
            self._switch.unplug([plan.tap_name(vif)])
        self._interfaces.pop(vif["id"], None)  # of a former process there is none

    def cleanup(
        self,
        context: Any,
        instance: Any,
        network_info: Any,
        block_device_info: Any = None,
        destroy_disks: bool = True,
        migrate_data: Any = None,
        destroy_vifs: bool = True,
        destroy_secrets: bool = True,
    ) -> None:
        """Remove what a server that is not there has left."""
        if destroy_vifs:
            self.unplug_vifs(instance, network_info)
        if destroy_disks:
            shutil.rmtree(self._storage.of(instance.uuid), ignore_errors=True)


def _not_wired(*_: Any) -> None:
    """Neutron said that a port cannot be wired."""
    raise exception.VirtualInterfaceCreateException


@contextmanager
def _failures() -> Iterator[None]:
    """What fails here becomes the server's fault text."""
    try:
        yield
    except (StartError, TapError, DiskError, MonitorError) as error:
        raise exception.InstanceDeployFailure(reason=str(error)) from error
