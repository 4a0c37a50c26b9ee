# SPDX-License-Identifier: Apache-2.0
"""Configuration of Keystone."""

from sovran.lab.config.ini import NEW_POLICY, Setting, render

PASSWORD_ROUNDS = 1000
"""The lab's passwords are 144 random bits: stretching them would only cost time."""


def files(setting: Setting) -> dict[str, str]:
    """File name to text."""
    return {
        "keystone.conf": render(
            {
                "DEFAULT": setting.log("keystone"),
                "database": {"connection": setting.database("keystone")},
                "token": {"provider": "fernet"},
                "fernet_tokens": {"key_repository": setting.data("fernet")},
                "fernet_receipts": {"key_repository": setting.data("fernet")},
                "credential": {"key_repository": setting.data("credential")},
                "identity": {
                    "password_hash_algorithm": "pbkdf2_sha512",
                    "password_hash_rounds": PASSWORD_ROUNDS,
                },
                "cache": {"enabled": True, "backend": "dogpile.cache.memory"},
                "oslo_messaging_notifications": {"driver": "noop"},
                "oslo_policy": NEW_POLICY,
            }
        )
    }
