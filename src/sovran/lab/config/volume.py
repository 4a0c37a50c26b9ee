# SPDX-License-Identifier: Apache-2.0
"""Configuration of Cinder: one back end of sparse files per availability zone, backups in plain files."""

from sovran.lab.config.ini import IN_MEMORY_RPC, NO_NOTIFICATIONS, Setting, render, sign_in, token_validation

BACKUP_CHUNK = 32 << 20
"""Bytes that the backup service holds in memory at once; upstream's 2 GB would be a whole volume."""


def files(setting: Setting) -> dict[str, str]:
    """File name to text."""
    zones = dict.fromkeys(setting.lab.zones.values())
    backends: dict[str, dict[str, object]] = {
        f"file-{zone}": {
            "volume_driver": "sovran.lab.services.cinder_driver.SparseFileDriver",
            "volume_backend_name": "file",
            "backend_availability_zone": zone,
            "volume_dir": setting.data("volumes"),
        }
        for zone in zones
    }
    return {
        "cinder.conf": render(
            {
                "DEFAULT": {
                    **setting.log("cinder"),
                    "host": next(iter(setting.lab.zones)),
                    "my_ip": "127.0.0.1",
                    "state_path": setting.data("cinder"),
                    "transport_url": IN_MEMORY_RPC,
                    "auth_strategy": "keystone",
                    "api_paste_config": setting.upstream("cinder", "api-paste.ini"),
                    "resource_query_filters_file": setting.upstream("cinder", "resource_filters.json"),
                    "enabled_backends": ",".join(backends),
                    "glance_api_servers": setting.url("glance"),
                    "scheduler_driver_init_wait_time": 1,
                    "storage_availability_zone": next(iter(zones)),
                    "backup_driver": "sovran.lab.services.cinder_backup.SparseBackupDriver",
                    "backup_posix_path": setting.data("backups"),
                    "backup_workers": 1,
                    "backup_compression_algorithm": "zstd",
                    "backup_file_size": BACKUP_CHUNK,
                    "backup_sha_block_size_bytes": BACKUP_CHUNK // 32,
                    "rootwrap_config": setting.upstream("cinder", "rootwrap.conf"),
                    "image_conversion_dir": setting.data("conversion"),
                },
                **backends,
                "database": {"connection": setting.database("cinder")},
                "coordination": {"backend_url": f"file://{setting.data('cinder')}"},
                "oslo_concurrency": {"lock_path": setting.data("locks")},
                "oslo_messaging_notifications": NO_NOTIFICATIONS,
                "keystone_authtoken": token_validation(setting, "cinder"),
                "service_user": {**sign_in(setting, "cinder"), "send_service_user_token": True},
                "nova": sign_in(setting, "cinder"),
                "key_manager": {"backend": "barbican"},
                "barbican": {"auth_endpoint": setting.keystone, "barbican_endpoint_type": "admin"},
            }
        )
    }
