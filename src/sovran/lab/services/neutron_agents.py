# SPDX-License-Identifier: Apache-2.0
"""Stand-ins for the L2, DHCP and L3 agents: rows in the agents table, and each bound port reported as wired.

Availability zones, scheduling and port binding stay Neutron's own code; only the reports that agents would send over
RPC are made here.
"""

import logging
import queue
import threading
import time
from collections.abc import Iterator
from typing import Any

from neutron.db import provisioning_blocks
from neutron_lib import constants
from neutron_lib import context as neutron_context
from neutron_lib.api.definitions import portbindings
from neutron_lib.callbacks import events, registry, resources
from neutron_lib.plugins import directory
from oslo_utils import timeutils

from sovran.lab.services.place import Place

LOG = logging.getLogger(__name__)
HEARTBEAT = 30
"""Seconds between two reports of the agents' state."""
UNBOUND = (portbindings.VIF_TYPE_UNBOUND, portbindings.VIF_TYPE_BINDING_FAILED)


class Agents:
    """The agents of all hosts of the lab."""

    def __init__(self, place: Place) -> None:
        self._zones = place.zones
        self._ports: queue.Queue[str] = queue.Queue()

    def start(self) -> None:
        """Register the agents and begin to report."""
        self._report()
        for event in (events.AFTER_CREATE, events.AFTER_UPDATE):
            registry.subscribe(self._port_changed, resources.PORT, event)
        threading.Thread(target=self._wire, daemon=True).start()
        threading.Thread(target=self._beat, daemon=True).start()

    def _report(self) -> None:
        plugin = directory.get_plugin()
        for host, zone in self._zones.items():
            for agent in describe(host, zone):
                plugin.create_or_update_agent(
                    neutron_context.get_admin_context(), {**agent, "start_flag": True}, timeutils.utcnow()
                )

    def _beat(self) -> None:
        while True:
            time.sleep(HEARTBEAT)
            try:
                self._report()
            except Exception:  # the next report may succeed; an agent would go on as well
                LOG.exception("agents could not report")

    def _port_changed(self, _resource: Any, _event: Any, _trigger: Any, payload: Any) -> None:
        self._ports.put(payload.latest_state["id"] if payload.states else payload.resource_id)

    def _wire(self) -> None:
        while True:
            port = self._ports.get()
            try:
                wire(port)
            except Exception as error:  # deleted meanwhile, or changed again: a new event follows
                LOG.info("port %s was not wired: %r", port, error)


def wire(port_id: str) -> None:
    """Report a bound port as wired and known to DHCP, so that it becomes ACTIVE."""
    admin = neutron_context.get_admin_context()
    plugin = directory.get_plugin()
    port = plugin.get_port(admin, port_id)
    if port["status"] == constants.PORT_STATUS_ACTIVE or port.get(portbindings.VIF_TYPE) in UNBOUND:
        return
    for entity in (provisioning_blocks.DHCP_ENTITY, provisioning_blocks.L2_AGENT_ENTITY):
        provisioning_blocks.provisioning_complete(admin, port_id, resources.PORT, entity)
    if plugin.get_port(admin, port_id)["status"] != constants.PORT_STATUS_ACTIVE:
        plugin.update_port_status(admin, port_id, constants.PORT_STATUS_ACTIVE, port.get(portbindings.HOST_ID))


def describe(host: str, zone: str) -> Iterator[dict[str, Any]]:
    """What the three agents of a host would report about themselves."""
    yield {
        "agent_type": constants.AGENT_TYPE_OVS,
        "binary": "neutron-openvswitch-agent",
        "host": host,
        "topic": "N/A",
        "configurations": {
            "tunnel_types": ["vxlan"],
            "tunneling_ip": "127.0.0.1",
            "datapath_type": "system",
            "bridge_mappings": {"physnet1": "br-ex"},
            "ovs_capabilities": {},
            "l2_population": False,
            "ovs_hybrid_plug": False,
            "vhostuser_socket_dir": "/var/run/openvswitch",
            "devices": 0,
        },
    }
    yield from _zoned(host, zone)


def _zoned(host: str, zone: str) -> Iterator[dict[str, Any]]:
    yield {
        "agent_type": constants.AGENT_TYPE_DHCP,
        "binary": "neutron-dhcp-agent",
        "host": host,
        "topic": "dhcp_agent",
        "availability_zone": zone,
        "configurations": {
            "dhcp_driver": "lab",
            "dhcp_lease_duration": 86400,
            "networks": 0,
            "subnets": 0,
            "ports": 0,
        },
    }
    yield {
        "agent_type": constants.AGENT_TYPE_L3,
        "binary": "neutron-l3-agent",
        "host": host,
        "topic": "l3_agent",
        "availability_zone": zone,
        "configurations": {
            "agent_mode": "legacy",
            "handle_internal_only_routers": True,
            "external_network_bridge": "",
            "gateway_external_network_id": "",
            "interface_driver": "lab",
            "routers": 0,
            "ex_gw_ports": 0,
            "interfaces": 0,
            "floating_ips": 0,
        },
    }
