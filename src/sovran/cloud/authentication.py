# SPDX-License-Identifier: Apache-2.0
"""Asks the identity service for a token, and tells in one sentence why there is none."""

import re
from typing import Any

from keystoneauth1 import exceptions as ksa
from keystoneauth1.access import AccessInfo
from keystoneauth1.identity import BaseIdentityPlugin
from keystoneauth1.identity.generic.base import BaseGenericPlugin
from keystoneauth1.session import Session

from sovran.cloud.config.cloud_config import CloudConfig
from sovran.model.errors import SovranError, UsageError


class CredentialsRefused(UsageError):
    """The identity service knows no such user, project or secret (401)."""


class AuthenticationNotAllowed(UsageError):
    """The credentials are known and may not be used like this (403)."""


class AuthenticationRejected(UsageError):
    """The token request itself was malformed or incomplete (400 and other 4xx)."""


class NotAnIdentityApi(UsageError):
    """Something answers at auth_url that does not speak the identity API: HTML, 404, no token in the answer."""


class IdentityUnreachable(SovranError):
    """No usable answer from the identity service: DNS, refused, reset, timeout, TLS, or its own failure (5xx, 429)."""


def authenticate(session: Session, config: CloudConfig) -> AccessInfo:
    """Return what the token of `config` says (roles, project, catalog); at most the plugin's own requests are sent.

    Raises CredentialsRefused, AuthenticationNotAllowed, AuthenticationRejected or NotAnIdentityApi (all UsageError),
    or IdentityUnreachable.
    """
    plugin = config.auth_plugin
    if not isinstance(plugin, BaseIdentityPlugin):
        raise UsageError(
            f"Cloud {config.name!r}: auth_type {config.auth_type!r} asks no identity service for a token, so there is "
            "no catalog to judge: use password or v3applicationcredential."
        )
    try:
        access = _get_access(session, plugin)
        # read now what is read later, so that a document that is no token is told here
        _ = (access.expires, access.issued, access.role_names, access.project_id, access.domain_name)
    except ksa.ClientException as error:
        raise _explain(error, config) from None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        # the answer is JSON, and not the document a token is
        raise _not_identity(config, "its answer holds no token") from None
    return access


def _get_access(session: Session, plugin: BaseIdentityPlugin) -> AccessInfo:
    if not isinstance(plugin, BaseGenericPlugin):
        return plugin.get_access(session)
    # Where the version document answers 401, keystoneauth asks again with a token, for which it needs the version
    # document: it waits for its own lock for ever. Without a plugin in the session it raises MissingAuthPlugin.
    auth, session.auth = session.auth, None
    try:
        _discover(session, plugin)
        return plugin.get_access(session)
    finally:
        session.auth = auth


def _discover(session: Session, plugin: BaseGenericPlugin) -> None:
    """Fetch the version document first: the session keeps it, so this costs no request.

    keystoneauth would swallow a connection failure here and try the same dead host once more.
    """
    try:
        plugin.get_discovery(session, plugin.auth_url, authenticated=False)
    except (ksa.DiscoveryFailure, ksa.HttpError):
        # the plugin derives the version from the URL instead
        return


def _explain(error: ksa.ClientException, config: CloudConfig) -> SovranError:
    url = config.auth_url
    if isinstance(error, ksa.ConnectionError):
        return _unreachable(error, config)
    if isinstance(error, ksa.HttpError):
        return _http_failure(error, config)
    if isinstance(error, ksa.MissingAuthPlugin):
        return _not_identity(config, "its version document asks for a token: 401")
    if isinstance(error, ksa.DiscoveryFailure):
        return _not_identity(config, "it offers no version of the identity API")
    if isinstance(error, ksa.InvalidResponse):
        return _not_identity(config, "its answer holds no token")
    reason = config.redact(str(error)) or type(error).__name__
    return AuthenticationRejected(
        f"Cloud {config.name!r}: no token from {url} with auth_type {config.auth_type!r}: {_one_sentence(reason)}"
    )


def _http_failure(error: ksa.HttpError, config: CloudConfig) -> SovranError:
    where = f"Cloud {config.name!r}: the identity service at {config.auth_url}"
    status = error.http_status
    if status == 401:
        return CredentialsRefused(
            f"{where} refused the credentials{_whose(config)} (401): "
            "check name, domain, project, secret and expiry in clouds.yaml and secure.yaml."
        )
    if status == 403:
        return AuthenticationNotAllowed(
            f"{where} does not allow these credentials{_whose(config)} to take this token (403): "
            f"{_detail(error, config)}ask who runs the cloud."
        )
    if status in (404, 405, 410) or not _is_json(error):
        if status >= 500:
            return _failing(where, status)
        return _not_identity(config, f"it answers {status}{'' if _is_json(error) else ' and no JSON'}")
    if status >= 500 or status == 429:
        return _failing(where, status)
    return AuthenticationRejected(
        f"{where} rejected the token request{_whose(config)} ({status}): {_detail(error, config)}check the entry."
    )


def _failing(where: str, status: int) -> IdentityUnreachable:
    what = "asks to slow down" if status == 429 else "fails"
    return IdentityUnreachable(f"{where} {what} ({status}): try again later, or tell who runs the cloud.")


def _unreachable(error: ksa.ConnectionError, config: CloudConfig) -> SovranError:
    where = f"Cloud {config.name!r}: the identity service at {config.auth_url}"
    text = str(error)
    if isinstance(error, ksa.SSLError):
        if "CERTIFICATE_VERIFY_FAILED" in text:
            why = re.search(r"certificate verify failed: ([^()]+)", text)
            reason = f" ({why[1].strip()})" if why else ""
            return IdentityUnreachable(
                f"{where} has a certificate that is not trusted{reason}: name its CA bundle with cacert."
            )
        if "NO_CERTIFICATE" in text or "PEM lib" in text:
            return UsageError(
                f"{where} was not asked: cacert {config.verify!r} or cert holds no certificate: name a PEM file."
            )
        return IdentityUnreachable(f"{where} does not speak TLS as it should: check http or https and the port.")
    if isinstance(error, ksa.ConnectTimeout):
        return IdentityUnreachable(f"{where} did not answer in time: check the address, or raise --timeout.")
    known = (
        ("NameResolutionError", "has a host name that does not resolve: check auth_url and DNS"),
        ("Failed to resolve", "has a host name that does not resolve: check auth_url and DNS"),
        ("ProxyError", "cannot be reached through the configured proxy: check HTTPS_PROXY and NO_PROXY"),
        ("Connection refused", "refuses connections: check the address, and whether it runs"),
        ("No route to host", "cannot be reached (no route to host): check the network"),
        ("Network is unreachable", "cannot be reached (network is unreachable): check the network"),
        ("Connection reset", "reset the connection: check http or https and the port, or try again"),
        ("closed connection without response", "closed the connection without an answer: try again later"),
        ("IncompleteRead", "broke off in the middle of its answer: try again later"),
        ("Connection broken", "broke off in the middle of its answer: try again later"),
        ("timed out", "did not answer in time: check the address, or raise --timeout"),
        ("not complete when", "did not answer in time: check the address, or raise --timeout"),
        ("larger than", "gives an answer that is too large for a token or a version document: check the address"),
    )
    for sign, sentence in known:
        if sign in text:
            return IdentityUnreachable(f"{where} {sentence}.")
    return IdentityUnreachable(f"{where} cannot be reached: {_one_sentence(config.redact(text))}")


def _not_identity(config: CloudConfig, what: str) -> NotAnIdentityApi:
    return NotAnIdentityApi(
        f"Cloud {config.name!r}: {config.auth_url} does not answer as an identity API ({what}): "
        "check auth_url, it usually ends in /v3."
    )


def _whose(config: CloudConfig) -> str:
    for option, word in (
        ("username", "user"),
        ("user_id", "user"),
        ("application_credential_name", "application credential"),
        ("application_credential_id", "application credential"),
    ):
        if config.auth.get(option):
            return f" of {word} {str(config.auth[option])!r}"
    return ""


def _detail(error: ksa.HttpError, config: CloudConfig) -> str:
    """Return what the service says, as a clause; it may quote the request, so secrets are taken out."""
    # keystoneauth adds the status and the request's id
    message = re.sub(r"\s*\((HTTP \d+|Request-ID: [^)]*)\)", "", config.redact(str(error.message or "")))
    return f"{_one_sentence(message).rstrip('.')}; " if message else ""


def _one_sentence(text: str) -> str:
    line = " ".join(re.sub(r"[\x00-\x1f\x7f]+", " ", text).split())
    return (line[:300] + "...") if len(line) > 300 else line.rstrip(".") + "."


def _is_json(error: ksa.HttpError) -> bool:
    response: Any = error.response
    return response is not None and "json" in response.headers.get("Content-Type", "")
