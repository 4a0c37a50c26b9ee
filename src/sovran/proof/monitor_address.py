# SPDX-License-Identifier: Apache-2.0
"""Where the SCS compliance monitor is, and by which login: both are checked before anything is sent."""

import base64
import binascii
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sovran.model.errors import UsageError
from sovran.model.printable import printable
from sovran.proof.signed_file import read_bytes

SETTING = "SOVRAN_MONITOR_TOKEN"
"""Environment variable with the login."""
MOST_BYTES = 4096
_FORM = "`account:password`, or that in base64"


@dataclass(frozen=True, slots=True)
class Login:
    """An account of the monitor."""

    account: str
    """Usually the subject: the name by which the monitor knows the cloud."""
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Address:
    """The monitor's base URL, without a slash at its end."""

    url: str
    loopback: bool


def address(url: str, *, allow_http: bool = False) -> Address:
    """The monitor at this URL; raises UsageError when it is none, or the login would cross a network in the clear."""
    shown = printable(url, 200)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise UsageError("The URL after --to is malformed; give the monitor's address, e.g. https://host/.") from None
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"The URL after --to has a login in it, for all to see: give that by {SETTING}.")
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise UsageError(f"{shown} is no address of a monitor; give its base URL, e.g. https://host/.")
    loopback = _is_loopback(host)
    if parts.scheme == "http" and not loopback and not allow_http:
        raise UsageError(f"{shown} would carry the password unencrypted; use https, or say --allow-http.")
    return Address(url.rstrip("/").removesuffix("/reports"), loopback)


def login(token_file: Path | None, environ: Mapping[str, str]) -> Login:
    """The login in this file or else in the environment; raises UsageError, without repeating it, when it is none."""
    if token_file is not None:
        shown = printable(str(token_file), 200)
        content = read_bytes(token_file, MOST_BYTES)
        if content is None:
            raise UsageError(f"There is no file {shown}; name one that holds {_FORM}.")
        return _login(content.decode("utf-8", "replace").strip(), shown)
    if not environ.get(SETTING):
        raise UsageError(f"The monitor wants a login: put {_FORM} into {SETTING}, or name a file by --token-file.")
    return _login(environ[SETTING].strip(), SETTING)


def _login(token: str, where: str) -> Login:
    if ":" not in token:
        try:
            token = base64.b64decode(token, validate=True).decode()
        except (binascii.Error, ValueError):
            token = ""
    account, colon, password = token.partition(":")
    if not (account and colon and password and token.isprintable()):
        raise UsageError(f"{where} does not hold {_FORM}, which is what the monitor's operator gave you.")
    return Login(account, password)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
