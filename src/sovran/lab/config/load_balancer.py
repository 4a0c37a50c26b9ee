# SPDX-License-Identifier: Apache-2.0
"""Configuration of Octavia: the amphora provider with upstream's no-op drivers instead of amphorae."""

from sovran.lab.config.ini import IN_MEMORY_RPC, Setting, render, sign_in, token_validation


def files(setting: Setting) -> dict[str, str]:
    """File name to text."""
    keys = setting.lab.keys
    return {
        "octavia.conf": render(
            {
                "DEFAULT": {
                    **setting.log("octavia"),
                    "transport_url": IN_MEMORY_RPC,
                    "octavia_plugins": "hot_plug_plugin",
                },
                "api_settings": {
                    "bind_host": "127.0.0.1",
                    "bind_port": setting.lab.ports["octavia"],
                    "enabled_provider_drivers": "amphora: amphora provider with no-op drivers",
                    "default_provider_driver": "amphora",
                    "api_base_uri": setting.url("octavia"),
                },
                "database": {"connection": setting.database("octavia")},
                "health_manager": {"heartbeat_key": keys["octavia_heartbeat"]},
                "driver_agent": {"enabled_provider_agents": ""},
                "controller_worker": {
                    "workers": 1,
                    "amphora_driver": "amphora_noop_driver",
                    "compute_driver": "compute_noop_driver",
                    "network_driver": "network_noop_driver",
                    "volume_driver": "volume_noop_driver",
                    "image_driver": "image_noop_driver",
                    "amp_boot_network_list": "00000000-0000-0000-0000-000000000001",
                    "amp_flavor_id": 1,
                    "amp_image_tag": "amphora",
                    "client_ca": setting.etc("octavia", "ca.pem"),
                    "loadbalancer_topology": "SINGLE",
                },
                "task_flow": {"engine": "serial"},
                "oslo_messaging": {"topic": "octavia_prov"},
                "certificates": {
                    "server_certs_key_passphrase": keys["octavia_server_certs"],
                    "cert_generator": "local_cert_generator",
                    "ca_certificate": setting.etc("octavia", "ca.pem"),
                    "ca_private_key": setting.etc("octavia", "ca.key"),
                    "ca_private_key_passphrase": keys["octavia_ca_passphrase"],
                },
                "service_auth": sign_in(setting, "octavia"),
                "neutron": sign_in(setting, "octavia"),
                "keystone_authtoken": token_validation(setting, "octavia"),
            }
        )
    }
