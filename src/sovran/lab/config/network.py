# SPDX-License-Identifier: Apache-2.0
"""Configuration of Neutron: ML2 with the Open vSwitch driver without a dataplane, or, for guests, with OVN."""

from sovran.lab.config.ini import IN_MEMORY_RPC, NO_NOTIFICATIONS, Sections, Setting, render, sign_in, token_validation

LONGEST_AGENT_DOWN_TIME = 2_000_000
"""Seconds; just below the largest value that Neutron accepts."""

GUESTS_DOMAIN = "lab.example"
"""Of the names that guests have on their networks."""


def files(setting: Setting) -> dict[str, str]:
    """File name to text."""
    guests = setting.lab.guests
    tunnels = "geneve" if guests else "vxlan"
    return {
        "neutron.conf": render(
            {
                "DEFAULT": {
                    **setting.log("neutron"),
                    "host": next(iter(setting.lab.zones)),
                    "state_path": setting.data("neutron"),
                    "core_plugin": "ml2",
                    # without network_segment_range: its ranges are only filled by start-up workers, which do not run
                    "service_plugins": f"{'ovn-router' if guests else 'router'},qos,segments,tag,trunk,auto_allocate",
                    "transport_url": IN_MEMORY_RPC,
                    "notify_nova_on_port_status_changes": guests,  # there Nova waits for the wiring of a port
                    "notify_nova_on_port_data_changes": False,
                    "api_paste_config": setting.upstream("neutron", "api-paste.ini"),
                    "rpc_workers": 0,
                    "rpc_state_report_workers": 0,
                    "agent_down_time": LONGEST_AGENT_DOWN_TIME,
                    "dhcp_agents_per_network": 1,
                    "l3_ha": False,
                    "setproctitle": "off",
                    "dns_domain": GUESTS_DOMAIN if guests else None,
                },
                "database": {"connection": setting.database("neutron")},
                "oslo_concurrency": {"lock_path": setting.data("locks")},
                "oslo_messaging_notifications": NO_NOTIFICATIONS,
                "ml2": {
                    "type_drivers": f"flat,vlan,{tunnels},local",
                    "tenant_network_types": tunnels,
                    "mechanism_drivers": "ovn" if guests else "openvswitch",
                    "extension_drivers": ",".join((*setting.lab.extension_drivers, *(["dns"] if guests else []))),
                },
                "ml2_type_flat": {"flat_networks": "physnet1"},
                "ml2_type_vlan": {"network_vlan_ranges": "physnet1:100:200"},
                **_dataplane(setting),
                "keystone_authtoken": token_validation(setting, "neutron"),
                "nova": sign_in(setting, "neutron"),
                "placement": sign_in(setting, "neutron"),
            }
        )
    }


def _dataplane(setting: Setting) -> Sections:
    """Sections on tunnels, security groups and, for guests, OVN."""
    if setting.lab.guests:
        from sovran.lab.config import network_guests  # of labs with guests only

        return network_guests.sections(setting)
    return {
        "ml2_type_vxlan": {"vni_ranges": "1000:20000"},
        "securitygroup": {"enable_security_group": True, "firewall_driver": "noop"},
    }
