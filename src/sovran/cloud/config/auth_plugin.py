# SPDX-License-Identifier: Apache-2.0
"""Builds the keystoneauth plugin that an entry's auth_type and options describe."""

import difflib
from importlib import metadata
from typing import Any
from urllib.parse import urlsplit

from keystoneauth1 import exceptions, loading
from keystoneauth1.plugin import BaseAuthPlugin

from sovran.model.errors import UsageError

Loader = loading.BaseLoader[Any]

# openstacksdk's spellings of two plugins that keystoneauth knows by another name
_SPELLINGS = {"None": "none", "": "none", "token_endpoint": "admin_token"}

# Options without which the plugin is built and the token request cannot succeed; one of each group is enough
_NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "password": (("username", "user_id"), ("password",)),
    "v3password": (("username", "user_id"), ("password",)),
    "token": (("token",),),
    "v3token": (("token",),),
}

# An implementation installed beside keystoneauth's takes precedence, which only the full scan finds
_SCANNED = frozenset({"v3websso"})


def auth_type_of(value: object) -> str:
    """Return keystoneauth's name of an auth_type as clouds.yaml writes it; none at all is `none`."""
    name = "none" if value is None else str(value)
    return _SPELLINGS.get(name, name)


def find_loader(auth_type: str, cloud: str) -> Loader:
    """Return keystoneauth's loader of `auth_type`.

    Its own plugins are taken from its own metadata: scanning the entry points of every installed package costs ten
    times as much. Anything else is found by that scan. Raises UsageError for an unknown type, with near names, and
    for one whose requirements are not installed.
    """
    loader: Loader
    own = _own_plugins()
    if auth_type in own and auth_type not in _SCANNED:
        try:
            loader = own[auth_type].load()()
        except ImportError as error:
            raise _not_installed(auth_type, cloud, str(error.name)) from None
    else:
        try:
            loader = loading.get_plugin_loader(auth_type)
        except exceptions.NoMatchingPlugin:
            raise _unknown_type(auth_type, cloud, sorted(own)) from None
    if not loader.available:
        raise _not_installed(auth_type, cloud, "a package of its own")
    return loader


def take_options(config: dict[str, Any], loader: Loader) -> None:
    """Move every option of the plugin into `config["auth"]`, under the name the plugin takes it by.

    `config` is one entry with normalised keys. A value under `auth` wins over one beside it, a current name over a
    deprecated one; empty values are dropped.
    """
    auth = config["auth"]
    for option in loader.get_options():
        names = [name.replace("-", "_") for name in (option.name, *(old.name for old in option.deprecated))]
        value = _first(auth, names) or _first(config, names)
        for name in names:
            config.pop(name, None)
            auth.pop(name, None)
        if value:
            auth[option.dest] = value


def build(auth_type: str, auth: dict[str, Any], loader: Loader, cloud: str) -> BaseAuthPlugin:
    """Return the plugin built from `auth`.

    Raises UsageError naming each missing or unknown option; a value of an option is never named.
    """
    options = loader.get_options()
    known = {option.dest for option in options}
    _require(auth_type, auth, options, cloud)
    try:
        plugin: BaseAuthPlugin = loader.load_from_options(**auth)
    except exceptions.OptionError as error:
        raise UsageError(f"{cloud}: auth_type {auth_type!r} cannot use these options: {error}") from None
    except (TypeError, AttributeError):
        unknown = sorted(set(auth) - known)
        if not unknown:
            raise
        raise _unknown_options(auth_type, unknown, known, cloud) from None
    except ImportError as error:
        raise _not_installed(auth_type, cloud, str(error.name)) from None
    return plugin


def _own_plugins() -> dict[str, metadata.EntryPoint]:
    entry_points = metadata.distribution("keystoneauth1").entry_points
    return {entry.name: entry for entry in entry_points if entry.group == loading.PLUGIN_NAMESPACE}


def _first(values: dict[str, Any], names: list[str]) -> Any:
    return next((values[name] for name in names if name in values), None)


def _require(auth_type: str, auth: dict[str, Any], options: list[loading.Opt], cloud: str) -> None:
    missing = [option.dest for option in options if option.required and auth.get(option.dest) is None]
    for group in _NEEDED.get(auth_type, ()):
        if not any(auth.get(name) for name in group):
            missing.append(" or ".join(group))
    if missing:
        raise UsageError(
            f"{cloud}: auth_type {auth_type!r} needs {', '.join(missing)}: add it under 'auth' in clouds.yaml or "
            "secure.yaml."
        )
    url = auth.get("auth_url")
    if url is not None and not _is_http(str(url)):
        raise UsageError(f"{cloud}: auth_url is not of the form https://HOST:PORT/v3; correct it in clouds.yaml.")


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _unknown_type(auth_type: str, cloud: str, known: list[str]) -> UsageError:
    near = difflib.get_close_matches(auth_type, known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"keystoneauth knows {', '.join(known)}."
    return UsageError(f"{cloud}: unknown auth_type {auth_type!r}; {hint}")


def _not_installed(auth_type: str, cloud: str, what: str) -> UsageError:
    return UsageError(
        f"{cloud}: auth_type {auth_type!r} needs {what}, which is not installed: "
        "see the extras of keystoneauth1 (kerberos, saml2, oauth1)."
    )


def _unknown_options(auth_type: str, unknown: list[str], known: set[str], cloud: str) -> UsageError:
    parts = []
    for name in unknown:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        parts.append(f"{name!r} (did you mean {near[0]!r}?)" if near else repr(name))
    return UsageError(
        f"{cloud}: auth_type {auth_type!r} has no option {', '.join(parts)}: correct 'auth' in clouds.yaml."
    )
