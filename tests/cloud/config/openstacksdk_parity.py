# SPDX-License-Identifier: Apache-2.0
"""Settles one form of clouds.yaml with openstacksdk and with sovran, side by side, as comparable records."""

import importlib
import os
import warnings
from collections.abc import Mapping
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from sovran.cloud.config.clouds_yaml import read_cloud

Record = dict[str, Any]

# stevedore keeps its scan of entry points there; without it every form would scan anew
CACHE = str(Path.home() / ".cache")


@dataclass(frozen=True)
class Form:
    """Files (by path below the home directory; `here/` is the working directory), environment, what is asked for."""

    files: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    name: str | None = None
    region: str | None = None

    def lay_out(self, home: Path) -> dict[str, str]:
        """Write the files below `home` and return the whole environment; `HOME/` in values becomes `home`."""
        (home / "here").mkdir(parents=True, exist_ok=True)
        for path, text in self.files.items():
            target = home / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text.replace("HOME/", f"{home}/"))
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("OS_", "XDG_", "SNAP_"))}
        own = {key: value.replace("HOME/", f"{home}/") for key, value in self.env.items()}
        return kept | {"HOME": str(home), "XDG_CACHE_HOME": CACHE} | own


def ours(form: Form, home: Path) -> Record:
    """What sovran makes of `form`; raises UsageError as read_cloud does."""
    with mock.patch.dict(os.environ, form.lay_out(home), clear=True), chdir(home / "here"):
        config = read_cloud(form.name, form.region)
    return {
        "plugin": _plugin(config.auth_plugin),
        "auth": dict(config.auth),
        "auth_type": config.auth_type,
        "name": config.name,
        "region": config.region_name,
        "interface": config.interface,
        "requests": (config.verify, config.cert),
        "timeout": config.api_timeout,
        "identity_api_version": config.identity_api_version,
        "overrides": {service: config.endpoint_override(service) for service in SERVICES},
        "regions": {service: config.region_for(service) for service in SERVICES},
        "interfaces": {service: config.interface_for(service) for service in SERVICES},
    }


def theirs(form: Form, home: Path) -> Record:
    """What openstacksdk makes of `form`; raises whatever it raises.

    Two of its values are brought to one form: a null `verify`, which requests takes for True, and an empty
    `interface`, which sovran takes for none given.
    """
    with (
        mock.patch.dict(os.environ, form.lay_out(home), clear=True),
        chdir(home / "here"),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        # the search path is settled when the module is imported
        loader = importlib.reload(importlib.import_module("openstack.config.loader"))
        wanted: dict[str, Any] = {"region_name": form.region} if form.region else {}
        region = loader.OpenStackConfig().get_one(cloud=form.name, **wanted)
        verify, cert = region.get_requests_verify_args()
        timeout = region.config.get("api_timeout")
        return {
            "plugin": _plugin(region.get_session().auth),
            "auth": dict(region.config["auth"]),
            "auth_type": region.config["auth_type"],
            "name": region.name,
            "region": region.get_region_name() or None,
            "interface": region.get_interface() or "public",
            "requests": (True if verify is None else verify, cert),
            "timeout": None if timeout is None else float(timeout),
            "identity_api_version": region.config.get("identity_api_version"),
            "overrides": {service: region.get_endpoint(service) for service in SERVICES},
            "regions": {service: region.get_region_name(service) or None for service in SERVICES},
            "interfaces": {
                service: region.get_interface(service) or region.get_interface() or "public" for service in SERVICES
            },
        }


SERVICES = ("compute", "network", "block-storage", "volumev3", "image", "object-store", "load-balancer")


def _plugin(plugin: object) -> Record:
    """The class of a plugin and every option it holds, those of its methods included; its locks and caches apart."""
    held = {key: value for key, value in vars(plugin).items() if not key.startswith(("_lock", "_discovery_cache"))}
    if "auth_methods" in held:
        held["auth_methods"] = [_plugin(method) for method in held["auth_methods"]]
    return {"class": f"{type(plugin).__module__}.{type(plugin).__qualname__}", **held}
