# SPDX-License-Identifier: Apache-2.0
"""Configuration of Swift: proxy with S3, and one storage server of each kind on one device."""

import getpass

from sovran.lab.config.ini import Sections, Setting, render, sign_in, token_validation

S3_REGION = "us-east-1"
LOG_HANDLER = "sovran.lab.services.swift.log_to_file"
PLAIN_FILTERS = (
    "catch_errors",
    "gatekeeper",
    "healthcheck",
    "listing_formats",
    "bulk",
    "tempurl",
    "copy",
    "slo",
    "dlo",
    "versioned_writes",
    "symlink",
)
PIPELINE = (
    "catch_errors gatekeeper healthcheck listing_formats bulk tempurl authtoken s3api s3token keystoneauth"
    " copy slo dlo versioned_writes symlink proxy-server"
)


def files(setting: Setting) -> dict[str, str]:
    """File name to text."""
    keys = setting.lab.keys
    return {
        "swift.conf": render(
            {
                "swift-hash": {
                    "swift_hash_path_prefix": keys["swift_hash_prefix"],
                    "swift_hash_path_suffix": keys["swift_hash_suffix"],
                },
                "storage-policy:0": {"name": "gold", "policy_type": "replication", "default": "yes"},
            }
        ),
        **{f"{kind}-server.conf": render(_storage(setting, kind)) for kind in ("object", "container", "account")},
        "proxy-server.conf": render(_proxy(setting)),
    }


def _server(setting: Setting) -> dict[str, object]:
    return {
        "swift_dir": setting.etc("swift", ""),
        "user": getpass.getuser(),
        "log_address": "/dev/null",
        "log_custom_handlers": LOG_HANDLER,
    }


def _storage(setting: Setting, kind: str) -> Sections:
    return {
        "DEFAULT": {
            **_server(setting),
            "devices": setting.data("swift"),
            "mount_check": False,
            "disable_fallocate": True,
        },
        "pipeline:main": {"pipeline": f"{kind}-server"},
        f"app:{kind}-server": {"use": f"egg:swift#{kind}"},
    }


def _proxy(setting: Setting) -> Sections:
    credentials = sign_in(setting, "swift")
    return {
        "DEFAULT": _server(setting),
        "pipeline:main": {"pipeline": PIPELINE},
        "app:proxy-server": {
            "use": "egg:swift#proxy",
            "account_autocreate": True,
            "allow_account_management": True,
        },
        "filter:authtoken": {
            "paste.filter_factory": "keystonemiddleware.auth_token:filter_factory",
            **token_validation(setting, "swift"),
            "delay_auth_decision": True,
        },
        "filter:keystoneauth": {"use": "egg:swift#keystoneauth", "operator_roles": "admin, member"},
        # the region that clients sign for when nobody tells them another
        "filter:s3api": {"use": "egg:swift#s3api", "location": S3_REGION},
        # Keystone asks for a service token on /v3/s3tokens, hence the credentials
        "filter:s3token": {
            "use": "egg:swift#s3token",
            "auth_uri": setting.keystone,
            "reseller_prefix": "AUTH_",
            **credentials,
        },
        **{f"filter:{name}": {"use": f"egg:swift#{name}"} for name in PLAIN_FILTERS},
    }
