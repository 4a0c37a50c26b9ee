# SPDX-License-Identifier: Apache-2.0
"""The settled configuration of one cloud: what is needed to open a session, and nothing that leaks."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import os_service_types
from keystoneauth1.plugin import BaseAuthPlugin

Verify = bool | str
Cert = str | tuple[str, str] | None

_PUBLIC_AUTH_OPTIONS = frozenset(
    {
        "access_token_endpoint",
        "access_token_type",
        "application_credential_id",
        "application_credential_name",
        "auth_methods",
        "auth_url",
        "client_id",
        "default_domain_id",
        "default_domain_name",
        "device_authorization_endpoint",
        "discovery_endpoint",
        "domain_id",
        "domain_name",
        "endpoint",
        "identity_provider",
        "oauth2_client_id",
        "oauth2_endpoint",
        "project_domain_id",
        "project_domain_name",
        "project_id",
        "project_name",
        "protocol",
        "redirect_uri",
        "scope",
        "system_scope",
        "tenant_id",
        "tenant_name",
        "trust_id",
        "user_domain_id",
        "user_domain_name",
        "user_id",
        "username",
    }
)


@dataclass(frozen=True)
class SettledCloud:
    """One entry with its plugin built, before paths and types are checked; holds secrets."""

    auth_type: str
    auth: dict[str, Any] = field(repr=False)
    plugin: BaseAuthPlugin = field(repr=False)
    options: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class CloudConfig:
    """One cloud and region as clouds.yaml, secure.yaml, the vendor profile and the environment settle it.

    `auth`, `auth_plugin` and `options` hold secrets and stay out of the repr; `redact` takes them out of any text.
    """

    name: str
    source: str
    """The file the entry was read from, or `the environment`."""
    auth_type: str
    region_name: str | None
    interface: str | list[str]
    """`public`, `internal`, `admin`, or several in order of preference."""
    identity_api_version: str | None
    api_timeout: float | None
    """Seconds, when the entry names one."""
    verify: Verify
    """True, False (`insecure` or `verify: false`), or the path of a CA bundle."""
    cert: Cert
    """Client certificate, or (certificate, key)."""
    auth: Mapping[str, Any] = field(repr=False)
    auth_plugin: BaseAuthPlugin = field(repr=False, compare=False)
    options: Mapping[str, Any] = field(repr=False)
    """Every other option of the entry, keys with underscores."""

    @property
    def auth_url(self) -> str:
        """The identity URL without user and password, for messages; empty for plugins that have none."""
        return without_userinfo(str(self.auth.get("auth_url") or ""))

    def endpoint_override(self, service_type: str) -> str | None:
        """Return the URL that replaces the catalog's for `service_type` (or an alias of it), if one is configured."""
        value = self._service_option("endpoint_override", service_type) or self._service_option(
            "endpoint", service_type
        )
        if not value and self.auth_type == "none":
            value = self.auth.get("endpoint")
        return str(value) if value else None

    @property
    def endpoint_overrides(self) -> dict[str, str]:
        """Every configured `*_endpoint_override`, by the prefix it is written with."""
        suffix = "_endpoint_override"
        return {
            key.removesuffix(suffix): str(value)
            for key, value in self.options.items()
            if key.endswith(suffix) and value
        }

    def region_for(self, service_type: str) -> str | None:
        """Return the region of one service: its own (`compute_region_name`) or the cloud's."""
        value = self._service_option("region_name", service_type)
        return self.region_name if value is None else str(value) or None

    def interface_for(self, service_type: str) -> str | list[str]:
        """Return the interface of one service: its own (`image_interface`) or the cloud's."""
        value = self._service_option("interface", service_type)
        return value if value and isinstance(value, str | list) else self.interface

    def redact(self, text: str) -> str:
        """Return `text` without any secret of this cloud; an answer of the identity service may quote them."""
        secrets = {str(value) for key, value in self.auth.items() if value and key not in _PUBLIC_AUTH_OPTIONS}
        for secret in sorted(secrets, key=len, reverse=True):
            for form in {secret, json.dumps(secret)[1:-1]}:
                if form in text and len(form) < 4:
                    return "(text withheld)"
                text = text.replace(form, "***")
        return without_userinfo(text)

    def _service_option(self, key: str, service_type: str) -> Any:
        for alias in os_service_types.ServiceTypes().get_all_types(service_type):
            value = self.options.get(f"{alias.lower().replace('-', '_')}_{key}")
            if value is not None:
                return value
        return None


def without_userinfo(text: str) -> str:
    """Return `text` with `user:password@` taken out of every URL."""
    return re.sub(r"(?<=://)[^/@\s]*@", "", text)
