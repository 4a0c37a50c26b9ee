# SPDX-License-Identifier: Apache-2.0
"""Configuration of Placement."""

from sovran.lab.config.ini import Setting, render, token_validation


def files(setting: Setting) -> dict[str, str]:
    """File name to text."""
    return {
        "placement.conf": render(
            {
                "DEFAULT": setting.log("placement"),
                "api": {"auth_strategy": "keystone"},
                "placement_database": {"connection": setting.database("placement")},
                "keystone_authtoken": token_validation(setting, "placement"),
            }
        )
    }
