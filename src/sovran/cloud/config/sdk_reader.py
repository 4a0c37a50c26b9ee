# SPDX-License-Identifier: Apache-2.0
"""Leaves to openstacksdk's loader the entries that the light reader does not cover."""

import warnings
from typing import Any

from keystoneauth1 import exceptions

from sovran.cloud.config.cloud_config import SettledCloud
from sovran.model.errors import UsageError


def read(name: str, region_name: str | None, source: str, reason: str, files: dict[str, list[str]]) -> SettledCloud:
    """Return the cloud `name` as openstacksdk settles it, reading `files` (search lists by stem).

    `reason` says what needs openstacksdk. Raises UsageError when it is not installed or refuses the entry.
    """
    label = f"cloud {name!r} ({source})"
    try:
        from openstack import exceptions as sdk_exceptions
        from openstack.config import OpenStackConfig
    except ImportError:
        raise UsageError(
            f"{label}: uses {reason}, which only openstacksdk can read: pip install 'sovran[sdk]'."
        ) from None
    wanted: dict[str, Any] = {"region_name": region_name} if region_name else {}
    try:
        with warnings.catch_warnings():
            # its deprecation notices speak to programmers
            warnings.simplefilter("ignore")
            region = OpenStackConfig(
                config_files=files["clouds"], secure_files=files["secure"], vendor_files=files["clouds-public"]
            ).get_one(cloud=name, **wanted)
    except exceptions.MissingRequiredOptions as error:
        missing = ", ".join(option.dest for option in error.options)
        raise UsageError(f"{label}: lacks {missing}: add it under 'auth'.") from None
    except (sdk_exceptions.SDKException, exceptions.ClientException, OSError, ValueError, TypeError) as error:
        # the text may quote the entry with its secrets
        raise UsageError(
            f"{label}: openstacksdk could not settle it ({type(error).__name__}, {reason}): "
            f"see what 'openstack --os-cloud {name} token issue' says."
        ) from None
    options = dict(region.config)
    auth = options.pop("auth")
    plugin = region.get_session().auth
    if plugin is None:
        raise UsageError(f"{label}: openstacksdk built no plugin for it ({reason}): check its 'auth'.")
    return SettledCloud(str(options["auth_type"]), auth, plugin, options)
