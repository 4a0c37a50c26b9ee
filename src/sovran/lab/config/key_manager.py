# SPDX-License-Identifier: Apache-2.0
"""Configuration of Barbican: secrets encrypted with a key of this lab."""

from sovran.lab.config.ini import IN_MEMORY_RPC, NEW_POLICY, Setting, render, token_validation


def files(setting: Setting) -> dict[str, str]:
    """File name to text."""
    configuration = render(
        {
            "DEFAULT": {
                **setting.log("barbican"),
                "host_href": setting.url("barbican"),
                "db_auto_create": False,
                "transport_url": IN_MEMORY_RPC,
                "sql_connection": setting.database("barbican"),
            },
            "database": {"connection": setting.database("barbican")},
            "queue": {"enable": False},
            "secretstore": {"enabled_secretstore_plugins": "store_crypto"},
            "crypto": {"enabled_crypto_plugins": "simple_crypto"},
            "simple_crypto_plugin": {"kek": setting.lab.keys["barbican_kek"]},
            "oslo_policy": NEW_POLICY,
            "keystone_authtoken": token_validation(setting, "barbican"),
        }
    )
    return {
        "barbican.conf": configuration,
        # Barbican makes several option parsers of which most read the default places only
        "home/.barbican/barbican.conf": configuration,
    }
