# SPDX-License-Identifier: Apache-2.0
"""Settles one clouds.yaml entry: defaults, vendor profile, region, older spellings, in openstacksdk's order.

The order of the steps is behaviour: which of two spellings of one option wins depends on it. It is proven against
openstacksdk form by form in tests/cloud/config/test_clouds_yaml_parity.py.
"""

import copy
from typing import Any

from sovran.model.errors import UsageError

Options = dict[str, Any]

# What openstacksdk assumes where an entry is silent, as far as it bears on the session
DEFAULTS: Options = {
    "api_timeout": None,
    "verify": True,
    "cacert": None,
    "cert": None,
    "key": None,
    "auth_type": "password",
    "interface": "public",
}

_DOMAIN_OPTIONS = {
    "domain_id": ("user_domain_id", "project_domain_id"),
    "domain_name": ("user_domain_name", "project_domain_name"),
}

# Target option: the spellings it is gathered from, the last present one wins
_SPELLINGS = {
    **{
        name: (name, name.replace("_", "-"))
        for name in (
            "domain_id",
            "domain_name",
            "user_domain_id",
            "user_domain_name",
            "project_domain_id",
            "project_domain_name",
        )
    },
    "token": ("auth-token", "auth_token", "token"),
    "passcode": ("passcode",),
    "project_id": ("tenant_id", "tenant-id", "project_id", "project-id"),
    "project_name": ("tenant_name", "tenant-name", "project_name", "project-name"),
}


def settle(cloud: str, entry: Options, profile: Options, region_name: str | None) -> Options:
    """Return the options of `entry` with those of the vendor `profile` and its region, under their current names.

    `cloud` names the entry in errors. Without `region_name` the first region listed is taken. Raises UsageError for
    an entry that is malformed and for a region the entry does not list.
    """
    config = _layer(cloud, entry, profile)
    region = _choose_region(cloud, entry, profile, region_name)
    config.pop("regions", None)
    for key, value in (*region["values"].items(), ("region_name", region["name"])):
        if key == "auth" and value is not None:
            config["auth"].update(_mapping(cloud, "auth of its region", value))
        elif value is not None:
            config[key] = value
    config = _single_timeout(config)
    config["auth_type"] = config.pop("auth_type", None)
    config.pop("auth_plugin", None)
    _gather_auth_options(config)
    config = {
        key.replace("endpoint_type", "interface") if key.endswith("endpoint_type") else key: value
        for key, value in config.items()
    }
    _spread_domain(config)
    _set_value_types(cloud, config)
    if "auth_url" in config["auth"]:
        config["auth"]["auth_url"] = fill_in(cloud, "auth_url", config["auth"]["auth_url"], config)
    return normalize_keys(config)


def normalize_keys(options: Options) -> Options:
    """Return `options` with underscores in keys and text in place of numbers, except in `api_timeout`."""
    result: Options = {}
    for raw, value in options.items():
        key = str(raw).replace("-", "_")
        if isinstance(value, dict):
            result[key] = normalize_keys(value)
        elif isinstance(value, bool):
            result[key] = value
        elif isinstance(value, float) or (isinstance(value, int) and key != "api_timeout"):
            result[key] = str(value)
        else:
            result[key] = value
    return result


def fill_in(cloud: str, key: str, value: Any, config: Options) -> Any:
    """Return `value` with each `{option}` in it replaced by that option of the entry."""
    if not isinstance(value, str):
        return value
    try:
        return value.format(**config)
    except (KeyError, IndexError, ValueError, AttributeError):
        raise UsageError(
            f"{cloud}: {key!r} holds a {{placeholder}} that names no option of the entry: "
            "correct it, or double the braces if they are meant as such."
        ) from None


def profile_name(entry: Options) -> str | None:
    """Return the name of the vendor profile an entry refers to (`profile`, formerly `cloud`)."""
    name = entry.get("profile", entry.get("cloud"))
    return str(name) if name else None


def _layer(cloud: str, entry: Options, profile: Options) -> Options:
    config = dict(DEFAULTS)
    auth: Options = {}
    for owner, layer in (("the vendor profile of " + cloud, profile), (cloud, entry)):
        for key, value in copy.deepcopy(layer).items():
            if key == "auth":
                auth.update(_mapping(owner, "auth", value))
            else:
                config[key] = value
    config["auth"] = auth
    config.pop("cloud", None)
    return config


def _mapping(owner: str, what: str, value: Any) -> Options:
    if not isinstance(value, dict):
        raise UsageError(f"{owner}: {what} is not a mapping of options: indent its options below it.")
    return value


def _choose_region(cloud: str, entry: Options, profile: Options, wanted: str | None) -> Options:
    regions = _known_regions(cloud, entry, profile)
    if not regions:
        return {"name": wanted or "", "values": {}}
    if not wanted:
        return regions[0]
    for region in regions:
        if region["name"] == wanted:
            return region
    names = ", ".join(region["name"] for region in regions)
    raise UsageError(f"{cloud}: has no region {wanted!r}; its entry lists {names} (upper and lower case count).")


def _known_regions(cloud: str, entry: Options, profile: Options) -> list[Options]:
    own = normalize_keys(entry)
    if "regions" in own:
        return _expand(cloud, own["regions"])
    if "region_name" in own:
        named = own["region_name"]
        return _expand(cloud, named if isinstance(named, list) else str(named or "").split(","))
    if profile.get("regions"):
        return _expand(cloud, profile["regions"])
    return _expand(cloud, [profile["region_name"]]) if profile.get("region_name") else []


def _expand(cloud: str, regions: Any) -> list[Options]:
    if not isinstance(regions, list):
        raise UsageError(f"{cloud}: 'regions' is not a list: write one region per line, each after a dash.")
    expanded = []
    for region in regions:
        if not isinstance(region, dict):
            expanded.append({"name": str(region), "values": {}})
        elif "name" not in region or set(region) - {"name", "values"}:
            raise UsageError(f"{cloud}: a region in 'regions' may hold 'name' and 'values' only, and must have a name.")
        else:
            values = _mapping(cloud, "'values' of a region", region.get("values", {}))
            expanded.append({"name": str(region["name"]), "values": copy.deepcopy(values)})
    return expanded


def _single_timeout(config: Options) -> Options:
    """Let any `..._timeout` of older clients stand for `api_timeout`: there is one timeout per session."""
    odd = [key for key in config if key.endswith("timeout") and key not in ("timeout", "api_timeout")]
    kept = {key: value for key, value in config.items() if key not in odd}
    if odd and config[odd[-1]] is not None:
        kept["api_timeout"] = config[odd[-1]]
    return kept


def _gather_auth_options(config: Options) -> None:
    """Bring each auth option under `auth` and its current name; a value beside `auth` wins over one inside it."""
    auth = config["auth"]
    for target, spellings in _SPELLINGS.items():
        value = None
        for name in spellings:
            for holder in (auth, config):
                if name in holder:
                    value = str(holder.pop(name))
        if value:
            auth[target] = value


def _spread_domain(config: Options) -> None:
    """Let `domain_id` or `domain_name` stand for the user's and the project's domain where a project is the scope."""
    auth = config["auth"]
    scoped = any(name in holder for name in ("project_id", "project_name") for holder in (config, auth))
    for target, parts in _DOMAIN_OPTIONS.items():
        if not scoped:
            if target in config and target not in auth:
                auth[target] = config.pop(target)
            continue
        for part in parts:
            if target in auth and part not in auth:
                auth[part] = auth[target]
        config.pop(target, None)
        auth.pop(target, None)


def _set_value_types(cloud: str, config: Options) -> None:
    value = config.get("insecure")
    if isinstance(value, str):
        config["insecure"] = value.lower() == "true"
    elif value is not None and not isinstance(value, bool):
        raise UsageError(f"{cloud}: 'insecure' is neither true nor false: write one of them.")
    if isinstance(config.get("auth_methods"), str):
        config["auth_methods"] = config["auth_methods"].split(",")
