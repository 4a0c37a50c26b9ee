# SPDX-License-Identifier: Apache-2.0
"""Configuration of Glance: images in plain files."""

from sovran.lab.config.ini import Setting, render, token_validation


def files(setting: Setting) -> dict[str, str]:
    """File name to text."""
    return {
        "glance-api.conf": render(
            {
                "DEFAULT": {
                    **setting.log("glance"),
                    "enabled_backends": "file:file",
                    "node_staging_uri": f"file://{setting.data('staging')}",
                },
                "database": {"connection": setting.database("glance")},
                "glance_store": {"default_backend": "file"},
                "file": {"filesystem_store_datadir": setting.data("images")},
                "os_glance_staging_store": {"filesystem_store_datadir": setting.data("staging")},
                "os_glance_tasks_store": {"filesystem_store_datadir": setting.data("tasks")},
                "paste_deploy": {
                    "flavor": "keystone",
                    "config_file": setting.upstream("glance", "glance-api-paste.ini"),
                },
                "oslo_concurrency": {"lock_path": setting.data("locks")},
                "keystone_authtoken": token_validation(setting, "glance"),
            }
        )
    }
