# SPDX-License-Identifier: Apache-2.0
"""The double of the hypervisor: Nova's own fake driver, made to survive a restart of the process."""

import uuid
from pathlib import Path
from typing import Any

from nova import context as nova_context
from nova import objects
from nova.compute import power_state
from nova.conf import CONF
from nova.virt import fake

ALIVE = (power_state.RUNNING, power_state.SHUTDOWN, power_state.PAUSED)


class LabDriver(fake.MediumFakeDriver):
    """Instances in memory only; hosts large enough for every flavor of the standards."""

    vcpus, memory_mb, local_gb = 128, 1 << 20, 16384

    def __init__(self, virtapi: Any, read_only: bool = False) -> None:
        super().__init__(virtapi, read_only)
        # images may ask for hypervisor_type=qemu; the scheduler compares it with this
        self.host_status_base.update(
            hypervisor_type="QEMU",
            hypervisor_version=7002000,
            supported_instances=[("x86_64", "kvm", "hvm"), ("x86_64", "qemu", "hvm")],
        )

    def init_host(self, host: str) -> None:
        """Adopt the instances that the database knows on this host: they "kept running"."""
        super().init_host(host)
        for instance in objects.InstanceList.get_by_host(nova_context.get_admin_context(), host):
            if instance.power_state in ALIVE:
                self.instances[instance.uuid] = fake.FakeInstance(instance.name, instance.power_state, instance.uuid)
                flavor = instance.flavor
                self.resources.claim(vcpus=flavor.vcpus, mem=flavor.memory_mb, disk=flavor.root_gb)

    def get_nodenames_by_uuid(self, refresh: bool = False) -> dict[str, str]:
        """Node UUIDs that are the same after a restart; upstream's are random per process."""
        return {node_uuid(node): node for node in self.get_available_nodes()}

    def get_available_resource(self, nodename: str) -> Any:
        """The resources of a node, under its stable UUID."""
        resource = super().get_available_resource(nodename)
        if resource:
            resource["uuid"] = node_uuid(nodename)
        return resource

    def get_console_output(self, context: Any, instance: Any) -> Any:
        """The text of STATE_PATH/console.txt, when someone has put it there; else upstream's."""
        text = Path(CONF.state_path, "console.txt")
        return text.read_text(encoding="utf-8") if text.exists() else super().get_console_output(context, instance)


def node_uuid(node: str) -> str:
    """The UUID of a compute node, derived from its name."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"lab-node-{node}"))
