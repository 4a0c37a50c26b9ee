# SPDX-License-Identifier: Apache-2.0
"""Configuration of Nova."""

from sovran.lab.config.ini import IN_MEMORY_RPC, NO_NOTIFICATIONS, Setting, render, sign_in, token_validation
from sovran.lab.topology import REGION


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
                },
                "api": {"auth_strategy": "keystone"},
                "wsgi": {"api_paste_config": setting.upstream("nova", "api-paste.ini")},
                "api_database": {"connection": setting.database("nova_api")},
                "database": {"connection": setting.database("nova_cell1")},
                "conductor": {"workers": 1},
                "scheduler": {"workers": 1},
                "filter_scheduler": {"track_instance_changes": False},
                "vnc": {"enabled": False},
                "oslo_concurrency": {"lock_path": setting.data("locks")},
                "oslo_messaging_notifications": NO_NOTIFICATIONS,
                "keystone_authtoken": token_validation(setting, "nova"),
                "service_user": {**sign_in(setting, "nova"), "send_service_user_token": True},
                "placement": sign_in(setting, "nova"),
                "neutron": sign_in(setting, "nova"),
                "cinder": {**sign_in(setting, "nova"), "catalog_info": "block-storage::adminURL"},
                "glance": {"region_name": REGION, "valid_interfaces": "admin"},
                "key_manager": {"backend": "barbican"},
            }
        )
    }
