# SPDX-License-Identifier: Apache-2.0
"""Configuration of networking for guests: Neutron's ML2/OVN, and its agent on the host, which brings them metadata."""

from sovran.lab.config.ini import IN_MEMORY_RPC, Sections, Setting, render
from sovran.lab.config.internet import RESOLVER
from sovran.lab.guests import places
from sovran.lab.topology import LOOPBACK

LARGEST_HEADER = 38
"""Octets of Geneve's header with OVN's options; leaves guests an MTU of 1442."""


def sections(setting: Setting) -> Sections:
    """Sections of neutron.conf."""
    return {
        "ml2_type_geneve": {"vni_ranges": "1000:20000", "max_header_size": LARGEST_HEADER},
        "securitygroup": {"enable_security_group": True},
        "ovn": {
            **_databases(setting),
            "ovn_metadata_enabled": True,
            "enable_distributed_floating_ip": False,
            # what DHCP names where a subnet has no servers of its own
            "dns_servers": RESOLVER,
        },
        "ovs": {"ovsdb_connection": places.unix(places.open_vswitch(setting.folder))},
    }


def _databases(setting: Setting) -> dict[str, object]:
    return {
        "ovn_nb_connection": places.unix(places.northbound(setting.folder)),
        "ovn_sb_connection": places.unix(places.southbound(setting.folder)),
        "ovsdb_log_level": "WARNING",
    }


def files(setting: Setting) -> dict[str, str]:
    """File name to text: the agent's."""
    return {
        "ovn_agent.ini": render(
            {
                "DEFAULT": {
                    **setting.log("ovn-agent"),
                    "host": next(iter(setting.lab.zones)),
                    "state_path": setting.folder / "ovn" / "agent",
                    "transport_url": IN_MEMORY_RPC,
                    "metadata_proxy_socket": places.metadata_socket(setting.folder),
                    "metadata_proxy_shared_secret": setting.lab.keys["metadata_proxy"],
                    "metadata_workers": 0,
                    # of the host's own namespace, where the agent passes on to Nova (services/ovn_agent.py)
                    "nova_metadata_host": LOOPBACK,
                    "nova_metadata_port": setting.lab.ports[places.METADATA_PORT],
                    "setproctitle": "off",
                },
                "agent": {"extensions": "metadata", "root_helper": ""},
                "ovs": {"ovsdb_connection": places.unix(places.open_vswitch(setting.folder))},
                "ovn": _databases(setting),
                "oslo_concurrency": {"lock_path": setting.data("locks")},
            }
        )
    }
