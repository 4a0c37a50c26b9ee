# SPDX-License-Identifier: Apache-2.0
"""Reads a cloud from clouds.yaml and the environment as openstacksdk does, without importing openstacksdk."""

import copy
import difflib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sovran.cloud.config import auth_plugin, cloud_entry
from sovran.cloud.config.cloud_config import Cert, CloudConfig, SettledCloud, Verify
from sovran.cloud.config.config_files import ConfigFile, candidates, config_directories, read_config_file
from sovran.model.errors import UsageError

# These select or locate a cloud; any other OS_ variable describes one
_SELECTORS = frozenset(
    {"OS_CLOUD", "OS_REGION_NAME", "OS_CLIENT_CONFIG_FILE", "OS_CLIENT_SECURE_FILE", "OS_CLOUD_NAME"}
)
_NOT_OURS = ("OS_TEST", "OS_STD", "OS_LOG")

# Plugins whose options depend on other plugins, or that speak the retired identity API v2
_SDK_AUTH_TYPES = frozenset({"v3multifactor", "v2password", "v2token"})

_SCOPES = frozenset(
    {"project_id", "project_name", "tenant_id", "tenant_name", "domain_id", "domain_name", "system_scope", "trust_id"}
)


@dataclass(frozen=True)
class _Clouds:
    """What the files and the environment define."""

    file: ConfigFile
    entries: dict[str, Any] = field(repr=False)
    environment: str | None
    """Name of the cloud that OS_ variables describe, if they do."""
    variables: tuple[str, ...]

    def source(self, name: str) -> str:
        if name == self.environment:
            return f"the environment ({', '.join(self.variables)})"
        return self.file.path or "the environment"


def read_cloud(name: str | None = None, region_name: str | None = None, project: str = "") -> CloudConfig:
    """Return the configuration of the cloud called `name`, of `region_name` or the first region it lists.

    Without `name`: OS_CLOUD, else the cloud that OS_ variables describe, else the only one in clouds.yaml. Files
    are looked for as openstacksdk does (see docs/clouds.md); what this reader does not cover is left to openstacksdk
    where that is installed. `project` is the name of a project to be in, other than the entry's.

    Raises UsageError, in one sentence without any secret, when there is no such cloud, or a file or an entry is
    malformed or incomplete.
    """
    clouds = _read_clouds()
    chosen = _choose(clouds, name)
    entry = clouds.entries[chosen]
    source = clouds.source(chosen)
    label = f"cloud {chosen!r} ({source})"
    if not isinstance(entry, dict):
        raise UsageError(f"{label}: is not a mapping of options: indent its options below it.")
    profile, missing_profile = _vendor_profile(entry, clouds.environment or "envvars")
    if missing_profile:
        return _from_sdk(chosen, region_name, source, f"the vendor profile {missing_profile!r}")
    options = cloud_entry.settle(label, entry, profile, region_name)
    auth_type = auth_plugin.auth_type_of(options["auth_type"])
    if auth_type in _SDK_AUTH_TYPES:
        return _from_sdk(chosen, region_name, source, f"auth_type {auth_type!r}")
    loader = auth_plugin.find_loader(auth_type, label)
    auth_plugin.take_options(options, loader)
    auth = _in_project(label, options.pop("auth"), auth_type, project)
    plugin = auth_plugin.build(auth_type, auth, loader, label)
    options = {key: _fill(label, key, value, options) for key, value in options.items()}
    return _to_config(chosen, source, SettledCloud(auth_type, auth, plugin, options))


def _in_project(label: str, auth: dict[str, Any], auth_type: str, project: str) -> dict[str, Any]:
    """The credentials for another project, if any is named."""
    if not project:
        return auth
    if "applicationcredential" in auth_type or auth_type in ("none", "admin_token", "http_basic"):
        raise UsageError(f"{label}: its credentials are bound to one project: leave out `--project`, or use a password")
    kept = {key: value for key, value in auth.items() if key not in _SCOPES}
    return kept | {"project_name": project}


def list_clouds() -> tuple[str, ...]:
    """Return the name of every cloud that the files define, in their order, and of the one that OS_ variables describe.

    Raises UsageError when there is none, or a file is broken; whether the entries are usable is for `read_cloud`.
    """
    clouds = _read_clouds()
    if not clouds.entries:
        if clouds.file.path is None:
            raise _nothing_found(clouds.file)
        raise UsageError(f"{clouds.file.path}: defines no clouds: add one below the key 'clouds'.")
    return tuple(str(name) for name in clouds.entries)


def _to_config(name: str, source: str, settled: SettledCloud) -> CloudConfig:
    """Return the record of a settled entry; raises UsageError for certificate files that are not there."""
    label = f"cloud {name!r} ({source})"
    options = settled.options
    timeout = options.get("api_timeout")
    try:
        seconds = float(timeout) if timeout is not None else None
    except (TypeError, ValueError):
        raise UsageError(f"{label}: 'api_timeout' is not a number of seconds: correct it.") from None
    interface = options.get("interface") or "public"
    return CloudConfig(
        name=name,
        source=source,
        auth_type=settled.auth_type,
        region_name=options.get("region_name") or None,
        interface=interface if isinstance(interface, list) else str(interface),
        identity_api_version=options.get("identity_api_version"),
        api_timeout=seconds,
        verify=_verify(label, options),
        cert=_cert(label, options),
        auth=settled.auth,
        auth_plugin=settled.plugin,
        options=options,
    )


def _read_clouds() -> _Clouds:
    file = read_config_file("clouds", "OS_CLIENT_CONFIG_FILE")
    secure = read_config_file("secure", "OS_CLIENT_SECURE_FILE")
    entries: dict[str, Any] = {}
    for part in (file, secure):
        found = part.data.get("clouds") or {}
        if not isinstance(found, dict):
            raise UsageError(f"{part.path}: 'clouds' is not a mapping of cloud names: indent them below it.")
        entries = _merge(entries, found)
    key = os.environ.get("OS_CLOUD_NAME", "envvars")
    if key in entries:
        raise UsageError(
            f"{file.path}: a cloud is called {key!r}, the name of the cloud that OS_ variables describe: "
            "rename it or set OS_CLOUD_NAME to another name."
        )
    variables = sorted(name for name in os.environ if name.startswith("OS_") and not name.startswith(_NOT_OURS))
    described = tuple(name for name in variables if name not in _SELECTORS)
    if not described:
        return _Clouds(file, entries, None, ())
    entries[key] = cloud_entry.DEFAULTS | {name.split("_", 1)[1].lower(): os.environ[name] for name in variables}
    return _Clouds(file, entries, key, described)


def _merge(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    merged = dict(old)
    for key, value in new.items():
        before = merged.get(key)
        merged[key] = _merge(before if isinstance(before, dict) else {}, value) if isinstance(value, dict) else value
    return merged


def _choose(clouds: _Clouds, name: str | None) -> str:
    default = os.environ.get("OS_CLOUD") or clouds.environment
    wanted = name or default
    if wanted in clouds.entries:
        return str(wanted)
    if clouds.file.path is None and not clouds.entries:
        raise _nothing_found(clouds.file)
    passed_over = f" (not readable: {', '.join(clouds.file.unreadable)})" if clouds.file.unreadable else ""
    known = sorted(str(entry) for entry in clouds.entries)
    where = clouds.file.path or "the environment"
    if not known:
        raise UsageError(f"{where}: defines no clouds{passed_over}: add one below the key 'clouds'.")
    if wanted:
        near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(map(repr, near))}? " if near else ""
        raise UsageError(f"{where}: has no cloud {wanted!r}; {hint}it knows {', '.join(known)}{passed_over}.")
    if len(known) == 1:
        return next(iter(clouds.entries))
    raise UsageError(
        f"{where}: defines {len(known)} clouds ({', '.join(known)}): name one with --os-cloud NAME or OS_CLOUD."
    )


def _nothing_found(file: ConfigFile) -> UsageError:
    if file.unreadable:
        return UsageError(f"No clouds.yaml could be read: {', '.join(file.unreadable)}; allow reading it.")
    looked = ", ".join(str(directory) for directory in config_directories())
    return UsageError(
        f"No clouds.yaml found (looked in {looked}): put one there, name one with OS_CLIENT_CONFIG_FILE, "
        "or set OS_AUTH_URL and the other OS_ variables."
    )


def _vendor_profile(entry: dict[str, Any], environment: str) -> tuple[dict[str, Any], str | None]:
    """Return the profile an entry refers to, and the name of one that clouds-public.yaml does not hold."""
    wanted = cloud_entry.profile_name(entry)
    if wanted is None or wanted == environment:
        return {}, None
    file = read_config_file("clouds-public")
    known = file.data.get("public-clouds")
    profile = known.get(wanted) if isinstance(known, dict) else None
    if profile is None:
        return {}, wanted
    if not isinstance(profile, dict):
        raise UsageError(f"{file.path}: the profile {wanted!r} is not a mapping of options: indent them below it.")
    return copy.deepcopy(profile), None


def _from_sdk(name: str, region_name: str | None, source: str, reason: str) -> CloudConfig:
    from sovran.cloud.config import sdk_reader

    files = {stem: candidates(stem) for stem in ("clouds", "secure", "clouds-public")}
    return _to_config(name, source, sdk_reader.read(name, region_name, source, reason, files))


def _fill(label: str, key: str, value: Any, options: dict[str, Any]) -> Any:
    return value if key == "password" else cloud_entry.fill_in(label, key, value, options)


def _verify(label: str, options: dict[str, Any]) -> Verify:
    verify = options.get("verify", True)
    if verify is None and not options.get("insecure"):
        return True
    if options.get("insecure") or not verify:
        return False
    if options.get("cacert"):
        return _file(label, "cacert", options["cacert"])
    return _file(label, "verify", verify) if isinstance(verify, str) else True


def _cert(label: str, options: dict[str, Any]) -> Cert:
    if not options.get("cert"):
        return None
    cert = _file(label, "cert", options["cert"])
    return (cert, _file(label, "key", options["key"])) if options.get("key") else cert


def _file(label: str, option: str, value: Any) -> str:
    path = Path(str(value)).expanduser()
    if not path.exists():
        raise UsageError(f"{label}: {option} names {str(path)!r}, which does not exist: correct the path.")
    return str(path)
