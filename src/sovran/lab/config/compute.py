# SPDX-License-Identifier: Apache-2.0
"""Configuration of Nova."""

from sovran.lab.config.ini import IN_MEMORY_RPC, NO_NOTIFICATIONS, Setting, render, sign_in, token_validation
from sovran.lab.topology import REGION

PLUGGING_PATIENCE = 60
"""Seconds in which Neutron has to say that a new server's ports are wired."""
SHUTDOWN_PATIENCE = 5
"""Seconds that a guest gets to shut down by itself before its power is cut."""


def files(setting: Setting) -> dict[str, str]:
    """File name to text."""
    return {
        "nova.conf": render(
            {
                "DEFAULT": {
                    **setting.log("nova"),
                    "host": next(iter(setting.lab.zones)),
                    "my_ip": "127.0.0.1",
                    "state_path": setting.data("nova"),
                    "transport_url": IN_MEMORY_RPC,
                    "compute_driver": "labdriver.LabDriver",
                    "enabled_apis": "osapi_compute",
                    "vif_plugging_is_fatal": False,
                    "vif_plugging_timeout": 0,
                    "reserved_host_memory_mb": 0,
                    "initial_disk_allocation_ratio": 100,
                    "initial_cpu_allocation_ratio": 100,
                    "initial_ram_allocation_ratio": 100,
                    **(_guests(setting) if setting.lab.guests else {}),
                },
                "api": {"auth_strategy": "keystone"},
                "wsgi": {"api_paste_config": setting.upstream("nova", "api-paste.ini")},
                "api_database": {"connection": setting.database("nova_api")},
                "database": {"connection": setting.database("nova_cell1")},
                "conductor": {"workers": 1},
                # where one host has guests, a second try could only hide the first one's reason
                "scheduler": {"workers": 1, **({"max_attempts": 1} if setting.lab.guests else {})},
                "filter_scheduler": {"track_instance_changes": False},
                "vnc": {"enabled": False},
                "oslo_concurrency": {"lock_path": setting.data("locks")},
                "oslo_messaging_notifications": NO_NOTIFICATIONS,
                "keystone_authtoken": token_validation(setting, "nova"),
                "service_user": {**sign_in(setting, "nova"), "send_service_user_token": True},
                "placement": sign_in(setting, "nova"),
                "neutron": {**sign_in(setting, "nova"), **(_metadata(setting) if setting.lab.guests else {})},
                "cinder": {**sign_in(setting, "nova"), "catalog_info": "block-storage::adminURL"},
                "glance": {"region_name": REGION, "valid_interfaces": "admin"},
                "key_manager": {"backend": "barbican"},
            }
        )
    }


def _guests(setting: Setting) -> dict[str, object]:
    """Options of [DEFAULT] for servers that are real machines; which hosts have them, Nova's process decides."""
    return {
        "instances_path": setting.data("instances"),
        "vif_plugging_is_fatal": True,
        "vif_plugging_timeout": PLUGGING_PATIENCE,
        "shutdown_timeout": SHUTDOWN_PATIENCE,
        # a server whose machine did not outlive `lab down` is soon seen to be off
        "sync_power_state_interval": 15,
        "block_device_allocate_retries_interval": 1,
    }


def _metadata(setting: Setting) -> dict[str, object]:
    """Options of [neutron] that let its agent ask for the metadata of a server."""
    return {
        "service_metadata_proxy": True,
        "metadata_proxy_shared_secret": setting.lab.keys["metadata_proxy"],
    }
